package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goPackage is what `go list -deps -json` says of one package.
type goPackage struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string // all of Imports, and what they import, and so on
}

// list returns every package of this module and every package it is built
// from, by path. The packages that only tests import are among them.
func list(t *testing.T) map[string]goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test",
		"-json=ImportPath,Standard,Imports,TestImports,XTestImports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]goPackage{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("reading what go list printed: %v", err)
		}
		// "p.test" and "p [q.test]" are p built for a test; p itself says
		// what its tests import.
		if strings.HasSuffix(p.ImportPath, ".test") || strings.Contains(p.ImportPath, " ") {
			continue
		}
		packages[p.ImportPath] = p
	}
}

// touch reads the names and times of all of the module's folders, so that go
// test, which keeps the answer of a test whose files did not change, asks this
// one again when another package does.
func touch(t *testing.T) {
	t.Helper()
	for _, top := range []string{"../../cmd", "../../internal", "../../web"} {
		err := filepath.WalkDir(top, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Name() == "node_modules" {
				return fs.SkipDir
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func TestImportDirections(t *testing.T) {
	t.Parallel()
	touch(t)
	all := list(t)
	for _, problem := range problems(all) {
		t.Error(problem)
	}
	if len(all) == 0 {
		t.Fatal("go list named no package")
	}
}

// TestRulesRefuse feeds each rule an import it must refuse, so that a rule
// that no longer bites is seen.
func TestRulesRefuse(t *testing.T) {
	t.Parallel()
	driver := goPackage{ImportPath: "github.com/duckdb/duckdb-go/v2"}
	for name, tc := range map[string]struct {
		packages []goPackage
		want     string // part of the only problem; "" for none
	}{
		"down is allowed":         {[]goPackage{own("internal/api", "internal/segment"), own("internal/segment", "internal/rfm"), own("internal/rfm", "internal/commerce")}, ""},
		"below itself is allowed": {[]goPackage{own("internal/segql/sqlgen", "internal/segql")}, ""},
		"unknown package":         {[]goPackage{own("internal/util")}, "internal/util is in no layer"},
		"domain imports storage":  {[]goPackage{own("internal/segment", "internal/opsdb")}, "internal/segment (domain) imports internal/opsdb (storage)"},
		"domain goes sideways":    {[]goPackage{own("internal/segment", "internal/identity")}, "internal/segment (domain) imports internal/identity (domain)"},
		"store imports store":     {[]goPackage{own("internal/opsdb", "internal/stream")}, "internal/opsdb (storage) imports internal/stream (storage)"},
		"store opens DuckDB":      {[]goPackage{own("internal/opsdb", "internal/duck")}, "internal/opsdb (storage) imports internal/duck (engine)"},
		"api imports storage":     {[]goPackage{own("internal/api", "internal/stream")}, "internal/api (api) imports internal/stream (storage)"},
		"pure imports domain":     {[]goPackage{own("internal/clv", "internal/scoring")}, "internal/clv (pure) imports internal/scoring (domain)"},
		"pure opens files":        {[]goPackage{{ImportPath: module + "/internal/clv", Imports: []string{"os"}}}, "internal/clv (pure) imports os"},
		"pure speaks HTTP":        {[]goPackage{{ImportPath: module + "/internal/clv", Imports: []string{"net/http"}}}, "internal/clv (pure) imports net/http"},
		"pure test opens files":   {[]goPackage{{ImportPath: module + "/internal/clv", TestImports: []string{"os"}}}, ""},
		"pure test uses a store":  {[]goPackage{test("internal/clv", "internal/warehouse")}, "internal/clv (pure) imports internal/warehouse (storage) in a test"},
		"domain test uses stores": {[]goPackage{test("internal/segment", "internal/opsdb")}, ""},
		"nouns import a module":   {[]goPackage{{ImportPath: module + "/internal/commerce", Imports: []string{"golang.org/x/text/language"}}}, "internal/commerce (nouns) imports golang.org/x/text/language"},
		"engine without owner":    {[]goPackage{{ImportPath: module + "/internal/segment", Imports: []string{"github.com/nats-io/nats.go"}}}, "internal/segment imports github.com/nats-io/nats.go"},
		"DuckDB linked": {[]goPackage{
			own("internal/api", "internal/intake"), driver,
			{ImportPath: module + "/internal/intake", Deps: []string{driver.ImportPath}},
		}, "internal/api links DuckDB"},
		"DuckDB linked by a test": {[]goPackage{
			test("internal/segment", "internal/warehouse"), driver,
			{ImportPath: module + "/internal/warehouse", Imports: []string{driver.ImportPath}, Deps: []string{driver.ImportPath}},
		}, "the tests of internal/segment link DuckDB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packages := map[string]goPackage{"fmt": {ImportPath: "fmt", Standard: true}}
			for _, std := range []string{"os", "net/http"} {
				packages[std] = goPackage{ImportPath: std, Standard: true}
			}
			for _, p := range tc.packages {
				packages[p.ImportPath] = p
			}
			got := problems(packages)
			switch {
			case tc.want == "" && len(got) > 0:
				t.Errorf("want no problem, got %q", got)
			case tc.want != "" && (len(got) != 1 || !strings.Contains(got[0], tc.want)):
				t.Errorf("want one problem with %q, got %q", tc.want, got)
			}
		})
	}
}

// own is a package of this module that imports others of it.
func own(from string, to ...string) goPackage {
	p := goPackage{ImportPath: module + "/" + from}
	for _, imported := range to {
		p.Imports = append(p.Imports, module+"/"+imported)
	}
	return p
}

// test is a package of this module whose tests import another of it.
func test(from, to string) goPackage {
	return goPackage{ImportPath: module + "/" + from, TestImports: []string{module + "/" + to}}
}
