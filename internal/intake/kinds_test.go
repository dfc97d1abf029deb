package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kith/internal/commerce"
)

// csv reads one file of a kind.
func csv(t *testing.T, cfg Config, lines ...string) read {
	t.Helper()
	cfg.Files = []string{file(t, "a.csv", strings.Join(lines, "\n")+"\n")}
	return run(t, cfg)
}

// said is a customer's fields as "name=value, ...".
func said(row map[string]string) string {
	fields := strings.NewReplacer("{'name': ", "", ", 'value': ", "=", "}", "").Replace(row["fields"])
	return strings.Trim(fields, "[]")
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Customers, Zone: zone(t, "Europe/Bucharest"), Country: "RO"},
		"customer_id,email,phone,first_name,birth_date,country,currency,created_at,updated_at,accepts_email,accepts_sms,tags,Shoe Size,source",
		"c1,Ana@X.ro,0712345678,Ana,1990-02-28,ro,ron,2026-01-01,2026-02-01 10:00,yes,0,\"vip, gift; new\",38,web",
		"c2,not an address,+442079460958,,,United Kingdom,,,,,,,,",
		",,,Nobody,,,,,,,,,,",
		",nobody,,,,,,,,,,,,",
		"c3,,,,1990-02-30,,,,,,,,,",
		"c4,,,,,,,,,maybe,,,,",
		"c5,,,,,,,,,FALSE,,,,",
	)
	if len(got.rows) != 3 || got.Refused != 4 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "customer_id=c1; email=ana@x.ro; phone=+40712345678; created_at=2025-12-31 22:00:00; updated_at=2026-02-01 08:00:00")
	if want := `first_name=Ana, birth_date=1990-02-28, country=RO, currency=RON, subscribed.email=true, subscribed.sms=false, tags='["vip","gift","new"]', ` +
		`source=web, traits.source=web, email_domain=x.ro, traits.Shoe_Size=38`; strings.ReplaceAll(said(got.rows[0]), `\"`, `"`) != want {
		t.Errorf("the row says %s\nwant %s", said(got.rows[0]), want)
	}
	is(t, got.rows[1], "customer_id=c2; email=; phone=+442079460958")
	if s := said(got.rows[1]); s != "country=GB" {
		t.Errorf("the row says %s", s)
	}
	if s := said(got.rows[2]); s != "subscribed.email=false" {
		t.Errorf("the row says %s", s)
	}
	for _, want := range []string{
		"a.csv:4: customer_id: it is missing\t", "a.csv:5: customer_id: it is missing\t",
		`a.csv:6: birth_date: "1990-02-30" is not a date as this column writes them (YYYY-MM-DD)`, `a.csv:7: accepts_email: "maybe" is neither yes nor no`,
	} {
		if !strings.Contains(got.rejects, want) {
			t.Errorf("the rejects lack %q:\n%s", want, got.rejects)
		}
	}
}

func TestCustomerNullEmpties(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Customers},
		`{"customer_id":"c1","city":"Cluj","shoe":{"size":38},"tags":["a","b \"c\""],"vip":true}`,
		`{"customer_id":"c1","city":null,"shoe":null,"tags":null,"vip":null,"email":null}`,
		`{"customer_id":"c1","city":""}`,
	)
	for i, want := range []string{
		`[{'name': city, 'value': Cluj}, {'name': tags, 'value': '["a","b \\"c\\""]'}, {'name': traits.shoe, 'value': '{"size":38}'}, {'name': traits.vip, 'value': true}]`,
		`[{'name': city, 'value': NULL}, {'name': tags, 'value': NULL}, {'name': traits.shoe, 'value': NULL}, {'name': traits.vip, 'value': NULL}]`,
		`[]`,
	} {
		if got := got.rows[i]["fields"]; got != want {
			t.Errorf("row %d says %s\nwant %s", i, got, want)
		}
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Products},
		"product_id,sku,name,category,price,stock,updated_at,released_at,tags",
		"lamp,L1,Lamp,home,99.90,2,2026-01-02,2026-01-10,gift|light",
		",L2,No id,home,1,1,,,",
		"vase,,Vase,home,-1,1,,,",
		"rug,,Rug,home,1,-3,,,[]",
	)
	if len(got.rows) != 2 || !strings.Contains(got.rejects, "a.csv:3: product_id: it is missing") || !strings.Contains(got.rejects, `a.csv:4: price: "-1" is negative`) {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "product_id=lamp; sku=L1; price=99.900000; stock=2.000000; updated_at=2026-01-02 00:00:00; released_at=2026-01-10 00:00:00; tags=[gift, light]")
	is(t, got.rows[1], "product_id=rug; stock=-3.000000; tags=")
}

