package warehouse_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/warehouse"
)

// TestScripts runs every script of the language on the SQL back end.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../segment/script/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

func runScript(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	shops, err := script.Parse(filepath.Base(file), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range shops {
		b := newBackend(t, shop)
		report, err := script.Run(shop, b, script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range report.Failures {
			t.Error(failure)
		}
		b.close()
	}
}

// backend runs scripts on a warehouse in memory.
type backend struct {
	t         testing.TB
	db        *warehouse.DB
	questions *warehouse.Questions
	catalogue *segql.Catalogue
	waiting   []script.Record
	seq       int64
}

func newBackend(t testing.TB, s script.Shop) *backend {
	t.Helper()
	settings := settingsOf(s.Settings)
	db, err := warehouse.Open(t.Context(), warehouse.Config{Threads: 1, Currency: settings.Currency, Zone: settings.Zone()})
	if err != nil {
		t.Fatal(err)
	}
	return &backend{
		t: t, db: db, catalogue: script.Catalogue(s, nil),
		questions: db.Questions(func() commerce.Settings { return settings }),
	}
}

func (b *backend) close() {
	if err := b.db.Close(); err != nil {
		b.t.Error(err)
	}
}

// Load keeps records until something is asked.
func (b *backend) Load(records ...script.Record) error {
	b.waiting = append(b.waiting, records...)
	return nil
}

// flush loads what waits: a batch for each run of records of one kind, in
// which no order comes twice.
func (b *backend) flush() error {
	for len(b.waiting) > 0 {
		n, lines := 0, map[any]any{}
		for n < len(b.waiting) && b.waiting[n].Kind == b.waiting[0].Kind {
			v := b.waiting[n].Values
			if line, seen := lines[v["order_id"]]; seen && line != v["line"] && v["order_id"] != nil {
				break
			}
			lines[v["order_id"]] = v["line"]
			n++
		}
		b.seq++
		batch := warehouse.Batch{Seq: b.seq, Kind: b.waiting[0].Kind, At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
		for _, r := range b.waiting[:n] {
			batch.Rows = append(batch.Rows, rowOf(r))
		}
		b.waiting = b.waiting[n:]
		result, err := b.db.Load(context.Background(), batch)
		if err != nil {
			return err
		}
		for _, r := range result.Refusals {
			b.t.Logf("line %d: %s: %s", r.Line, r.Column, r.Reason)
		}
	}
	return nil
}

func rowOf(r script.Record) warehouse.Row {
	row := warehouse.Row{}
	for name, v := range r.Values {
		switch v := v.(type) {
		case script.Number:
			row[name] = warehouse.Micros(v)
		case []script.Said:
			fields := make([]warehouse.Field, len(v))
			for i, said := range v {
				fields[i].Name = said.Name
				if said.Value != nil {
					fields[i].Value = *said.Value
				}
			}
			row[name] = fields
		default:
			row[name] = v
		}
	}
	return row
}

// Members answers with SQL.
func (b *backend) Members(text string, at time.Time) ([]string, error) {
	if err := b.flush(); err != nil {
		return nil, err
	}
	checked, problems := segql.Compile(text, b.catalogue)
	if len(problems) > 0 {
		return nil, problems
	}
	members := []string{}
	err := b.questions.Members(context.Background(), checked, at, false, func(id string) error {
		members = append(members, id)
		return nil
	})
	return members, err
}

func settingsOf(s script.Settings) commerce.Settings {
	c := commerce.Settings{
		Currency: s.Currency, Timezone: s.Timezone, Country: s.Country, Language: s.Language, ShippingStep: s.ShippingStep,
	}
	if s.RewardPoints != nil {
		c.RewardPoints = int64(*s.RewardPoints) / 1_000_000
	}
	return c.Filled()
}
