# Needs make and Python 3.11, 3.12 or 3.13; everything else goes into .venv, made on first use.
#   make demo          start everything, sync two bases, compare, keep serving (ONCE=1: stop after comparing)
#   make test          the suite; ARGS="tests/unit -k terms" runs part of it
#   make torture       random faults and kills against the books, on both databases (SEED=1 ROUNDS=200)
#   make torture-orders  every order into the books once, whatever dies (SEED=1 ROUNDS=200)
#   make check         format, lint, types, import rules
#   make bench         full load, incremental passes and reading, on both databases (docs/benchmarks.md)
#   make docs          write the pages that are made from the declarations, docs/openapi.json among them
#   make messages      bring new texts of papers and of the desk into their catalogues
#   make vendor        fetch htmx again from its npm package and compare it with what is committed
#   make screenshots   take the README's pictures of the desk; needs a Chromium
#   make client        write a typed Python client of the API to build/saldo-client
#   make constraints   pin the newest versions that fit pyproject.toml
#   make clean         remove .venv, the demo's state and every cache

.PHONY: help demo test torture torture-orders check bench docs messages vendor screenshots client constraints clean
SHELL = /bin/sh
MAKEFLAGS += --no-print-directory
PY = .venv/bin/python
WORKERS ?= 2
SEED ?= 1
ROUNDS ?= 200
ARGS ?=

help:
	@sed -n 's/^#   //p' Makefile

demo: .venv/.runtime
	@$(PY) -m jobs.cli demo $(if $(filter-out 0,$(ONCE)),--once)

test: .venv/.dev
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

torture: .venv/.dev
	@$(PY) -m tests.torture --seed $(SEED) --rounds $(ROUNDS) $(ARGS)

torture-orders: .venv/.dev
	@$(PY) -m tests.torture_orders --seed $(SEED) --rounds $(ROUNDS) $(ARGS)

check: .venv/.dev
	@.venv/bin/ruff format --check --quiet . || { echo "make check: run .venv/bin/ruff format ." >&2; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@imports=$$(.venv/bin/lint-imports --no-logo) || { echo "$$imports"; exit 1; }
	@echo "make check: format, lint, types and import rules hold"

bench: .venv/.dev
	@$(PY) -m benchmarks $(ARGS)

docs: .venv/.dev
	@$(PY) -m docs.build

messages: .venv/.dev
	@$(PY) -m docs.messages

vendor: .venv/.dev
	@$(PY) -m docs.vendor

screenshots: .venv/.dev
	@$(PY) -m docs.screenshots

client: .venv/.dev
	@$(PY) -m docs.client build/saldo-client

constraints:
	@rm -rf build/constraints && $(if $(PYTHON),$(PYTHON),python3) -m venv build/constraints
	@build/constraints/bin/pip install --quiet --disable-pip-version-check ".[dev]" setuptools
	@sed -n 1p constraints.txt > build/constraints.txt
	@build/constraints/bin/pip freeze --all --exclude saldo-hub --exclude pip >> build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/constraints

clean:
	@rm -rf .venv .saldo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf .tmp_dagster_home_* *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime .venv/.dev: pyproject.toml constraints.txt
	@PYTHON="$(PYTHON)" .ci/environment $(@:.venv/.%=%)