func TestRates(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Rates, Zone: zone(t, "Asia/Seoul")},
		"date,currency,rate", "2026-01-01,eur,4.97", "2026-01-02,EUR,0", "2026-01-02,EUR,-1", "2026-01-02,EUR,", "2026-01-02,XYZ,1", ",EUR,1", "2026-01-03,EUR,0.1234567")
	if len(got.rows) != 1 {
		t.Fatalf("got %v", got.rows)
	}
	is(t, got.rows[0], "date=2026-01-01; currency=EUR; rate=4.970000")
	for _, want := range []string{":3: rate: it is zero", ":4: rate: \"-1\" is negative", ":5: rate: it is missing", ":6: currency: \"XYZ\"", ":7: date: it is missing", ":8: rate: \"0.1234567\": the number does not fit"} {
		if !strings.Contains(got.rejects, want) {
			t.Errorf("the rejects lack %q:\n%s", want, got.rejects)
		}
	}
}

func TestEventsFromCSV(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Events},
		"at,event,customer_id,anonymous_id,email,message_id,properties,price,Page Title",
		`2026-03-01 10:00,Product Viewed,ana,,,m1,"{""product_id"":""lamp"",""price"":5}",3,`,
		`2026-03-01 10:01,Product Viewed,,anon,,m2,,7,"He said ""hi"""`,
		`2026-03-01 10:02,Product Viewed,,,,m3,,,`,
		`2026-03-01 10:03,,ana,,,m4,,,`,
		`2026-03-01 10:04,Product Viewed,ana,,,m5,[1],,`,
		`2026-03-01 10:05,Product Viewed,ana,,,m6,{bad,,`,
		`2026-03-01 10:06,Product Viewed,ana,,,m7,,,`,
	)
	if len(got.rows) != 3 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], `type=track; event=Product Viewed; customer_id=ana; message_id=m1; properties={"product_id":"lamp","price":5}`)
	is(t, got.rows[1], `anonymous_id=anon; properties={"price":"7","Page_Title":"He said \"hi\""}`)
	is(t, got.rows[2], `message_id=m7; properties=`)
	for _, want := range []string{":4: customer_id: it is missing", ":5: event: it is missing", `:6: properties: "[1]" is not a JSON object`, `:7: properties: "{bad" is not a JSON object`} {
		if !strings.Contains(got.rejects, want) {
			t.Errorf("the rejects lack %q:\n%s", want, got.rejects)
		}
	}
}

func TestTrackingBodies(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Events},
		`{"type":"track","event":"Order Completed","userId":"ana","messageId":"m1","timestamp":"2026-03-01T10:00:00.5Z","originalTimestamp":"2026-03-01T09:00:00Z","properties":{"total":5,"list":[1,{"a":"b"}]},"context":{"traits":{"email":"Ana@X.ro"},"ip":"1.2.3.4"},"integrations":{}}`,
		`{"batch":[{"type":"page","anonymousId":"a1","name":"Home","timestamp":"2026-03-01T11:00:00Z"},{"type":"identify","userId":"bob","traits":{"email":"b@x.ro","phone":"+40712345678","age":3},"timestamp":"2026-03-01T12:00:00Z"}],"sentAt":"2026-03-01T13:00:00Z"}`,
		`{"event":"quiz","customer_id":"ana","at":"2026-03-01T14:00:00Z","score":3,"nested":{"x":null}}`,
		`{"type":"dance","event":"x","userId":"ana","timestamp":"2026-03-01T14:00:00Z"}`,
		`{"batch":[1]}`,
		`{"event":"x","userId":"ana","timestamp":"2026-03-01T15:00:00Z"`,
		`{"event":"x","userId":"ana","timestamp":"2026-03-01T15:00:00Z"} {}`,
		`not json`,
		`{"event":"y","userId":"ana","timestamp":"2026-03-01T15:30:00Z","score":1,"properties":{"score":2}}`,
		`{"type":"alias","userId":"new","previousId":"old","timestamp":"2026-03-01T16:00:00Z"}`,
		`{"type":"track","event":"x","userId":"u\u00e9\ud83d\ude00\n","timestamp":"2026-03-01T17:00:00Z"}`,
	)
	if len(got.rows) != 7 || got.Rows != 12 || got.Refused != 5 {
		t.Fatalf("rows %d refused %d: %v\n%s", got.Rows, got.Refused, got.rows, got.rejects)
	}
	is(t, got.rows[0], `ts=2026-03-01 10:00:00.5; type=track; event=Order Completed; customer_id=ana; email=ana@x.ro; message_id=m1; properties={"total":5,"list":[1,{"a":"b"}]}; traits={"email":"Ana@X.ro"}`)
	is(t, got.rows[1], `type=page; event=Home; anonymous_id=a1; line=2; pos=1; properties={"name":"Home"}`)
	is(t, got.rows[2], `type=identify; event=; customer_id=bob; email=b@x.ro; phone=+40712345678; line=2; pos=2`)
	is(t, got.rows[3], `type=track; event=quiz; customer_id=ana; properties={"score":3,"nested":{"x":null}}; line=3; pos=3`)
	is(t, got.rows[4], `event=y; properties={"score":2}`)
	is(t, got.rows[5], `type=alias; customer_id=new; anonymous_id=old`)
	is(t, got.rows[6], "customer_id=ué😀")
	for _, want := range []string{`:4: type: "dance" is no type`, ":5: row: its batch is not a list of objects\t", ":6: row: it is not a JSON object\t", ":7: row: it is not a JSON object\t", ":8: row: it is not a JSON object\tnot json"} {
		if !strings.Contains(got.rejects, want) {
			t.Errorf("the rejects lack %q:\n%s", want, got.rejects)
		}
	}
}

