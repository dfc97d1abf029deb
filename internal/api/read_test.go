package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPlace: a place of a list is read again from how it is written.
func FuzzPlace(f *testing.F) {
	for _, text := range []string{"17-4", "17", "", "-1", "17-", "9223372036854775807-9223372036854775807", "9223372036854775808", "+1", "1-2-3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := parsePlace(text); err == nil {
			again, err := parsePlace(p.String())
			if err != nil || again != p || p.number < 0 || p.person < 0 || p.after() > p.number {
				t.Fatalf("%q: %s, and of that %s, %v", text, p, again, err)
			}
		} else if !utf8.ValidString(err.Error()) {
			t.Fatalf("%q: %v", text, err)
		}
		at, err := parseJobPlace(text)
		again, other := parseJobPlace(text)
		if again != at || (err == nil) != (other == nil) || err != nil && !utf8.ValidString(err.Error()) {
			t.Fatalf("%q: %+v, then %+v; %v", text, at, again, err)
		}
	})
}

// FuzzReject: a refused row that is shown is of the line, short and valid text.
func FuzzReject(f *testing.F) {
	f.Add("a.csv:7: at: it is missing\tx,y\n")
	f.Add("C:\\a: b.csv:7: at: \"x: y\": no\t" + strings.Repeat("é", shownRow) + "\n")
	f.Add("a:99999999999999999999: b: c\td")
	f.Fuzz(func(t *testing.T, line string) {
		row, ok := parseReject(line)
		if !ok {
			return
		}
		if row.Line < 0 || len(row.Row) > shownRow+len("…") || !strings.HasPrefix(line, row.File+":") || !strings.Contains(line, row.Column+": "+row.Reason+"\t"+strings.TrimSuffix(row.Row, "…")) {
			t.Fatalf("%q: %+v", line, row)
		}
		if utf8.ValidString(line) && !utf8.ValidString(row.Row) {
			t.Fatalf("%q: %+v", line, row)
		}
	})
}

// FuzzBody: a body, as it is or in gzip, is what package gzip makes of it, has
// at most maxCollected bytes, and takes up nothing when it is released.
func FuzzBody(f *testing.F) {
	pack := func(content []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write(content)
		if err != nil || z.Close() != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	f.Add([]byte(`{"event":"x"}`), "")
	f.Add(pack([]byte(`{"event":"x"}`)), "gzip")
	f.Add(append(pack([]byte("a")), pack([]byte("b"))...), " GZIP ")
	f.Add(pack(make([]byte, maxCollected)), "x-gzip")
	f.Add(pack(make([]byte, maxCollected+1)), "gzip")
	f.Add(pack([]byte("ab"))[:12], "gzip")
	f.Add([]byte("x"), "br")
	var l load // its gzip readers are used again
	f.Fuzz(func(t *testing.T, content []byte, coding string) {
		r := httptest.NewRequest(http.MethodPost, "/v1/t", bytes.NewReader(content))
		r.Header.Set("Content-Encoding", coding)
		got, release, err := l.read(r)
		if held := l.reading.Load(); held > maxCollected+firstRead || cap(got) > maxCollected+firstRead {
			t.Fatalf("%d bytes in %q take up %d", len(content), coding, held)
		}
		release()
		if held := l.reading.Load(); held != 0 {
			t.Fatalf("%d bytes are still taken up", held)
		}
		var source io.Reader = bytes.NewReader(content)
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "", "identity":
		case "gzip", "x-gzip":
			z, wrong := gzip.NewReader(source)
			if wrong != nil {
				if err == nil {
					t.Fatalf("%x is taken", content)
				}
				return
			}
			source = z
		default:
			if err == nil {
				t.Fatalf("the coding %q is taken", coding)
			}
			return
		}
		want, wrong := io.ReadAll(io.LimitReader(source, maxCollected+1))
		if taken := wrong == nil && len(want) <= maxCollected; taken != (err == nil) || taken && !bytes.Equal(got, want) {
			t.Fatalf("%x in %q: %d bytes and %v, want %d and %v", content, coding, len(got), err, len(want), wrong)
		}
	})
}

// FuzzWriteKey: the key in a body is a text that encoding/json finds there
// under this name.
func FuzzWriteKey(f *testing.F) {
	for _, body := range []string{`{"writeKey":"k"}`, " \n{\"batch\":[{\"writeKey\":\"no\"}],\"writeKey\":\"k\\u0061\"}", `{"writeKey":5}`, `{"writeKey":"a","writeKey":"b"}`, `{"WriteKey":"a"}`, `[{"writeKey":"a"}]`, `{"writeKey":"a"`, ""} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got := writeKeyIn(body)
		if got != writeKeyIn(body) {
			t.Fatalf("%q has two keys", body)
		}
		if len(got) > 3*len(body) {
			t.Fatalf("%q: %q", body, got)
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(body, &members) != nil || bytes.Count(body, []byte("ey\"")) > 1 || bytes.IndexByte(body, '\\') >= 0 || !utf8.Valid(body) {
			return // names that come again, or in other letters, are for the tests of Members
		}
		var want string
		if json.Unmarshal(members["writeKey"], &want) != nil {
			want = ""
		}
		if got != want {
			t.Fatalf("%q: %q, want %q", body, got, want)
		}
	})
}

// FuzzSender: a request's address is the peer's, or, behind a proxy on this
// machine alone, one address that the proxy named; its key is what a header or
// the address holds.
func FuzzSender(f *testing.F) {
	f.Add("127.0.0.1:5", "203.0.113.7", "Bearer k", "writeKey=q")
	f.Add("203.0.113.1:5", "198.51.100.1", "Basic azo=", "")
	f.Add("[::1]:5", "1.1.1.1, 2001:db8::1", "basic !!!", "writeKey=%ff&a;b")
	f.Add("@", "x,", "Bearer ", "%zz")
	f.Fuzz(func(t *testing.T, remote, forwarded, authorization, query string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}, URL: &url.URL{Path: "/v1/t", RawQuery: query}}
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		direct := new(handler).addressOf(r)
		got := (&handler{url: &url.URL{Scheme: "https", Host: "shop.example"}}).addressOf(r)
		peer, err := netip.ParseAddr(direct)
		if got != direct {
			if err != nil || !peer.IsLoopback() {
				t.Fatalf("%q names %q", remote, got)
			}
			if _, err := netip.ParseAddr(got); err != nil || !strings.HasSuffix(strings.TrimSpace(forwarded), got) {
				t.Fatalf("%q gives %q", forwarded, got)
			}
		}
		key := writeKeyOf(r)
		if key != writeKeyOf(r) || len(key) > len(authorization)+len(query)+1 {
			t.Fatalf("%q %q: %q", authorization, query, key)
		}
		if authorization != "" && strings.HasPrefix(strings.ToLower(authorization), "bearer ") && key != "-" && !strings.HasSuffix(authorization, key) {
			t.Fatalf("%q: %q", authorization, key)
		}
	})
}
