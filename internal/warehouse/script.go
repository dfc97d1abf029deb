package warehouse

import (
	"context"
	"errors"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/script"
	"kith/internal/segql"
)

// Script is a warehouse in memory that a script runs on: the batch back end.
// It implements script.Backend and is for one goroutine.
type Script struct {
	// ctx is that of OpenScript: script.Backend, which is pure, passes none.
	ctx       context.Context
	db        *DB
	questions *Questions
	catalogue *segql.Catalogue
	waiting   []script.Record
	seq       int64
	refused   func(Refusal)
}

// ScriptConfig says what a Script may use and who is told of facts that it
// cannot take.
type ScriptConfig struct {
	MemoryLimit string // as Config has it
	Threads     int
	Presets     map[string]string // texts by id, which exist beside the script's segments
	// Refused is told of each fact that does not go with what is known; Line
	// is the script's. It is required: a fact that is silently left out makes
	// an expectation fail for a reason that nobody sees.
	Refused func(Refusal)
}

// scriptArrival is the instant at which all records of scripts are loaded:
// what says no instant of its own is from then, after all that a script asks.
var scriptArrival = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// OpenScript opens a Script for a script's shop, before its first line.
func OpenScript(ctx context.Context, s script.Shop, config ScriptConfig) (*Script, error) {
	if config.Refused == nil {
		return nil, errors.New("warehouse: ScriptConfig.Refused is required")
	}
	settings := scriptSettings(s.Settings)
	db, err := Open(ctx, Config{
		MemoryLimit: config.MemoryLimit, Threads: config.Threads, Currency: settings.Currency, Zone: settings.Zone(),
	})
	if err != nil {
		return nil, err
	}
	return &Script{
		ctx: ctx, db: db, catalogue: script.Catalogue(s, config.Presets), refused: config.Refused,
		questions: db.Questions(func() commerce.Settings { return settings }),
	}, nil
}

// Close closes the warehouse, which is gone with it.
func (b *Script) Close() error { return b.db.Close() }

// Load keeps records until something is asked.
func (b *Script) Load(records ...script.Record) error {
	b.waiting = append(b.waiting, records...)
	return nil
}

// flush loads what waits, batch by batch.
func (b *Script) flush() error {
	for len(b.waiting) > 0 {
		n := batchLength(b.waiting)
		b.seq++
		batch := Batch{Seq: b.seq, Kind: b.waiting[0].Kind, At: scriptArrival}
		for _, r := range b.waiting[:n] {
			batch.Rows = append(batch.Rows, scriptRow(r))
		}
		b.waiting = b.waiting[n:]
		result, err := b.db.Load(b.ctx, batch)
		if err != nil {
			return err
		}
		for _, r := range result.Refusals {
			b.refused(r)
		}
	}
	return nil
}

// batchLength is how many of the records can be loaded together: they are of
// one kind, and no order comes twice.
func batchLength(records []script.Record) int {
	lines := map[any]any{}
	for n, r := range records {
		if r.Kind != records[0].Kind {
			return n
		}
		id, line := r.Values["order_id"], r.Values["line"]
		if before, seen := lines[id]; seen && id != nil && before != line {
			return n
		}
		lines[id] = line
	}
	return len(records)
}

func scriptRow(r script.Record) Row {
	row := Row{}
	for name, v := range r.Values {
		switch v := v.(type) {
		case script.Number:
			row[name] = Micros(v)
		case []script.Said:
			fields := make([]Field, len(v))
			for i, said := range v {
				fields[i].Name = said.Name
				if said.Value != nil {
					fields[i].Value = *said.Value
				}
			}
			row[name] = fields
		default:
			row[name] = v
		}
	}
	return row
}

// Members answers with SQL. Base fields are computed as of T, as for a
// question asked ad hoc: a script has no scoring runs.
func (b *Script) Members(text string, at time.Time) ([]string, error) {
	if err := b.flush(); err != nil {
		return nil, err
	}
	checked, problems := segql.Compile(text, b.catalogue)
	if len(problems) > 0 {
		return nil, problems
	}
	members := []string{}
	err := b.questions.Members(b.ctx, checked, at, false, func(id string) error {
		members = append(members, id)
		return nil
	})
	return members, err
}

// scriptSettings are a script's settings as a shop has them.
func scriptSettings(s script.Settings) commerce.Settings {
	c := commerce.Settings{
		Currency: s.Currency, Timezone: s.Timezone, Country: s.Country, Language: s.Language, ShippingStep: s.ShippingStep,
	}
	if s.RewardPoints != nil {
		c.RewardPoints = int64(*s.RewardPoints) / 1_000_000
	}
	return c.Filled()
}

// Explain says why a customer is in a segment, or not.
func (b *Script) Explain(text, customer string, at time.Time) (segment.Explanation, error) {
	if err := b.flush(); err != nil {
		return segment.Explanation{}, err
	}
	checked, problems := segql.Compile(text, b.catalogue)
	if len(problems) > 0 {
		return segment.Explanation{}, problems
	}
	return b.questions.Explain(b.ctx, checked, customer, at, false)
}