// TestBlankOrderFields: a row without an instant takes that of its order's
// first row, and goes with it when that one is refused.
func TestBlankOrderFields(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Currency: "EUR"},
		"order_id,at,status,sku,quantity,unit_price",
		"o1,2026-03-01,paid,a,1,2",
		"o1,,,b,1,2",
		"o2,2026-03-02,odd,a,1,2",
		"o2,,,b,1,2",
		"o3,,,b,1,2",
		"o1,,,c,1,2",
	)
	if len(got.rows) != 3 || got.Refused != 3 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "sku=a; status=paid; currency=EUR; pos=0")
	is(t, got.rows[1], "sku=b; ts=2026-03-01 00:00:00; status=; currency=; pos=1")
	is(t, got.rows[2], "sku=c; ts=2026-03-01 00:00:00; pos=5")
	for _, want := range []string{`:4: status: "odd"`, ":5: at: it is missing, and no row", ":6: at: it is missing\t"} {
		if !strings.Contains(got.rejects, want) {
			t.Errorf("the rejects lack %q:\n%s", want, got.rejects)
		}
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Map: map[string]string{"order_id": "Basket", "at": "2", "customer_id": "who?", "total": "", "sku": "Basket"}},
		"Basket,When it was,who?,total", "b1,2026-03-01,ana,5")
	is(t, got.rows[0], "order_id=b1; sku=b1; customer_id=ana; total=; ts=2026-03-01 00:00:00")

	got = csv(t, Config{Kind: commerce.Orders, Map: map[string]string{"customer_id": "1", "at": "3", "total": "5"}},
		" 00004 0001 19970101  2   29.33\r", " 00004 0001 19970118  2   29.73\r")
	is(t, got.rows[0], "order_id=00004-19970101-000000001; customer_id=00004; total=29.330000; line=1")
	is(t, got.rows[1], "order_id=00004-19970118-000000002; line=2")

	got = csv(t, Config{Kind: commerce.Events, Map: map[string]string{"anonymous_id": "1", "at": "3", "event": "4", "properties.product_id": "2"}},
		"7;214536502;1396860669.277;view")
	is(t, got.rows[0], `anonymous_id=7; event=view; properties={"product_id":"214536502"}; ts=2014-04-07 08:51:09.277`)

	got = csv(t, Config{Kind: commerce.Customers, Map: map[string]string{"customer_id": "household", "traits.home": "home_ownership"}}, "household,home_ownership,kids", "1,Owner,2")
	if s := said(got.rows[0]); s != "traits.home=Owner, traits.kids=2" {
		t.Errorf("the row says %s", s)
	}
}

func TestOnlineRetail(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Format: OnlineRetail},
		"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
		"536365,85123A,\"HOLDER, WHITE\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom",
		"C536380,D,Discount,1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom",
		"A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,15.0,United Kingdom",
		"536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom",
	)
	if len(got.rows) != 5 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "order_id=536365; customer_id=17850; product_id=85123A; product_name=HOLDER, WHITE; quantity=6.000000; unit_price=2.550000; country=GB; status=")
	is(t, got.rows[1], "order_id=C536379; quantity=-1.000000")
	is(t, got.rows[2], "order_id=C536380; quantity=-1.000000")
	is(t, got.rows[3], "order_id=A563186; customer_id=; status=adjustment; unit_price=-11062.060000")
	is(t, got.rows[4], "customer_id=; unit_price=0.000000; product_name=")
}

