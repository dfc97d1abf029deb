package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"kith/internal/priceband"
	"kith/internal/segql/sqlgen"
)

// makePriceBands fills the connection's own table price_band_now with every
// customer's price band as of T.
func makePriceBands(ctx context.Context, conn *sql.Conn, o sqlgen.Options) error {
	units, err := readUnits(ctx, conn, o)
	if err != nil {
		return fmt.Errorf("reading what price bands are made from: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE price_band_now (customer INTEGER, band VARCHAR)`); err != nil {
		return fmt.Errorf("making price bands: %w", err)
	}
	r := runner{ctx: ctx, conn: conn}
	err = r.appendRows("temp", "price_band_now", func(add func(...driver.Value) error) error {
		return priceband.Bands(units, func(customer int32, band priceband.Band) error {
			return add(customer, string(band))
		})
	})
	if err != nil {
		return fmt.Errorf("making price bands: %w", err)
	}
	return nil
}

// readUnits reads what every known customer bought up to T, by category and price.
func readUnits(ctx context.Context, conn *sql.Conn, o sqlgen.Options) ([]priceband.Unit, error) {
	st, err := sqlgen.Units(o)
	if err != nil {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, st.SQL, st.Args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var units []priceband.Unit
	for rows.Next() {
		var u priceband.Unit
		if err := rows.Scan(&u.Customer, &u.Category, &u.Price, &u.Quantity); err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	return units, rows.Err()
}
