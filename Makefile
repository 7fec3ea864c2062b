# Two commands for everybody: make start, make test. The others are for those who change the code.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
PYTEST := $(BIN)/python -m pytest
# What the front end is made of; a newer file means a new build.
FRONTEND := $(shell find frontend package.json package-lock.json -type f -not -path '*/node_modules/*' 2>/dev/null)
LONG := not long
# Each process has databases and a Redis of its own; the tests of a file stay together. `PARALLEL=` takes one process.
PARALLEL := -n logical --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help start dev test test-all test-unit test-integration test-faults test-e2e test-frontend \
	check format bench client migration initial-migration build guide clean

help:
	@echo "make start      start Nodeloom (ARGS='--port 8700' passes options on)"
	@echo "make test       run all tests; make test-all adds the long ones"
	@echo "make check      format, lint, types, import contracts, generated client, dead code"
	@echo "make bench      benchmarks, as ratios"
	@echo "make dev        start with a front end that reloads while it is edited"
	@echo "make client     write openapi.json and the client of the front end anew"
	@echo "make guide      write the guide's pages of the nodes anew"
	@echo "make migration name=add_something"
	@echo "make build      the wheel, with the front end in it"

start: $(STAMPS)/runtime $(STAMPS)/web
	@exec $(BIN)/nodeloom up $(ARGS)

dev: $(STAMPS)/runtime $(STAMPS)/node
	@trap 'kill 0' EXIT; npm run --silent dev --workspace frontend & $(BIN)/nodeloom up --no-browser $(ARGS)

test: test-unit test-integration test-faults test-frontend test-e2e

test-all: LONG := long or not long
test-all: test

test-unit: $(STAMPS)/dev $(STAMPS)/node
	@scripts/get-bubblewrap
	$(PYTEST) $(PARALLEL) -m "$(LONG)" tests/unit tests/connectors tests/architecture

test-integration: $(STAMPS)/dev $(STAMPS)/web
	@scripts/get-bubblewrap
	$(PYTEST) $(PARALLEL) -m "$(LONG)" tests/integration

test-faults: $(STAMPS)/dev
	$(PYTEST) -m "$(LONG)" tests/faults

test-frontend: $(STAMPS)/node
	npm run --silent test

test-e2e: $(STAMPS)/dev $(STAMPS)/web
	@scripts/get-browser
	$(PYTEST) -m "$(LONG)" tests/e2e

check: $(STAMPS)/dev $(STAMPS)/node
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python scripts/migration.py check
	scripts/check-client
	npm run --silent check

format: $(STAMPS)/dev $(STAMPS)/node
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npm exec --workspace frontend -- biome check --write .

bench: $(STAMPS)/dev
	$(BIN)/python -m benchmarks $(ARGS)

client: $(STAMPS)/runtime $(STAMPS)/node
	$(BIN)/nodeloom openapi > openapi.json.new
	mv openapi.json.new openapi.json
	npm run --silent client --workspace frontend

guide: $(STAMPS)/runtime
	$(BIN)/python scripts/node_pages.py write

migration: $(STAMPS)/dev
	@test -n "$(name)" || { echo "which name? make migration name=add_something" >&2; exit 2; }
	$(BIN)/python scripts/migration.py new "$(name)"

initial-migration: $(STAMPS)/dev
	$(BIN)/python scripts/migration.py initial

build: $(STAMPS)/dev $(STAMPS)/web
	$(BIN)/uv build --wheel --out-dir dist

clean:
	rm -rf $(STAMPS) dist build backend/nodeloom/web

# What is installed is stamped; a stamp older than its lock file is made anew.

$(STAMPS)/venv: scripts/find-python
	@mkdir -p $(STAMPS)
	@python=$$(scripts/find-python) && { [ -x $(BIN)/python ] || "$$python" -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@touch $@

$(STAMPS)/runtime: requirements.lock pyproject.toml | $(STAMPS)/venv
	@[ -e $(STAMPS)/dev -a ! requirements-dev.lock -nt $(STAMPS)/dev -a ! pyproject.toml -nt $(STAMPS)/dev ] \
		|| { echo "installing Nodeloom into $(VENV)" && scripts/install requirements.lock; }
	@touch $@

$(STAMPS)/dev: requirements-dev.lock pyproject.toml | $(STAMPS)/venv
	@echo "installing Nodeloom and what its tests need into $(VENV)"
	@scripts/install requirements-dev.lock
	@touch $@ $(STAMPS)/runtime

$(STAMPS)/node: package.json package-lock.json frontend/package.json
	@mkdir -p $(STAMPS)
	@scripts/check-node
	@echo "installing what the front end needs"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(STAMPS)/web: $(STAMPS)/node $(FRONTEND)
	@echo "building the front end"
	@npm run --silent build > $(STAMPS)/web.log 2>&1 || { cat $(STAMPS)/web.log >&2; exit 1; }
	@touch $@
