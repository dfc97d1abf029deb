package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kith/internal/duck"
)

const bootWait = 30 * time.Second

// crashed makes a folder as kill -9 leaves it, with events in it.
func (t *torture) crashed(ctx context.Context) (folder string, o *oracle, err error) {
	folder = filepath.Join(t.dir, "shop")
	if o, err = t.shop(ctx, folder); err != nil {
		return "", nil, err
	}
	s, err := t.serve(ctx, folder)
	if err != nil {
		return "", nil, err
	}
	return folder, o, t.loadUntil(ctx, o, s, func() error { pauseFor(ctx, 2*killBefore); return s.kill() })
}

// damagedWarehouse is R17: the warehouse is deleted, cut or altered while no
// server runs. The next start must make it anew by itself.
func (t *torture) damagedWarehouse(ctx context.Context) error {
	folder, o, err := t.crashed(ctx)
	if err != nil {
		return err
	}
	twin := filepath.Join(t.dir, "twin")
	if err := copyFolder(folder, twin); err != nil {
		return err
	}
	if err := t.check(ctx, twin, o.journal.now()); err != nil {
		return err
	}
	want, err := t.content(ctx, twin)
	if err != nil {
		return err
	}
	slow, late, other, dead, longest, last := 0, 0, 0, 0, time.Duration(0), time.Duration(0)
	for range t.cycles {
		damaged := filepath.Join(t.dir, "damaged")
		if err := copyFolder(folder, damaged); err != nil {
			return err
		}
		how, err := t.damage(filepath.Join(damaged, "warehouse.db"))
		if err != nil {
			return err
		}
		address, err := freeAddress(ctx)
		if err != nil {
			return err
		}
		starting, started := context.WithCancel(ctx)
		answers := intakeAnswers(starting, address)
		s, err := t.start(ctx, exec.CommandContext(ctx, t.kith, "serve", "--data", damaged, "--addr", address)) //nolint:gosec // the program under test
		if err != nil {
			started() // it will not answer
		}
		intake := <-answers
		started()
		if err != nil {
			t.note("%s: %v", how, err)
			dead++
		} else {
			last = max(last, intake)
			late += against(intake > t.within(intakeWait))
			longest = max(longest, s.came)
			slow += against(s.came > t.within(bootWait))
			if _, err := s.stop(); err != nil {
				t.note("%s: %v", how, err)
			}
			text, err := t.command(ctx, damaged, "segment", "count", viewers)
			have := map[string]string{}
			if err == nil {
				have, err = t.content(ctx, damaged)
			}
			if !maps.Equal(have, want) {
				other++
				t.note("%s: another content than the twin's: %s %v %s", how, text, err, differing(have, want))
			}
		}
		if err := os.RemoveAll(damaged); err != nil {
			return err
		}
	}
	t.hold("servers that a damaged warehouse kept from starting", dead, "of %d", t.cycles)
	t.hold("starts on a damaged warehouse at which events were taken late", late, "at the slowest after %s", last.Round(time.Millisecond))
	t.hold("starts on a damaged warehouse that are too slow", slow, "the slowest took %s", longest.Round(time.Millisecond))
	t.hold("warehouses that differ from an undamaged twin's", other, "of %d", t.cycles)
	return o.journal.close()
}

// intakeWait is within what intake answers whatever the state of the warehouse.
const intakeWait = 5 * time.Second

