package words

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ tag, english, want string }{
		{"en", "expected a value, found the end", "expected a value, found the end"},
		{"", "it is missing", "it is missing"},
		{"de", "it is missing", "it is missing"},
		{"ko", "", ""},
		{"ko", "nobody ever said this", "nobody ever said this"},

		{"ko", "it is missing", "값이 없습니다"},
		{"ro", "it is missing", "lipsește"},
		{"zh-TW", "it is missing", "缺少值"},

		// Arguments: phrases, words of the language, values in quotes.
		{"ko", "expected a value, found the end", "값이 와야 하는데 텍스트의 끝이 나왔습니다"},
		{"ko", `expected "of", found "("`, `"of"이(가) 와야 하는데 "("이(가) 나왔습니다`},
		{"ko", `no customer has the id, e-mail or phone "a" at 서울`, `서울 기준으로 ID, 이메일, 전화번호가 "a"인 고객이 없습니다`},
		{"ko", "order 7 has 지수 in its first row", "주문 7의 첫 행에는 지수로 되어 있습니다"},
		{"ko", "order 7 has 서울 in its first row", "주문 7의 첫 행에는 서울로 되어 있습니다"},
		{"ko", "order 7 has 부산 in its first row", "주문 7의 첫 행에는 부산으로 되어 있습니다"},
		{"ko", "서울 is a file, not a folder; name a folder with --data", "서울은 폴더가 아니라 파일입니다. --data로 폴더를 지정하세요"},
		{"ro", "a number cannot be compared with a text", "Nu se pot compara: un număr cu un text"},
		{"zh-TW", `unknown field "order.totl": did you mean "order.total"?`, `未知的欄位 "order.totl"：是否指 "order.total"？`},
		{"ro", `unknown field "it is missing"`, `Câmp necunoscut: "it is missing"`},
		{"ko", `"it is missing" is not a number`, `"it is missing"은(는) 숫자가 아닙니다`},
		{"ko", `"100%d" is not a number`, `"100%d"은(는) 숫자가 아닙니다`},
		{"ro", `unknown field "a\" (and 3 more)"`, `Câmp necunoscut: "a\" (and 3 more)"`},
		{"ro", "no rate for USD on 2026-03-01", "nu există curs pentru USD în 2026-03-01"},
		{"ko", "no rate for USD on 2026-03-01", "2026-03-01의 USD 환율이 없습니다"},
		{"ro", "there were too many attempts; try again in 14m5s", "Au fost prea multe încercări; încearcă din nou peste 14 min 5 s"},

		// Texts within texts, behind places, and on lines.
		{"ro", "receiving a.csv: it is empty; choose another file", "La primirea fișierului a.csv: fișierul este gol; alege altul"},
		{"ro", `1:4: unknown function "xs" (and 2 more; "kith segment check" shows all)`, `1:4: Funcție necunoscută: "xs" (și altele, în număr de 2; „kith segment check” le arată pe toate)`},
		{"ko", "total, price: it is missing", "total, price: 값이 없습니다"},
		{"ko", `"x": it is not an e-mail address`, `"x": 이메일 주소가 아닙니다`},
		{"ko", "it is missing\nit is zero", "값이 없습니다\n0입니다"},
		{"zh-TW", "order o1 was imported before with customer ana", "訂單 o1 先前匯入時為 顧客 ana"},
		{"ro", "orders need a column for order_id and for at: found A, B; name it with --map order_id=Column", "Pentru comenzi trebuie o coloană pentru order_id și pentru at. Coloanele găsite: A, B. Alege coloana (--map order_id=Coloană)"},
		{"ko", `reading n.csv: orders need a column for order_id and for at: found A, B (did you mean "A"?); name it with --map order_id=Column`, `n.csv 읽기: 주문 데이터에는 order_id, at 열이 필요합니다. 찾은 열: A, B (혹시 "A"인가요?). 어느 열인지 지정하세요(--map order_id=열)`},
		{"ko", "customers need a column for customer_id or email or phone: found Yes or No; name it with --map customer_id=Column", "고객 데이터에는 customer_id, email 또는 phone 열이 필요합니다. 찾은 열: Yes or No. 어느 열인지 지정하세요(--map customer_id=열)"},
	} {
		if got := In(tc.tag, tc.english); got != tc.want {
			t.Errorf("In(%q, %q)\n got %q\nwant %q", tc.tag, tc.english, got, tc.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"": "", "*": "", "de": "", "de-DE,fr;q=0.5": "", "en": "en", "en-GB,en;q=0.9": "en", "ko": "ko", "ko-KR": "ko", "KO": "ko",
		"de,ro;q=0.8,en;q=0.5": "ro", "en;q=0.1,ro;q=0.9": "ro", "zh": "zh-TW", "zh-TW": "zh-TW", "zh-Hant-HK": "zh-TW", "zh-CN,ko;q=0.5": "ko",
		"zh-Hans": "", "zh-SG": "", "ko;q=0": "", "no such thing!": "", strings.Repeat("ko,", 5000): "ko", strings.Repeat("-", 5000): "",
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%.40q) = %q, want %q", header, got, want)
		}
	}
}

// Whatever a text holds, it is said without a panic, and nothing of a value
// that stands in quotes is lost.
func FuzzIn(f *testing.F) {
	f.Add(`unknown field "x"`, "zz")
	f.Add("a: b: c: it is missing", "%d %s %[9]s")
	f.Add(strings.Repeat(": it is missing", 50), "\x00")
	f.Fuzz(func(t *testing.T, text, value string) {
		for _, tag := range Languages() {
			if got := In(tag, text); utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Errorf("%s: %q is said as %q", tag, text, got)
			}
			if !strings.ContainsAny(value, "\"\n") {
				if got := In(tag, `"`+value+`" is not a number`); !strings.Contains(got, value) {
					t.Errorf("%s: %q", tag, got)
				}
			}
		}
	})
}
