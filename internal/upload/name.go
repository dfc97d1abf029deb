package upload

import (
	"errors"
	"strings"
	"syscall"
	"unicode"

	"kith/internal/commerce"
)

// maxName is how long a name may be, in characters.
const maxName = 120

// clean makes a name that can be shown of what a browser says a file is
// called: its last part, without what a terminal or a browser would act on.
func clean(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	if name = strings.Trim(name, " ."); name == "" {
		return "upload"
	}
	return name
}

// full gives an error that means "no room" its code.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return commerce.Errorf(commerce.CodeFull, "there is no room left on the server's disk; make room and try again (%w)", syscall.ENOSPC)
	}
	return err
}
