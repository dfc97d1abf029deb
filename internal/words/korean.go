package words

import (
	"regexp"
	"unicode/utf8"
)

// particleForm is a Korean particle in both of its forms behind a syllable.
// Behind other scripts nobody knows how a value is read, and both stay.
var particleForm = regexp.MustCompile(`(\p{Hangul})(이\(가\)|은\(는\)|을\(를\)|\(으\)로)`)

// particles are the forms behind a consonant and behind a vowel.
var particles = map[string][2]string{
	"이(가)": {"이", "가"}, "은(는)": {"은", "는"}, "을(를)": {"을", "를"}, "(으)로": {"으로", "로"},
}

// withParticles chooses the form of particles that what stands before them asks for.
func withParticles(text string) string {
	return particleForm.ReplaceAllStringFunc(text, func(found string) string {
		before, size := utf8.DecodeRuneInString(found)
		// A syllable is 28 times its consonant and vowel, plus its last consonant.
		last := (before - '가') % 28
		forms := particles[found[size:]]
		if before < '가' || before > '힣' || last == 0 || last == 8 && found[size:] == "(으)로" { // 8 is ㄹ
			return found[:size] + forms[1]
		}
		return found[:size] + forms[0]
	})
}
