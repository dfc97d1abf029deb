package simulate

// place is a country that customers live in.
type place struct {
	country, language, timezone, currency string
	share                                 float64 // of the customers abroad
	// phone is a prefix that the country's numbering plan gives to nobody, or
	// keeps for films. The customer's number follows, in so many digits: who
	// does not fit has no phone.
	phone  string
	digits int
	cities []city
	// street is the rest of a postcode after the city's part: # is a digit,
	// @ a letter.
	street string
	names  names
}

type city struct {
	name, region, postcode string // postcode: its first part
}

// name is one as it is written, and in the letters of an e-mail address.
type name struct{ text, latin string }

type names struct {
	women, men, last []name
}

// newPlaces returns the countries that the shop ships to.
func newPlaces() []place {
	return []place{
		{
			country: "RO", language: "ro", timezone: "Europe/Bucharest", currency: "RON", share: 20, phone: "+406", digits: 8,
			cities: []city{{"București", "București", "01"}, {"Cluj-Napoca", "Cluj", "40"}, {"Iași", "Iași", "70"}, {"Timișoara", "Timiș", "30"}, {"Brașov", "Brașov", "50"}, {"Constanța", "Constanța", "90"}},
			street: "####", names: romanian(),
		},
		{
			country: "KR", language: "ko", timezone: "Asia/Seoul", currency: "KRW", share: 14, phone: "+82100", digits: 7,
			cities: []city{{"서울", "서울특별시", "04"}, {"부산", "부산광역시", "48"}, {"인천", "인천광역시", "21"}, {"대구", "대구광역시", "41"}, {"수원", "경기도", "16"}},
			street: "###", names: korean(),
		},
		{
			country: "TW", language: "zh-Hant", timezone: "Asia/Taipei", currency: "TWD", share: 12, phone: "+8861", digits: 8,
			cities: []city{{"台北市", "台北市", "10"}, {"新北市", "新北市", "22"}, {"台中市", "台中市", "40"}, {"高雄市", "高雄市", "80"}, {"台南市", "台南市", "70"}},
			street: "#", names: chinese(),
		},
		{
			country: "US", language: "en", timezone: "America/New_York", currency: "USD", share: 16, phone: "+1555", digits: 7,
			cities: []city{{"New York", "NY", "100"}, {"Chicago", "IL", "606"}, {"Austin", "TX", "787"}, {"Seattle", "WA", "981"}, {"Boston", "MA", "021"}},
			street: "##", names: english(),
		},
		{
			country: "GB", language: "en", timezone: "Europe/London", currency: "GBP", share: 14, phone: "+446", digits: 9,
			cities: []city{{"London", "England", "N1"}, {"Manchester", "England", "M1"}, {"Bristol", "England", "BS1"}, {"Edinburgh", "Scotland", "EH1"}, {"Cardiff", "Wales", "CF1"}},
			street: " #@@", names: english(),
		},
		{
			country: "DE", language: "de", timezone: "Europe/Berlin", currency: "EUR", share: 22, phone: "+4910", digits: 8,
			cities: []city{{"Berlin", "Berlin", "10"}, {"Hamburg", "Hamburg", "20"}, {"München", "Bayern", "80"}, {"Köln", "Nordrhein-Westfalen", "50"}, {"Leipzig", "Sachsen", "04"}},
			street: "###", names: german(),
		},
		{
			country: "FR", language: "fr", timezone: "Europe/Paris", currency: "EUR", share: 18, phone: "+3363998", digits: 4,
			cities: []city{{"Paris", "Île-de-France", "75"}, {"Lyon", "Auvergne-Rhône-Alpes", "69"}, {"Marseille", "Provence-Alpes-Côte d'Azur", "13"}, {"Lille", "Hauts-de-France", "59"}, {"Nantes", "Pays de la Loire", "44"}},
			street: "###", names: french(),
		},
	}
}

// homeShare is the part of the customers who live in the shop's country.
const homeShare = 0.64

// homeOf returns the shop's country. One that is not in the list has no
// cities, English names and the shop's own zone and currency.
func homeOf(places []place, country, timezone, currency string) *place {
	for i := range places {
		if places[i].country == country {
			return &places[i]
		}
	}
	return &place{
		country: country, language: "en", timezone: timezone, currency: currency,
		phone: "+999", digits: 8, cities: []city{{}}, names: english(),
	}
}
