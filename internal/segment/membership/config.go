package membership

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// Log is the event log.
type Log interface {
	// Read yields the entries from a number on, up to the last one at the time.
	Read(ctx context.Context, from uint64) iter.Seq2[commerce.Entry, error]
	LastSeq() uint64
}

// Facts is what the warehouse knows of everyone.
type Facts interface {
	// Applied is the last entry of the log that took effect in it.
	Applied(ctx context.Context) (uint64, error)
	// Everyone calls yield for each person, in the order in which their first
	// keys arrived.
	Everyone(ctx context.Context, shop *customer.Shop, yield func(live.Known)) error
	// Some calls yield for some persons, by their numbers there.
	Some(ctx context.Context, shop *customer.Shop, numbers []int64, yield func(live.Known)) error
	// Products calls yield with the versions of products that came after an entry.
	Products(ctx context.Context, after uint64, yield func(id string, v customer.ProductVersion)) error
	// Messages tells the message ids that are remembered and came after an entry,
	// with the seconds since 1970 at which they were taken, and the latest such
	// second of an entry. What yield is given changes when it returns.
	Messages(ctx context.Context, after uint64, yield func(id string, second int64)) (clock int64, err error)
	// Remains tells cancellations, and rates by day (since 1970) and currency.
	Remains(ctx context.Context, cancelled func(order string, at int64), rate func(day int64, currency string, rate eval.Value)) error
	// Scores returns what tells the scores of the latest run by the key that
	// names a person; nil without a run.
	Scores(ctx context.Context) (func(name live.Key) customer.Scores, error)
}

// Config says what a Keeper works with. All of it is required, but Spill.
type Config struct {
	Record segment.Record
	Log    Log
	Facts  Facts
	// Definitions are the segments to keep as an entry of the log left them, if
	// they are known that far, and up to which entry they are known.
	Definitions func(ctx context.Context, seq uint64) (list []segment.Definition, known uint64, err error)
	Settings    func() commerce.Settings
	Now         func() time.Time
	// Spill makes a file for message ids that have no room in memory; without it
	// they all stay there.
	Spill  func() (live.SpillFile, error)
	Logger *slog.Logger
}

func (c *Config) check() error {
	for name, missing := range map[string]bool{
		"Record": c.Record == nil, "Log": c.Log == nil, "Facts": c.Facts == nil, "Definitions": c.Definitions == nil,
		"Settings": c.Settings == nil, "Now": c.Now == nil, "Logger": c.Logger == nil,
	} {
		if missing {
			return fmt.Errorf("membership: Config.%s is required", name)
		}
	}
	return nil
}

func (c *Config) now() time.Time { return c.Now().UTC().Truncate(time.Microsecond) }

// evalSettings are the shop's settings as the engine takes them.
func evalSettings(s commerce.Settings) eval.Settings {
	fields := map[string]eval.Value{
		"country": eval.Text(s.Country), "currency": eval.Text(s.Currency), "timezone": eval.Text(s.Timezone),
		"shipping_step": eval.Text(s.ShippingStep),
	}
	if s.RewardPoints > 0 {
		fields["reward_points"] = eval.Whole(int(s.RewardPoints))
	}
	return eval.Settings{Zone: s.Zone(), Fields: fields}
}
