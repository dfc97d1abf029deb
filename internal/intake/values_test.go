package intake

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

// readColumn writes one column of orders and gives what became of a field.
func readColumn(t *testing.T, cfg Config, header, record string, values []string) ([]string, read) {
	t.Helper()
	var b strings.Builder
	b.WriteString("order_id;at;" + header + "\n")
	for i, v := range values {
		fmt.Fprintf(&b, "o%d;2026-01-01;\"%s\"\n", i, v)
	}
	cfg.Kind, cfg.Files = commerce.Orders, []string{file(t, "a.csv", b.String())}
	if header == "at" {
		content := strings.ReplaceAll(b.String(), ";2026-01-01;", ";")
		cfg.Files = []string{file(t, "a.csv", strings.Replace(content, ";at;at", ";at", 1))}
	}
	got := run(t, cfg)
	out := make([]string, len(values))
	for i := range out {
		out[i] = "refused"
	}
	for _, row := range got.rows {
		var i int
		if _, err := fmt.Sscanf(row["order_id"], "o%d", &i); err != nil {
			t.Fatal(err)
		}
		out[i] = row[record]
	}
	return out, got
}

func form(got read, field string) string {
	for _, m := range got.Files[0].Columns {
		if m.Field == field {
			return m.Form
		}
	}
	return ""
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		values, want []string
		form         string
	}{
		"plain":           {[]string{"1", "-2.5", "+3", ".5", "5.", "007", "123456789012.123456"}, []string{"1.000000", "-2.500000", "3.000000", "0.500000", "5.000000", "7.000000", "123456789012.123456"}, "1,234.5"},
		"thousands":       {[]string{"1,234.50", "12,34,567.1", "7", "1,23"}, []string{"1234.500000", "1234567.100000", "7.000000", "refused"}, "1,234.5"},
		"comma":           {[]string{"1.234,50", "12,5", "1234", "1.5"}, []string{"1234.500000", "12.500000", "1234.000000", "refused"}, "1.234,5"},
		"comma alone":     {[]string{"12,5", "3,25"}, []string{"12.500000", "3.250000"}, "1.234,5"},
		"either, point":   {[]string{"1.234", "2.500"}, []string{"1.234000", "2.500000"}, "1,234.5"},
		"either, comma":   {[]string{"1,234", "2,500"}, []string{"1234.000000", "2500.000000"}, "1,234.5"},
		"money":           {[]string{"€ 12.50", "12.50 EUR", "$1,200", "lei 5", "5 lei", "1 234.5", "1\u00a0234", "1'000", "USD 3"}, []string{"12.500000", "12.500000", "1200.000000", "5.000000", "5.000000", "1234.500000", "1234.000000", "1000.000000", "3.000000"}, "1,234.5"},
		"too long":        {[]string{"1.1234567", "1234567890123", "1.1000000", "0000000000000001.5"}, []string{"", "", "1.100000", "1.500000"}, "1,234.5"},
		"no numbers":      {[]string{"1", "NaN", "inf", "0x10", "1e3", "abc", "1_000", "--1", "1-2", "12abc", "(5)"}, []string{"1.000000", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused"}, "1,234.5"},
		"blank is NULL":   {[]string{"", " ", "4"}, []string{"", "", "4.000000"}, "1,234.5"},
		"a lone currency": {[]string{"€", "4"}, []string{"refused", "4.000000"}, "1,234.5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, report := readColumn(t, Config{}, "discount", "discount", tc.values)
			for i := range tc.want {
				if got[i] != tc.want[i] {
					t.Errorf("%q became %q, want %q", tc.values[i], got[i], tc.want[i])
				}
			}
			if f := form(report, "discount"); f != tc.form {
				t.Errorf("form is %s, want %s", f, tc.form)
			}
			if unsure := strings.HasPrefix(name, "either"); unsure != (len(report.Files[0].Notes) > 0) {
				t.Errorf("notes are %q", report.Files[0].Notes)
			}
		})
	}
}

// TestSiblingsDecide: what a column leaves open, the file's others say.
func TestSiblingsDecide(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "order_id;at;total;tax\no1;2026-01-01;1.234;0,5\no2;2026-01-01;2.500;1,25\n")}})
	is(t, got.rows[0], "total=1234.000000; tax=0.500000")
}

