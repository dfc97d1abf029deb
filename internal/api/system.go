package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kith/internal/commerce"
	"kith/internal/user"
)

// systemConsole is what the console asks of how the shop is doing technically.
type systemConsole interface {
	ListRuns(ctx context.Context, after string, limit int) (RunList, error)
	Freshness(ctx context.Context) (Freshness, error)
}

// Runs is the history of scoring runs.
type Runs interface {
	// ListRuns lists runs with a smaller number, the newest first; all of them
	// if it is 0.
	ListRuns(ctx context.Context, before int64, limit int) ([]ScoringRun, error)
}

// ScoringRun is a scoring run and what it found.
type ScoringRun struct {
	Run       int64       `json:"run" doc:"its number"`
	At        time.Time   `json:"at"`
	Customers int64       `json:"customers" doc:"who had scores as of then"`
	Changed   int64       `json:"changed" doc:"who came into another group than before; whoever had none before is not counted"`
	Groups    []GroupSize `json:"groups" doc:"with at least one customer"`
}

// GroupSize is how many customers a group had.
type GroupSize struct {
	Group     string `json:"group"`
	Customers int64  `json:"customers"`
}

// RunList is a page of runs, the newest first.
type RunList struct {
	Runs []ScoringRun `json:"runs"`
	Next string       `json:"next,omitempty" doc:"what to go on after; absent at the end"`
}

// Reached is how far the stores are.
type Reached struct {
	LogEnd             uint64
	WarehouseApplied   uint64
	MembershipsApplied uint64
	MembershipsClock   time.Time
}

// Freshness is how recent what is shown is.
type Freshness struct {
	LastImportAt       *time.Time `json:"last_import_at,omitempty" doc:"absent without one"`
	LastEventAt        *time.Time `json:"last_event_at,omitempty" doc:"when the last events arrived; absent without one"`
	LogEnd             uint64     `json:"log_end" doc:"the number of the log's last entry"`
	WarehouseApplied   uint64     `json:"warehouse_applied" doc:"up to which entry counts and lists know"`
	MembershipsApplied uint64     `json:"memberships_applied" doc:"up to which entry memberships are kept"`
	MembershipsClock   *time.Time `json:"memberships_clock,omitempty" doc:"up to when; absent while nobody keeps them"`
}

// ListRuns implements systemConsole.
func (s *Service) ListRuns(ctx context.Context, after string, limit int) (RunList, error) {
	before := int64(0)
	if after != "" {
		var err error
		if before, err = strconv.ParseInt(after, 10, 64); err != nil || before < 1 {
			return RunList{}, commerce.Errorf(commerce.CodeInvalid, "after is %q, not what next said", after)
		}
	}
	list := RunList{Runs: []ScoringRun{}}
	runs, err := s.config.Runs.ListRuns(ctx, before, limit+1)
	if err != nil {
		return list, err
	}
	if len(runs) > limit {
		runs = runs[:limit]
		list.Next = strconv.FormatInt(runs[limit-1].Run, 10)
	}
	list.Runs = append(list.Runs, runs...)
	return list, nil
}

// Freshness implements systemConsole.
func (s *Service) Freshness(ctx context.Context) (Freshness, error) {
	r, err := s.config.Reached(ctx)
	if err != nil {
		return Freshness{}, err
	}
	f := Freshness{
		LogEnd: r.LogEnd, WarehouseApplied: r.WarehouseApplied, MembershipsApplied: r.MembershipsApplied, MembershipsClock: instantOrNil(r.MembershipsClock),
	}
	for kind, to := range map[commerce.EntryType]**time.Time{commerce.ImportEntry: &f.LastImportAt, commerce.EventsEntry: &f.LastEventAt} {
		at, err := s.config.Loader.Latest(ctx, kind)
		if err != nil {
			return Freshness{}, err
		}
		*to = instantOrNil(at)
	}
	return f, nil
}

func (h *handler) systemRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/runs", Permission: user.View, Summary: "scoring runs and what they found, the newest first"},
		func(ctx context.Context, in *pageInput) (*answer[RunList], error) {
			list, err := h.console.ListRuns(ctx, in.After, in.Limit)
			return &answer[RunList]{list}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/freshness", Permission: user.View, Summary: "how recent what is shown is"},
		func(ctx context.Context, _ *struct{}) (*answer[Freshness], error) {
			f, err := h.console.Freshness(ctx)
			return &answer[Freshness]{f}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/doctor", Permission: user.Manage, Summary: "whether the folder and everything in it is well"},
		func(ctx context.Context, _ *struct{}) (*answer[Diagnosis], error) {
			d, err := h.shop.Doctor(ctx)
			return &answer[Diagnosis]{d}, err
		})
}
