package commerce_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"kith/internal/commerce"
)

func TestAmountsAreTexts(t *testing.T) {
	t.Parallel()
	for amount, want := range map[commerce.Amount]string{
		0:             `"0.00"`,
		1:             `"0.000001"`,
		-1_500_000:    `"-1.50"`,
		-10_000:       `"-0.01"`,
		12_345_600:    `"12.3456"`,
		math.MinInt64: `"-9223372036854.775808"`,
	} {
		got, err := json.Marshal(amount)
		if err != nil || string(got) != want {
			t.Errorf("Marshal(%d) = %s, %v; want %s", int64(amount), got, err, want)
		}
		var back commerce.Amount
		if err := json.Unmarshal(got, &back); err != nil || back != amount {
			t.Errorf("Unmarshal(%s) = %d, %v; want %d", got, int64(back), err, int64(amount))
		}
	}
	for _, text := range []string{"", "x", "1.0000001", "1.2.3", "99999999999999.0"} {
		if a, err := commerce.ParseAmount(text); err == nil {
			t.Errorf("ParseAmount(%q) = %s, want an error", text, a)
		}
	}
}

func TestCentsAreRounded(t *testing.T) {
	t.Parallel()
	for amount, want := range map[commerce.Amount]string{
		0: "0.00", 4_999: "0.00", 5_000: "0.01", -5_000: "-0.01", -4_999: "0.00", 1_994_999: "1.99", 1_995_000: "2.00", 12_340_000: "12.34",
	} {
		if got := amount.Cents(); got != want {
			t.Errorf("Cents of %d = %s, want %s", int64(amount), got, want)
		}
	}
}

func TestSettingsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	if err := (commerce.Settings{}).Filled().Validate(); err != nil {
		t.Errorf("the defaults are wrong: %v", err)
	}
	for _, s := range []commerce.Settings{
		{Currency: "euro"},
		{Timezone: "Mars/Olympus"},
		{Timezone: "Local"},
		{Country: "Romania"},
		{Language: "English!"},
		{RewardPoints: -1},
		{Name: "a\nb"},
	} {
		if err := s.Filled().Validate(); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("Validate(%+v) = %v, want an invalid setting", s, err)
		}
	}
}

func TestADateIsItsFirstInstantInTheZone(t *testing.T) {
	t.Parallel()
	zone, err := commerce.ParseZone("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]time.Time{
		"2026-07-01":                   time.Date(2026, 6, 30, 21, 0, 0, 0, time.UTC),
		"2026-01-01T00:00:00+02:00":    time.Date(2025, 12, 31, 22, 0, 0, 0, time.UTC),
		"2026-01-01T00:00:00.1234567Z": time.Date(2026, 1, 1, 0, 0, 0, 123456000, time.UTC),
		"":                             {},
	} {
		if got, err := commerce.ParseInstant(text, zone); err != nil || !got.Equal(want) {
			t.Errorf("ParseInstant(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-30", "2026-01-01T00:00:00", "1.2.2026"} {
		if got, err := commerce.ParseInstant(text, zone); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("ParseInstant(%q) = %v, %v; want an error", text, got, err)
		}
	}
}
