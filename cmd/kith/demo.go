package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/segment/preset"
	"kith/internal/simulate"
)

// demoFlags say which shop to make and how to show it.
type demoFlags struct {
	address, language string
	public            *string
	customers         int
	noServe           bool
}

func (p *program) demoCommand() *cobra.Command {
	var flags demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Make a shop, load it and serve it",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return during("making the demo shop", p.demo(c.Context(), flags))
		},
	}
	c.Flags().StringVar(&flags.address, "addr", defaultAddress, "HOST:PORT to listen on; a loopback address")
	c.Flags().IntVar(&flags.customers, "customers", 20_000, "how many people the shop has")
	c.Flags().StringVar(&flags.language, "language", "en", "en, ro, ko or zh-Hant")
	flags.public = urlFlag(c)
	p.webhookFlag(c)
	c.Flags().BoolVar(&flags.noServe, "no-serve", false, "end when everything is loaded and shown")
	return c
}

// demoSetting is what the operations store remembers of a demo, so that the
// same one is not made twice, and nothing else is mixed with it.
const demoSetting = "demo"

type demoMade struct {
	Customers int       `json:"customers"`
	End       time.Time `json:"end"`
}

func (p *program) demo(ctx context.Context, flags demoFlags) error {
	if flags.customers < 1 || flags.customers > 9_999_999 {
		return commerce.Errorf(commerce.CodeInvalid, "--customers is %d, not within 1 to 9999999", flags.customers)
	}
	if _, err := parsePublic(*flags.public); err != nil {
		return err
	}
	f, lock, owner, err := p.lock(ctx, mayMake)
	if err != nil {
		return err
	}
	if lock == nil {
		return alreadyServed(owner)
	}
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		return err
	}
	return errors.Join(p.demoIn(ctx, shop, flags), shop.Close())
}

func (p *program) demoIn(ctx context.Context, shop *local, flags demoFlags) error {
	made, known, err := demoOf(ctx, shop)
	if err != nil {
		return err
	}
	facts, err := hasFacts(shop.folder)
	switch {
	case err != nil:
		return err
	case known && made.Customers != flags.customers:
		return commerce.Errorf(commerce.CodeConflict, "the folder holds a demo of %d customers; choose another folder with --data", made.Customers)
	case !known && facts:
		return commerce.Errorf(commerce.CodeConflict, "the folder holds a shop's facts, which a demo would mix with; choose another folder with --data")
	case !known:
		made = demoMade{Customers: flags.customers, End: p.now().UTC().Truncate(time.Hour)}
	}
	// Files that are there already bring nothing new, so that a demo that was
	// interrupted is completed.
	if err := p.makeDemo(ctx, shop, made, known, flags); err != nil {
		return err
	}
	if err := p.loadDemo(ctx, shop); err != nil {
		return err
	}
	if err := p.showDemo(ctx, shop); err != nil {
		return err
	}
	if flags.noServe {
		return nil
	}
	return p.serve(ctx, shop, flags.address, *flags.public, "")
}

func demoOf(ctx context.Context, shop *local) (made demoMade, known bool, err error) {
	text, known, err := shop.ops.FindSetting(ctx, demoSetting)
	if err == nil && known {
		err = json.Unmarshal([]byte(text), &made)
	}
	return made, known, err
}

// makeDemo writes the shop's files and settings, unless a demo that is known
// left them. The same demo gives the same files.
func (p *program) makeDemo(ctx context.Context, shop *local, made demoMade, known bool, flags demoFlags) error {
	dir := shop.folder.DemoSource()
	if _, err := os.Stat(filepath.Join(dir, simulate.ShopFile)); err == nil && known {
		return nil
	}
	p.say("making a shop of %d people in %s", made.Customers, dir)
	next, err := writeDemo(ctx, shop, made, flags.language)
	if err != nil {
		return err
	}
	return shop.put(next)
}

// demoFiles makes the demo shop for a server, and says what to import.
func (p *program) demoFiles(ctx context.Context, shop *local, d api.DemoRequest) ([]api.DemoFile, error) {
	next, err := writeDemo(ctx, shop, demoMade{Customers: d.Customers, End: p.now().UTC().Truncate(time.Hour)}, d.Language)
	if err == nil {
		err = shop.settle(ctx, next)
	}
	if err != nil {
		return nil, fmt.Errorf("making the demo shop: %w", err)
	}
	files := make([]api.DemoFile, len(demoSteps))
	for i, step := range demoSteps {
		files[i] = api.DemoFile{Kind: step.kind, Path: filepath.Join(shop.folder.DemoSource(), step.file)}
	}
	return files, nil
}

