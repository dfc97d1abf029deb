package warehouse

import (
	"context"
	"fmt"
	"strings"
)

// Fingerprint returns one text per table that is the same for the same
// content, in whatever order the rows lie. It leaves nothing out: two
// warehouses with equal fingerprints answer every question alike. It can be
// compared between processes of one version only.
func (db *DB) Fingerprint(ctx context.Context) (map[string]string, error) {
	columns, err := db.tableColumns(ctx)
	if err != nil {
		return nil, fmt.Errorf("fingerprinting the warehouse: %w", err)
	}
	prints := map[string]string{}
	for table, names := range columns {
		var text string
		// The sum keeps equal rows apart from none, which a XOR would not.
		query := fmt.Sprintf(`SELECT count(*) || ':' || coalesce(sum(hash(%s)), 0) FROM main.%s`, strings.Join(names, ", "), table)
		if err := db.sql.QueryRowContext(ctx, query).Scan(&text); err != nil {
			return nil, fmt.Errorf("fingerprinting %s: %w", table, err)
		}
		prints[table] = text
	}
	return prints, nil
}

// tableColumns returns the columns of every table, in their order.
func (db *DB) tableColumns(ctx context.Context) (map[string][]string, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT table_name, column_name FROM duckdb_columns()
		WHERE schema_name = 'main' AND NOT internal AND database_name = current_database() ORDER BY table_name, column_index`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		columns[table] = append(columns[table], column)
	}
	return columns, rows.Err()
}
