package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kith/internal/figures"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/user"
)

// overviewConsole is what the console's first page asks.
type overviewConsole interface {
	Overview(ctx context.Context) (Overview, error)
}

// OverviewFacts counts what the overview shows.
type OverviewFacts interface {
	Figures(ctx context.Context, at time.Time) (figures.Figures, error)
	// Applied is the last entry of the log that the figures would hold.
	Applied(ctx context.Context) (uint64, error)
	// LastImport is the last entry among those that is an import of files; 0 if
	// there is none.
	LastImport(ctx context.Context) (uint64, error)
}

// Notes keeps texts by their names.
type Notes interface {
	FindSetting(ctx context.Context, name string) (string, bool, error)
	PutSetting(ctx context.Context, name, value string) error
}

// Overview is the shop at a glance.
type Overview struct {
	AsOf     time.Time `json:"as_of" doc:"when the figures were worked out; that is done anew within half a minute of a change, in a large shop within minutes"`
	Currency string    `json:"currency"`
	figures.Figures
	Moved     []figures.Moved     `json:"moved" doc:"the segments and presets that moved most in 7 days, at most 8"`
	Attention []figures.Attention `json:"attention"`
}

// keptOverview is what is kept of it.
type keptOverview struct {
	Version  int    `json:"version"`
	Applied  uint64 `json:"applied"`
	Timezone string `json:"timezone"`
	Overview
}

// overview holds the figures as last worked out.
type overview struct {
	working sync.Mutex // held while they are worked out: the first who asks does it for all
	mu      sync.Mutex
	now     *keptOverview
	// renew says that sizes of 7 days ago were worked out since.
	renew atomic.Bool
}

// overviewNote is the name under which the figures are kept: a server that
// begins again has them at once. overviewVersion changes with their meaning.
const (
	overviewNote    = "overview"
	overviewVersion = 2
)

// overviewAges is after how long the figures are worked out anew though no fact
// came: windows move.
const overviewAges = time.Hour

func (o *overview) get() *keptOverview {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *overview) set(k *keptOverview) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = k
}

// Overview implements Console.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	kept, err := s.keptFigures(ctx)
	if err == nil && kept == nil {
		kept, err = s.workOut(ctx, func(k *keptOverview) bool { return k != nil })
	}
	if err != nil {
		return Overview{}, err
	}
	answer := kept.Overview
	answer.Attention = append(slices.Clone(answer.Attention), s.behind()...)
	return answer, nil
}

// keptFigures are the figures as last worked out; nil if they never were.
func (s *Service) keptFigures(ctx context.Context) (*keptOverview, error) {
	if kept := s.overview.get(); kept != nil {
		return kept, nil
	}
	text, found, err := s.config.Notes.FindSetting(ctx, overviewNote)
	if err != nil || !found {
		return nil, err
	}
	var kept keptOverview
	c := s.current()
	if json.Unmarshal([]byte(text), &kept) != nil || kept.Version != overviewVersion || kept.Currency != c.Currency || kept.Timezone != c.Timezone {
		return nil, nil // of another version, or of other settings
	}
	s.overview.set(&kept)
	return &kept, nil
}

// RefreshOverview works the figures out anew if facts changed since, sizes of 7
// days ago became known, or an hour passed.
func (s *Service) RefreshOverview(ctx context.Context) error {
	if _, err := s.keptFigures(ctx); err != nil {
		return err
	}
	applied, err := s.config.Overview.Applied(ctx)
	if err != nil {
		return err
	}
	renew := s.overview.renew.Swap(false)
	_, err = s.workOut(ctx, func(k *keptOverview) bool {
		return k != nil && !renew && k.Applied == applied && s.now().Sub(k.AsOf) < overviewAges
	})
	if err != nil && renew {
		s.overview.renew.Store(true)
	}
	return err
}

