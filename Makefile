# What a developer or a curious stranger types. Needs Python >= 3.11 and make; everything else goes into .venv.
# Another interpreter: make demo PYTHON=/path/to/python3.12

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint types contracts pytest bench eval pictures fmt lock wheel clean

PYTHON ?=
CANDIDATES := $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14
PY := .venv/bin/python
# --no-compile: only the modules that really run get compiled, at their first import (8 s instead of 15 s on two cores).
# --no-deps: the lock already names every package, with its hashes.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-compile --no-deps --require-hashes
PYTEST_ARGS ?= -n 2 --dist worksteal
OUT ?= pictures-out

help:  ## list what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

demo: .venv/.runtime  ## watch ten weeks of invoices, reminders and replies on real mail servers; results in demo-out/
	@$(PY) -m mailbot demo

test: lint types contracts pytest  ## lint, types, import contracts, all tests

lint: .venv/.dev  ## ruff: rules and format
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

types: .venv/.dev  ## mypy, strict
	@$(PY) -m mypy

contracts: .venv/.dev  ## which layer may import which
	@.venv/bin/lint-imports

pytest: .venv/.dev  ## the tests alone: make pytest PYTEST_ARGS='tests/unit -k rung'
	@$(PY) -m pytest $(PYTEST_ARGS)

bench: .venv/.dev  ## measure: letters, replies, review ticks, memory, start-up
	@$(PY) -m tests.bench

eval: .venv/.dev  ## judge how well replies are understood, on authors that were not trained on
	@$(PY) -m tests.eval

torture: .venv/.dev  ## kill the daemon for ten minutes behind a faulty network and count what arrives: make torture ARGS='--letters 600'
	@$(PY) -m tests.torture $(ARGS)

pictures: .venv/.dev  ## render every mail as a picture: make pictures OUT=folder
	@$(PY) -m tests.render "$(OUT)"

fmt: .venv/.dev  ## format the code and mend what ruff can mend
	@$(PY) -m ruff format
	@$(PY) -m ruff check --fix-only

wheel: .venv/.dev  ## build the wheel into dist/
	@$(PY) -m build --wheel --no-isolation

# Universal locks (Python 3.11 to 3.13 and up, x86-64 and aarch64): pins and hashes, and no registry's address.
# Without UPGRADE, pins that still fit stay as they are.
lock: UPGRADE ?=
lock: .venv/bin/python  ## renew both locks; make lock UPGRADE=--upgrade takes the newest versions
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PY) -m venv "$$tools"; "$$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	compile="$$tools/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE) pyproject.toml"; \
	$$compile --output-file requirements.lock; \
	$$compile --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@! grep -nE '://|^ *--(index|extra-index|find-links)' requirements.lock requirements-dev.lock

clean:  ## remove everything that make has made
	rm -rf .venv dist demo-out pictures-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find mailbot tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The first interpreter that is new enough and can make a venv. A shim that names no real interpreter fails the probe, so it is passed over.
.venv/bin/python:
	@set -e; old=""; bare=""; \
	for candidate in $(CANDIDATES); do \
	  command -v "$$candidate" >/dev/null 2>&1 || continue; \
	  if ! "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then old="$$old $$candidate"; continue; fi; \
	  if ! "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then bare="$$candidate"; continue; fi; \
	  rm -rf .venv; "$$candidate" -m venv .venv; exit 0; \
	done; \
	if [ -n "$$bare" ]; then echo "make: $$bare cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; \
	else echo "make: no Python >= 3.11 found (too old or not working:$${old:- none}). Install one, or name it: make PYTHON=/path/to/python3" >&2; fi; \
	exit 1

# The project runs from the checkout: a .pth file makes it importable from any folder, without a build.
.venv/.project: Makefile | .venv/bin/python
	@echo '$(CURDIR)' > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/mailbot-checkout.pth"
	@printf '#!/bin/sh\nexec "%s" -m mailbot "$$@"\n' '$(CURDIR)/$(PY)' > .venv/bin/mailbot
	@chmod 755 .venv/bin/mailbot
	@touch $@

# Stamps: a warm run compares two dates and installs nothing.
.venv/.runtime: requirements.lock .venv/bin/python | .venv/.project
	@echo "Installing what mailbot runs on into .venv ..."
	@$(INSTALL) -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "Installing the developer's tools into .venv ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
