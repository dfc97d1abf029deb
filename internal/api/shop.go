package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/profile"
	"kith/internal/rfm"
)

// Shop is one shop, to be asked. Instants are texts as commerce.ParseInstant
// reads them, because a date means something only in the shop's zone; empty
// is now.
type Shop interface {
	Settings(ctx context.Context) (Settings, error)
	ChangeSettings(ctx context.Context, change SettingsChange) (Settings, error)

	Count(ctx context.Context, q Question) (Count, error)
	// Members calls yield with the ids of the members, sorted.
	Members(ctx context.Context, q Question, yield func(id string) error) (asOf time.Time, err error)
	// Explain says why a customer is in a segment, or not.
	Explain(ctx context.Context, q ExplainQuestion) (Explanation, error)
	Check(ctx context.Context, text string) (Checked, error)
	ListSegments(ctx context.Context) ([]Segment, error)
	GetSegment(ctx context.Context, id string) (Segment, error)
	SaveSegment(ctx context.Context, id, name, text string) (Segment, error)
	DeleteSegment(ctx context.Context, id string) (Deletion, error)
	// PlanSegments says what a file of segments would change, and ApplySegments
	// changes it.
	PlanSegments(ctx context.Context, file string) (SegmentPlan, error)
	ApplySegments(ctx context.Context, file string) (SegmentPlan, error)
	// History is what was recorded of a segment. WatchSegment calls begun
	// with the place where it begins, then yield with transitions as they are
	// recorded.
	History(ctx context.Context, q HistoryQuestion) (History, error)
	WatchSegment(ctx context.Context, q WatchQuestion, begun func(after string), yield func(Transition) error) error
	Presets(ctx context.Context, at string) (Presets, error)
	// Insight says what sets a segment apart, and Overlap how many customers
	// each two segments share.
	Insight(ctx context.Context, q Question) (Insight, error)
	Overlap(ctx context.Context, at string) (Overlap, error)
	// ExportSegment writes those of a segment's members that fit a purpose as
	// CSV, after begin was called with how many these are.
	ExportSegment(ctx context.Context, q ExportQuestion, begin func(ExportSummary) error, to io.Writer) error

	RFM(ctx context.Context, at string) (RFM, error)
	Customer(ctx context.Context, id, at string) (Customer, error)
	Score(ctx context.Context) (Run, error)

	Import(ctx context.Context, r ImportRequest, watch Watch) (Import, error)
	Preview(ctx context.Context, r ImportRequest) (Preview, error)
	Rebuild(ctx context.Context) (Rebuilt, error)
	// Doctor looks whether the folder and everything in it is well.
	Doctor(ctx context.Context) (Diagnosis, error)
	// Track takes events: a JSON object, one with a batch, or a list.
	Track(ctx context.Context, from Sender, body []byte) (Tracked, error)
	// Tail gives events as they come in, while a server runs; the stream must be
	// closed, and ends with the context.
	Tail(ctx context.Context, q TailQuestion) (TailStream, error)

	// DeadLetters lists events that have no effect as they are. One that is
	// replayed is sent again, as it came if mended is empty; one that is still
	// wrong is an error and stays as it is. ReplayDeadLetters sends many.
	DeadLetters(ctx context.Context, q DeadLetterQuestion) (DeadLetterPage, error)
	DeadLetter(ctx context.Context, id string) (DeadLetter, error)
	ReplayDeadLetter(ctx context.Context, id string, mended json.RawMessage) (DeadLetter, error)
	ReplayDeadLetters(ctx context.Context, f DeadLetterFilter) (DeadLettersReplayed, error)
	DismissDeadLetter(ctx context.Context, id string) (DeadLetter, error)

	// AddWebhook tells a URL of transitions from then on. Its answer alone has
	// the secret. EnableWebhook lets a disabled one go on from where it stopped;
	// TestWebhook sends a message that says nothing.
	AddWebhook(ctx context.Context, n NewWebhook) (Webhook, error)
	ListWebhooks(ctx context.Context) ([]Webhook, error)
	EnableWebhook(ctx context.Context, id string) (Webhook, error)
	DeleteWebhook(ctx context.Context, id string) (Deletion, error)
	TestWebhook(ctx context.Context, id string) (WebhookAttempt, error)

	Team

	Close() error
}

// Settings are the shop's, as the API shows them.
type Settings struct {
	Name         string `json:"name"`
	Currency     string `json:"currency"`
	Timezone     string `json:"timezone"`
	Country      string `json:"country"`
	Language     string `json:"language"`
	RewardPoints int64  `json:"reward_points"`
	ShippingStep string `json:"shipping_step"`
	HasFacts     bool   `json:"has_facts" doc:"something was imported: currency and timezone are fixed"`
}

// SettingsChange is what changes; nil stays.
type SettingsChange struct {
	Name     *string `json:"name,omitempty"`
	Currency *string `json:"currency,omitempty"`
	Timezone *string `json:"timezone,omitempty"`
	Country  *string `json:"country,omitempty"`
	Language *string `json:"language,omitempty"`
}

// Question is a segment's text, or "@ID", and the instant asked about.
type Question struct {
	Text string `json:"text" doc:"a segment, or @ID for a saved one or a preset"`
	At   string `json:"at,omitempty" doc:"RFC 3339, or a date, which means its first instant in the shop's zone; now if absent"`
}

// Count is how many customers are in a segment.
type Count struct {
	Count   int64     `json:"count"`
	AsOf    time.Time `json:"as_of"`
	Missing []string  `json:"missing,omitempty" doc:"of a preset: the shop has no facts of this kind, one of them would do, and the count says nothing"`
}

