package arch_test

// module is the path every package of this repository begins with.
const module = "kith"

// A layer is a set of packages that obey the same import rules.
type layer string

const (
	check    layer = "check"    // tests of the repository itself
	nouns    layer = "nouns"    // what everything talks about
	pure     layer = "pure"     // values in, values out
	domain   layer = "domain"   // what the program does
	engine   layer = "engine"   // opens DuckDB with its limits
	storage  layer = "storage"  // implements what the domain declares
	api      layer = "api"      // HTTP in front of the domain
	assets   layer = "assets"   // the console's built files
	commands layer = "commands" // joins stores to the domain
)

// layerOf names the layer of each package and of all packages below it. The
// longest path that fits wins.
var layerOf = map[string]layer{
	"cmd": commands,
	"web": assets,

	"internal/arch":     check,
	"internal/audit":    nouns,
	"internal/commerce": nouns,

	"internal/clv":             pure,
	"internal/customer":        pure,
	"internal/figures":         pure,
	"internal/liquid":          pure,
	"internal/priceband":       pure,
	"internal/recommend":       pure,
	"internal/rfm":             pure,
	"internal/segment/export":  pure,
	"internal/segment/insight": pure,
	"internal/segment/live":    pure,
	"internal/segment/preset":  pure,
	"internal/segment/script":  pure,
	"internal/segql":           pure,
	"internal/simulate":        pure,
	"internal/words":           pure,

	"internal/campaign": domain,
	"internal/delivery": domain,
	"internal/egress":   domain,
	"internal/identity": domain,
	"internal/intake":   domain,
	"internal/job":      domain,
	"internal/journey":  domain,
	"internal/limit":    domain,
	"internal/loader":   domain,
	"internal/measure":  domain,
	"internal/offer":    domain,
	"internal/onsite":   domain,
	"internal/profile":  domain,
	"internal/scoring":  domain,
	"internal/segment":  domain,
	"internal/subject":  domain,
	"internal/tail":     domain,
	"internal/user":     domain,
	"internal/upload":   domain,
	"internal/webhook":  domain,

	"internal/duck": engine,

	"internal/archive":   storage,
	"internal/folder":    storage,
	"internal/opsdb":     storage,
	"internal/stream":    storage,
	"internal/warehouse": storage,

	"internal/api": api,
}

// mayImport lists, for each layer, the layers that its packages may import.
// Imports within one part (internal/segql and internal/segql/sqlgen, say) are
// always allowed.
var mayImport = map[layer][]layer{
	check:    {},
	nouns:    {},
	pure:     {pure, nouns},
	domain:   {pure, nouns},
	engine:   {},
	storage:  {domain, pure, nouns},
	api:      {domain, pure, nouns, assets},
	assets:   {},
	commands: {api, storage, engine, domain, pure, nouns, assets, commands},
}

// exceptions lists the imports that are allowed although mayImport refuses
// them: from, to, both as parts of layerOf. Sideways imports in the domain go
// here, each with its reason in an ADR.
var exceptions = map[[2]string]string{
	{"internal/warehouse", "internal/duck"}: "the warehouse is a DuckDB file",
	{"internal/archive", "internal/duck"}:   "DuckDB writes and reads the Parquet files",
	{"internal/intake", "internal/duck"}:    "DuckDB reads import files",
}

// testsMayImport adds to mayImport for _test.go files. Domain and API are
// tested on real stores; pure packages have nothing to gain from one.
var testsMayImport = map[layer][]layer{
	domain:  {storage, domain},
	storage: {storage},
	api:     {storage},
}

// forbidden lists the packages outside this module that a layer's own files
// never import. A path that ends in "/" stands for all below it. Test files
// are free: golden files need os.
var forbidden = map[layer][]string{
	pure: {"database/sql", "database/sql/", "net", "net/", "os", "os/", "log", "log/", "syscall", "math/rand"},
}

// stdOnly lists the layers that import nothing but the standard library and
// what mayImport says.
var stdOnly = []layer{check, nouns}

// owners lists, for a module that runs a store, the only parts that import it.
// Test files obey too, so that an engine can be replaced in one place.
var owners = map[string][]string{
	"github.com/duckdb/":             {"internal/duck", "internal/warehouse", "internal/archive"},
	"github.com/mattn/go-sqlite3":    {"internal/opsdb"},
	"github.com/jackc/pgx/":          {"internal/opsdb"},
	"github.com/nats-io/":            {"internal/stream"},
	"github.com/danielgtaylor/huma/": {"internal/api", "cmd"},
}

// duckdb is the module that carries DuckDB's static library. Whatever links it
// takes seconds more to link, so few do: linksDuckDB in the program,
// testsLinkDuckDB besides in tests.
const duckdb = "github.com/duckdb/"

var (
	linksDuckDB     = []string{"cmd", "internal/duck", "internal/warehouse", "internal/archive", "internal/intake"}
	testsLinkDuckDB = []string{"internal/api"}
)
