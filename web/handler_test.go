package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func get(t *testing.T, dist fs.FS, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	h, err := handlerOf(dist)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	maps.Copy(r.Header, header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func dist(t *testing.T) fs.FS {
	t.Helper()
	return fstest.MapFS{
		"index.html":            {Data: []byte(`<meta nonce="%NONCE%">`)},
		"assets/main-abc.js.gz": {Data: zipped(t, "let a")},
		"assets/both-abc.js.gz": {Data: zipped(t, "let b")},
		"assets/both-abc.js.br": {Data: []byte("brotli")},
		"assets/pic-abc.png":    {Data: []byte("png")},
	}
}

func TestEveryAddressIsThePage(t *testing.T) {
	t.Parallel()
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/segments", "/segments/a.b", "/customers/ana%40example.com", "/settings/team"} {
		w := get(t, dist(t), path, nil)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Fatalf("%s: %d %s", path, w.Code, w.Header())
		}
		csp := w.Header().Get("Content-Security-Policy")
		m := regexp.MustCompile(`style-src 'self' 'nonce-([A-Z0-9]{26})'`).FindStringSubmatch(csp)
		if m == nil || !strings.Contains(w.Body.String(), `nonce="`+m[1]+`"`) {
			t.Errorf("%s: policy %q, page %q", path, csp, w.Body)
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		nonces[m[1]] = true
	}
	if len(nonces) != 5 {
		t.Errorf("%d nonces for 5 answers", len(nonces))
	}
}

func TestWhereThePageShowsNothing(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/setup", "/metrics", "/debug/pprof/", "/segment", "//evil.example/"} {
		if w := get(t, dist(t), path, nil); w.Code == http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// The page's own list of addresses is in TypeScript.
func TestPlacesAreThePages(t *testing.T) {
	t.Parallel()
	router, err := os.ReadFile("src/shell/router.tsx")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:path: |page\()'/([a-z-]*)`).FindAllStringSubmatch(string(router), -1) {
		shown[m[1]] = true
	}
	if !maps.Equal(shown, places) {
		t.Errorf("the router has %v, the handler %v", shown, places)
	}
}

func TestAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/favicon.ico", "/assets/other.js", "/assets/../index.html", "/assets/", "/robots.txt"} {
		if w := get(t, dist(t), path, nil); w.Code != http.StatusNotFound && w.Code/100 != 3 {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
}

func TestFilesAreSentAsTheyWereBuilt(t *testing.T) {
	t.Parallel()
	w := get(t, dist(t), "/assets/main-abc.js", http.Header{"Accept-Encoding": {"br, gzip"}})
	if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" || !bytes.Equal(w.Body.Bytes(), zipped(t, "let a")) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") {
		t.Errorf("type %q", got)
	}
	if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("cache %q", got)
	}
	plain := get(t, dist(t), "/assets/main-abc.js", nil)
	if plain.Header().Get("Content-Encoding") != "" || plain.Body.String() != "let a" {
		t.Errorf("without gzip: %v %q", plain.Header(), plain.Body)
	}
	for accepted, encoding := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip": "gzip", "": ""} {
		w := get(t, dist(t), "/assets/both-abc.js", http.Header{"Accept-Encoding": {accepted}})
		if w.Header().Get("Content-Encoding") != encoding || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", accepted, w.Header())
		}
	}
	if w := get(t, dist(t), "/assets/pic-abc.png", nil); w.Body.String() != "png" || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("%v %q", w.Header(), w.Body)
	}
}

func TestWithoutTheConsoleAPageSaysSo(t *testing.T) {
	t.Parallel()
	if w := get(t, nil, "/", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := get(t, nil, "/segments", nil); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestABrokenBuildIsNoticed(t *testing.T) {
	t.Parallel()
	for name, dist := range map[string]fs.FS{"nothing": fstest.MapFS{}, "no nonce": fstest.MapFS{"index.html": {Data: []byte("<p>")}}} {
		if _, err := handlerOf(dist); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