// Checked is a segment's canonical form, and what looks like a mistake in it.
type Checked struct {
	Canonical  string    `json:"canonical"`
	Tree       Tree      `json:"tree" doc:"the same as a tree"`
	Warnings   []Finding `json:"warnings" doc:"places are in the text that was given, or was made of the tree"`
	References []string  `json:"references" doc:"segments that it names"`
	Missing    []string  `json:"missing,omitempty" doc:"of a preset: the shop has no facts of this kind, one of them would do"`
}

// Finding is an error or warning with its place in the text.
type Finding struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Start   int    `json:"start" doc:"offset in characters"`
	End     int    `json:"end"`
	Message string `json:"message" words:"message"`
	Code    string `json:"code,omitempty" enum:"leaves_out" doc:"leaves_out: the comparison leaves out what lacks a value; absent for most"`
	Path    string `json:"path,omitempty" doc:"the place in the tree, as a JSON pointer; absent: the whole tree, or there is none"`
}

// Segment is a saved segment or a preset.
type Segment struct {
	ID        string      `json:"id"`
	Name      string      `json:"name" words:"preset"`
	Text      string      `json:"text" doc:"empty for a template"`
	Preset    bool        `json:"preset"`
	Changed   bool        `json:"changed" doc:"a preset with a text of the shop's own"`
	Hidden    bool        `json:"hidden"`
	Goal      string      `json:"goal,omitempty" enum:"first_order,second_order,cart,sell_more,reorder,reward,win_back,discount,occasion,content,service" doc:"what a preset is for; presets are listed in groups by it"`
	Purpose   string      `json:"purpose,omitempty" words:"preset"`
	Tactic    string      `json:"tactic,omitempty" words:"preset"`
	Template  string      `json:"template,omitempty" doc:"the text with {name} where a parameter stands"`
	Values    []Parameter `json:"parameters,omitempty"`
	CreatedAt *time.Time  `json:"created_at,omitempty"`
	UpdatedAt *time.Time  `json:"updated_at,omitempty"`
	Uses      []string    `json:"uses,omitempty" doc:"segments that its text names"`
	UsedBy    []string    `json:"used_by,omitempty" doc:"segments whose text names it"`
}

// Parameter is a value in a preset's definition.
type Parameter struct {
	Name    string `json:"name"`
	Form    string `json:"form" enum:"number,date,text,texts"`
	Default string `json:"default,omitempty" doc:"absent: a value must be given"`
}

// Deletion says what deleting a segment came to.
type Deletion struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome" enum:"deleted,restored,hidden"`
}

// Presets are the segments that ship with Kith, with their sizes.
type Presets struct {
	AsOf      time.Time `json:"as_of"`
	Currency  string    `json:"currency"`
	Customers int64     `json:"customers" doc:"known customers"`
	Presets   []Preset  `json:"presets"`
}

// Preset is one of them. It has either a size, or what it misses.
type Preset struct {
	Segment
	Customers  *int64           `json:"customers,omitempty"`
	Share      *float64         `json:"share,omitempty" doc:"of the known customers, from 0 to 1"`
	Revenue12m *commerce.Amount `json:"revenue_12m,omitempty" doc:"bought in the last 12 months less refunds; while a server runs, as of the last minutes, and absent before it is known"`
	Missing    []string         `json:"missing,omitempty" doc:"the shop has no facts of this kind: one of them would do"`
}

// RFM is the grid and the groups.
type RFM struct {
	AsOf      time.Time `json:"as_of"`
	Currency  string    `json:"currency"`
	Prospects int64     `json:"prospects" doc:"known customers without an order; their segment is rfm.group = \"Prospects\""`
	rfm.Report
}

// Customer is everything about one customer.
type Customer struct {
	AsOf     time.Time `json:"as_of"`
	Currency string    `json:"currency"`
	profile.Customer
	Segments []string `json:"segments" doc:"ids of the saved segments and presets they are in"`
}

// Run is a scoring run.
type Run struct {
	AsOf    time.Time `json:"as_of"`
	Seconds float64   `json:"seconds"`
}

// Rebuilt says what a rebuild replayed.
type Rebuilt struct {
	Entries int     `json:"entries" doc:"of the log"`
	Seconds float64 `json:"seconds"`
}

// ImportRequest says what to import; paths are those of the server's machine.
type ImportRequest struct {
	Kind     string            `json:"kind" enum:"customers,orders,products,events,rates"`
	Files    []string          `json:"files,omitempty" maxItems:"10000" doc:"paths on the server's machine: only for whoever owns the folder"`
	Uploads  []string          `json:"uploads,omitempty" maxItems:"100" doc:"ids of uploads, instead of files"`
	Format   string            `json:"format,omitempty"`
	Map      map[string]string `json:"map,omitempty" doc:"field to column"`
	Timezone string            `json:"timezone,omitempty" doc:"of times without an offset; the shop's if absent"`
	Currency string            `json:"currency,omitempty" doc:"of amounts without one; the shop's if absent"`
	Rejects  string            `json:"rejects,omitempty" doc:"path of a file that takes the refused rows: only for whoever owns the folder"`
}

// Import is what came of an import.
type Import struct {
	Kind string `json:"kind"`
	loader.Outcome
	Seconds  float64       `json:"seconds"`
	Timezone string        `json:"timezone"`
	Currency string        `json:"currency"`
	Rejects  string        `json:"rejects,omitempty" doc:"where the refused rows are"`
	Report   *ImportReport `json:"report,omitempty" doc:"how each file was read"`
}

// Watch is told how an import goes on. Its functions may be nil.
type Watch struct {
	// Begin is called before the first fact is read.
	Begin    func(Prelude)
	Progress func(loader.Progress)
}

// Prelude is said before an import begins.
type Prelude struct {
	Timezone string `json:"timezone"`
	Currency string `json:"currency"`
}
