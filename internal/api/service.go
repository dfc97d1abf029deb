package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/profile"
	"kith/internal/rfm"
	"kith/internal/segment"
	"kith/internal/webhook"
)

// Scores computes scores over the shop's facts.
type Scores interface {
	// RFM counts known customers with orders by their scores as of an instant.
	RFM(ctx context.Context, at time.Time) ([]rfm.Row, error)
	// Ranked lists the terms that the latest scoring run ranked customers by;
	// nil if there was none.
	Ranked(ctx context.Context) (map[string]bool, error)
}

// Config says what a Service works with. All of it is required, except Close.
type Config struct {
	Settings    *LiveSettings
	PutSettings func(s commerce.Settings) error
	Segments    segment.Store
	Asker       segment.Asker
	Facts       segment.Facts
	Scores      Scores
	Insights    Insights
	Profiles    profile.Reader
	Loader      *loader.Loader
	Record      segment.Record
	Webhooks    *webhook.Book
	// Live returns what keeps memberships, and lets it begin if need be.
	Live func(ctx context.Context) (Live, error)
	// Kept returns what keeps memberships if they are kept right now, nil
	// otherwise.
	Kept func() Live
	// Served says whether that is what a server does, while events come.
	Served func() bool
	// ReadEvents reads a body of events. The answer says what was refused, and
	// what is missing of the others.
	ReadEvents func(body []byte) (commerce.EventBatch, Tracked, error)
	// HasFacts says whether anything was imported.
	HasFacts func(ctx context.Context) (bool, error)
	// Preview reads the beginning of files and says how they would be read.
	Preview func(ctx context.Context, r loader.Request) (json.RawMessage, error)
	Now     func() time.Time
	Close   func() error
}

// Service answers in process. It is safe for concurrent use.
type Service struct {
	config Config
	// saving lets one change of segments be checked and recorded after the
	// other: two that are right alone may make a ring together.
	saving   sync.Mutex
	revenues revenues
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
		"Facts": config.Facts == nil, "Scores": config.Scores == nil, "Insights": config.Insights == nil, "Profiles": config.Profiles == nil,
		"Loader": config.Loader == nil, "HasFacts": config.HasFacts == nil, "Preview": config.Preview == nil,
		"Now": config.Now == nil, "Record": config.Record == nil, "Webhooks": config.Webhooks == nil, "Live": config.Live == nil, "ReadEvents": config.ReadEvents == nil,
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
	hasFacts, err := s.config.HasFacts(ctx)
	if err != nil {
		return Settings{}, err
	}
	err = s.config.Settings.change(func(now commerce.Settings) (commerce.Settings, error) {
		next := change.Apply(now)
		if err := CheckChange(now, next, hasFacts); err != nil {
			return now, err
		}
		return next, s.config.PutSettings(next)
	})
	if err != nil {
		return Settings{}, err
	}
	return s.Settings(ctx)
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

// CheckChange says whether settings may become others. The warehouse of a
// folder in use was opened with its currency and timezone; they can change
// only where there are no facts, and the folder is opened anew.
func CheckChange(now, next commerce.Settings, hasFacts bool) error {
	if err := next.Validate(); err != nil {
		return err
	}
	if next.Currency == now.Currency && next.Timezone == now.Timezone {
		return nil
	}
	if hasFacts {
		return commerce.Errorf(commerce.CodeConflict,
			"the shop has facts in %s and %s: name, language and country can change, another currency or timezone needs a new folder",
			now.Currency, now.Timezone)
	}
	return commerce.Errorf(commerce.CodeConflict, "currency and timezone cannot change while a server runs; stop it first")
}

// RFM implements Shop.
func (s *Service) RFM(ctx context.Context, at string) (RFM, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return RFM{}, err
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

// upToDate lets what one person is asked about now be all that was accepted.
// The warehouse follows a server's events after a second or so, which is good
// enough for counts.
func (s *Service) upToDate(ctx context.Context, at string) error {
	if at != "" || s.config.Kept() == nil {
		return nil
	}
	_, err := s.config.Loader.Advance(ctx)
	return err
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
		_, err = s.Score(ctx)
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
		_, err = s.Score(ctx)
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
	return Rebuilt{Entries: entries, Seconds: s.since(start)}, err
}

func (s *Service) since(start time.Time) float64 {
	return s.config.Now().Sub(start).Round(time.Millisecond).Seconds()
}
