package main

import (
	"strings"
	"testing"
)

// FuzzMap: what --map is read as holds each field that was given, trimmed, and
// no more of them than there are signs of equality.
func FuzzMap(f *testing.F) {
	for _, text := range []string{"at=Date", "at=Date,total=Sum", "at=a=b", "=x", "at", " at = Date ", "name=Last, first", ","} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseMapping([]string{text})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "--map takes FIELD=COLUMN, not ") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(got) == 0 || len(got) > strings.Count(text, "=") {
			t.Fatalf("%q: %q", text, got)
		}
		for field, column := range got {
			if strings.TrimSpace(field) == "" || strings.TrimSpace(field) != field || strings.TrimSpace(column) != column || !strings.Contains(text, field) || !strings.Contains(text, column) {
				t.Fatalf("%q: %q", text, got)
			}
		}
	})
}

// FuzzPublic: an address that is taken is a scheme and a host alone, and is
// read again from how it is written.
func FuzzPublic(f *testing.F) {
	for _, text := range []string{"", "https://Kith.Shop.Example:443/", "http://[::1]:80", "https://x?y", "https://u@x", "//x", "https://x:", "https://x/#", "http://x:443", "https://x/?"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := parsePublic(text)
		if err != nil || u == nil {
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.String() != u.Scheme+"://"+u.Host {
			t.Fatalf("%q: %s", text, u)
		}
		if again, err := parsePublic(u.String()); err != nil || *again != *u {
			t.Fatalf("%q: %s, and of that %s, %v", text, u, again, err)
		}
	})
}
