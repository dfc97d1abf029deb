package warehouse

import (
	"context"
	"fmt"
)

// Settings returns what DuckDB holds now for some of its settings.
func (db *DB) Settings(ctx context.Context, names ...string) (map[string]string, error) {
	found := map[string]string{}
	for _, name := range names {
		var value string
		if err := db.sql.QueryRowContext(ctx, `SELECT CAST(current_setting($1) AS VARCHAR)`, name).Scan(&value); err != nil {
			return nil, fmt.Errorf("reading DuckDB's setting %s: %w", name, err)
		}
		found[name] = value
	}
	return found, nil
}
