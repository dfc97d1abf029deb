package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/export"
	"kith/internal/segql/sqlgen"
)

// exportPage is how many members are read at a time: so many are in memory.
const exportPage = 10_000

// leftOutSQL is export.Format.LeavesOut over the columns of sqlgen.ExportRows.
func leftOutSQL(f export.Format) string {
	switch f.Purpose {
	case export.Mail:
		return `CASE WHEN NOT consents THEN 'no_consent' WHEN email = '' THEN 'no_email' ELSE '' END`
	case export.Ads:
		return `CASE WHEN NOT consents THEN 'no_consent' WHEN email = '' AND NOT starts_with(phone, '+') THEN 'no_key' ELSE '' END`
	case export.List:
	}
	return `''`
}

func exportOf(f export.Format) sqlgen.Export {
	x := sqlgen.Export{Consent: f.Consent(), Orders: f.Purpose == export.List, Traits: export.Traits()}
	return x
}

// ExportSummary counts who would be on a list of the segment's members.
func (q *Questions) ExportSummary(ctx context.Context, s segment.Question, at time.Time, f export.Format) (export.Summary, error) {
	segments := compiled([]segment.Question{s})
	summary := export.Summary{LeftOut: []export.LeftOut{}}
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.ExportRows(segments[0], sqlgen.Export{Consent: f.Consent()}, o)
		if err != nil {
			return err
		}
		st.SQL = "SELECT " + leftOutSQL(f) + " AS reason, count(*) FROM (" + st.SQL + ") GROUP BY 1 ORDER BY 1"
		return readSummary(ctx, conn, st, &summary)
	})
	if err != nil {
		return export.Summary{}, fmt.Errorf("counting whom to export: %w", err)
	}
	return summary, nil
}

func readSummary(ctx context.Context, conn *sql.Conn, st sqlgen.Statement, summary *export.Summary) error {
	return eachRow(ctx, conn, st, func(rows *sql.Rows) error {
		var reason string
		var n int64
		err := rows.Scan(&reason, &n)
		summary.Add(export.Reason(reason), n)
		return err
	})
}

// Export calls begin with who is on the list, and then yield with each of
// them, sorted by id. What is read stands in a temporary table, which goes to
// the disk where memory ends.
func (q *Questions) Export(
	ctx context.Context, s segment.Question, at time.Time, f export.Format, begin func(export.Summary) error, yield func(*export.Member) error,
) error {
	segments := compiled([]segment.Question{s})
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) (err error) {
		st, err := sqlgen.ExportRows(segments[0], exportOf(f), o)
		if err != nil {
			return err
		}
		table := "CREATE OR REPLACE TEMP TABLE export_now AS SELECT *, " + leftOutSQL(f) + " AS reason FROM (" + st.SQL + ") ORDER BY id"
		if _, err := conn.ExecContext(ctx, table, st.Args...); err != nil {
			return err
		}
		defer func() {
			_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS export_now")
			err = errors.Join(err, dropped)
		}()
		summary := export.Summary{LeftOut: []export.LeftOut{}}
		if err := readSummary(ctx, conn, sqlgen.Statement{SQL: "SELECT reason, count(*) FROM export_now GROUP BY 1 ORDER BY 1"}, &summary); err != nil {
			return err
		}
		if err := begin(summary); err != nil {
			return err
		}
		return exportPages(ctx, conn, summary.Members, yield)
	})
	if err != nil {
		return fmt.Errorf("exporting a segment: %w", err)
	}
	return nil
}

// exportPages reads the table page by page: a result is in memory as a whole.
func exportPages(ctx context.Context, conn *sql.Conn, members int64, yield func(*export.Member) error) error {
	for first := int64(0); first < members; first += exportPage {
		st := sqlgen.Statement{
			SQL:  "SELECT * EXCLUDE (reason) FROM export_now WHERE rowid >= $1 AND rowid < $2 AND reason = '' ORDER BY rowid",
			Args: []any{first, first + exportPage},
		}
		err := eachRow(ctx, conn, st, func(rows *sql.Rows) error {
			m, err := scanMember(rows)
			if err != nil {
				return err
			}
			return yield(m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func scanMember(rows *sql.Rows) (*export.Member, error) {
	m := &export.Member{}
	var consent, last sql.NullTime
	targets := []any{&m.ID, &m.Email, &m.Phone, &m.Consents, &consent}
	for i := range m.Traits {
		targets = append(targets, &m.Traits[i])
	}
	var net amountText
	if err := rows.Scan(append(targets, &m.Orders, &net, &last)...); err != nil {
		return nil, err
	}
	m.ConsentAt, m.LastOrder, m.Net = consent.Time, last.Time, commerce.Amount(net)
	return m, nil
}
