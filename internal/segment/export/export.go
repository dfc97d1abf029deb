package export

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/commerce"
)

// Purpose is what a list of members is for.
type Purpose string

// Purposes.
const (
	List Purpose = "list" // everybody, for the shop itself
	Mail Purpose = "mail" // who agreed to marketing by e-mail
	Ads  Purpose = "ads"  // who agreed to advertising, hashed
)

// Network is whose form an advertising list has.
type Network string

// Networks.
const (
	Meta   Network = "meta"
	Google Network = "google"
)

// AdsConsent is the customer field by which a customer agrees to advertising.
const AdsConsent = "traits.consent_ads"

// Format is what a list looks like.
type Format struct {
	Purpose Purpose
	Network Network // of ads
}

// ParseFormat reads a purpose and a network; empty ones are list and meta.
func ParseFormat(purpose, network string) (Format, error) {
	f := Format{Purpose: Purpose(cmp.Or(purpose, string(List))), Network: Network(network)}
	if !slices.Contains([]Purpose{List, Mail, Ads}, f.Purpose) {
		return f, commerce.Errorf(commerce.CodeInvalid, "%q is not what a segment is exported for: it is list, mail or ads", purpose)
	}
	if f.Purpose != Ads {
		if network != "" {
			return f, commerce.Errorf(commerce.CodeInvalid, "a network is for ads, not for %s", f.Purpose)
		}
		return f, nil
	}
	f.Network = cmp.Or(f.Network, Meta)
	if f.Network != Meta && f.Network != Google {
		return f, commerce.Errorf(commerce.CodeInvalid, "%q is not a network: it is meta or google", network)
	}
	return f, nil
}

// Consent is the customer field that must be true; empty for none.
func (f Format) Consent() string {
	switch f.Purpose {
	case Mail:
		return "subscribed.email"
	case Ads:
		return AdsConsent
	case List:
	}
	return ""
}

// Traits are the customer fields that a Member has, in this order, each by all
// its names: a file's columns and the traits of events are not named alike.
func Traits() [][]string {
	return [][]string{
		{"first_name", "traits.first_name"}, {"last_name", "traits.last_name"}, {"traits.name"}, {"country"}, {"language"}, {"postcode"},
	}
}

// Member is what is known of a member.
type Member struct {
	ID, Email, Phone string // empty without one
	Consents         bool
	ConsentAt        time.Time // zero: from always
	Traits           [6]string // see Traits; empty without a value
	Orders           int64
	Net              commerce.Amount
	LastOrder        time.Time // zero without one
}

// Reason is why a member is left out.
type Reason string

// Reasons.
const (
	NoConsent Reason = "no_consent" // they did not agree, or took it back
	NoEmail   Reason = "no_email"
	NoKey     Reason = "no_key" // neither an e-mail nor a phone with its country's code
)

// LeavesOut says why a member is not on the list; empty for one who is.
func (f Format) LeavesOut(m *Member) Reason {
	switch {
	case !m.Consents && f.Purpose != List:
		return NoConsent
	case f.Purpose == Mail && m.Email == "":
		return NoEmail
	case f.Purpose == Ads && m.Email == "" && !strings.HasPrefix(m.Phone, "+"):
		return NoKey
	}
	return ""
}

// Summary counts who is on a list and who is not.
type Summary struct {
	Members  int64     `json:"members" doc:"of the segment"`
	Included int64     `json:"included" doc:"who are on the list"`
	LeftOut  []LeftOut `json:"left_out"`
}

// LeftOut is how many are not, and why.
type LeftOut struct {
	Reason    Reason `json:"reason" enum:"no_consent,no_email,no_key"`
	Customers int64  `json:"customers"`
}

// Add counts members who are on the list, or left out for a reason.
func (s *Summary) Add(r Reason, customers int64) {
	s.Members += customers
	if r == "" {
		s.Included += customers
		return
	}
	i := slices.IndexFunc(s.LeftOut, func(x LeftOut) bool { return x.Reason == r })
	if i < 0 {
		s.LeftOut = append(s.LeftOut, LeftOut{Reason: r})
		i = len(s.LeftOut) - 1
	}
	s.LeftOut[i].Customers += customers
}

// Writer writes members as CSV.
type Writer struct {
	format   Format
	currency string
	w        *csv.Writer
}

// NewWriter writes the header. Amounts are in the currency, instants in UTC.
func NewWriter(to io.Writer, f Format, currency string) (*Writer, error) {
	w := &Writer{format: f, currency: currency, w: csv.NewWriter(to)}
	w.w.UseCRLF = true // RFC 4180
	return w, w.row(w.header()...)
}

func (w *Writer) header() []string {
	switch {
	case w.format.Purpose == Mail:
		return []string{"email", "first_name", "last_name", "language", "country", "consent_at"}
	case w.format.Purpose == Ads && w.format.Network == Google:
		return []string{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"}
	case w.format.Purpose == Ads:
		return []string{"email", "phone", "fn", "ln", "country", "zip"}
	default:
		return []string{"id", "email", "phone", "name", "country", "orders", "net_revenue", "currency", "last_order"}
	}
}

// Write writes a member who is not left out.
func (w *Writer) Write(m *Member) error {
	first, last, name, country, language := m.Traits[0], m.Traits[1], m.Traits[2], m.Traits[3], m.Traits[4]
	switch w.format.Purpose {
	case Mail:
		return w.row(m.Email, first, last, language, country, instant(m.ConsentAt))
	case Ads:
		return w.row(hashed(w.format.Network, m)...)
	case List:
	}
	full := cmp.Or(strings.TrimSpace(first+" "+last), name)
	return w.row(m.ID, m.Email, m.Phone, full, country, strconv.FormatInt(m.Orders, 10), m.Net.String(), w.currency, instant(m.LastOrder))
}

// Flush writes what is left.
func (w *Writer) Flush() error {
	w.w.Flush()
	return w.w.Error()
}

func (w *Writer) row(cells ...string) error {
	for i, c := range cells {
		cells[i] = harmless(c)
	}
	return w.w.Write(cells)
}

// harmless keeps a spreadsheet from running a cell as a formula. Some skip
// spaces and invisible characters first, and take the wide forms of East Asian
// keyboards for the same.
func harmless(cell string) string {
	begins := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc) })
	if first, _ := utf8.DecodeRuneInString(begins); begins != "" && strings.ContainsRune("=+-@＝＋－＠", first) || cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
