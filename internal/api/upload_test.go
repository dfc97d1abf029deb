package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/job"
)

// received is a console that takes uploads and says what came of them.
type received struct {
	api.Console

	bytes chan int64
	errs  chan error
}

func (r received) Upload(_ context.Context, name string, _ int64, from io.Reader) (api.Upload, error) {
	n, err := io.Copy(io.Discard, from)
	r.bytes <- n
	r.errs <- err
	return api.Upload{ID: "up_a", Name: name, Bytes: n}, err
}

// receive serves uploads with little time for each part of them.
func receive(done context.Context, t *testing.T) (*httptest.Server, received) {
	t.Helper()
	r := received{bytes: make(chan int64, 1), errs: make(chan error, 1)}
	handler, err := api.Handler(api.HandlerConfig{
		Shop: &shop{}, Console: r, Users: newTeam(t).Book, Token: token, Version: "1", Log: slog.New(slog.DiscardHandler), Done: done, ReaderTime: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ReadTimeout = 100 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	return server, r
}

// begun sends the beginning of an upload and leaves it at that.
func begun(t *testing.T, server *httptest.Server, sent int) net.Conn {
	t.Helper()
	address := server.Listener.Addr().String()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /v1/uploads?name=a HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 1000000\r\n\r\n%s", address, token, strings.Repeat("x", sent))
	return conn
}

// TestAnUploadTakesItsTime: longer than the server gives a request, as long as
// bytes flow.
func TestAnUploadTakesItsTime(t *testing.T) {
	t.Parallel()
	server, r := receive(t.Context(), t)
	const parts = 8
	body, w := io.Pipe()
	go func() {
		for range parts {
			time.Sleep(50 * time.Millisecond) // as a slow line does
			fmt.Fprint(w, strings.Repeat("x", 100_000))
		}
		w.Close()
	}()
	response, err := asOwner.Post(server.URL+"/v1/uploads?name=a.csv", "", body)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var u api.Upload
	if err := json.NewDecoder(response.Body).Decode(&u); err != nil || response.StatusCode != 200 || u.Bytes != parts*100_000 || <-r.bytes != u.Bytes {
		t.Errorf("%s %+v %v", response.Status, u, err)
	}
}

// TestAnUploadThatStopsIsCutOff, and says so.
func TestAnUploadThatStopsIsCutOff(t *testing.T) {
	t.Parallel()
	server, r := receive(t.Context(), t)
	conn := begun(t, server, 100)
	if err := <-r.errs; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	answer := make([]byte, 2000)
	n, _ := conn.Read(answer)
	if text := string(answer[:n]); !strings.HasPrefix(text, "HTTP/1.1 422") {
		t.Errorf("%q", text)
	}
}

// TestAnUploadDoesNotKeepTheServer from stopping.
func TestAnUploadDoesNotKeepTheServer(t *testing.T) {
	t.Parallel()
	done, stop := context.WithCancel(t.Context())
	server, r := receive(done, t)
	begun(t, server, 200_000)
	stop()
	if err := <-r.errs; err == nil {
		t.Error("it went on")
	}
}

// TestSettingsWaitForEvents that are read by the old ones.
func TestSettingsWaitForEvents(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	changed := make(chan error, 1)
	k.reading = func() {
		go func() {
			_, err := k.ChangeSettings(t.Context(), api.SettingsChange{Timezone: new("Asia/Seoul")})
			changed <- err
		}()
		select {
		case err := <-changed:
			t.Errorf("they changed meanwhile: %v", err)
		case <-time.After(50 * time.Millisecond): // time enough to go wrong
		}
	}
	if _, err := k.Track(t.Context(), api.Sender{}, nil); err != nil {
		t.Fatal(err)
	}
	if err := <-changed; commerce.CodeOf(err) != commerce.CodeConflict {
		t.Errorf("%v", err)
	}
}

// TestRejects are shown as they stand in the list, whatever is in it.
func TestRejects(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	j, err := k.jobs.Start(t.Context(), "orders", nil, "", func(_ context.Context, id string, _ func(job.Progress)) (job.Result, error) {
		var list strings.Builder
		list.WriteString("a: b.csv:7: Da: te: it is missing\t7,x\\ty\n\nno such line\n./=x.csv:8: row: it has 3 cells\t" + strings.Repeat("ț", 60_000) + "\n")
		for i := range 200 {
			fmt.Fprintf(&list, "a.csv:%d: at: bad\t\n", i+10)
		}
		return job.Result{Rejects: 1, RejectsCut: true}, os.WriteFile(filepath.Join(k.rejects, id+".txt"), []byte(list.String()), 0o600)
	}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.WatchImport(t.Context(), j.ID, func(api.ImportJob) error { return nil }); err != nil {
		t.Fatal(err)
	}
	r, err := k.FirstRejects(t.Context(), j.ID)
	if err != nil || len(r.Rows) != 100 || !r.More || !r.Cut {
		t.Fatalf("%d rows, %v %v, %v", len(r.Rows), r.More, r.Cut, err)
	}
	if r.Rows[0] != (api.RejectedRow{File: "a: b.csv", Line: 7, Column: "Da", Reason: "te: it is missing", Row: `7,x\ty`}) {
		t.Errorf("%+v", r.Rows[0])
	}
	if x := r.Rows[1]; x.File != "./=x.csv" || len(x.Row) > 2010 || !strings.HasPrefix(x.Row, "țț") || !strings.HasSuffix(x.Row, "ț…") {
		t.Errorf("%+v", x)
	}
	shown, err := k.GetImport(t.Context(), j.ID)
	if err != nil || shown.Rejects == nil || !shown.Rejects.Cut {
		t.Errorf("%+v, %v", shown, err)
	}
	if err := os.Remove(filepath.Join(k.rejects, j.ID+".txt")); err != nil {
		t.Fatal(err)
	}
	if shown, err := k.GetImport(t.Context(), j.ID); err != nil || shown.Rejects != nil {
		t.Errorf("removed: %+v, %v", shown, err)
	}
	for _, id := range []string{j.ID, "im_none", "../" + j.ID, ""} {
		if _, err := k.OpenRejects(t.Context(), id); commerce.CodeOf(err) != commerce.CodeNotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
}
