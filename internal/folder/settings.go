package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"

	"kith/internal/commerce"
)

// Settings reads kith.yaml. What it leaves out has its default; what it says
// and nobody knows is an error, so that a typing mistake does not pass.
func (f Folder) Settings() (commerce.Settings, error) {
	content, err := os.ReadFile(f.path(settingsName))
	if errors.Is(err, fs.ErrNotExist) {
		return commerce.Settings{}, f.Missing()
	}
	if err != nil {
		return commerce.Settings{}, fmt.Errorf("reading the settings: %w", err)
	}
	s, err := parseSettings(content)
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		// The command was right; the file is not.
		return s, commerce.WithCode(commerce.CodeConflict, fmt.Errorf("reading %s: %w; change it there", f.path(settingsName), err))
	}
	return s, nil
}

func parseSettings(content []byte) (commerce.Settings, error) {
	var s commerce.Settings
	values, err := yaml.Parser().Unmarshal(content)
	if err != nil {
		return s, err
	}
	texts := map[string]*string{
		"name": &s.Name, "currency": &s.Currency, "timezone": &s.Timezone,
		"country": &s.Country, "language": &s.Language, "shipping_step": &s.ShippingStep,
	}
	for name, value := range values {
		if text, ok := texts[name]; ok {
			if value != nil {
				*text = fmt.Sprint(value)
			}
			continue
		}
		if name != "reward_points" {
			return s, fmt.Errorf("there is no setting %q", name)
		}
		if value == nil {
			continue
		}
		if s.RewardPoints, err = strconv.ParseInt(fmt.Sprint(value), 10, 64); err != nil {
			return s, fmt.Errorf("reward_points is %v, not a whole number", value)
		}
	}
	return s.Filled(), nil
}

// PutSettings writes kith.yaml.
func (f Folder) PutSettings(s commerce.Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	points := ""
	if s.RewardPoints > 0 {
		points = strconv.FormatInt(s.RewardPoints, 10)
	}
	var b strings.Builder
	for _, line := range []struct{ comment, name, value string }{
		{"The shop, as Kith shows it.", "name", quote(s.Name)},
		{"Amounts count in this currency. Part of every fact: changing it needs a new folder.", "currency", quote(s.Currency)},
		{"Days begin and end in this zone. Part of every fact: changing it needs a new folder.", "timezone", quote(s.Timezone)},
		{"Two letters; tells local customers from international ones.", "country", quote(s.Country)},
		{"en, ro, ko or zh-Hant: names and tactics of the segments that ship with Kith.", "language", quote(s.Language)},
		{"Points that are worth a reward (shop.reward_points).", "reward_points", points},
		{"The step of the checkout that shows shipping costs (shop.shipping_step).", "shipping_step", quote(s.ShippingStep)},
	} {
		fmt.Fprintf(&b, "# %s\n%s\n", line.comment, strings.TrimSpace(line.name+": "+line.value))
	}
	if err := f.put(settingsName, []byte(b.String())); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// quote writes a text as YAML does in double quotes.
func quote(text string) string {
	if text == "" {
		return ""
	}
	return strconv.Quote(text)
}
