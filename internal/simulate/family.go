package simulate

// category is an index into categories.
type category uint8

const (
	stationery category = iota
	home
	kitchen
	beauty
	care
	fashion
	accessories
)

const categoryCount = int(accessories) + 1

var categories = [categoryCount]string{
	"stationery", "home", "kitchen", "beauty", "personal care", "fashion", "accessories",
}

// family is one kind of thing. The catalogue has it in three tiers and
// several designs; one design in its three tiers is a ladder.
type family struct {
	noun     string
	category category
	euro     float64 // the middle of its prices
	// lasts is how many days one piece is used, 0 for what is not used up.
	lasts int
	// with is the noun of what is bought together with it, or empty.
	with string
	tags string
}

var families = []family{
	{"Journal", stationery, 14, 0, "Fountain Pen", "gift,paper"},
	{"Fountain Pen", stationery, 22, 0, "Ink Bottle", "gift,writing"},
	{"Ink Bottle", stationery, 9, 90, "Fountain Pen", "refill,writing"},
	{"Pen Refill", stationery, 3, 60, "Fountain Pen", "refill,writing"},
	{"Planner", stationery, 19, 0, "Washi Tape", "paper,school"},
	{"Sketchbook", stationery, 12, 0, "Pencil Set", "paper"},
	{"Pencil Set", stationery, 11, 0, "Sketchbook", "writing,school"},
	{"Washi Tape", stationery, 4, 0, "Journal", "sticker"},
	{"Sticker Set", stationery, 3.5, 0, "Journal", "sticker"},
	{"Greeting Card Set", stationery, 8, 0, "", "gift,paper"},

	{"Scented Candle", home, 16, 45, "Candle Holder", "gift"},
	{"Candle Holder", home, 18, 0, "Scented Candle", "gift"},
	{"Throw Blanket", home, 39, 0, "Cushion Cover", "winter"},
	{"Cushion Cover", home, 17, 0, "Throw Blanket", ""},
	{"Vase", home, 24, 0, "Dried Flowers", "gift"},
	{"Dried Flowers", home, 15, 0, "Vase", ""},
	{"Table Lamp", home, 48, 0, "", ""},
	{"Picture Frame", home, 14, 0, "", "gift"},
	{"Reed Diffuser", home, 21, 60, "", "gift"},
	{"Storage Basket", home, 23, 0, "", ""},

	{"Mug", kitchen, 11, 0, "Coffee Beans", "gift"},
	{"Coffee Beans", kitchen, 10, 21, "Mug", "food"},
	{"Loose Tea", kitchen, 8, 30, "Teapot", "food"},
	{"Teapot", kitchen, 28, 0, "Loose Tea", "gift"},
	{"Apron", kitchen, 18, 0, "Chopping Board", "linen"},
	{"Chopping Board", kitchen, 22, 0, "", "wood"},
	{"Olive Oil", kitchen, 12, 45, "Spice Set", "food"},
	{"Spice Set", kitchen, 15, 0, "", "gift,food"},
	{"Water Bottle", kitchen, 19, 0, "Lunch Box", "school"},
	{"Lunch Box", kitchen, 17, 0, "Water Bottle", "school"},

	{"Lipstick", beauty, 14, 0, "Mascara", ""},
	{"Mascara", beauty, 13, 90, "Lipstick", ""},
	{"Nail Polish", beauty, 7, 0, "Hand Cream", ""},
	{"Face Serum", beauty, 29, 60, "Face Cream", ""},
	{"Face Cream", beauty, 24, 50, "Face Serum", ""},
	{"Eye Cream", beauty, 27, 75, "", ""},
	{"Perfume", beauty, 46, 0, "", "gift"},
	{"Brush Set", beauty, 25, 0, "", "gift"},
	{"Hand Cream", beauty, 8, 40, "Nail Polish", "gift"},

	{"Toothpaste", care, 4.5, 40, "Toothbrush", ""},
	{"Toothbrush", care, 4, 90, "Toothpaste", ""},
	{"Shampoo", care, 8, 45, "Conditioner", ""},
	{"Conditioner", care, 8.5, 50, "Shampoo", ""},
	{"Body Wash", care, 7, 35, "", ""},
	{"Bar Soap", care, 5, 30, "", "gift"},
	{"Deodorant", care, 6, 40, "", ""},
	{"Sunscreen", care, 15, 60, "", "summer"},
	{"Razor Set", care, 18, 0, "", "gift"},
	{"Vitamin Gummies", care, 14, 30, "", "food"},

	{"T-Shirt", fashion, 18, 0, "", "cotton"},
	{"Linen Shirt", fashion, 42, 0, "", "linen,summer"},
	{"Wool Sweater", fashion, 59, 0, "Scarf", "winter"},
	{"Summer Dress", fashion, 54, 0, "Sunglasses", "summer"},
	{"Scarf", fashion, 26, 0, "Beanie", "gift,winter"},
	{"Sock Set", fashion, 11, 0, "", "gift,cotton"},
	{"Pyjamas", fashion, 38, 0, "Sock Set", "gift,cotton"},
	{"Jacket", fashion, 95, 0, "Scarf", ""},
	{"Beanie", fashion, 19, 0, "Scarf", "winter"},

	{"Tote Bag", accessories, 21, 0, "", "cotton"},
	{"Leather Wallet", accessories, 37, 0, "", "gift,leather"},
	{"Backpack", accessories, 58, 0, "", "school"},
	{"Earrings", accessories, 24, 0, "Necklace", "gift"},
	{"Necklace", accessories, 32, 0, "Earrings", "gift"},
	{"Watch", accessories, 89, 0, "", "gift,leather"},
	{"Sunglasses", accessories, 35, 0, "", "summer"},
	{"Umbrella", accessories, 22, 0, "", ""},
	{"Phone Case", accessories, 15, 0, "", ""},
}

// tier is a price band of products, and of the people who buy them.
type tier uint8

const (
	value tier = iota
	mid
	premium
)

const tierCount = int(premium) + 1

var tierNames = [tierCount]string{"value", "mid", "premium"}

// tierLevel is a tier's price over the family's middle.
var tierLevel = [tierCount]float64{0.7, 1.2, 2.6}

var brands = [tierCount][]string{
	{"Plainfold", "Simplu", "Nuri Daily", "Pennyroad", "Gutwerk"},
	{"Alba & Fern", "Morning Field", "Haneul Studio", "Lindenhof", "Petit Quai", "Casa Mierla"},
	{"Atelier Corvin", "Maison Ostrea", "Sarang House", "Weidenthal", "Jade Terrace"},
}

// designs by category: colours for things, scents for what is put on skin,
// places for what comes to the table.
var designs = [categoryCount][]string{
	stationery:  colours,
	home:        colours,
	kitchen:     {"Hillside", "Riverbend", "Old Town", "Harvest", "Orchard", "Market", "Lakeside", "Morning", "Valley", "Garden"},
	beauty:      scents,
	care:        scents,
	fashion:     colours,
	accessories: colours,
}

var (
	colours = []string{"Linen", "Walnut", "Moss", "Terracotta", "Indigo", "Ivory", "Saffron", "Slate", "Coral", "Juniper", "Midnight", "Rose"}
	scents  = []string{"Mint", "Oat & Honey", "Sea Salt", "Lavender", "Green Tea", "Cedar", "Citrus", "Almond", "Camellia", "Fig"}
)

func familyNamed(noun string) int {
	for i := range families {
		if families[i].noun == noun {
			return i
		}
	}
	return -1
}
