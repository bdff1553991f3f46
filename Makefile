# Everything a contributor types. `make` alone prints the list; what a target needs is installed by itself, once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
DIST ?= dist
# Three for two cores, four at most: while one test waits for a server, another works.
WORKERS ?= $(shell n=$$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )); echo $$(( n < 4 ? n : 4 )))

PAIRS := @stoplight/prism-cli@5.14.2 mountebank@2.9.1 wiremock@3.13.2

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.pret
MEMBERS := shared services/antai services/dgfip services/ccsp services/collectivite simulateur certification console
PYPROJECTS := $(MEMBERS:%=%/pyproject.toml)
SITE := console/fps_console/web/site
SOURCES := $(MEMBERS) tests $(wildcard benchmarks)

# Take the certificates of the system, never download an interpreter.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is compiled is kept: without it each process of the tests compiles the project and its libraries again (half of the suite's CPU).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo up test kill check check-types check-documents check-contracts check-mutants check-style check-dependencies format docs site dist fuzz bench bench-pairs lock sbom compose clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## virtual environment with the locked versions (done by the others when needed)

demo: $(STAMP) ## play two dossiers from the street to the payment or the avertissement
	@$(BIN)/fps demo $(ARGS)

up: $(STAMP) ## four services and the console on http://localhost:8000, until Ctrl-C
	@$(BIN)/fps up $(ARGS)

test: $(STAMP) ## all tests, a sixth of the longest (FPS_TEST_LONG=1: all of them); ARGS="tests/law -k cle" chooses
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

kill: $(STAMP) ## play dossiers while services, databases, broker and advances are killed, then count everything; ARGS="--graine 7 --kills 40"
	@$(BIN)/python -m tests.kill $(ARGS)

# The longest first, two at a time: the types take as long as all the rest.
check: $(STAMP) ## format, lint, types, contracts, dependencies, generated documents, score of the wrong products
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-documents check-contracts check-mutants check-style check-dependencies

check-types: $(STAMP)
	$(BIN)/mypy $(SOURCES)

check-documents: $(STAMP)
	$(BIN)/fps docs --check

check-contracts: $(STAMP)
	$(BIN)/lint-imports --no-logo

# The score is that of the table which `make test` plays whole; one wrong product of each family is played here.
check-mutants: $(STAMP)
	$(BIN)/python -m tests.certification.score

check-style: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

check-dependencies: $(STAMP)
	@for member in $(MEMBERS); do (cd $$member && "$(CURDIR)/$(BIN)/deptry" --config pyproject.toml .) || exit 1; done

format: $(STAMP) ## write every Python file in the project's format
	$(BIN)/ruff check --quiet --fix . || true
	$(BIN)/ruff format --quiet .

docs: $(STAMP) ## write the generated documents again (docs/flux.md, OpenAPI, AsyncAPI, map), then the site
	$(BIN)/fps docs
	@$(MAKE) --no-print-directory site

# Into the package: the console finds it there, from a clone or from a wheel. What Sphinx has read is kept: a page changed takes a second.
site: $(STAMP) ## build the documentation that the console serves at /documentation/; a lost link fails
	@mkdir -p build && $(if $(shell command -v flock),flock build/documentation.lock) $(BIN)/sphinx-build -q -W --keep-going -b html -c docs/sphinx -d build/documentation . $(SITE)
	@echo "$(SITE)/index.html"

dist: $(STAMP) site ## wheels of every distribution, in dist/ (DIST=elsewhere)
	@mkdir -p "$(DIST)"; for member in $(MEMBERS); do (cd $$member && "$(CURDIR)/$(BIN)/uv-build" build-wheel "$(abspath $(DIST))") >/dev/null; done

fuzz: $(STAMP) ## requests made by schemathesis, 20,000 a service, each to both engines; ARGS="--cases 500 --service antai" chooses
	$(BIN)/python -m tests.contrats.fuzz --cases 20000 --database sqlite postgresql $(ARGS)

bench: $(STAMP) ## measure the figures; table, build/bench.json and bench-history.jsonl; ARGS=--quick in a minute, --trend what was found before
	@$(BIN)/python -m benchmarks $(ARGS)

bench-pairs: $(STAMP) ## the same messages sent to Prism, mountebank and WireMock (npm brings them; WireMock needs Java)
	@command -v npm >/dev/null || { echo "npm is needed to bring them (Debian: apt-get install npm)."; exit 1; }
	@mkdir -p build/pairs && npm install --prefix build/pairs --no-audit --no-fund --silent $(PAIRS)
	@$(BIN)/python -m benchmarks pair-prism pair-mountebank pair-wiremock

lock: $(STAMP) ## write requirements/*.txt from the pyprojects; ARGS=--upgrade takes newer versions
	@compile() { $(BIN)/uv pip compile --quiet $(ARGS) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header "$$@"; }; \
	own=$$(printf -- '--no-emit-package fps-%s ' shared antai dgfip ccsp collectivite simulateur certification console); \
	compile $$own pyproject.toml --group dev --output-file requirements/lock.txt; \
	compile $$own pyproject.toml --constraints requirements/lock.txt --output-file requirements/runtime.txt; \
	compile requirements/uv.in --output-file requirements/uv.txt

sbom: $(STAMP) ## write build/sbom.json (CycloneDX): what the images hold, each version with its hashes
	@mkdir -p build && $(BIN)/python deploy/sbom.py > build/sbom.json && echo "build/sbom.json"

compose: .env site ## four services, four databases and a broker in containers (needs Docker)
	docker compose up --build $(ARGS)

clean: ## remove what was built or installed here (the dossiers of .fps stay)
	rm -rf $(VENV) build $(SITE) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

SECRETS := FPS_PILOTAGE_TOKEN POSTGRES_PASSWORD RABBITMQ_PASSWORD $(foreach s,ANTAI DGFIP CCSP COLLECTIVITE,FPS_$(s)_PASSWORD FPS_$(s)_BUS_PASSWORD)
.env:
	@umask 077; $(PYTHON) -c 'import secrets; [print(name + "=" + secrets.token_urlsafe(24)) for name in "$(SECRETS)".split()]' > $@
	@echo "Wrote .env: the credential of the console and a password for each account, drawn for this machine only."

# Debian's bare python3 cannot make a virtual environment: python3-venv is installed when we may, else the line to run is printed.
# uv installs the locked versions in seconds; where it cannot be had, pip does the same with the same hashes.
$(STAMP): requirements/lock.txt requirements/uv.txt pyproject.toml $(PYPROJECTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed (make PYTHON=/path/to/python3.12 …)."; exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	      echo "Installing python3-venv…"; \
	      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv; } >/dev/null; \
	    else \
	      echo "This Python cannot make virtual environments. Run once: sudo apt-get install python3-venv"; exit 1; \
	    fi; \
	  fi; \
	  $(PYTHON) -m venv --clear $(VENV); \
	fi
	@echo "Installing the locked versions in $(VENV)…"
	@editable="$(MEMBERS:%=-e %)"; \
	if $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt; then \
	  VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/lock.txt; \
	  VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps $$editable; \
	else \
	  echo "uv cannot be had here: pip installs the same versions, more slowly."; \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt; \
	  PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $$editable; \
	fi
	@touch $@