// workOut works the figures out and keeps them, unless those that are kept by
// then are good enough.
func (s *Service) workOut(ctx context.Context, enough func(*keptOverview) bool) (*keptOverview, error) {
	s.overview.working.Lock()
	defer s.overview.working.Unlock()
	if kept := s.overview.get(); enough(kept) {
		return kept, nil
	}
	applied, err := s.config.Overview.Applied(ctx)
	if err != nil {
		return nil, err
	}
	c := s.current()
	kept := &keptOverview{Version: overviewVersion, Applied: applied, Timezone: c.Timezone, Overview: Overview{AsOf: s.now(), Currency: c.Currency}}
	if kept.Figures, err = s.config.Overview.Figures(ctx, kept.AsOf); err != nil {
		return nil, err
	}
	if err := s.movements(ctx, &kept.Overview); err != nil {
		return nil, err
	}
	text, err := json.Marshal(kept)
	if err == nil {
		err = s.config.Notes.PutSetting(ctx, overviewNote, string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("keeping the overview: %w", err)
	}
	s.overview.set(kept)
	return kept, nil
}

// movements adds the segments that moved, and what needs attention.
func (s *Service) movements(ctx context.Context, o *Overview) error {
	o.Moved, o.Attention = []figures.Moved{}, []figures.Attention{}
	refused, err := s.refusedImports(ctx, o.Freshness.Imports)
	if err != nil {
		return err
	}
	o.Attention = append(append(o.Attention, refused...), o.Freshness.Quiet(o.AsOf)...)
	live := s.config.Kept()
	if live == nil {
		return nil
	}
	all, err := s.moved(ctx, live.Sizes())
	if err != nil {
		return err
	}
	o.Moved = figures.MostMoved(all, o.Customers)
	shrinking, err := s.shrinking(ctx, figures.Shrinking(o.Moved, o.Customers), o.AsOf)
	o.Attention = append(o.Attention, shrinking...)
	return err
}

// refusedImports are those of which rows were refused.
func (s *Service) refusedImports(ctx context.Context, imports []int64) ([]figures.Attention, error) {
	var list []figures.Attention
	for _, seq := range imports {
		kind, at, outcome, err := s.config.Loader.ImportAt(ctx, uint64(seq))
		if err != nil {
			return nil, err
		}
		if outcome.Refused > 0 {
			list = append(list, figures.Attention{Kind: figures.ImportRefused, Import: seq, Facts: string(kind), Rows: outcome.Refused, At: &at})
		}
	}
	return list, nil
}

// week is the first of 7 days of the shop's calendar that end today, and the day
// before it.
func (s *Service) week() (begin time.Time, before string) {
	today := s.config.Now().In(s.current().Zone())
	year, month, day := today.Date()
	begin = time.Date(year, month, day-6, 0, 0, 0, 0, today.Location())
	return begin, begin.AddDate(0, 0, -1).Format(time.DateOnly)
}

// moved says of each segment that is kept how its size changed in 7 days of the
// shop's calendar. One that was made or changed in them is left out: what moved
// it was no customer.
func (s *Service) moved(ctx context.Context, sizes map[string]int64) ([]figures.Moved, error) {
	if sizes == nil {
		return nil, nil
	}
	_, names, ids, err := s.listedNames(ctx)
	if err != nil {
		return nil, err
	}
	changed, err := s.lastChanges(ctx)
	if err != nil {
		return nil, err
	}
	recorded, err := s.lastDays(ctx)
	if err != nil {
		return nil, err
	}
	begin, before := s.week()
	worked, err := s.past(ctx, "", before, before)
	if err != nil {
		return nil, err
	}
	lastImport, err := s.config.Overview.LastImport(ctx)
	if err != nil {
		return nil, err
	}
	var list []figures.Moved
	for i, id := range ids {
		size, kept := sizes[id]
		if !kept || !changed[id].Before(begin) {
			continue
		}
		m := movement{Moved: figures.Moved{ID: id, Name: names[i], Size: size}}
		if p, ok := worked[id][before]; ok && p.Import == lastImport {
			m.worked = &p.Size
		}
		if m.measure(recorded.of[id], begin.Format(time.DateOnly)) {
			list = append(list, m.Moved)
		}
	}
	return list, nil
}

// movement is how a segment moved.
type movement struct {
	figures.Moved

	worked *int64 // its size before, from the facts
}

// measure takes the days that were recorded, from the last one before the date
// on, and says whether they tell how large the segment was before. If the
// first of all comes later, the facts do; who entered and left is known then if
// that explains how large it is now.
func (m *movement) measure(days []segment.Day, from string) bool {
	var entered, left int64
	for _, d := range days {
		if d.Date >= from {
			entered, left = entered+d.Entered, left+d.Left
		}
	}
	recorded := max(0, m.Size-entered+left)
	m.Before, m.Entered, m.Left = recorded, &entered, &left
	switch {
	case len(days) == 0 && m.worked == nil, len(days) > 0 && days[0].Date < from:
		return true
	case m.worked == nil:
		return recorded > 0 // or all were found to be in it when it was first kept
	}
	if m.Before = *m.worked; m.Before != recorded {
		m.Entered, m.Left = nil, nil
	}
	return true
}

// lastChanges are when definitions were saved; presets as they ship have none.
func (s *Service) lastChanges(ctx context.Context) (map[string]time.Time, error) {
	all, err := s.saved(ctx)
	if err != nil {
		return nil, err
	}
	changes := map[string]time.Time{}
	for _, x := range all {
		changes[x.ID] = x.UpdatedAt
	}
	return changes, nil
}

// listedNames are the segments that a list shows and that can be answered.
func (s *Service) listedNames(ctx context.Context) (compiled map[string]*segql.Checked, names, ids []string, err error) {
	questions, names, err := s.listed(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	compiled = map[string]*segql.Checked{}
	for _, q := range questions {
		compiled[q.ID], ids = q.Checked, append(ids, q.ID)
	}
	return compiled, names, ids, nil
}

// shrinking are those of the segments whose members bought a great part of the
// last 12 months' revenue.
func (s *Service) shrinking(ctx context.Context, candidates []figures.Moved, at time.Time) ([]figures.Attention, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	all, _, _, err := s.listedNames(ctx)
	if err != nil {
		return nil, err
	}
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	everyone, err := book.Compile(ctx, "everyone")
	if err != nil {
		return nil, err
	}
	asked := map[string]*segql.Checked{"": everyone.Checked}
	for _, m := range candidates {
		asked[m.ID] = all[m.ID]
	}
	sizes, err := s.config.Asker.CountAll(ctx, asked, at)
	if err != nil || sizes[""].Revenue12m <= 0 {
		return nil, err
	}
	var list []figures.Attention
	for _, m := range candidates {
		share := float64(sizes[m.ID].Revenue12m) / float64(sizes[""].Revenue12m)
		if share >= figures.GreatShare {
			list = append(list, figures.Attention{Kind: figures.SegmentShrinking, Segment: m.ID, Name: m.Name, Size: m.Size, Before: m.Before, Share: share})
		}
	}
	return list, nil
}

// behindAfter is how far the memberships' clock may be behind before it is told.
const behindAfter = 5 * time.Minute

// behind says that memberships are behind, if so.
func (s *Service) behind() []figures.Attention {
	live := s.config.Kept()
	if live == nil {
		return nil
	}
	progress := live.Progress()
	waiting := s.config.Loader.LastSeq() - min(progress.Applied, s.config.Loader.LastSeq())
	if s.now().Sub(progress.Clock) < behindAfter {
		return nil
	}
	return []figures.Attention{{Kind: figures.MembershipsBehind, Entries: waiting, At: &progress.Clock}}
}

// rfmLasts is how long the groups that were worked out with the overview serve,
// if nothing but events came since.
const rfmLasts = 15 * time.Minute

// keptRFM are the groups as worked out with the overview; nil if there are none
// that are good enough.
func (s *Service) keptRFM(ctx context.Context) *RFM {
	kept, err := s.keptFigures(ctx)
	if err != nil || kept == nil || s.now().Sub(kept.AsOf) > rfmLasts {
		return nil
	}
	if last, err := s.config.Overview.LastImport(ctx); err != nil || last > kept.Applied {
		return nil
	}
	return &RFM{AsOf: kept.AsOf, Currency: kept.Currency, Prospects: kept.Prospects, Report: kept.RFM}
}

func (h *handler) overviewRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/overview", Permission: user.View, Summary: "the shop at a glance: figures, months, groups, what moved and what needs attention"},
		func(ctx context.Context, _ *struct{}) (*answer[Overview], error) {
			o, err := h.console.Overview(ctx)
			return &answer[Overview]{o}, err
		})
}
