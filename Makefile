# Needs git, make and python3; everything else is installed into .venv from hash-checked locks.

PYTHON ?= python3
BIN    := .venv/bin

# More for the program behind a target: make run ARGS=--help, make test ARGS='-k ballot'
ARGS  ?=
SERVE := $(BIN)/dvk serve --demo
BENCH := .venv-bench/bin/python -m tests.bench

BOOTSTRAP := $(PYTHON) scripts/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test test-long check format reference lock bench clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

run: ## Start the whole system with demo data, nothing to install
	@$(BOOTSTRAP)
	@$(SERVE) $(ARGS)

test: ## Run every test, against real PostgreSQL and RabbitMQ servers of its own
	@$(BOOTSTRAP) --profile dev --servers
	@$(BIN)/pytest -n auto --maxprocesses=4 --dist=loadfile $(ARGS)

test-long: ## The same with many more examples for each property and seeds for each fault
	@$(BOOTSTRAP) --profile dev --servers
	@FAULT_SEEDS=200 $(BIN)/pytest --hypothesis-profile=long --timeout=1800 -n auto --maxprocesses=4 --dist=loadfile $(ARGS)

check: ## Lint, format, types, import contracts and unit tests (under a minute)
	@$(BOOTSTRAP) --profile dev
	@$(BIN)/python scripts/check.py

format: ## Format the code and apply safe fixes
	@$(BOOTSTRAP) --profile dev
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

reference: ## Write AsyncAPI, OpenAPI, broker definitions and missing golden files anew
	@$(BOOTSTRAP) --profile dev
	@$(BIN)/python -m scripts.reference

lock: ## Write requirements/*.lock anew (ARGS=--upgrade takes newer versions)
	@$(PYTHON) scripts/lock.py $(ARGS)

bench: ## Measure, beside comparable systems
	@$(BOOTSTRAP) --profile bench --servers
	@$(BENCH) $(ARGS)

clean: ## Remove what these targets have made, not your data
	@rm -rf .venv .venv-bench *.egg-info build dist
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
