# Thin: one line each. Needs Python 3.11+ with venv; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q
SOURCES := $(shell find frontend/src -type f 2>/dev/null)

.PHONY: run test check bench e2e lock format clean
run: .venv/run.stamp frontend/dist/manifest.json ## install, seed the demo, serve web + workers + beat
	$(BIN)/python manage.py up --demo

test: .venv/dev.stamp ## every test that needs no browser
	$(BIN)/python -m pytest -m "not e2e"
	$(BIN)/npm --prefix frontend test

check: .venv/dev.stamp frontend/dist/manifest.json ## lint, types, layers, migrations, settings, files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pneumoscope.deploy_check
	$(BIN)/npm --prefix frontend run typecheck

e2e: .venv/dev.stamp frontend/dist/manifest.json ## browser tests; Chromium is installed when missing
	command -v chromium >/dev/null || (apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-ipafont-gothic)
	$(BIN)/python -m pytest -m e2e tests/e2e

bench: .venv/dev.stamp
	for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench; done

lock: ## compile the locked requirements anew
	for set in web: ml:ml build:build dev:ml,build,dev; do $(BIN)/python requirements/lock.py $$set; done

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/ml.txt requirements/build.txt | .venv/bin/python
	test -e .venv/dev.stamp || $(PIP) --require-hashes -r requirements/ml.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

frontend/node_modules/.stamp: frontend/package-lock.json | .venv/bin/python
	test -e $(BIN)/npm || $(PIP) --require-hashes -r requirements/build.txt
	$(BIN)/npm --prefix frontend ci
	touch $@

frontend/dist/manifest.json: frontend/node_modules/.stamp $(SOURCES)
	$(BIN)/npm --prefix frontend run build
