package segment

import "kith/internal/segql/eval"

// Explanation says why a customer is in a segment, or not.
type Explanation struct {
	Customer string // the id that members are listed by
	Tree     *eval.Explanation
}
