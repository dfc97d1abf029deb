package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
	"kith/internal/profile"
	"kith/internal/rfm"
	"kith/internal/segment"
	"kith/internal/tail"
	"kith/internal/upload"
	"kith/internal/user"
	"kith/internal/webhook"
)

// Scores computes scores over the shop's facts.
type Scores interface {
	// RFM counts known customers with orders by their scores as of an instant.
	RFM(ctx context.Context, at time.Time) ([]rfm.Row, error)
	// Ranked lists the terms that the latest scoring run ranked customers by;
	// nil if there was none.
	Ranked(ctx context.Context) (map[string]bool, error)
	// Scored says whether the run whose scores hold as of an instant scored
	// anybody; true if there was none by then, when scores are those of the instant.
	Scored(ctx context.Context, at time.Time) (bool, error)
}

// Config says what a Service works with. All of it is required, except Close
// and Counted.
type Config struct {
	Settings    *LiveSettings
	PutSettings func(s commerce.Settings) error
	Segments    segment.Store
	Asker       segment.Asker
	Facts       segment.Facts
	Scores      Scores
	Insights    Insights
	Vocabulary  Vocabulary
	Exports     Exports
	Profiles    profile.Reader
	Customers   CustomerFacts
	Overview    OverviewFacts
	Notes       Notes
	Loader      *loader.Loader
	Record      segment.Record
	Past        segment.PastStore
	Webhooks    *webhook.Book
	Users       *user.Book
	Audit       audit.Store
	Letters     Letters
	// Address is where the shop is found: a scheme and a host.
	Address func() string
	// Live returns what keeps memberships, and lets it begin if need be.
	Live func(ctx context.Context) (Live, error)
	// Kept returns what keeps memberships if they are kept right now, nil
	// otherwise.
	Kept func() Live
	// Served says whether that is what a server does, while events come.
	Served func() bool
	// ReadEvents reads a body of events. The answer says what was refused, and
	// what is missing of the others.
	ReadEvents func(from Sender, body []byte) (commerce.EventBatch, Tracked, error)
	// Tail shows events as they come in. Whoever takes events puts each of them
	// in, with what became of it: see tail.Hub.Put.
	Tail *tail.Hub
	// Counted, if set, is told how many events came, taken and refused.
	Counted func(taken, refused int)
	// HasFacts says whether anything was imported.
	HasFacts func(ctx context.Context) (bool, error)
	// Resettle lets settings become others in currency or timezone, where there
	// are no facts. Nobody takes events meanwhile.
	Resettle func(ctx context.Context, next commerce.Settings) error
	// Preview reads files and says how they would be read.
	Preview func(ctx context.Context, r loader.Request) (Preview, error)
	Uploads *upload.Store
	Jobs    *job.Book
	// RejectsDir is where the refused rows of jobs are kept.
	RejectsDir string
	// MakeDemo makes the files of the demo shop, and says what to import.
	MakeDemo func(ctx context.Context, d DemoRequest) ([]DemoFile, error)
	Runs     Runs
	// Reached says how far the stores are.
	Reached func(ctx context.Context) (Reached, error)
	Doctor  func(ctx context.Context) (Diagnosis, error)
	Now     func() time.Time
	Close   func() error
}

// Service answers in process. It is safe for concurrent use.
type Service struct {
	config Config
	// saving lets one change of segments be checked and recorded after the
	// other: two that are right alone may make a ring together.
	saving sync.Mutex
	// settling is held for reading while events are taken, and for writing
	// while settings change: what is said in events depends on them.
	settling sync.RWMutex
	// mending lets one dead letter be sent again after the other, so that none is
	// sent twice.
	mending    sync.Mutex
	unfollowed unfollowed
	revenues   revenues
	seen       kept[seen]
	has        kept[map[string]bool] // what there are facts of
	values     fieldValues
	overview   overview
	lists      lists // of customers that somebody may be scrolling through
}

// LiveSettings are the shop's settings, some of which change while Kith runs.
type LiveSettings struct {
	mu  sync.RWMutex
	now commerce.Settings
}

// NewLiveSettings makes LiveSettings.
func NewLiveSettings(s commerce.Settings) *LiveSettings { return &LiveSettings{now: s} }

// Get returns the settings as they are now.
func (l *LiveSettings) Get() commerce.Settings {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.now
}

// Set replaces the settings.
func (l *LiveSettings) Set(s commerce.Settings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = s
}