func TestShopify(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Format: Shopify, Country: "RO"},
		"Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Country,Billing Phone,Shipping City,Shipping Country,Cancelled at,Refunded Amount,Source,Id",
		"#1001,Ana@X.ro,paid,2026-03-01 10:05:00 +0200,fulfilled,RON,100.00,15.00,19.00,115.00,SPRING,10.00,2026-03-01 10:00:00 +0200,2,Lamp,30.00,L1,0.00,RO,'0712 345 678,Cluj,RO,,0.00,web,5551",
		"#1001,,,,,,,,,,,,2026-03-01 10:00:00 +0200,1,Vase,50.00,,5.00,,,,,,,,",
		"#1002,b@x.ro,voided,,,RON,5,0,0,5,,,2026-03-02 10:00:00 +0200,1,Rug,5,R1,0,,,,DE,2026-03-03 10:00:00 +0200,5,pos,5552",
	)
	if len(got.rows) != 3 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "order_id=#1001; email=ana@x.ro; phone=+40712345678; status=paid; ts=2026-03-01 08:00:00; total=115.000000; coupon=SPRING; country=RO; city=Cluj; channel=web; product_id=L1; sku=L1; product_name=Lamp; quantity=2.000000; refunded=0.000000; tax=19.000000")
	is(t, got.rows[1], "order_id=#1001; ts=2026-03-01 08:00:00; product_id=Vase; sku=; line_discount=5.000000; total=")
	is(t, got.rows[2], "status=void; country=DE; cancelled_at=2026-03-03 08:00:00; refunded=5.000000; channel=pos")

	got = csv(t, Config{Kind: commerce.Customers, Format: Shopify},
		"Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,Default Address Country Code,Default Address Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tags",
		"'7001,Ana,Pop,ana@x.ro,yes,Cluj,RO,'400001,,no,10.00,2,likes tea,vip")
	is(t, got.rows[0], "customer_id=7001; email=ana@x.ro")
	if s := said(got.rows[0]); !strings.Contains(s, "country=RO") || !strings.Contains(s, "postcode=400001") || !strings.Contains(s, "traits.Note=likes tea") || strings.Contains(s, "Total") {
		t.Errorf("the row says %s", s)
	}

	got = csv(t, Config{Kind: commerce.Products, Format: Shopify},
		"Handle,Title,Vendor,Type,Tags,Variant SKU,Variant Inventory Qty,Variant Price,Cost per item,Image Src",
		"lamp,Lamp,Acme,home,\"gift, light\",L1,3,99.90,40,https://x/a.png",
		"lamp,,,,,L2,1,89.90,,",
		"lamp,,,,,,,,,https://x/b.png")
	if len(got.rows) != 2 || got.Rows != 2 || got.Refused != 0 {
		t.Fatalf("rows %d refused %d: %v\n%s", got.Rows, got.Refused, got.rows, got.rejects)
	}
	is(t, got.rows[0], "product_id=L1; name=Lamp; brand=Acme; stock=3.000000; price=99.900000; image_url=https://x/a.png; tags=[gift, light]")
	is(t, got.rows[1], "product_id=L2; name=Lamp; brand=Acme; category=home; price=89.900000")
}

func TestWooCommerce(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Format: WooCommerce},
		"Order ID,Order Date,Order Status,Customer ID,Billing Email,Billing Phone,Billing Country,Shipping City,Order Total,Coupon Code,Item Name,SKU,Quantity,Item Cost",
		"12,2026-03-01 10:00,wc-processing,0,g@x.ro,,RO,,20,,Lamp,L1,1,20",
		"13,2026-03-01 11:00,On hold,5,u@x.ro,,RO,Cluj,20,SALE,Vase,,1,20",
		"14,2026-03-01 11:00,Cancelled,5,u@x.ro,,RO,Cluj,20,SALE,Vase,,1,20")
	if len(got.rows) != 3 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "status=processing; customer_id=; email=g@x.ro; product_id=L1; unit_price=20.000000")
	is(t, got.rows[1], "status=pending; customer_id=5; product_id=Vase; coupon=SALE; city=Cluj")
	is(t, got.rows[2], "status=void")

	got = csv(t, Config{Kind: commerce.Products, Format: WooCommerce},
		"ID,Type,SKU,Name,Published,Short description,Regular price,Sale price,Categories,Tags,Images,Stock,Brands",
		"44,simple,W1,Hoodie,1,Warm,45,42,\"Clothing > Hoodies, Sale\",\"a, b\",\"https://x/1.jpg, https://x/2.jpg\",7,Acme",
		"45,simple,W2,Cap,1,,18,,Clothing,,,,")
	is(t, got.rows[0], "product_id=44; sku=W1; price=42.000000; category=Clothing > Hoodies; image_url=https://x/1.jpg; stock=7.000000; brand=Acme; tags=[a, b]")
	is(t, got.rows[1], "product_id=45; price=18.000000; stock=")
}

