package intake

import (
	"strings"

	"kith/internal/commerce"
)

func isCurrency(code string) bool {
	return len(code) == 3 && strings.Contains(commerce.Currencies, " "+code+" ")
}