func TestInstants(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg          Config
		values, want []string
		form         string
	}{
		"iso": {
			Config{},
			[]string{"2026-03-01", "2026-03-01 10:00", "2026-03-01T10:00:01", "2026-03-01 10:00:00.1234567", "2026-02-30", "2026-03-01 25:00", "1899-12-31", "0000-00-00", "x"},
			[]string{"2026-03-01 00:00:00", "2026-03-01 10:00:00", "2026-03-01 10:00:01", "2026-03-01 10:00:00.123456", "refused", "refused", "refused", "refused", "refused"},
			"YYYY-MM-DD hh:mm:ss.fff",
		},
		"offsets": {
			Config{Zone: zone(t, "Europe/Bucharest")},
			[]string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00+02:00", "2026-03-01 10:00:00 +0200", "2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00-0130", "2026-03-01T10:00:00+02", "2026-03-01 10:00", "2026-03-01 10:00:00,5"},
			[]string{"2026-03-01 10:00:00", "2026-03-01 08:00:00", "2026-03-01 08:00:00", "2026-03-01 10:00:00", "2026-03-01 11:30:00", "2026-03-01 08:00:00", "2026-03-01 08:00:00", "2026-03-01 08:00:00.5"},
			"YYYY-MM-DDThh:mm:ss±hh:mm",
		},
		"zulu only":      {Config{Zone: zone(t, "Asia/Seoul")}, []string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z"}, []string{"2026-03-01 10:00:00", "2026-03-01 10:00:00.5"}, "YYYY-MM-DDThh:mm:ss.fffZ"},
		"offset only":    {Config{Zone: zone(t, "Asia/Seoul")}, []string{"2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00-01:00"}, []string{"2026-03-01 09:00:00", "2026-03-01 11:00:00"}, "YYYY-MM-DDThh:mm:ss±hh:mm"},
		"slashes, year":  {Config{}, []string{"2026/03/01", "2026/3/1 8:05"}, []string{"2026-03-01 00:00:00", "2026-03-01 08:05:00"}, "YYYY-MM-DD hh:mm"},
		"day first":      {Config{Country: "US"}, []string{"01/03/2026", "31/03/2026 10:00"}, []string{"2026-03-01 00:00:00", "2026-03-31 10:00:00"}, "DD/MM/YYYY hh:mm"},
		"month first":    {Config{}, []string{"03/01/2026 8:26", "03/31/2026", "3/1/2026 10:30 PM", "3/1/2026 12:05:01 am"}, []string{"2026-03-01 08:26:00", "2026-03-31 00:00:00", "2026-03-01 22:30:00", "2026-03-01 00:05:01"}, "MM/DD/YYYY hh:mm:ss AM"},
		"either":         {Config{}, []string{"03/01/2026"}, []string{"2026-01-03 00:00:00"}, "DD/MM/YYYY"},
		"either in US":   {Config{Country: "US"}, []string{"03/01/2026"}, []string{"2026-03-01 00:00:00"}, "MM/DD/YYYY"},
		"either in NY":   {Config{Zone: zone(t, "America/New_York")}, []string{"03/01/2026"}, []string{"2026-03-01 05:00:00"}, "MM/DD/YYYY"},
		"dots":           {Config{Country: "US"}, []string{"01.03.2026", "2.3.2026 10:00"}, []string{"2026-03-01 00:00:00", "2026-03-02 10:00:00"}, "DD.MM.YYYY hh:mm"},
		"short years":    {Config{}, []string{"31/12/10 8:26", "1/2/99"}, []string{"2010-12-31 08:26:00", "1999-02-01 00:00:00"}, "DD/MM/YYYY hh:mm"},
		"digits":         {Config{}, []string{"20260301", "19970101", "20261301"}, []string{"2026-03-01 00:00:00", "1997-01-01 00:00:00", "refused"}, "YYYYMMDD"},
		"seconds":        {Config{Zone: zone(t, "Asia/Seoul")}, []string{"1396860669", "1396860669.2771239"}, []string{"2014-04-07 08:51:09", "2014-04-07 08:51:09.277123"}, "seconds since 1970"},
		"millis":         {Config{}, []string{"1396860669277"}, []string{"2014-04-07 08:51:09.277"}, "milliseconds since 1970"},
		"micros":         {Config{}, []string{"1396860669277123"}, []string{"2014-04-07 08:51:09.277123"}, "microseconds since 1970"},
		"mixed":          {Config{}, []string{"2026-03-01", "2026-03-02", "01/03/2026"}, []string{"2026-03-01 00:00:00", "2026-03-02 00:00:00", "refused"}, "YYYY-MM-DD"},
		"zulu, not all":  {Config{}, []string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.25"}, []string{"2026-03-01 10:00:00", "2026-03-01 10:00:00.25"}, "YYYY-MM-DDThh:mm:ss.fffZ"},
		"no time of day": {Config{}, []string{"2026-03-01 10:00", "2026-03-01 10 o'clock: never", "2026-03-01+02:00"}, []string{"2026-03-01 10:00:00", "refused", "2026-02-28 22:00:00"}, "YYYY-MM-DD hh:mm"},
		"gap": {
			Config{Zone: zone(t, "Europe/Bucharest")},
			[]string{"2026-03-29 02:59:59", "2026-03-29 03:00", "2026-03-29 03:30", "2026-03-29 04:00", "2026-07-01 00:00"},
			[]string{"2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-29 01:00:00", "2026-03-29 01:00:00", "2026-06-30 21:00:00"},
			"YYYY-MM-DD hh:mm:ss",
		},
		"repeated": {
			Config{Zone: zone(t, "Europe/Bucharest")},
			[]string{"2026-10-25 02:59", "2026-10-25 03:30", "2026-10-25 03:59", "2026-10-25 04:00"},
			[]string{"2026-10-24 23:59:00", "2026-10-25 00:30:00", "2026-10-25 00:59:00", "2026-10-25 02:00:00"},
			"YYYY-MM-DD hh:mm",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, report := readColumn(t, tc.cfg, "at", "ts", tc.values)
			for i := range tc.want {
				if got[i] != tc.want[i] {
					t.Errorf("%q became %q, want %q", tc.values[i], got[i], tc.want[i])
				}
			}
			if f := form(report, "at"); f != tc.form {
				t.Errorf("form is %s, want %s", f, tc.form)
			}
			if unsure := strings.HasPrefix(name, "either"); unsure != (len(report.Files[0].Notes) > 0) {
				t.Errorf("notes are %q", report.Files[0].Notes)
			}
		})
	}
}