// change lets f make the next settings; they hold if it does not fail.
func (l *LiveSettings) change(f func(now commerce.Settings) (next commerce.Settings, err error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next, err := f(l.now)
	if err == nil {
		l.now = next
	}
	return err
}

// NewService makes a Service.
func NewService(config Config) (*Service, error) {
	for name, missing := range map[string]bool{
		"Settings": config.Settings == nil, "PutSettings": config.PutSettings == nil, "Segments": config.Segments == nil, "Asker": config.Asker == nil,
		"Facts": config.Facts == nil, "Scores": config.Scores == nil, "Insights": config.Insights == nil,
		"Vocabulary": config.Vocabulary == nil, "Exports": config.Exports == nil, "Profiles": config.Profiles == nil,
		"Customers": config.Customers == nil, "Overview": config.Overview == nil, "Notes": config.Notes == nil,
		"Loader": config.Loader == nil, "HasFacts": config.HasFacts == nil, "Preview": config.Preview == nil,
		"Resettle": config.Resettle == nil, "Uploads": config.Uploads == nil, "Jobs": config.Jobs == nil, "RejectsDir": config.RejectsDir == "",
		"MakeDemo": config.MakeDemo == nil, "Runs": config.Runs == nil, "Reached": config.Reached == nil, "Doctor": config.Doctor == nil,
		"Now": config.Now == nil, "Record": config.Record == nil, "Past": config.Past == nil, "Webhooks": config.Webhooks == nil, "Users": config.Users == nil, "Audit": config.Audit == nil, "Address": config.Address == nil, "Live": config.Live == nil, "ReadEvents": config.ReadEvents == nil,
		"Tail": config.Tail == nil, "Letters": config.Letters == nil,
		"Kept": config.Kept == nil, "Served": config.Served == nil,
	} {
		if missing {
			return nil, fmt.Errorf("api: Config.%s is required", name)
		}
	}
	return &Service{config: config}, nil
}

// Close closes what Config.Close closes.
func (s *Service) Close() error {
	if s.config.Close == nil {
		return nil
	}
	return s.config.Close()
}

func (s *Service) current() commerce.Settings { return s.config.Settings.Get() }

// instant reads the instant a question is about.
func (s *Service) instant(text string) (time.Time, error) {
	at, err := commerce.ParseInstant(text, s.current().Zone())
	if err == nil && at.IsZero() {
		at = s.config.Now().UTC().Truncate(time.Microsecond)
	}
	return at, err
}

// Settings implements Shop.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	hasFacts, err := s.config.HasFacts(ctx)
	if err != nil {
		return Settings{}, err
	}
	c := s.current()
	return Settings{
		Name: c.Name, Currency: c.Currency, Timezone: c.Timezone, Country: c.Country, Language: c.Language,
		RewardPoints: c.RewardPoints, ShippingStep: c.ShippingStep, HasFacts: hasFacts,
	}, nil
}

// ChangeSettings implements Shop.
func (s *Service) ChangeSettings(ctx context.Context, change SettingsChange) (Settings, error) {
	s.settling.Lock()
	defer s.settling.Unlock()
	now := s.current()
	next := change.Apply(now)
	if err := next.Validate(); err != nil {
		return Settings{}, err
	}
	hasFacts, err := s.config.HasFacts(ctx)
	if err != nil {
		return Settings{}, err
	}
	fixed := next.Currency != now.Currency || next.Timezone != now.Timezone
	switch {
	case fixed && hasFacts:
		return Settings{}, FactsFixSettings(now)
	case fixed, next.Country != now.Country && !hasFacts: // memberships ask for the country too
		if err := s.noted(ctx, s.resettle(ctx, next), "settings.change", "shop", change.String()); err != nil {
			return Settings{}, err
		}
		return s.Settings(ctx)
	}
	err = s.config.Settings.change(func(commerce.Settings) (commerce.Settings, error) { return next, s.config.PutSettings(next) })
	if err := s.noted(ctx, err, "settings.change", "shop", change.String()); err != nil {
		return Settings{}, err
	}
	return s.Settings(ctx)
}

// String lists what a change says, for the audit log.
func (c SettingsChange) String() string {
	var parts []string
	for _, x := range []struct {
		name  string
		value *string
	}{{"name", c.Name}, {"currency", c.Currency}, {"timezone", c.Timezone}, {"country", c.Country}, {"language", c.Language}} {
		if x.value != nil {
			parts = append(parts, x.name+" "+*x.value)
		}
	}
	return strings.Join(parts, ", ")
}

// resettle changes what every fact depends on, where there are none.
func (s *Service) resettle(ctx context.Context, next commerce.Settings) error {
	if s.config.Jobs.Busy() {
		return commerce.Errorf(commerce.CodeConflict, "files are being imported; try again when that is done")
	}
	return s.config.Resettle(ctx, next)
}

// FactsFixSettings is the error of another currency or timezone for a shop
// that has facts.
func FactsFixSettings(now commerce.Settings) error {
	return commerce.Errorf(commerce.CodeConflict,
		"the shop has facts in %s and %s: name, language and country can change, another currency or timezone needs a new folder",
		now.Currency, now.Timezone)
}

// Apply returns settings with the change made.
func (c SettingsChange) Apply(s commerce.Settings) commerce.Settings {
	for to, from := range map[*string]*string{
		&s.Name: c.Name, &s.Currency: c.Currency, &s.Timezone: c.Timezone, &s.Country: c.Country, &s.Language: c.Language,
	} {
		if from != nil {
			*to = *from
		}
	}
	return s
}

