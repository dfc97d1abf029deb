package api

import (
	"maps"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/user"
)

// Names of the ways to show who one is.
const (
	byCookie = "session"
	byKey    = "key"
)

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		byCookie: {
			Type: "apiKey", In: "cookie", Name: "kith_session",
			Description: "of whoever logged in; behind TLS its name is " + secureCookie + ", otherwise it ends with the port",
		},
		byKey: {Type: "http", Scheme: "bearer", Description: "a secret key (kith_sk_...), for POST /v1/events also a public one (kith_pk_...), or the token in kith.lock"},
	}
}

// security says how whoever asks a route shows who they are: in one of the
// ways.
func security(p user.Permission) []map[string][]string {
	switch p {
	case user.Public:
		return []map[string][]string{}
	case user.Self:
		return []map[string][]string{{byCookie: {}}}
	case user.Local:
		return []map[string][]string{{byKey: {}}}
	case user.Track, user.View, user.People, user.Edit, user.Import, user.Export, user.Manage:
	}
	return []map[string][]string{{byCookie: {}}, {byKey: {}}}
}

// errorsOf are the statuses that a route may answer with where something is
// wrong.
func errorsOf(r Route) []int {
	codes := []int{
		http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusMisdirectedRequest,
		http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if r.Permission != user.Public || r.Path == "/v1/session" {
		codes = append(codes, http.StatusUnauthorized)
	}
	if r.Permission == user.Self || strings.HasPrefix(r.Path, "/v1/session") || strings.HasPrefix(r.Path, "/v1/welcome") {
		codes = append(codes, http.StatusTooManyRequests)
	}
	if r.Method != http.MethodGet {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if r.Permission == user.Import || r.Permission == user.Track {
		codes = append(codes, http.StatusInsufficientStorage)
	}
	return codes
}

// streamed describes an answer that a route writes itself.
func streamed(r Route, schemas huma.Registry) map[string]*huma.Response {
	if r.gives == "" {
		return nil
	}
	schema := &huma.Schema{Type: huma.TypeString}
	if r.gives == "application/json" {
		schema = schemas.Schema(reflect.TypeFor[MemberList](), true, "")
	}
	return map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{r.gives: {Schema: schema}}}}
}

// describeProblems adds what a problem says besides what huma's own do.
func describeProblems(schemas huma.Registry) {
	model := schemas.Map()["ErrorModel"]
	if model == nil {
		return // nothing is registered
	}
	maps.Copy(model.Properties, map[string]*huma.Schema{
		"code":     {Type: huma.TypeString, Description: "what kind of error it is, in a word that stays", Examples: []any{"not_found"}},
		"text":     {Type: huma.TypeString, Description: "the segment's text that problems point into"},
		"file":     {Type: huma.TypeBoolean, Description: "the text is a file of segments"},
		"problems": {Type: huma.TypeArray, Items: schemas.Schema(reflect.TypeFor[Finding](), true, ""), Description: "what is wrong with the text, with its place"},
	})
}
