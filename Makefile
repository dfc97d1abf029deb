# `make` lists what can be done here.

.DEFAULT_GOAL := help

# The targets use all cores themselves, and their order is meant.
.NOTPARALLEL:

# The version that `kith version` tells.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# No symbol tables: links faster, and the program is a fifth smaller.
LDFLAGS = -s -w -X main.version=$(VERSION)

TOOLS := bin/tools
TOOL_MODULE := $(wildcard tools/go.mod tools/go.sum)

# vet and lint compile what `go test -race` compiles, so that CI compiles
# SQLite and the other dependencies once, not twice.
RACE = GOFLAGS="$$(go env GOFLAGS) -race"

FUZZTIME ?= 30s
DATA ?= kith-data
ARGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: require ## check the machine, fetch modules, build the tools
	go list -deps -test ./... >/dev/null
	@$(MAKE) --no-print-directory $(TOOLS)/golangci-lint $(TOOLS)/gotestsum $(TOOLS)/benchstat

.PHONY: build
build: require web/dist/index.html ## build bin/kith with its console
	go build -trimpath -buildvcs=false -tags console -ldflags='$(LDFLAGS)' -o bin/kith ./cmd/kith

# What the console's types are made of, and all that it is built from.
DESCRIPTION := internal/api/testdata/openapi.json
WEB := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/src/api/schema.ts: $(DESCRIPTION) web/node_modules/.package-lock.json
	cd web && npm run --silent api

web/dist/index.html: $(WEB) web/node_modules/.package-lock.json web/src/api/schema.ts
	cd web && npm run --silent build

.PHONY: web
web: web/dist/index.html ## build the console

.PHONY: dev
dev: build ## build, then serve the folder DATA (kith-data)
	bin/kith serve --data $(DATA) $(ARGS)

.PHONY: demo
demo: build ## build, then serve a generated shop; ARGS='--addr HOST:PORT'
	bin/kith demo $(ARGS)

.PHONY: test
test: require-install vet lint web-test race browser ## all that CI runs: vet, lint, tests under the race detector, the console in a browser

.PHONY: vet
vet:
	$(RACE) go vet ./...

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## golangci-lint
	$(RACE) $(TOOLS)/golangci-lint run ./...

# Tests need no symbol table either: without it each test that holds DuckDB
# links in 2.6 s and not 3.4 s. `make vet` has done what -vet=off leaves out.
.PHONY: race
race: $(TOOLS)/gotestsum ## all tests under the race detector
	$(TOOLS)/gotestsum --format pkgname -- -race -timeout 30m -vet=off -ldflags='-s -w' $(ARGS) ./...

.PHONY: web-test
web-test: web/dist/index.html ## the console: types, lint, unit tests
	cd web && npm run --silent check && npm run --silent lint && npm test --silent

.PHONY: browser
browser: build ## the console in Chromium, on a server of this build; ARGS=test/live.test.ts
	cd web && npm run --silent browser -- $(ARGS)

.PHONY: screens
screens: build ## pictures of every page into docs/screens; KITH_SCREENS=dark,phone for these only
	cd web && npm run --silent screens

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (30s)
	FUZZTIME=$(FUZZTIME) sh scripts/fuzz.sh

SHOPS ?= 500
SEED ?= 100000

.PHONY: differential
differential: ## random shops and segments, SQL, live and plain against each other, and a followed folder; SHOPS=500 SEED=100000
	KITH_DIFFERENTIAL_SHOPS=$(SHOPS) KITH_DIFFERENTIAL_SEED=$(SEED) KITH_FOLLOW_SEEDS=$$(( ($(SHOPS) + 9) / 10 )) KITH_FOLLOW_SEED=$(SEED) \
		go test -count=1 -timeout 0 -run 'Differential|TestLooseIsTheSame|TestExplanationsAnswerAsSQL|TestTracked|TestFollow' -v \
		./internal/segment/live ./internal/warehouse ./cmd/kith | grep -E '^(---|    ---|ok|FAIL|PASS|panic)|_test.go'

.PHONY: mutants
mutants: ## break the live evaluator on purpose; each mistake must be noticed
	sh scripts/mutants.sh

CYCLES ?= 200

.PHONY: torture
torture: build ## kill, cut off and damage a server, compare with a journal; CYCLES=200
	go build -o bin/kith-torture ./cmd/kith-torture
	set -e; for goal in r1 r2 r3 r4 r5 r6 r16 r17 r19; do bin/kith-torture -goal $$goal -cycles $(CYCLES); done

.PHONY: sabotage
sabotage: ## take one protection after the other away; kith-torture must notice each
	sh scripts/sabotage.sh

.PHONY: bench
bench: build ## run the benchmarks; writes docs/benchmarks.md
	go run ./cmd/kith-bench -write docs/benchmarks.md $(ARGS)

.PHONY: bench-console
bench-console: build ## what the console asks at a million customers; writes docs/benchmarks-console.md
	go run ./cmd/kith-bench -only console -write docs/benchmarks-console.md $(ARGS)

.PHONY: golden
golden: ## write the golden files anew and show what changed
	sh scripts/golden.sh

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## format all Go files
	$(TOOLS)/golangci-lint fmt

.PHONY: generate
generate: ## run go generate
	go generate ./...

.PHONY: check
check: $(TOOLS)/golangci-lint ## before a commit: modules, format, vet and lint, no tests
	go mod tidy -diff
	go -C tools mod tidy -diff
	$(TOOLS)/golangci-lint fmt --diff
	@$(MAKE) --no-print-directory vet lint

.PHONY: clean
clean: ## delete what was built
	rm -rf bin

.PHONY: require
require:
	@sh scripts/require.sh

.PHONY: require-install
require-install:
	@sh scripts/require.sh --install

$(TOOLS)/golangci-lint: $(TOOL_MODULE)
	go -C tools build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(TOOLS)/gotestsum: $(TOOL_MODULE)
	go -C tools build -o ../$@ gotest.tools/gotestsum

$(TOOLS)/benchstat: $(TOOL_MODULE)
	go -C tools build -o ../$@ golang.org/x/perf/cmd/benchstat
