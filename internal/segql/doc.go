// Package segql is the segment language: text to tree, tree to text, and what
// a tree means in types and names.
//
//	Parse      text to tree, with every error at its place
//	Check      tree to checked tree: types, references, warnings
//	Compile    both
//	Print      tree to canonical text, on one line
//	ToJSON     tree to JSON, for programs and the visual builder; FromJSON back
//	Pointed    errors with carets under the text
//
// Whatever answers segments (SQL over the warehouse, the live evaluator)
// starts from a Checked and asks LookupField and LookupFactField what there
// is to look at. This package answers nothing itself: it knows no customer,
// no clock and no store, and imports the standard library only.
//
// # What always holds
//
//   - Parse(Print(x)) and FromJSON(ToJSON(x)) are x, places aside (see Same),
//     for every x that Parse or FromJSON returned without an error.
//   - No input panics, recurses without bound or takes longer than a moment:
//     length, depth, number of parts, durations and regular expressions have
//     limits, and passing one is an error like others.
//   - A Checked has no errors: every term has a type, which is neither
//     Invalid nor Dynamic, every name refers to something, references form no
//     ring.
//   - Trees and what is checked are not changed after they were returned, and
//     may be read by many at once.
//
// # Decisions
//
// Where the language leaves something open, this package does what people
// who write segments would expect.
//
//   - Parentheses make no node. An "and" in parentheses directly within an
//     "and" stays a node of its own, and is printed with its parentheses.
//   - "between DATE and DATE" after a function is a window wherever no
//     comparison may stand (in percentile, a list, on the right side) and
//     wherever another operator follows, also after the end of parentheses
//     around it. "between 60 days ago and 30 days ago" is a comparison of
//     instants; only without the first "ago" it is a window.
//   - A keyword where a question may begin (and, or, not, has, no, everyone)
//     is a name if an operator follows, or if it stands in parentheses alone:
//     product_viewed[has = 3]. true and false are never names.
//   - Names may hold letters of any script. Names of fields and properties
//     have dots in them as they like (page.path); they are in lower case, but
//     for what follows "traits.".
//   - An event whose name is a keyword or a built-in fact is printed in the
//     form event("..."). The name in a tree is as it was written; EventKey is
//     what is compared. An event's name needs a letter or a digit.
//   - A string ends on its line and holds no control characters but tabs. An
//     empty text in a comparison is a warning: it is missing, so nothing holds.
//   - A missing rest is pointed at one past the last token; spaces and comments
//     after it do not count. A closing quote is missing one past the last
//     character of its line.
//   - A window on something that takes none is pointed at where the window
//     starts, "between A and B ago" with A not longer than B at B. A month
//     and 30 days may be longer than each other, and pass.
//   - Durations go up to 1000 years, whole numbers up to 999999999, percent
//     to 100. Spans of 0 are allowed; anniversaries need a day at least.
//     "at least 3 of" two parts, and dates the wrong way round, are warnings.
//   - Trees are at most 100 levels deep and have at most 10000 parts. A text
//     and its canonical form have at most 64 KB.
//   - An instant and a date may be compared either way round, by calendar day.
//     Between two instants "-" is the length of time in days; dates and
//     numbers are not added to instants.
//   - Texts have an order, byte by byte: < > between min max take them. Truth
//     values and lists have none. A list stands on the left of a comparison.
//     distinct does not take lists.
//   - percentile takes dates and instants too: they have an order.
//   - A side without a type of its own is read as what the other side is. In
//     between and in, the first bound or element with a type decides. If no
//     side has one, they are texts; but with min or max of a property among
//     them, numbers. "is missing", contains and the like read texts, but for
//     min and max, which "is missing" reads as numbers; an anniversary reads
//     dates.
//   - Of a tracked event's properties, the product's nine fields and quantity
//     have types of their own; all others are Dynamic.
//   - price_drop and cadence.days are numbers with six places: the first is
//     a division, the second whole days or half of one. shop.shipping_step is
//     a text.
//   - != and "not in" warn about every side that can be missing, functions and
//     divisions too.
//   - "entered" and "left" are references like "in segment": they count for
//     rings, and the segment must exist and be without errors. Catalogue.ID
//     names the segment that is checked, so that a ring through itself is found
//     before it is saved.
package segql