// RFM implements Shop.
func (s *Service) RFM(ctx context.Context, at string) (RFM, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return RFM{}, err
	}
	if at == "" && s.config.Served() {
		if kept := s.keptRFM(ctx); kept != nil {
			return *kept, nil
		}
	}
	rows, err := s.config.Scores.RFM(ctx, asOf)
	if err != nil {
		return RFM{}, err
	}
	everyone, err := s.Count(ctx, Question{Text: "everyone", At: asOf.Format(time.RFC3339Nano)})
	if err != nil {
		return RFM{}, err
	}
	report := rfm.Tabulate(rows)
	return RFM{AsOf: asOf, Currency: s.current().Currency, Prospects: everyone.Count - report.Customers, Report: report}, nil
}

// readerWaits is how long somebody who looks at one customer waits for what was
// accepted a moment ago. In a large shop to which much comes, a load takes
// seconds.
const readerWaits = time.Second

// upToDate lets what one person is asked about now be all that was accepted, if
// that takes no longer than readerWaits. The warehouse follows a server's events
// after a second or so, which is good enough for counts.
func (s *Service) upToDate(ctx context.Context, at string) error {
	if at != "" || s.config.Kept() == nil {
		return nil
	}
	return s.config.Loader.AdvanceWithin(ctx, readerWaits)
}

// timelineLength is how many events are shown of one customer.
const timelineLength = 50

// Customer implements Shop.
func (s *Service) Customer(ctx context.Context, id, at string) (Customer, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return Customer{}, err
	}
	if err := s.upToDate(ctx, at); err != nil {
		return Customer{}, err
	}
	found, err := s.config.Profiles.FindCustomer(ctx, id, asOf, timelineLength)
	if err != nil {
		return Customer{}, err
	}
	book, err := s.book()
	if err != nil {
		return Customer{}, err
	}
	all, err := book.List(ctx)
	if err != nil {
		return Customer{}, err
	}
	answerable, err := s.answerable(ctx, all)
	if err != nil {
		return Customer{}, err
	}
	compiled, err := book.CompileAll(ctx, answerable)
	if err != nil {
		return Customer{}, err
	}
	in, err := s.config.Asker.SegmentsOf(ctx, found.ID, compiled, asOf)
	if err != nil {
		return Customer{}, err
	}
	return Customer{AsOf: asOf, Currency: s.current().Currency, Customer: found, Segments: in}, nil
}

// Score implements Shop.
func (s *Service) Score(ctx context.Context) (Run, error) {
	run, err := s.score(ctx)
	return run, s.noted(ctx, err, "score", "", "")
}

// score makes a scoring run, whoever needs it.
func (s *Service) score(ctx context.Context) (Run, error) {
	start := s.config.Now()
	book, err := s.book()
	if err != nil {
		return Run{}, err
	}
	percentiles, err := book.Percentiles(ctx)
	if err != nil {
		return Run{}, err
	}
	if err := s.config.Loader.Append(ctx, commerce.RunEntry, loader.Run{Percentiles: percentiles}); err != nil {
		return Run{}, err
	}
	return Run{AsOf: start.UTC().Truncate(time.Microsecond), Seconds: s.since(start)}, nil
}

// FirstRun makes a scoring run if there was none. Kept memberships depend on
// the latest run: without one they could not say what SQL works out as of now.
func (s *Service) FirstRun(ctx context.Context) error {
	ranked, err := s.config.Scores.Ranked(ctx)
	if err == nil && ranked == nil {
		_, err = s.score(ctx)
	}
	return err
}

// rank makes a scoring run if some segment ranks customers by what the latest
// one did not: the segment would be empty until the next.
func (s *Service) rank(ctx context.Context) error {
	ranked, err := s.config.Scores.Ranked(ctx)
	if err != nil || ranked == nil {
		return err
	}
	book, err := s.book()
	if err != nil {
		return err
	}
	terms, err := book.Percentiles(ctx)
	if err == nil && slices.ContainsFunc(terms, func(term string) bool { return !ranked[term] }) {
		_, err = s.score(ctx)
	}
	if err != nil {
		return fmt.Errorf("the change was made, but scoring failed; \"kith score\" does it again: %w", err)
	}
	return nil
}

// Rebuild implements Shop.
func (s *Service) Rebuild(ctx context.Context) (Rebuilt, error) {
	start := s.config.Now()
	entries, err := s.config.Loader.Rebuild(ctx)
	err = s.noted(ctx, err, "rebuild", "", fmt.Sprintf("%d entries of the log", entries))
	return Rebuilt{Entries: entries, Seconds: s.since(start)}, err
}

func (s *Service) since(start time.Time) float64 {
	return s.config.Now().Sub(start).Round(time.Millisecond).Seconds()
}
