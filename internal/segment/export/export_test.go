package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment/export"
)

func write(t *testing.T, purpose, network string, members ...export.Member) string {
	t.Helper()
	f, err := export.ParseFormat(purpose, network)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := export.NewWriter(&b, f, "RON")
	if err != nil {
		t.Fatal(err)
	}
	for i := range members {
		if err := w.Write(&members[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var ana = export.Member{
	ID: "ana", Email: "ana@example.com", Phone: "+40712345678", Consents: true, ConsentAt: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
	Traits: [6]string{"Ana-Maria", "O'Pop", "", "RO", "ro", "010 101"}, Orders: 3, Net: 12_340_000, LastOrder: time.Date(2026, 2, 1, 0, 0, 0, 0, time.FixedZone("", 7200)),
}

func TestLists(t *testing.T) {
	t.Parallel()
	quoted := export.Member{ID: `a "b", c`, Traits: [6]string{"", "", "Line\nbreak", "", "", ""}}
	for _, x := range []struct{ purpose, want string }{
		{"list", "id,email,phone,name,country,orders,net_revenue,currency,last_order\r\n" +
			"ana,ana@example.com,'+40712345678,Ana-Maria O'Pop,RO,3,12.34,RON,2026-01-31T22:00:00Z\r\n" +
			"\"a \"\"b\"\", c\",,,\"Line\r\nbreak\",,0,0.00,RON,\r\n"},
		{"mail", "email,first_name,last_name,language,country,consent_at\r\nana@example.com,Ana-Maria,O'Pop,ro,RO,2026-03-01T10:00:00Z\r\n,,,,,\r\n"},
	} {
		if diff := cmp.Diff(x.want, write(t, x.purpose, "", ana, quoted)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.purpose, diff)
		}
	}
}

// TestNoCellIsAFormula: a spreadsheet runs nothing of what customers wrote.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{`=HYPERLINK("http://evil.example","x")`, "+1", "-1", "@x", "\tx", "\rx", "\nx", `=cmd|' /C calc'!A0`, "-2+3", "=", "@SUM(1;2)", "＝1+1", "＋1", "－1", "＠x", " =1+1", "\u00a0=1", "\ufeff=1", "\u200b+1", "\x00=1"} {
		m := export.Member{ID: hostile, Email: hostile, Phone: hostile, Traits: [6]string{hostile, hostile, hostile, hostile, hostile, hostile}, Consents: true}
		for _, f := range [][2]string{{"list", ""}, {"mail", ""}, {"ads", "meta"}, {"ads", "google"}} {
			rows, err := csv.NewReader(strings.NewReader(write(t, f[0], f[1], m))).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Fatalf("%q for %v: %q, %v", hostile, f, rows, err)
			}
			for _, cell := range rows[1] {
				if trimmed := strings.TrimLeft(cell, " \u00a0\ufeff\u200b\x00"); trimmed != "" && strings.ContainsAny(string([]rune(trimmed)[:1]), "=+-@＝＋－＠\t\r\n") {
					t.Errorf("%q for %v gives the cell %q", hostile, f, cell)
				}
			}
		}
	}
}

func hash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

func TestHashes(t *testing.T) {
	t.Parallel()
	gmail := ana
	gmail.Email, gmail.Phone, gmail.Traits = " Ana.Pop+Shop@GMail.com ", "0712 345 678", [6]string{" ANA ", "Ț", "", "ro", "", ""}
	if got := hash("ana@example.com"); write(t, "ads", "meta", ana)[len("email,phone,fn,ln,country,zip\r\n"):][:64] != got {
		t.Errorf("the first hash is not %s", got)
	}
	for _, x := range []struct {
		network string
		member  export.Member
		want    []string
	}{
		{"meta", ana, []string{hash("ana@example.com"), hash("40712345678"), hash("anamaria"), hash("opop"), hash("ro"), hash("010101")}},
		{"google", ana, []string{hash("ana@example.com"), hash("+40712345678"), hash("ana-maria"), hash("o'pop"), "RO", "010 101"}},
		{"meta", gmail, []string{hash("ana.pop+shop@gmail.com"), "", hash("ana"), hash("ț"), hash("ro"), ""}},
		{"google", gmail, []string{hash("anapop@gmail.com"), "", hash("ana"), hash("ț"), "RO", ""}},
	} {
		lines := strings.Split(write(t, "ads", x.network, x.member), "\r\n")
		if diff := cmp.Diff(x.want, strings.Split(lines[1], ",")); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", x.network, x.member.Email, diff)
		}
	}
}

func TestWhoIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		purpose string
		m       export.Member
		want    export.Reason
	}{
		{"list", export.Member{}, ""},
		{"mail", export.Member{Email: "a@b.c"}, export.NoConsent},
		{"mail", export.Member{Consents: true}, export.NoEmail},
		{"mail", export.Member{Consents: true, Email: "a@b.c"}, ""},
		{"ads", export.Member{Email: "a@b.c", Phone: "+40"}, export.NoConsent},
		{"ads", export.Member{Consents: true, Phone: "0712345678"}, export.NoKey},
		{"ads", export.Member{Consents: true, Phone: "+40712345678"}, ""},
	} {
		f, err := export.ParseFormat(x.purpose, "")
		if got := f.LeavesOut(&x.m); got != x.want || err != nil {
			t.Errorf("%s of %+v: %q, want %q", x.purpose, x.m, got, x.want)
		}
	}
	var s export.Summary
	for _, r := range []export.Reason{"", export.NoEmail, export.NoConsent, export.NoEmail} {
		s.Add(r, 2)
	}
	if want := (export.Summary{Members: 8, Included: 2, LeftOut: []export.LeftOut{{Reason: export.NoEmail, Customers: 4}, {Reason: export.NoConsent, Customers: 2}}}); !cmp.Equal(want, s) {
		t.Errorf("counted %+v", s)
	}
}

func TestFormatsThatThereAreNot(t *testing.T) {
	t.Parallel()
	for _, x := range [][2]string{{"email", ""}, {"list", "meta"}, {"mail", "google"}, {"ads", "tiktok"}, {"LIST", ""}} {
		if _, err := export.ParseFormat(x[0], x[1]); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%v: %v", x, err)
		}
	}
	if f, err := export.ParseFormat("ads", ""); err != nil || f.Network != export.Meta {
		t.Errorf("ads alone: %+v, %v", f, err)
	}
}
