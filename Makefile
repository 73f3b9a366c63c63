# `make demo` and `make test` work from a fresh clone; everything they need is made on the way.
PYTHON ?= python3
BIN := .venv/bin
VENDOR := src/comity/entrypoints/console/static/vendor
.DELETE_ON_ERROR:
.PHONY: setup setup-tests system demo test check format bench bench-exchange bench-documents bench-batch bench-mirror conformance fuzz chaos lock

setup: .venv/runtime.installed $(VENDOR)/.made

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Comity needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 3; }
	$(PYTHON) -m venv .venv

.venv/runtime.installed: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/development.installed: requirements/development.txt .venv/runtime.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/development.txt
	@touch $@

$(VENDOR)/.made: package-lock.json package.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js with npm (Debian: apt-get install npm), the console's assets come through it"; exit 3; }
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	npm run --silent assets
	@touch $@

setup-tests: setup .venv/development.installed system

system:
	@missing=""; command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v softhsm2-util >/dev/null || missing="$$missing softhsm2"; \
	command -v java >/dev/null || missing="$$missing openjdk-17-jre-headless"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "missing:$$missing: install Debian's packages; the tests that need them are counted as not run"; fi

demo: setup
	$(BIN)/comity demo $(DEMO)

test: setup-tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

check: .venv/development.installed
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

format: .venv/development.installed
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

bench: setup-tests
	$(BIN)/python benchmarks/wco_xml.py
	$(BIN)/python benchmarks/one_declaration_risk.py
	$(BIN)/python benchmarks/exchange.py --seconds 20 --growth 50000
	$(BIN)/python benchmarks/spine.py
	$(BIN)/python benchmarks/narrow_line.py
	$(BIN)/python benchmarks/backlog.py

bench-exchange: setup-tests
	$(BIN)/python benchmarks/exchange.py

bench-mirror: setup-tests
	$(BIN)/python benchmarks/mirror.py
	$(BIN)/python benchmarks/private_matching.py

bench-documents: setup-tests
	$(BIN)/python benchmarks/documents.py

bench-batch: setup-tests
	nice $(BIN)/python benchmarks/tabular.py --megabytes 2000

conformance: setup-tests
	$(BIN)/python tests/conformance/report.py

fuzz: setup-tests
	$(BIN)/python tests/conformance/fuzz/run.py $(FUZZ)

chaos: setup-tests
	$(BIN)/python benchmarks/chaos.py $(CHAOS)

# Lock files carry hashes and no addresses.
lock: .venv/development.installed
	cd requirements && for name in runtime development; do ../$(BIN)/uv pip compile -q --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o $$name.txt $$name.in; done
