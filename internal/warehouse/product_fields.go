package warehouse

// Bits of the column own: the product fields that an item, an event, a cart
// line or a favourite carried itself. A bit not set says that the field comes
// from the catalogue. The macro own_fields in SQL sets the same bits.
const (
	OwnSKU uint32 = 1 << iota
	OwnName
	OwnCategory
	OwnBrand
	OwnCollection
	OwnTags
	OwnPrice
	OwnStock
	OwnReleasedAt
)
