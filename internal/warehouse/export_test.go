package warehouse_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/export"
	"kith/internal/segql"
	"kith/internal/warehouse"
	"kith/internal/warehouse/warehousetest"
)

func exportQuestion(t *testing.T, text string) segment.Question {
	t.Helper()
	checked, problems := segql.Compile(text, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return segment.Question{Text: text, Checked: checked}
}

// exported is a list as CSV, with its summary.
func exported(t *testing.T, q *warehouse.Questions, text, purpose string, at time.Time) (export.Summary, string) {
	t.Helper()
	f, err := export.ParseFormat(purpose, "")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	var w *export.Writer
	var summary export.Summary
	question := exportQuestion(t, text)
	err = q.Export(t.Context(), question, at, f, func(s export.Summary) error {
		summary = s
		w, err = export.NewWriter(&b, f, "RON")
		return err
	}, func(m *export.Member) error { return w.Write(m) })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	alone, err := q.ExportSummary(t.Context(), question, at, f)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(summary, alone); diff != "" {
		t.Errorf("the summary alone is another (-with the list +alone):\n%s", diff)
	}
	return summary, b.String()
}

func TestExport(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "RON", "UTC")
	field := func(pairs ...string) (all []warehouse.Field) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, warehouse.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	shop.Add(commerce.Customers,
		warehouse.Row{"customer_id": "ana", "email": "ana@example.com", "phone": "+40712345678", "updated_at": "2026-01-01T00:00:00Z", "fields": field("country", "RO", "subscribed.email", "true", "traits.first_name", "Ana", "last_name", "Pop", "traits.consent_ads", "true")},
		warehouse.Row{"customer_id": "bob", "email": "bob@example.com", "updated_at": "2026-01-05T00:00:00Z", "fields": field("subscribed.email", "true", "traits.name", "Bob B")},
		warehouse.Row{"customer_id": "cat", "email": "cat@example.com", "fields": field("subscribed.email", "false")},
		warehouse.Row{"customer_id": "dan", "phone": "0712345678", "fields": field("subscribed.email", "true", "traits.consent_ads", "true")},
		warehouse.Row{"customer_id": "eva", "phone": "+40722222222", "fields": field("traits.consent_ads", "true", "country", "MD")},
	)
	shop.Add(commerce.Customers, warehouse.Row{"customer_id": "bob", "updated_at": "2026-01-10T00:00:00Z", "fields": field("subscribed.email", "false")})
	shop.Add(commerce.Orders,
		warehouse.Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-01-02T10:00:00Z", "total": "100"},
		warehouse.Row{"order_id": "o2", "email": "ana@example.com", "ts": "2026-01-03T10:00:00Z", "total": "20.5"},
		warehouse.Row{"order_id": "o3", "customer_id": "ana", "ts": "2026-01-04T10:00:00Z", "total": "7", "cancelled_at": "2026-01-05T10:00:00Z"})
	q := shop.Questions(func() commerce.Settings { return commerce.Settings{}.Filled() })
	const header = "id,email,phone,name,country,orders,net_revenue,currency,last_order\r\n"
	const mail = "email,first_name,last_name,language,country,consent_at\r\n"
	february := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		text, purpose string
		at            time.Time
		summary       export.Summary
		want          string
	}{
		{"everyone", "list", february, export.Summary{Members: 5, Included: 5, LeftOut: []export.LeftOut{}}, header +
			"ana,ana@example.com,'+40712345678,Ana Pop,RO,2,120.50,RON,2026-01-03T10:00:00Z\r\nbob,bob@example.com,,Bob B,,0,0.00,RON,\r\n" +
			"cat,cat@example.com,,,,0,0.00,RON,\r\ndan,,0712345678,,,0,0.00,RON,\r\neva,,'+40722222222,,MD,0,0.00,RON,\r\n"},
		{`country = "MD"`, "list", february, export.Summary{Members: 1, Included: 1, LeftOut: []export.LeftOut{}}, header + "eva,,'+40722222222,,MD,0,0.00,RON,\r\n"},
		{"has visit", "list", february, export.Summary{LeftOut: []export.LeftOut{}}, header},
		// Bob took his consent back on 10 January.
		{"everyone", "mail", february, export.Summary{Members: 5, Included: 1, LeftOut: []export.LeftOut{{Reason: export.NoConsent, Customers: 3}, {Reason: export.NoEmail, Customers: 1}}}, mail + "ana@example.com,Ana,Pop,,RO,2026-01-01T00:00:00Z\r\n"},
		{"everyone", "mail", time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC), export.Summary{Members: 5, Included: 2, LeftOut: []export.LeftOut{{Reason: export.NoConsent, Customers: 2}, {Reason: export.NoEmail, Customers: 1}}}, mail + "ana@example.com,Ana,Pop,,RO,2026-01-01T00:00:00Z\r\nbob@example.com,,,,,2026-01-05T00:00:00Z\r\n"},
	} {
		summary, rows := exported(t, q, x.text, x.purpose, x.at)
		if diff := cmp.Diff(x.summary, summary); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", x.text, x.purpose, diff)
		}
		if diff := cmp.Diff(x.want, rows); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", x.text, x.purpose, diff)
		}
	}
	summary, rows := exported(t, q, "everyone", "ads", february)
	if want := (export.Summary{Members: 5, Included: 2, LeftOut: []export.LeftOut{{Reason: export.NoConsent, Customers: 2}, {Reason: export.NoKey, Customers: 1}}}); !cmp.Equal(want, summary) {
		t.Errorf("ads: %+v", summary)
	}
	for _, plain := range []string{"ana", "eva", "@", "+407", "RO"} {
		if strings.Contains(rows, plain) {
			t.Errorf("an advertising list names %s:\n%s", plain, rows)
		}
	}
}

