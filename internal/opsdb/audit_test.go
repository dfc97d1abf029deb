package opsdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/internal/audit"
)

// TestTheAuditLogIsOnlyAppendedTo, whoever asks SQLite for more.
func TestTheAuditLogIsOnlyAppendedTo(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	tenEntries(t, db)
	for _, statement := range []string{
		`UPDATE audit SET actor = 'nobody' WHERE number = 3`, `DELETE FROM audit WHERE number = 3`, `DELETE FROM audit`, `DELETE FROM audit_head`,
		`UPDATE audit SET number = 11 WHERE number = 3`,
	} {
		if _, err := db.sql.Exec(statement); err == nil || !strings.Contains(err.Error(), "only appended to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if head, err := audit.Verify(t.Context(), db); head.Number != 10 || err != nil {
		t.Errorf("Verify = %+v, %v", head, err)
	}
}

func tenEntries(t *testing.T, db *DB) {
	t.Helper()
	for i := range 10 {
		n := audit.Note{At: time.UnixMicro(int64(i)), Actor: "a", Action: "b", Object: "c", Detail: fmt.Sprint(i)}
		if err := db.AppendAudit(context.WithoutCancel(t.Context()), n); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTamperingIsFound by whoever takes the triggers away first.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	const remove = `DELETE FROM audit WHERE number = `
	for statement, want := range map[string]int64{
		`UPDATE audit SET detail = 'x' WHERE number = 4`:                     4,
		`UPDATE audit SET at = at + 1 WHERE number = 10`:                     10,
		`UPDATE audit SET actor = 'ab', action = '' WHERE number = 1`:        1,
		`UPDATE audit SET object = action, action = object WHERE number = 2`: 2,
		`UPDATE audit SET hash = 'x' WHERE number = 10`:                      10,
		remove + `1`:        1,
		remove + `5`:        5,
		remove + `10`:       10,
		`DELETE FROM audit`: 1,
		`DELETE FROM audit WHERE number = 5; UPDATE audit SET number = number - 1 WHERE number > 5`:                                                  5,
		`INSERT INTO audit SELECT 11, at, actor, action, object, detail, hash FROM audit WHERE number = 10`:                                          11,
		`INSERT INTO audit SELECT 0, at, actor, action, object, detail, hash FROM audit WHERE number = 10`:                                           0,
		`UPDATE audit SET number = 20 WHERE number = 7; UPDATE audit SET number = 7 WHERE number = 8; UPDATE audit SET number = 8 WHERE number = 20`: 7,
		`UPDATE audit_head SET number = 9, hash = (SELECT hash FROM audit WHERE number = 9)`:                                                         10,
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			db := open(t, t.TempDir())
			tenEntries(t, db)
			all := `DROP TRIGGER audit_is_not_altered; DROP TRIGGER audit_is_not_deleted; ` + statement
			if _, err := db.sql.Exec(all); err != nil {
				t.Fatal(err)
			}
			_, err := audit.Verify(t.Context(), db)
			var broken *audit.BrokenError
			if !errors.As(err, &broken) || broken.Number != want {
				t.Errorf("Verify = %v, want entry %d", err, want)
			}
		})
	}
	// A whole new entry whose hash is right is not what was recorded either.
	db := open(t, t.TempDir())
	tenEntries(t, db)
	list, err := db.ListAudit(t.Context(), audit.Filter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	e := audit.Next(list[0].Head(), audit.Note{Actor: "x"})
	if _, err := db.sql.Exec(`INSERT INTO audit VALUES (?, ?, ?, '', '', '', ?)`, e.Number, e.At.UnixMicro(), e.Actor, e.Hash); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Verify(t.Context(), db); !errors.As(err, new(*audit.BrokenError)) {
		t.Errorf("an entry that was put in at the end: %v", err)
	}
}
