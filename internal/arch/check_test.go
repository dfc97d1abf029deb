package arch_test

import (
	"fmt"
	"slices"
	"strings"
)

// problems checks every package of this module against the table.
func problems(all map[string]goPackage) []string {
	c := checker{all: all}
	for _, p := range all {
		if path, ok := ours(p.ImportPath); ok {
			c.checkPackage(path, p)
		}
	}
	slices.Sort(c.found)
	return slices.Compact(c.found)
}

type checker struct {
	all   map[string]goPackage
	found []string
}

func (c *checker) reportf(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checker) checkPackage(path string, p goPackage) {
	part, from := find(path)
	if from == "" {
		c.reportf("%s is in no layer: name it in layerOf, in internal/arch/table_test.go, and in .golangci.yml", path)
		return
	}
	testImports := slices.Concat(p.TestImports, p.XTestImports)
	for _, imported := range p.Imports {
		c.checkDirection(path, part, from, imported, mayImport[from], "")
		c.checkForbidden(path, from, imported)
		c.checkOwner(path, part, imported)
	}
	for _, imported := range testImports {
		c.checkDirection(path, part, from, imported, slices.Concat(mayImport[from], testsMayImport[from]), " in a test")
		c.checkOwner(path, part, imported)
	}
	if c.linksDuckDB(p.Imports) && !slices.Contains(linksDuckDB, part) {
		c.reportf("%s links DuckDB, through %s: only %s do; ask for an interface that one of them implements",
			path, c.duckDBImport(p.Imports), strings.Join(linksDuckDB, ", "))
	} else if c.linksDuckDB(testImports) && !slices.Contains(slices.Concat(linksDuckDB, testsLinkDuckDB), part) {
		c.reportf("the tests of %s link DuckDB, through %s: move the test to one of %s, or name the package in testsLinkDuckDB",
			path, c.duckDBImport(testImports), strings.Join(slices.Concat(linksDuckDB, testsLinkDuckDB), ", "))
	}
}

func (c *checker) checkDirection(path, part string, from layer, imported string, allowed []layer, where string) {
	to, isOurs := ours(imported)
	if !isOurs {
		return
	}
	toPart, toLayer := find(to)
	if toLayer == "" || toPart == part || slices.Contains(allowed, toLayer) {
		return
	}
	if _, ok := exceptions[[2]string{part, toPart}]; ok {
		return
	}
	c.reportf("%s (%s) imports %s (%s)%s: %s may import %s; declare an interface where it is used, or, with an ADR, add an exception",
		path, from, to, toLayer, where, from, names(allowed))
}

func (c *checker) checkForbidden(path string, from layer, imported string) {
	if _, isOurs := ours(imported); isOurs {
		return
	}
	for _, pattern := range forbidden[from] {
		if imported == pattern || strings.HasSuffix(pattern, "/") && strings.HasPrefix(imported, pattern) {
			c.reportf("%s (%s) imports %s: a pure package reads no file, clock, network or database; take the values as arguments",
				path, from, imported)
			return
		}
	}
	if slices.Contains(stdOnly, from) && !c.all[imported].Standard {
		c.reportf("%s (%s) imports %s: this layer uses the standard library only", path, from, imported)
	}
}

func (c *checker) checkOwner(path, part, imported string) {
	for prefix, allowed := range owners {
		if strings.HasPrefix(imported+"/", prefix) && !slices.Contains(allowed, part) {
			c.reportf("%s imports %s: only %s do", path, imported, strings.Join(allowed, ", "))
		}
	}
}

func (c *checker) linksDuckDB(imports []string) bool { return c.duckDBImport(imports) != "" }

// duckDBImport returns the first of imports that is or links DuckDB, or "".
func (c *checker) duckDBImport(imports []string) string {
	for _, path := range imports {
		if isDuckDB(path) || slices.ContainsFunc(c.all[path].Deps, isDuckDB) {
			return path
		}
	}
	return ""
}

func isDuckDB(path string) bool { return strings.HasPrefix(path, duckdb) }

// ours returns path without the module's name, and whether it is of this
// module.
func ours(path string) (string, bool) { return strings.CutPrefix(path, module+"/") }

// find returns the longest entry of layerOf that path is or lies below, and its
// layer.
func find(path string) (part string, of layer) {
	for entry, l := range layerOf {
		if len(entry) > len(part) && strings.HasPrefix(path+"/", entry+"/") {
			part, of = entry, l
		}
	}
	return part, of
}

func names(layers []layer) string {
	if len(layers) == 0 {
		return "no other part"
	}
	var b strings.Builder
	for i, l := range layers {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(l))
	}
	return b.String()
}
