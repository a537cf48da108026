# One command each: set up, look, run, check, test. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON ?= python3
export npm_config_update_notifier := false

UV_VERSION := 0.13.9
UV := .setup/uv/bin/uv
BIN := .venv/bin
PAGE := src/omnilens/web/index.html
PAGE_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/vite.config.ts web/docs-assets.mjs web/package-lock.json

say = @printf '\033[1m▸ %s\033[0m\n' "$(1)"

# Most tests wait for something: a process, a browser, a clock.
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

# The tests in parts, as CI runs them beside each other: what is not named here is a unit test.
INTEGRATION_TESTS := tests/faults tests/flow tests/deploy
BROWSER_TESTS := tests/e2e
SECURITY_TESTS := tests/security
NEEDED := .setup/postgresql .setup/redis .setup/nginx .setup/caddy .setup/systemd .setup/github .setup/shipping

.PHONY: help setup demo serve test unit integration browser security check audit docs package format types bench soak fuzz pictures hooks clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .setup/python .setup/node $(PAGE) ## make .venv with the package in it, and build the page

demo: setup ## a board full of made-up runs on http://127.0.0.1:8000, no GitHub account needed
	@$(BIN)/omnilens demo

serve: setup ## the real server, with the settings in .env
	@$(BIN)/omnilens serve

test: setup .setup/browser $(NEEDED) ## everything: checks, unit, flow and browser tests
	@$(MAKE) check
	$(call say,Page: unit tests)
	@cd web && npm test --silent
	$(call say,Server: unit, flow and browser tests)
	@$(PYTEST)

unit: setup $(NEEDED) ## a part of them: what needs no more than one server
	@cd web && npm test --silent
	@$(PYTEST) $(addprefix --ignore=,$(INTEGRATION_TESTS) $(BROWSER_TESTS) $(SECURITY_TESTS))

integration: setup $(NEEDED) ## a part: several processes, faults, deployment
	@$(PYTEST) $(INTEGRATION_TESTS)

browser: setup .setup/browser ## a part: a real browser
	@$(PYTEST) $(BROWSER_TESTS)

security: setup $(NEEDED) ## a part: hostile input
	@$(PYTEST) $(SECURITY_TESTS)

check: setup .setup/shipping .setup/requirements.txt ## style, types, imports, pinned versions, known weaknesses, generated files
	$(call say,Style)
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	$(call say,Types)
	@$(BIN)/mypy
	$(call say,Imports)
	@$(BIN)/lint-imports --no-cache > .setup/imports.log || (cat .setup/imports.log; exit 1)
	$(call say,Pinned versions)
	@$(UV) lock --check --quiet
	@node scripts/pinned.mjs
	$(call say,Known weaknesses)
	@$(BIN)/python scripts/audit.py .setup/requirements.txt
	$(call say,Generated files)
	@$(BIN)/omnilens openapi | diff -u web/openapi.json - || (echo 'Run: make types'; exit 1)
	$(call say,Page)
	@cd web && npm run check --silent

audit: setup .setup/shipping .setup/requirements.txt ## the same, where what nobody could tell about is a failure
	@$(BIN)/python scripts/audit.py .setup/requirements.txt --strict

docs: .setup/shipping ## the documentation as a site, in .setup/site
	@NO_MKDOCS_2_WARNING=1 .setup/shipping/bin/mkdocs build --strict --quiet --site-dir $(CURDIR)/.setup/site

package: setup ## the wheel and the sdist, in dist/
	@rm -rf dist && $(UV) build --quiet --out-dir dist

format: setup ## put the code in order
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; cd web && npm run format --silent

types: setup ## make the page's types from the server's OpenAPI document
	@$(BIN)/omnilens openapi > web/openapi.json && cd web && npm run types --silent

bench: setup .setup/bench/venv .setup/peers ## measure speed against peers, as ratios, and rewrite docs/benchmarks.md
	@$(BIN)/python benchmarks/run.py --write

soak: setup ## long runs that must leave nothing behind: 100,000 clients, a million runs, a day of heartbeats
	@$(BIN)/pytest -m soak -s tests/soak

FUZZ_SECONDS ?= 60
fuzz: setup .setup/fuzz ## random bytes, led by what they reach, into everything that reads what strangers send
	@cd .setup/fuzz && for target in packets websocket payloads; do echo "▸ $$target"; PYTHONPATH=../../tests ../../$(BIN)/python \
	  ../../tests/fuzz/run.py $$target -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=5 -rss_limit_mb=1024 -verbosity=0 $$target; done

.setup/fuzz: pyproject.toml uv.lock .setup/python
	@$(UV) sync --locked --quiet --no-progress --group fuzz
	@mkdir -p $@ && touch $@

pictures: setup .setup/browser ## draw the pages anew that tests compare them with; look at them before you commit
	@OMNILENS_RENEW_PICTURES=1 $(BIN)/pytest -q tests/e2e/test_pictures.py
	@PYTHONPATH=tests $(BIN)/python -m support.demo_picture

hooks: ## run `make check` before every commit
	@git config core.hooksPath .githooks && echo 'Every commit runs make check from now on.'

clean: ## remove everything that was made
	@rm -rf .venv .setup src/omnilens/web web/node_modules benchmarks/node_modules dist .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

.setup/python: pyproject.toml uv.lock $(UV)
	$(call say,Python packages)
	@$(UV) sync --locked --quiet --no-progress
	@touch $@

$(UV):
	@scripts/need python
	$(call say,uv $(UV_VERSION))
	@$(UV_PYTHON) -m venv .setup/uv && .setup/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.setup/node: web/package-lock.json
	@scripts/need node
	$(call say,Page: packages)
	@# Not npm ci: it insists on every platform's optional packages, which not every registry mirror has.
	@cd web && npm install --no-save --no-fund --no-audit --loglevel=error
	@mkdir -p .setup && touch $@

# The distribution's Python, for it is built with optimisations, and most others are not.
BENCH_PYTHON ?= $(firstword $(wildcard /usr/bin/python3) $(UV_PYTHON))
.setup/bench/venv: pyproject.toml uv.lock $(UV)
	$(call say,Benchmarks: an interpreter for the servers)
	@UV_PROJECT_ENVIRONMENT=$@ $(UV) sync --locked --quiet --no-progress --python $(BENCH_PYTHON)
	@touch $@

.setup/peers: benchmarks/package-lock.json
	$(call say,Benchmarks: packages of the peers)
	@cd benchmarks && npm install --no-save --no-fund --no-audit --loglevel=error && touch ../$@ || echo 'Node and Bun are skipped.'

.setup/browser:
	@scripts/need browser
	@mkdir -p .setup && touch $@

.setup/postgresql .setup/redis .setup/nginx .setup/caddy .setup/systemd:
	@scripts/need $(@F)
	@mkdir -p .setup && touch $@

.setup/shipping: pyproject.toml uv.lock $(UV)
	$(call say,What looks after deployment and documentation)
	@UV_PROJECT_ENVIRONMENT=$@ $(UV) sync --locked --only-group shipping --quiet --no-progress
	@touch $@

.setup/requirements.txt: uv.lock $(UV)
	@$(UV) export --locked --quiet --all-groups --all-extras --no-emit-project -o $@

.setup/github: scripts/github-descriptions
	@scripts/need node
	$(call say,GitHub: what it says about its API)
	@scripts/github-descriptions $@ && touch $@

$(PAGE): .setup/node $(PAGE_SOURCES)
	$(call say,Page: build)
	@cd web && npm run build --silent
	@touch $@
