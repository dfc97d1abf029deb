package duck_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/duck"
)

func open(t *testing.T, cfg duck.Config) *duck.DB {
	t.Helper()
	if cfg.TempDir == "" {
		cfg.TempDir = t.TempDir()
	}
	db, err := duck.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestLimitsHold(t *testing.T) {
	t.Parallel()
	allowed, outside := t.TempDir(), t.TempDir()
	for _, dir := range []string{allowed, outside} {
		if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("x\n1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := open(t, duck.Config{MemoryLimit: 200 << 20, Threads: 1, AllowedDirs: []string{allowed}})
	for name, tc := range map[string]struct {
		sql  string
		want string // part of the error; "" for none
	}{
		"allowed file":      {"SELECT * FROM read_csv('" + allowed + "/a.csv')", ""},
		"file outside":      {"SELECT * FROM read_csv('" + outside + "/a.csv')", "Permission Error"},
		"climbing out":      {"SELECT * FROM read_csv('" + allowed + "/../" + filepath.Base(outside) + "/a.csv')", "Permission Error"},
		"system file":       {"SELECT * FROM read_text('/etc/passwd')", "Permission Error"},
		"sniffing":          {"SELECT * FROM sniff_csv('/etc/passwd')", "Permission Error"},
		"writing outside":   {"COPY (SELECT 1) TO '" + outside + "/b.csv'", "Permission Error"},
		"attaching outside": {"ATTACH '" + outside + "/x.db'", "Permission Error"},
		"opening the door":  {"SET enable_external_access = true", "enable"},
		"more memory":       {"SET memory_limit = '8GB'", "locked"},
		"unlocking":         {"SET lock_configuration = false", "locked"},
		"extension":         {"INSTALL httpfs", "disabled"},
	} {
		_, err := db.ExecContext(t.Context(), tc.sql)
		switch {
		case tc.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%s: got %v, want an error with %q", name, err, tc.want)
		}
	}
}

func TestSettingsReachTheEngine(t *testing.T) {
	t.Parallel()
	db := open(t, duck.Config{MemoryLimit: 256 << 20, Threads: 1, AnyOrder: true})
	for setting, want := range map[string]string{
		"memory_limit": "256.0 MiB", "threads": "1", "preserve_insertion_order": "false",
		"TimeZone": "UTC", "autoload_known_extensions": "false", "autoinstall_known_extensions": "false",
	} {
		var got string
		if err := db.QueryRowContext(t.Context(), "SELECT current_setting(?)::VARCHAR", setting).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
}

func TestErrorsAreExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.parquet")
	if err := os.WriteFile(bad, []byte("PAR1 this is no parquet PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := open(t, duck.Config{MemoryLimit: 20 << 20, MaxTempSize: 1 << 20, AllowedDirs: []string{dir}})
	for name, tc := range map[string]struct {
		sql  string
		want error
	}{
		"damaged file": {"SELECT * FROM read_parquet('" + bad + "')", duck.ErrDamaged},
		"spill limit":  {"CREATE TEMP TABLE t AS SELECT range::VARCHAR || repeat('x', 100) AS x FROM range(2000000)", duck.ErrDisk},
	} {
		_, err := db.ExecContext(t.Context(), tc.sql)
		if got := duck.Explain(err); !errors.Is(got, tc.want) || strings.Contains(got.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %v", name, got, tc.want)
		}
	}
	if err := duck.Explain(nil); err != nil {
		t.Errorf("Explain(nil) is %v", err)
	}
	if err := duck.Explain(sql.ErrNoRows); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("another error became %v", err)
	}
}

func TestDamagedDatabaseFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := duck.Open(t.Context(), duck.Config{Path: path, TempDir: t.TempDir()}); !errors.Is(err, duck.ErrDamaged) {
		t.Errorf("got %v, want %v", err, duck.ErrDamaged)
	}
}

func TestQuoting(t *testing.T) {
	t.Parallel()
	db := open(t, duck.Config{})
	for _, name := range []string{`a`, `a"b`, `"`, `""; DROP TABLE x; --`, "it's", `back\slash`, "tab\tnew\nline", "ünï", "😀", "$1", "?"} {
		var got string
		row := db.QueryRowContext(t.Context(), "SELECT "+duck.Ident(name)+" FROM (SELECT "+duck.Literal(name)+" AS "+duck.Ident(name)+")")
		if err := row.Scan(&got); err != nil || got != name {
			t.Errorf("%q came back as %q, %v", name, got, err)
		}
	}
}

func TestTextFunction(t *testing.T) {
	t.Parallel()
	db := open(t, duck.Config{})
	join := func(args []string) string { return strings.TrimSuffix(args[0]+"-"+args[1], "-") }
	if err := duck.AddTextFunction(t.Context(), db, "kith_join", 2, join); err != nil {
		t.Fatal(err)
	}
	var got, none sql.NullString
	err := db.QueryRowContext(t.Context(), "SELECT kith_join('a', 'b'), kith_join(NULL, NULL)").Scan(&got, &none)
	if err != nil || got.String != "a-b" || none.Valid {
		t.Errorf("got %v and %v, %v", got, none, err)
	}
}