func TestHash(t *testing.T) {
	t.Parallel()
	base := Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", twoOrders)}}
	hash := func(change func(*Config)) string {
		cfg := base
		change(&cfg)
		return run(t, cfg).Hash
	}
	same := hash(func(*Config) {})
	if again := hash(func(c *Config) { c.Files = []string{file(t, "other-name.csv", twoOrders)} }); again != same {
		t.Error("the same content under another name has another hash")
	}
	seen := map[string]string{same: "nothing"}
	for name, change := range map[string]func(*Config){
		"content":  func(c *Config) { c.Files = []string{file(t, "a.csv", twoOrders+"\n")} },
		"zone":     func(c *Config) { c.Zone = zone(t, "Asia/Seoul") },
		"currency": func(c *Config) { c.Currency = "RON" },
		"country":  func(c *Config) { c.Country = "US" },
		"mapping":  func(c *Config) { c.Map = map[string]string{"coupon": "customer_id"} },
		"format":   func(c *Config) { c.Format = WooCommerce },
	} {
		h := hash(change)
		if other, ok := seen[h]; ok {
			t.Errorf("changing %s gives the same hash as changing %s", name, other)
		}
		seen[h] = name
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	p, err := Preview(t.Context(), Config{Kind: commerce.Orders, Temp: t.TempDir(), Files: []string{file(t, "a.csv", twoOrders+"o3,x,never,1\n"), file(t, "b.csv", twoOrders)}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Records) != 3 || p.Rows != 5 || p.Accepted != 4 || p.Refused != 1 || *p.Records[2][2] != "o1" || *p.Records[2][1] != "2" || !strings.HasSuffix(*p.Records[2][0], "b.csv") {
		t.Errorf("got %+v", p)
	}
}

// TestPreviewIsReadable: what a preview shows is written as people write it.
func TestPreviewIsReadable(t *testing.T) {
	t.Parallel()
	content := "order_id,at,total,quantity,cancelled_at\no1,2026-03-01 10:00:00.5,100,1.50,2026-03-02\n"
	p, err := Preview(t.Context(), Config{Kind: commerce.Orders, Temp: t.TempDir(), Zone: zone(t, "Europe/Bucharest"), Files: []string{file(t, "a.csv", content)}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, v := range p.Records[0] {
		if v != nil {
			got = append(got, p.Columns[i]+"="+*v)
		}
	}
	const want = "line=2 order_id=o1 at=2026-03-01T08:00:00.5Z total=100 cancelled_at=2026-03-01T22:00:00Z quantity=1.5"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

// TestHostileNames: headers are data, whatever they look like.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{`"; DROP TABLE x; --`, `a'b`, `c\`, `$1`, `{x}`, "=cmd()", `😀 d`, `%s%d`, `c1`, `place`, `bad`}
	header := "customer_id"
	row := "ana"
	for i, n := range names {
		header += `,"` + strings.ReplaceAll(n, `"`, `""`) + `"`
		row += fmt.Sprintf(",v%d", i)
	}
	got := csv(t, Config{Kind: commerce.Customers}, header, row)
	s := said(got.rows[0])
	for _, want := range []string{"traits.DROP_TABLE_x=v0", "traits.a_b=v1", "traits.c=v2", "traits.1=v3", "traits.x=v4", "traits.cmd=v5", "traits.d=v6", "traits.s_d=v7", "traits.c1=v8", "traits.place=v9", "traits.bad=v10"} {
		if !strings.Contains(s, want) {
			t.Errorf("the row lacks %s: %s", want, s)
		}
	}
}

// TestPipe: what can be read once only is read all the same, its rejects too.
func TestPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	go func() { _ = os.WriteFile(path, []byte(twoOrders+"o3,x,never,1\n"), 0o600) }()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	if got.Accepted != 2 || !strings.HasPrefix(got.rejects, "pipe:4: at: ") {
		t.Errorf("got %+v, rejects %q", got.Report, got.rejects)
	}
}
