package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"kith/internal/api"
	"kith/internal/commerce"
)

// settingsFlags are the flags that say how a shop is.
type settingsFlags struct {
	currency, timezone, country, language, name string
}

func (s *settingsFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&s.currency, "currency", "", "three letters (default EUR)")
	c.Flags().StringVar(&s.timezone, "timezone", "", "like Europe/Bucharest (default UTC)")
	c.Flags().StringVar(&s.country, "country", "", "two letters")
	c.Flags().StringVar(&s.language, "language", "", "en, ro, ko or zh-Hant (default en)")
	c.Flags().StringVar(&s.name, "name", "", "the shop's name")
}

// change returns what the flags that were given say.
func (s *settingsFlags) change(c *cobra.Command) (api.SettingsChange, error) {
	given := func(name string, value string) *string {
		if !c.Flags().Changed(name) {
			return nil
		}
		return &value
	}
	change := api.SettingsChange{
		Currency: given("currency", strings.ToUpper(s.currency)),
		Timezone: given("timezone", s.timezone),
		Country:  given("country", strings.ToUpper(s.country)),
		Language: given("language", s.language),
		Name:     given("name", s.name),
	}
	if change.Currency != nil {
		if _, err := currency.ParseISO(*change.Currency); err != nil {
			return change, commerce.Errorf(commerce.CodeInvalid, "there is no currency %q", s.currency)
		}
	}
	if change.Country != nil && *change.Country != "" {
		if region, err := language.ParseRegion(*change.Country); err != nil || !region.IsCountry() {
			return change, commerce.Errorf(commerce.CodeInvalid, "there is no country %q", s.country)
		}
	}
	if change.Language != nil {
		if _, err := language.Parse(*change.Language); err != nil {
			return change, commerce.Errorf(commerce.CodeInvalid, "there is no language %q", s.language)
		}
	}
	return change, nil
}

func (p *program) initCommand() *cobra.Command {
	var flags settingsFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a shop's folder, or change its settings",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			change, err := flags.change(c)
			if err == nil {
				err = p.init(c.Context(), change)
			}
			return during("setting up the shop", err)
		},
	}
	flags.add(c)
	return c
}

// init makes the folder with settings, or changes them.
func (p *program) init(ctx context.Context, change api.SettingsChange) error {
	// A wrong setting makes no folder.
	if err := change.Apply(commerce.Settings{}.Filled()).Validate(); err != nil {
		return err
	}
	f, lock, owner, err := p.lock(ctx, mayMake)
	if err != nil {
		return err
	}
	if lock == nil {
		client := api.NewClient(owner.Address, owner.Token)
		s, err := client.ChangeSettings(ctx, change)
		if err == nil {
			p.sayShop(s)
		}
		return errors.Join(err, client.Close())
	}
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		return err
	}
	s, err := shop.ChangeSettings(ctx, change)
	if err == nil {
		p.sayShop(s)
	}
	return errors.Join(err, shop.Close())
}

func (p *program) sayShop(s api.Settings) {
	p.say("%s: currency %s, timezone %s, country %s, language %s, name %s",
		p.data, s.Currency, s.Timezone, orNone(s.Country), s.Language, orNone(s.Name))
}

func orNone(text string) string {
	if text == "" {
		return "not set"
	}
	return text
}