// freeAddress is an address of this machine that nobody listens at.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// intakeAnswers says after how long intake answered at an address; 0 if it did
// not until the context ended. The key is nobody's: an event that is taken would
// make the warehouse another one than the twin's.
func intakeAnswers(ctx context.Context, address string) <-chan time.Duration {
	answered, begin := make(chan time.Duration, 1), time.Now()
	go func() {
		defer close(answered)
		for ctx.Err() == nil {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v1/batch", strings.NewReader(`{"batch":[]}`))
			if err != nil {
				return
			}
			request.Header.Set("Authorization", "Bearer nobody")
			if response, err := http.DefaultClient.Do(request); err == nil {
				_ = response.Body.Close()
				if response.StatusCode == http.StatusUnauthorized {
					answered <- time.Since(begin)
					return
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return answered
}

func differing(have, want map[string]string) string {
	var names []string
	for name, content := range want {
		if have[name] != content {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// damage damages a warehouse by chance, and says how.
func (t *torture) damage(file string) (string, error) {
	wal := file + ".wal"
	info, err := os.Stat(wal)
	hasWAL := err == nil && info.Size() > 0
	switch n := t.r.IntN(4); {
	case n == 0:
		return "deleted", os.Remove(file)
	case n == 1 && hasWAL:
		to := t.r.Int64N(info.Size())
		return fmt.Sprintf("WAL of %d bytes cut at %d", info.Size(), to), os.Truncate(wal, to)
	case n == 2 && hasWAL:
		return t.flip(wal)
	}
	return t.flip(file)
}

// flip alters a byte of a file.
func (t *torture) flip(name string) (how string, err error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	at, b := t.r.Int64N(info.Size()), make([]byte, 1)
	if _, err := file.ReadAt(b, at); err != nil {
		return "", err
	}
	b[0] ^= byte(1 + t.r.IntN(255))
	_, err = file.WriteAt(b, at)
	return fmt.Sprintf("%s of %d bytes: byte %d altered", filepath.Base(name), info.Size(), at), err
}

// content is a hash of each table, without what depends on how entries of
// events were grouped: import says how they were.
func (t *torture) content(ctx context.Context, folder string) (_ map[string]string, err error) {
	db, err := duck.Open(ctx, duck.Config{Path: filepath.Join(folder, "warehouse.db"), ReadOnly: true, TempDir: filepath.Join(t.dir, "tmp")})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables := map[string]string{}
	const columns = `SELECT table_name, string_agg('"' || column_name || '"', ', ' ORDER BY column_index) FROM duckdb_columns()
		WHERE NOT internal AND column_name NOT IN ('seq', 'pos') AND table_name NOT IN ('import') GROUP BY table_name`
	rows, err := db.QueryContext(ctx, columns)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var name, list string
		if err := rows.Scan(&name, &list); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		tables[name] = list
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for name, list := range tables {
		var hash string
		question := fmt.Sprintf(`SELECT count(*) || ' ' || coalesce(sum(hash(%s)), 0) FROM "%s"`, list, name) // names of the schema's own
		if err := db.QueryRowContext(ctx, question).Scan(&hash); err != nil {
			return nil, err
		}
		tables[name] = hash
	}
	return tables, nil
}

// damagedLog is R19: a byte of the log is altered while no server runs. The
// doctor must name the records, or nothing that the log holds may differ.
func (t *torture) damagedLog(ctx context.Context) error {
	folder, o, err := t.crashed(ctx)
	if err != nil {
		return err
	}
	if err := t.check(ctx, folder, o.journal.now()); err != nil {
		return err
	}
	silent := 0
	reports := map[string]int{}
	for range t.cycles {
		damaged := filepath.Join(t.dir, "damaged")
		if err := copyFolder(folder, damaged); err != nil {
			return err
		}
		blocks, err := filepath.Glob(filepath.Join(damaged, "log", "jetstream", "*", "streams", "*", "msgs", "*.blk"))
		if err != nil || len(blocks) == 0 {
			return errors.Join(err, errors.New("the log has no files"))
		}
		how, err := t.flip(blocks[t.r.IntN(len(blocks))])
		if err != nil {
			return err
		}
		text, _ := t.command(ctx, damaged, "doctor", "--json") // it fails as it should
		var d struct {
			OK     bool `json:"ok"`
			Checks []struct{ Name, Status, Message string }
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return fmt.Errorf("doctor on a damaged log: %w: %s", err, text)
		}
		named := ""
		for _, c := range d.Checks {
			if c.Status == "failed" && strings.Contains(c.Message, "record") {
				named = c.Message
			}
		}
		silent += against(named == "")
		if named == "" {
			t.note("%s: not reported", how)
		}
		reports[strings.Join(strings.Fields(strings.Map(noDigits, named)), " ")]++
		if err := os.RemoveAll(damaged); err != nil {
			return err
		}
	}
	for text, times := range reports {
		t.note("%d times: %s", times, text)
	}
	t.hold("damages of the log that the doctor does not name the records of", silent, "of %d", t.cycles)
	return o.journal.close()
}

func noDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}
