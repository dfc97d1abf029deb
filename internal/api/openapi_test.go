package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"testing"

	"kith/internal/api"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTheDescriptionIsKept compares the OpenAPI document with the file that the
// console's types are made of.
func TestTheDescriptionIsKept(t *testing.T) {
	t.Parallel()
	server, _ := serveAs(t, api.HandlerConfig{Shop: &shop{}, Console: struct{ api.Console }{}, Users: newTeam(t).Book, Version: "0"})
	response, err := http.Get(server.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var document any
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const file = "testdata/openapi.json"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the description is not that of %s (%v): \"make golden\" writes it anew", file, err)
	}
}
