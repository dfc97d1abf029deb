package warehouse

import (
	"testing"
)

// TestFifths compares the values that part the fifths with ranks, for every
// number of customers, with ties and without.
func TestFifths(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	conn, err := s.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var compared, wrong int
	err = conn.QueryRowContext(t.Context(), `WITH v AS (
			SELECT t.n, ties, CASE WHEN ties THEN i * i % 7 ELSE i END AS x FROM range(1, 301) t(n), range(1, 301) u(i), (VALUES (TRUE), (FALSE)) w(ties) WHERE i <= t.n
		), ranked AS (
			SELECT *, 1 + 5 * (rank() OVER (PARTITION BY n, ties ORDER BY x) - 1) // n AS score FROM v
		), fifth AS (
			SELECT n, ties, percentile_disc([0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY x) AS f FROM v GROUP BY ALL
		)
		SELECT count(*), count(*) FILTER (score <> 1 + CAST(x > f[1] AS INTEGER) + CAST(x > f[2] AS INTEGER) + CAST(x > f[3] AS INTEGER) + CAST(x > f[4] AS INTEGER))
		FROM ranked JOIN fifth USING (n, ties)`).Scan(&compared, &wrong)
	if err != nil || compared != 300*301 || wrong > 0 {
		t.Errorf("%d of %d scores are others than by rank: %v", wrong, compared, err)
	}
}