func TestEmailsAndPhones(t *testing.T) {
	t.Parallel()
	got, _ := readColumn(t, Config{}, "email", "email", []string{" Ana@Shop.RO ", "a.b+c@x.co.uk", "no", "a@b", "a@@b.ro", "a b@c.ro", "ü@exämple.de", "<a@b.ro>", strings.Repeat("a", 250) + "@x.ro"})
	want := []string{"ana@shop.ro", "a.b+c@x.co.uk", "", "", "", "", "ü@exämple.de", "", ""}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("e-mail %d became %q, want %q", i, got[i], want[i])
		}
	}
	for _, tc := range []struct{ country, text, want string }{
		{"RO", "0712 345 678", "+40712345678"},
		{"RO", "+44 20 7946 0958", "+442079460958"},
		{"RO", "0044 20 7946 0958", "+442079460958"},
		{"US", "(415) 555-2671", "+14155552671"},
		{"", "0712.345.678", "0712345678"},
		{"", "+40712345678", "+40712345678"},
		{"RO", "12", ""},
		{"RO", "call me", ""},
		{"RO", "4.0712E+10", ""},
		{"RO", "'+40712345678", "+40712345678"},
	} {
		got, _ := readColumn(t, Config{Country: tc.country}, "phone", "phone", []string{tc.text})
		if got[0] != tc.want {
			t.Errorf("%q in %q became %q, want %q", tc.text, tc.country, got[0], tc.want)
		}
	}
}

// TestLocalTimes holds the tree against Go's own tables: a local time is read
// as the instant that shows it, the first where there are two, and the end of
// the gap where there is none.
func TestLocalTimes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Bucharest", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"} {
		z := zone(t, name)
		list := segments(z, 2005, 2045)
		for local := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC); local.Year() < 2046; local = local.Add(29*time.Minute + 59*time.Second) {
			got := time.UnixMicro(toUTC(local.UnixMicro(), list))
			if want := instantOf(local, z); !got.Equal(want) {
				t.Fatalf("%s: %s is read as %s, want %s", name, local.Format(time.DateTime), got.UTC(), want.UTC())
			}
		}
	}
}

// instantOf tries the offsets around a local time.
func instantOf(local time.Time, z *time.Location) time.Time {
	_, before := local.Add(-26 * time.Hour).In(z).Zone()
	_, after := local.Add(26 * time.Hour).In(z).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} {
		u := local.Add(-time.Duration(offset) * time.Second)
		if _, o := u.In(z).Zone(); o == offset {
			return u
		}
	}
	// Skipped: the change lies where the offset before it ends.
	low := local.Add(-26 * time.Hour)
	n := sort.Search(52*3600, func(s int) bool {
		_, o := low.Add(time.Duration(s) * time.Second).In(z).Zone()
		return o != before
	})
	return low.Add(time.Duration(n) * time.Second)
}

// toUTC walks the tree as the SQL of inUTC does.
func toUTC(local int64, list []segment) int64 {
	i := sort.Search(len(list)-1, func(i int) bool { return local < list[i].until })
	if list[i].fixed {
		return list[i].at
	}
	return local - list[i].offset
}
