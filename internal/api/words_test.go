package api_test

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/job"
)

// worded is a kept shop with files and a folder of which there is something to
// say.
type worded struct{ *kept }

func (worded) Preview(context.Context, api.ImportRequest) (api.Preview, error) {
	return api.Preview{
		Problem: "orders need a column for at: found A; name it with --map at=Column",
		Files: []api.FileReport{{
			Notes:    []string{"Total: every value can be read with a decimal point and with a comma; read as 1,234.5"},
			Warnings: []api.FileWarning{{Field: "email", Reason: "it is not an e-mail address"}},
			Columns:  []api.MappedField{{Field: "at", Form: "seconds since 1970"}, {Field: "total", Form: "1,234.5"}},
		}},
		Sources: []api.Source{}, Columns: []string{}, Records: [][]*string{}, Fields: []api.Field{}, Needs: [][]string{},
		RefusedRows: []api.RejectedRow{{File: "it is missing", Line: 2, Reason: `"x" is not a number`, Row: "it is missing"}},
	}, nil
}

func (worded) Doctor(context.Context) (api.Diagnosis, error) {
	return api.Diagnosis{Checks: []api.Check{{Name: "disk", Status: api.CheckWarning, Message: "700 MB are free", WhatToDo: "set the machine's clock"}}}, nil
}

