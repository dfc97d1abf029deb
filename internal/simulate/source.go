package simulate

// source is where a visit comes from.
type source struct {
	name, medium, campaign, referrer string
}

var sources = []source{
	{"direct", "none", "", ""},
	{"google", "organic", "", "https://www.google.com/"},
	{"google", "cpc", "brand", "https://www.google.com/"},
	{"facebook", "social", "new-arrivals", "https://www.facebook.com/"},
	{"instagram", "social", "", "https://www.instagram.com/"},
	{"pinterest", "social", "", "https://www.pinterest.com/"},
	{"blog", "referral", "", "https://blog.example.org/"},
}

var sourceWeights = newWeights(30, 26, 12, 9, 13, 4, 6)

func drawSource(d *dice) *source { return &sources[sourceWeights.draw(d)] }

type device struct {
	name, os, browser string
}

var devices = []device{
	{"mobile", "Android", "Chrome"},
	{"mobile", "iOS", "Safari"},
	{"desktop", "Windows", "Chrome"},
	{"desktop", "macOS", "Safari"},
	{"desktop", "Linux", "Firefox"},
	{"tablet", "iPadOS", "Safari"},
}

var deviceWeights = newWeights(36, 26, 20, 9, 3, 6)

func drawDevice(d *dice) *device { return &devices[deviceWeights.draw(d)] }
