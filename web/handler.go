package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Handler serves the console: its files below /assets/, and its one page
// everywhere else, because the page itself knows which address shows what.
// Where it shows nothing, the page says so and the status is 404.
func Handler() (http.Handler, error) { return handlerOf(files()) }

func handlerOf(dist fs.FS) (http.Handler, error) {
	if dist == nil {
		return http.HandlerFunc(missing), nil
	}
	page, err := fs.ReadFile(dist, "index.html")
	if err != nil {
		return nil, fmt.Errorf("reading the console's page: %w", err)
	}
	if bytes.Count(page, []byte(nonceMark)) == 0 {
		return nil, errors.New("reading the console's page: it has no place for the nonce")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", assets(dist))
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { servePage(w, r, page) })
	return mux, nil
}

// places are the first parts of the addresses at which the page shows something.
var places = map[string]bool{
	"": true, "login": true, "welcome": true, "segments": true, "customers": true, "rfm": true, "imports": true, "events": true, "health": true,
	"settings": true, "api-docs": true,
}

// nonceMark is where the page takes the nonce of the style sheets that the
// components make while they run.
const nonceMark = "%NONCE%"

// policy lets the page run what this server sends as a file, and nothing else:
// no script in the page, none made from a text (the one Trusted Types policy
// lets no markup pass), no frame, no other host.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"

func servePage(w http.ResponseWriter, r *http.Request, page []byte) {
	// Below a folder a dot may be part of an id, an e-mail address for one.
	if strings.Count(r.URL.Path, "/") == 1 && path.Ext(r.URL.Path) != "" {
		http.NotFound(w, r) // a file that is not there, as /favicon.ico
		return
	}
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // a nonce is for one answer
	secure(h)
	if place, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); !places[place] {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(bytes.ReplaceAll(page, []byte(nonceMark), []byte(nonce)))
}

func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// assets serves files that have their hash in their name: compressed, as they
// were built, to whoever can read it.
func assets(dist fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		content, encoding, err := packed(dist, name, r.Header.Get("Accept-Encoding"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		secure(h)
		if encoding != "" {
			h.Set("Content-Encoding", encoding)
		}
		_, _ = w.Write(content)
	})
}

// packed returns a file in the smallest form that the reader accepts. Brotli
// is a tenth smaller than gzip; browsers accept it through TLS and on the
// machine itself.
func packed(dist fs.FS, name, accepted string) (content []byte, encoding string, err error) {
	if strings.Contains(accepted, "br") {
		if content, err = fs.ReadFile(dist, name+".br"); err == nil {
			return content, "br", nil
		}
	}
	if content, err = fs.ReadFile(dist, name+".gz"); err != nil {
		content, err = fs.ReadFile(dist, name) // a kind of file that is small as it is
		return content, "", err
	}
	if strings.Contains(accepted, "gzip") {
		return content, "gzip", nil
	}
	plain, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, "", err
	}
	content, err = io.ReadAll(plain)
	return content, "", err
}

//go:embed missing.html
var missingPage []byte

// missing says that there is no console in this binary.
func missing(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	secure(h)
	_, _ = w.Write(missingPage)
}