// TestExportIsWhatLeavesOutSays compares SQL with the rule in Go, member by
// member, over more than one page.
func TestExportIsWhatLeavesOutSays(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	shop := warehousetest.Open(t, "RON", "UTC")
	var rows []warehouse.Row
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	for i := range 12_000 {
		row := warehouse.Row{"customer_id": fmt.Sprintf("c%05d", i)}
		if r.IntN(3) > 0 {
			row["email"] = fmt.Sprintf("c%d@example.com", i)
		}
		if r.IntN(2) > 0 {
			row["phone"] = pick("+407", "07") + fmt.Sprintf("%08d", i)
		}
		row["fields"] = []warehouse.Field{{Name: "subscribed.email", Value: pick("true", "false", "")}, {Name: "traits.consent_ads", Value: pick("true", "false", "yes", "")}}
		rows = append(rows, row)
	}
	shop.Add(commerce.Customers, rows...)
	q := shop.Questions(func() commerce.Settings { return commerce.Settings{}.Filled() })
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	question := exportQuestion(t, "everyone")
	for _, purpose := range []string{"mail", "ads"} {
		f, err := export.ParseFormat(purpose, "")
		if err != nil {
			t.Fatal(err)
		}
		var want export.Summary
		var included []string
		for _, row := range rows {
			email, _ := row["email"].(string)
			phone, _ := row["phone"].(string)
			consents := row["fields"].([]warehouse.Field)[map[string]int{"mail": 0, "ads": 1}[purpose]].Value == "true"
			reason := f.LeavesOut(&export.Member{Email: email, Phone: phone, Consents: consents})
			want.Add(reason, 1)
			if reason == "" {
				included = append(included, row["customer_id"].(string))
			}
		}
		var got export.Summary
		var ids []string
		err = q.Export(t.Context(), question, at, f, func(s export.Summary) error { got = s; return nil }, func(m *export.Member) error {
			ids = append(ids, m.ID)
			return nil
		})
		byReason := func(a, b export.LeftOut) int { return strings.Compare(string(a.Reason), string(b.Reason)) }
		slices.SortFunc(want.LeftOut, byReason)
		if err != nil || !cmp.Equal(want, got) || !slices.Equal(ids, included) {
			t.Errorf("%s: %+v with %d ids, want %+v with %d, %v", purpose, got, len(ids), want, len(included), err)
		}
	}
	// Whoever takes them may stop, and the next question finds nothing left.
	enough := errors.New("enough")
	f, _ := export.ParseFormat("", "")
	err := q.Export(t.Context(), question, at, f, func(export.Summary) error { return nil }, func(*export.Member) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("a reader's error came back as %v", err)
	}
	if summary, err := q.ExportSummary(t.Context(), question, at, f); err != nil || summary.Members != 12_000 {
		t.Errorf("after it: %+v, %v", summary, err)
	}
}
