package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/api"
	"kith/internal/segql"
	"kith/internal/segql/segqltest"
)

// treeSchema is how a tree is described, and what it is checked with.
func treeSchema(t *testing.T) (huma.Registry, *huma.Schema) {
	t.Helper()
	registry := huma.NewMapRegistry(refPrefix, huma.DefaultSchemaNamer)
	return registry, api.Tree{}.Schema(registry)
}

const refPrefix = "#/components/schemas/"

// misfits says what of a value does not fit a schema.
func misfits(r huma.Registry, s *huma.Schema, v any) []error {
	var result huma.ValidateResult
	huma.Validate(r, s, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, &result)
	return result.Errors
}

// TestTreesAreAsDescribed draws trees over the whole language.
func TestTreesAreAsDescribed(t *testing.T) {
	t.Parallel()
	registry, schema := treeSchema(t)
	r := rand.New(rand.NewPCG(7, 8))
	kinds := map[string]bool{}
	options := segqltest.Options{Depth: 4, Vocabulary: segqltest.Vocabulary{Segments: []string{"a"}, AsOf: []time.Time{noon}}}
	for i := range 3000 {
		data, err := segql.ToJSON(segqltest.RandomTree(r, options))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if errs := misfits(registry, schema, v); errs != nil {
			t.Fatalf("tree %d: %v\n%s", i, errs, data)
		}
		collectKinds(v, kinds)
	}
	// All that is described was drawn.
	for name, part := range registry.Map() {
		if part.Properties["kind"] == nil {
			continue
		}
		for _, kind := range part.Properties["kind"].Enum {
			if !kinds[kind.(string)] {
				t.Errorf("%s describes the kind %s, which no tree had", name, kind)
			}
		}
	}
}

func collectKinds(v any, kinds map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if kind, ok := v["kind"].(string); ok {
			kinds[kind] = true
		}
		for _, x := range v {
			collectKinds(x, kinds)
		}
	case []any:
		for _, x := range v {
			collectKinds(x, kinds)
		}
	}
}

// TestEveryKindIsDescribed goes over the forms of the language.
func TestEveryKindIsDescribed(t *testing.T) {
	t.Parallel()
	registry, _ := treeSchema(t)
	described := map[string]string{}
	for _, union := range []string{"TreeQuestion", "TreeTerm", "TreeWindow"} {
		for kind, ref := range registry.Map()[union].Discriminator.Mapping {
			described[kind] = ref
			if registry.SchemaFromRef(ref) == nil {
				t.Errorf("%s leads to nothing: %s", kind, ref)
			}
		}
	}
	var kinds []string
	for _, f := range slices.Concat(segql.Questions(), segql.Windows(), segql.Literals()) {
		kinds = append(kinds, f.Kind)
	}
	for _, o := range segql.Operators(segql.Dynamic) {
		kinds = append(kinds, o.Kind)
	}
	for _, f := range segql.Functions() {
		if f.Name != "percentile" {
			kinds = append(kinds, f.Name)
		}
	}
	kinds = append(kinds, "field", "percentile")
	for _, kind := range kinds {
		if described[kind] == "" {
			t.Errorf("%s is not described", kind)
		}
	}
	for kind := range described {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is described, and is not of the language", kind)
		}
	}
}

func TestTreesThatAreNone(t *testing.T) {
	t.Parallel()
	registry, schema := treeSchema(t)
	for _, text := range []string{
		`{}`, `{"kind":"nothing"}`, `{"kind":"and","parts":[{"kind":"everyone"}]}`, `{"kind":"everyone","x":1}`, `{"kind":"not"}`,
		`{"kind":"has","facts":{"fact":"ordr"}}`, `{"kind":"has","facts":{}}`, `{"kind":"compare","op":"==","left":{"kind":"field","name":"a"},"right":{"kind":"number","value":1}}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if misfits(registry, schema, v) == nil {
			t.Errorf("%s fits", text)
		}
	}
}

// post asks a server and returns the status and the answer.
func post(t *testing.T, url, body string) (int, map[string]any) {
	t.Helper()
	response, err := asOwner.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatalf("%s answered %s", url, content)
	}
	return response.StatusCode, v
}

// found lists findings as "path line:column message".
func found(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, x := range list {
		f := x.(map[string]any)
		path, _ := f["path"].(string)
		all = append(all, fmt.Sprintf("%s %v:%v %v", path, f["line"], f["column"], f["message"]))
	}
	return all
}

func TestCheckingTrees(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server := serveAll(t, k)
	url := server.URL + "/v1/segments/check"
	status, v := post(t, url, `{"tree":{"kind":"and","parts":[{"kind":"in_segment","segment":"all"},{"kind":"has","facts":{"event":"quiz"}}]}}`)
	if status != 200 || v["canonical"] != `in segment "all" and has quiz` || !reflect.DeepEqual(v["references"], []any{"all"}) {
		t.Errorf("%d: %v", status, v)
	}
	if got := found(v["warnings"]); !slices.Equal(got, []string{`/parts/1/facts 1:26 no event "quiz" has come in so far`}) {
		t.Errorf("warnings %q", got)
	}
	if tree, _ := v["tree"].(map[string]any); tree["kind"] != "and" {
		t.Errorf("tree %v", v["tree"])
	}
	status, v = post(t, url, `{"text":"has order"}`)
	if tree, _ := v["tree"].(map[string]any); status != 200 || tree["kind"] != "has" || !reflect.DeepEqual(v["references"], []any{}) {
		t.Errorf("%d: %v", status, v)
	}
	for body, want := range map[string][]string{
		`{"tree":{"kind":"and","parts":[{"kind":"everyone"},{"kind":"compare","op":"=","left":{"kind":"field","name":"coutry"}}]}}`: {"/parts/1/right 0:0 expected an object"},
		`{"tree":{"kind":"compare","op":"=","left":{"kind":"field","name":"coutry"},"right":{"kind":"text","value":"RO"}}}`:         {`/left 1:1 unknown field "coutry": did you mean "country"?`},
		`{"tree":{"kind":"or","parts":[null,{}]}}`: {"/parts/0 0:0 expected an object", "/parts/1/kind 0:0 expected a text"},
		`{"tree":[]}`:           {" 0:0 expected an object"},
		`{"tree":null}`:         {" 0:0 expected an object"},
		`{}`:                    {" 1:1 expected a value, found the end"},
		`{"text":"coutry = 3"}`: {` 1:1 unknown field "coutry": did you mean "country"?`},
		`{"tree":{"kind":"entered","segment":"all"}}`:                       {"/window 0:0 expected an object"},
		`{"tree":` + strings.Repeat(`{"kind":"not","x":`, 3000) + `{}`:      nil,
		`{"tree":{"kind":"everyone"},"text":"everyone"}`:                    nil,
		`{"tree":{"kind":"everyone"},"more":1}`:                             nil,
		`{"text":3}`:                                                        nil,
		`nonsense`:                                                          nil,
		`{"tree":{"kind":"everyone","a":` + strings.Repeat("[", 2000) + `}`: nil,
	} {
		status, v := post(t, url, body)
		if got := found(v["problems"]); status != 422 && status != 400 || !slices.Equal(got, want) {
			t.Errorf("%.200s: %d, %q, want %q", body, status, got, want)
		}
	}
}