// writeDemo writes the shop's files, remembers which demo it is, and returns
// the settings that go with it.
func writeDemo(ctx context.Context, shop *local, made demoMade, language string) (commerce.Settings, error) {
	dir, settings := shop.folder.DemoSource(), shop.settings.Get()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return settings, err
	}
	summary, err := simulate.Write(simulate.Config{
		Seed: 1, Customers: made.Customers, End: made.End, Zone: settings.Zone(), Currency: settings.Currency, Country: settings.Country,
	}, func(name string) (io.WriteCloser, error) {
		file, err := os.Create(filepath.Join(dir, name))
		return calledOff{file, ctx}, err
	})
	if err != nil {
		return settings, err
	}
	change := api.SettingsChange{Name: &summary.Name, Country: &summary.Country, Language: &language}
	next := change.Apply(settings)
	next.RewardPoints, next.ShippingStep = int64(summary.RewardPoints), strconv.Itoa(summary.ShippingStep)
	text, err := json.Marshal(made)
	if err != nil {
		return settings, err
	}
	return next, shop.ops.PutSetting(ctx, demoSetting, string(text))
}

// calledOff is a file that takes nothing more once its context ended.
type calledOff struct {
	*os.File

	ctx context.Context //nolint:containedctx // a Write has no other way to be stopped
}

func (c calledOff) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.File.Write(b)
}

// demoSteps are the demo's files in the order of their import.
var demoSteps = [...]struct {
	kind commerce.Kind
	file string
}{
	{commerce.Customers, simulate.CustomersFile},
	{commerce.Products, simulate.ProductsFile},
	{commerce.Rates, simulate.RatesFile},
	{commerce.Orders, simulate.OrdersFile},
	{commerce.Events, simulate.EventsFile},
}

// loadDemo imports the files as a user would.
func (p *program) loadDemo(ctx context.Context, shop *local) error {
	dir := shop.folder.DemoSource()
	for _, step := range demoSteps {
		bar := newProgress(p.stderr)
		answer, err := shop.Import(ctx, api.ImportRequest{
			Kind: string(step.kind), Files: []string{filepath.Join(dir, step.file)},
			Rejects: filepath.Join(dir, string(step.kind)+".rejects.txt"),
		}, api.Watch{Progress: bar.update})
		bar.end()
		if err != nil {
			return fmt.Errorf("importing %s: %w", step.file, err)
		}
		p.say("%s: rows %d accepted %d refused %d seconds %.3f", step.kind, answer.Rows, answer.Accepted, answer.Refused, answer.Seconds)
	}
	return nil
}

// showDemo prints what there is to see.
func (p *program) showDemo(ctx context.Context, shop *local) error {
	presets, err := shop.Presets(ctx, "")
	if err != nil {
		return err
	}
	showPresets(p.stdout, presets)
	report, err := shop.RFM(ctx, "")
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	if err := drawRFM(p.stdout, report, preset.Match(shop.settings.Get().Language)); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "\nNext:")
	for _, command := range []string{
		`segment count 'has order in last 30 days and country = "RO"'`,
		`segment members @champions`,
		`segment save my-best 'count(order) in last 12 months >= 3' --name "My best"`,
		`segment watch -`,
	} {
		fmt.Fprintf(p.stdout, "  kith --data %s %s\n", p.data, command)
	}
	fmt.Fprintln(p.stdout)
	return nil
}

// showPresets prints the presets with their sizes; what the shop has no facts
// for says so.
func showPresets(w io.Writer, presets api.Presets) {
	t := newTable("ID", "NAME", "CUSTOMERS", "SHARE", "12 MONTHS "+presets.Currency, "TACTIC").numbers(2, 3, 4)
	for _, x := range presets.Presets {
		switch {
		case x.Text == "":
			t.row(x.ID, x.Name, "-", "", "", "template: "+x.Template)
		case x.Customers == nil:
			t.row(x.ID, x.Name, "-", "", "", "needs "+needs(x.Missing))
		default:
			t.row(x.ID, x.Name, strconv.FormatInt(*x.Customers, 10), percent(*x.Share), x.Revenue12m.Cents(), x.Tactic)
		}
	}
	t.write(w)
}
