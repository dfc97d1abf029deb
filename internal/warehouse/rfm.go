package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/rfm"
	"kith/internal/segql/sqlgen"
)

// RFM counts the customers with the same scores as of an instant.
func (q *Questions) RFM(ctx context.Context, at time.Time) ([]rfm.Row, error) {
	var all []rfm.Row
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.RFM(o)
		if err != nil {
			return err
		}
		rows, err := conn.QueryContext(ctx, `SELECT r, f, m, orders = 1, count(*), CAST(sum(orders) AS BIGINT), CAST(sum(net) AS VARCHAR)
			FROM (`+st.SQL+`) GROUP BY ALL ORDER BY ALL`, st.Args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var r rfm.Row
			var net string
			if err := rows.Scan(&r.R, &r.F, &r.M, &r.OneOrder, &r.Customers, &r.Orders, &net); err != nil {
				return err
			}
			if r.Revenue, err = commerce.ParseAmount(net); err != nil {
				return err
			}
			all = append(all, r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("scoring recency, frequency and monetary: %w", err)
	}
	return all, nil
}
