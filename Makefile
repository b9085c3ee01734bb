# Everything a fresh machine needs: `make demo` and `make test` set up .venv by themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

# Some containers set it; every process of ours would then compile 34,000 lines at its start (0.4 s).
unexport PYTHONDONTWRITEBYTECODE

# The first interpreter that is new enough and really runs (version managers leave shims that do not).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

# One more than there are processors: tests wait for servers and processes a good part of their time.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

PIP = $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
COMMA := ,
# uv takes a fifth of pip's time; pip also knows the mirrors of its own configuration, so it has the last word.
INSTALL = UV_HTTP_TIMEOUT=20 $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -c constraints.txt \
	-e '.[$(1)]' 2>/dev/null || $(PIP) -e '.[$(1)]'

.PHONY: help demo test matrix check format benchmarks benchmarks-gates benchmarks-scan clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || { echo "Setting up $(VENV) with $$($(PYTHON) --version) ..."; $(PYTHON) -m venv $(VENV); }
	@$(PIP) uv
	@$(call INSTALL,demo$(COMMA)notebook$(COMMA)studio$(COMMA)dev)
	@touch $@

demo: $(STAMP) ## Watch a recorded model change a real service, with real gates and a real database
	@$(BIN)/backend-developer demo

test: $(STAMP) ## Run all tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

matrix: $(STAMP) ## Run each fault in each language, and write the README's table of them
	@$(BIN)/python -m pytest tests/acceptance/matrix -n $(WORKERS) --dist worksteal --junitxml=$(VENV)/matrix.xml
	@$(BIN)/python -m tests.acceptance.matrix.table $(VENV)/matrix.xml

check: $(STAMP) ## Lint, types, import layers, and our own gates on ourselves
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/backend-developer gates --workspace .

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(STAMP) ## Measure beside the peers; writes a table
	@$(call INSTALL,benchmarks)
	$(BIN)/python benchmarks/run.py

benchmarks-gates: $(STAMP) ## Measure the gates beside their commands by hand; writes a table
	$(BIN)/python benchmarks/gates/run.py

benchmarks-scan: $(STAMP) ## Measure the scan beside code-index-mcp; writes a table
	$(BIN)/python benchmarks/scan/run.py

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
