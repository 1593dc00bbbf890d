# The one interface: people and CI run the same targets. Needs git, make and Python 3.11 or newer.

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
JOBS ?= 2
TESTS ?= tests
TEMPLATES = $(shell git ls-files 'templates/*.html')

.DEFAULT_GOAL := help
.PHONY: help run test check bench fmt requirements

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 22

run: .venv/run.stamp  ## the portal with sample content; PORT=8001 and DATA_DIR=var2 start another one beside it
	@$(BIN)/python manage.py up

test: .venv/dev.stamp  ## everything that must hold; TESTS=tests/portal for a part
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

# `make check` looks at the production shape; nothing answers at these addresses, and nothing has to.
check: export DATA_DIR := build/check
check: export SITE_URL := https://almanac.example
check: export SECRET_KEY := check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG
check: export DATABASE_URL := postgresql://almanac@127.0.0.1:1/almanac
check: export REDIS_URL := redis://127.0.0.1:1/0
check: export LOG_LEVEL := WARNING
check: .venv/dev.stamp  ## format, lint, types, layers, templates, migrations, deployment, OpenAPI
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/djhtml --check $(TEMPLATES)
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

bench: .venv/dev.stamp  ## the benchmarks, as ratios against named peers; takes minutes and wants an idle machine
	@$(BIN)/python -m benchmarks

fmt: .venv/dev.stamp  ## format code and templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)
	$(BIN)/djhtml $(TEMPLATES)

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --extra embedded pyproject.toml

requirements: .venv/made.stamp  ## pin anew what pyproject.toml asks for; then commit both files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --output-file requirements-dev.txt

# The stamps say which pinned set is installed: a second run finds them and installs nothing.
.venv/run.stamp: requirements.txt | .venv/made.stamp
	$(call install,$<)

.venv/dev.stamp: requirements-dev.txt | .venv/made.stamp
	$(call install,$<)

.venv/made.stamp:
	@test -n "$(PYTHON)" || { echo "Almanac needs Python 3.11 or newer with its venv module, and found none."; \
		echo "Install it (Debian: apt install python3-venv), or name one: make run PYTHON=/path/to/python3"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv .venv
	@touch $@

define install
@echo "Installing $$(grep -c '^[a-z].*==' $(1)) packages into .venv, once …"
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement $(1)
@touch $@
endef