// failedImport is an import that failed, with a refused row.
func failedImport(t *testing.T, k *kept) string {
	t.Helper()
	j, err := k.jobs.Start(t.Context(), "orders", nil, "", func(_ context.Context, id string, _ func(job.Progress)) (job.Result, error) {
		list := "a.csv:2: total: \"x\" is not a number\t1,it is missing\na.csv:3: row: a reason that nobody translated\t\nnot a line\n"
		if err := os.WriteFile(filepath.Join(k.rejects, id+".txt"), []byte(list), 0o600); err != nil {
			return job.Result{}, err
		}
		return job.Result{Rejects: 1}, commerce.Errorf(commerce.CodeInvalid, "reading %s: the file is empty", "a.csv")
	}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.WatchImport(t.Context(), j.ID, func(api.ImportJob) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func TestAnswersAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, _ := serveAs(t, api.HandlerConfig{Shop: worded{k}, Console: k.Service, Users: k.team.Book})
	id := failedImport(t, k)
	jobPath := "/v1/imports/jobs/" + id

	for name, tc := range map[string]struct {
		who                as
		method, path, body string
		english, korean    []string // what the answer has in it
	}{
		"findings": {
			byToken, "POST", "/v1/segments/check", `{"text":"sum(order.totl) > 1 and"}`,
			[]string{`unknown field \"order.totl\": did you mean \"order.total\"?`, "expected a value, found the end", `"title":"Unprocessable Entity"`},
			[]string{`알 수 없는 필드 \"order.totl\": 혹시 \"order.total\"인가요?`, "값이 와야 하는데 텍스트의 끝이 나왔습니다", `"title":"처리할 수 없는 요청"`},
		},
		"warnings": {
			byToken, "POST", "/v1/segments/check", `{"text":"country != \"RO\""}`,
			[]string{`country can be missing, and what lacks it is left out`, `"code":"leaves_out"`},
			[]string{`country 값이 없을 수 있으며`, `not country = \"RO\"`, `"code":"leaves_out"`},
		},
		"a segment's id": {
			byToken, "PUT", "/v1/segments/No!", `{"text":"everyone"}`,
			[]string{`"location":"path.id"`, `\"No!\" is not a segment id`},
			[]string{`"location":"path.id"`, `\"No!\"은(는) 세그먼트 ID로 쓸 수 없습니다`},
		},
		"the language": {
			byToken, "GET", "/v1/language", "",
			[]string{`"an order that counts: paid and not cancelled"`, `"name":"order"`},
			[]string{`"집계되는 주문: 결제되었고 취소되지 않음"`, `"name":"order"`},
		},
		"presets": {
			byToken, "GET", "/v1/segments", "", []string{`"name":"Lapsed buyers"`}, []string{`"name":"구매가 끊긴 고객"`},
		},
		"an unknown customer": {
			byToken, "GET", "/v1/customers?sort=age", "", []string{`a list cannot be sorted by \"age\"`}, []string{`\"age\" 기준으로 정렬할 수 없습니다`},
		},
		"a preview": {
			byToken, "POST", "/v1/imports/preview", `{"kind":"orders","files":["a.csv"]}`,
			[]string{"orders need a column for at", "read as 1,234.5", "it is not an e-mail address", "seconds since 1970", `\"x\" is not a number`, `"row":"it is missing"`, `"file":"it is missing"`},
			[]string{"주문 데이터에는 at 열이 필요합니다", "1,234.5 형식으로", "이메일 주소가 아닙니다", "1970년 이후 초", `\"x\"은(는) 숫자가 아닙니다`, `"row":"it is missing"`, `"file":"it is missing"`},
		},
		"an import": {
			byToken, "GET", jobPath, "", []string{"reading a.csv: the file is empty"}, []string{"a.csv 파일이 비어 있습니다"},
		},
		"how an import goes": {
			byToken, "GET", jobPath + "/progress", "", []string{"event: failed", "reading a.csv: the file is empty"}, []string{"event: failed", "a.csv 파일이 비어 있습니다"},
		},
		"the history": {
			byToken, "GET", "/v1/imports", "", []string{"reading a.csv: the file is empty"}, []string{"a.csv 파일이 비어 있습니다"},
		},
		"refused rows": {
			byToken, "GET", jobPath + "/rejects/rows", "", []string{`\"x\" is not a number`, "1,it is missing"}, []string{`\"x\"은(는) 숫자가 아닙니다`, "1,it is missing"},
		},
		"refused rows as a text": {
			byToken, "GET", jobPath + "/rejects", "",
			[]string{"a.csv:2: total: \"x\" is not a number\t1,it is missing\na.csv:3: row: a reason that nobody translated\t\nnot a line\n"},
			[]string{"a.csv:2: total: \"x\"은(는) 숫자가 아닙니다\t1,it is missing\na.csv:3: row: a reason that nobody translated\t\nnot a line\n"},
		},
		"doctor": {
			byToken, "GET", "/v1/doctor", "", []string{`"name":"disk"`, "700 MB are free", "set the machine's clock"}, []string{`"name":"disk"`, "700MB 남음", "서버의 시계를 맞추세요"},
		},
		"a wrong password": {
			nobody, "POST", "/v1/session", `{"email":"ana@kith.example","password":"wrong"}`,
			[]string{"the e-mail or the password is wrong", `"code":"unknown"`},
			[]string{"이메일 또는 비밀번호가 올바르지 않습니다", `"code":"unknown"`},
		},
		"nobody": {
			nobody, "GET", "/v1/users", "", []string{"log in, or send a key", `"title":"Unauthorized"`}, []string{"로그인하거나", `"title":"인증 필요"`},
		},
		"a key that is not there": {
			byToken, "DELETE", "/v1/keys/key_none", "", []string{`there is no key \"key_none\"`}, []string{`키 \"key_none\"이(가) 없습니다`},
		},
		"a user that is not there": {
			byToken, "PATCH", "/v1/users/usr_none", `{"name":"x"}`, []string{`there is no user \"usr_none\"`}, []string{`사용자 \"usr_none\"이(가) 없습니다`},
		},
		"what the schema refuses": {
			byToken, "POST", "/v1/users", `{"email":7}`,
			[]string{"validation failed", "expected string", "expected required property role to be present"},
			[]string{"요청이 올바르지 않습니다", "텍스트여야 합니다", "필수 항목 role이(가) 없습니다"},
		},
		"no such route": {byToken, "GET", "/v1/nothing", "", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := textOf(t, server, tc.who, tc.method, tc.path, tc.body)
			english := textOf(t, server, with(tc.who, "en-GB,en;q=0.9,ko;q=0.1"), tc.method, tc.path, tc.body)
			if plain != english {
				t.Errorf("in English it is another answer:\n%s\n%s", plain, english)
			}
			for _, want := range tc.english {
				if !strings.Contains(plain, want) {
					t.Errorf("English: there is no %s in\n%.2000s", want, plain)
				}
			}
			korean := textOf(t, server, with(tc.who, "de, ko-KR;q=0.7"), tc.method, tc.path, tc.body)
			for _, want := range tc.korean {
				if !strings.Contains(korean, want) {
					t.Errorf("Korean: there is no %s in\n%.2000s", want, korean)
				}
			}
			if other := textOf(t, server, with(tc.who, "de"), tc.method, tc.path, tc.body); other != plain {
				t.Errorf("in a language that nobody speaks:\n%s", other)
			}
		})
	}
}

func with(who as, language string) as {
	all := maps.Clone(who)
	all["Accept-Language"] = language
	return all
}

func textOf(t *testing.T, server *httptest.Server, who as, method, path, body string) string {
	t.Helper()
	response := do(t, server, who, method, path, body)
	if got := response.Header.Get("Vary"); got != "Accept-Language" {
		t.Errorf("%s %s varies by %q", method, path, got)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A browser sends its own Accept-Language where it asks by itself.
func TestAnAddressMaySayTheLanguage(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, _ := serveAs(t, api.HandlerConfig{Shop: worded{k}, Console: k.Service, Users: k.team.Book})
	path := "/v1/imports/jobs/" + failedImport(t, k)
	for _, rest := range []string{"/progress", "/rejects"} {
		for language, want := range map[string]string{"ro": "ro", "": "zh-TW", "xx": ""} {
			got := textOf(t, server, with(byToken, "zh-TW"), "GET", path+rest+"?language="+language, "")
			word := map[string]string{"ro": "este gol", "zh-TW": "是空的", "": "is empty"}[want]
			if rest == "/rejects" {
				word = map[string]string{"ro": "nu este un număr", "zh-TW": "不是數字", "": "is not a number"}[want]
			}
			if !strings.Contains(got, word) {
				t.Errorf("%s in %q: %s", rest, cmp.Or(language, "the header's"), got)
			}
		}
	}
}
