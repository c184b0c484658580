# `make chat` and `make test` do everything, on a machine with Python 3.11 or newer and GNU make.
# The checkout may lie anywhere; VENV itself must be a path without spaces.

PYTHON ?= python3
VENV ?= .venv
# cpu, or gpu for a CUDA build of torch. An environment once made for gpu stays so until told.
TORCH ?= $(or $(shell cat $(VENV)/torch-build 2>/dev/null),cpu)
# Where the CPU build of torch comes from when pip is not set up with a place that has it.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
# More for pytest, as in: make test ARGS='-k splitter'
ARGS ?=
# For the benchmarks, which read data that is no part of the project.
DATA ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Python compiles what it imports; compiling all packages would double the time of installing them.
PIP_INSTALL := $(PIP) install -qq --no-compile
CONSTRAINTS := $(VENV)/constraints.txt
# Repeating a command costs a look at these files' times, not a look at every package.
INSTALLED := $(VENV)/.newsbot-$(TORCH)
INSTALLED_TEST := $(INSTALLED)-test
MADE_FROM := pyproject.toml .ci/constraints.txt

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help install chat testenv test lint check bench clean

ifeq ($(filter cpu gpu,$(TORCH)),)
$(error TORCH is '$(TORCH)'; it can be cpu or gpu)
endif

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

install: $(INSTALLED) ## make the environment in .venv and install newsbot into it (GPU: TORCH=gpu)
	@echo "newsbot is installed: $(BIN)/newsbot"

chat: $(INSTALLED) ## the chat page on http://127.0.0.1:7860, over the samples if there is no index
	@samples=$$($(BIN)/python -c "$$SAMPLES_IF_NO_INDEX") || exit 1; \
	if [ -n "$$samples" ]; then $(BIN)/newsbot index "$$samples"; fi
	@$(BIN)/newsbot chat

testenv: $(INSTALLED_TEST) ## the environment with what tests, linters and benchmarks need

test: $(INSTALLED_TEST) ## all tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(INSTALLED_TEST) ## ruff, and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --strict corpus index bot app.py

check: lint test ## lint and test: what a change has to pass

bench: $(INSTALLED_TEST) ## measure, on research data: make bench DATA=FOLDER
	@test -d "$(DATA)" || { echo 'make bench DATA=FOLDER: no folder of data given' >&2; exit 2; }
	@for part in embedding recall reader; do \
		$(BIN)/python -m tests.bench.$$part --data "$(DATA)" || exit 1; \
	done

clean: ## remove .venv, caches and builds; your index stays
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -path ./.git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -e $(INSTALLED) ] || [ -e $(INSTALLED_TEST) ]; then rm -rf $(VENV); fi

$(INSTALLED): $(MADE_FROM)
	@$(call install_newsbot,.)
	@touch $@

$(INSTALLED_TEST): $(MADE_FROM)
	@$(call install_newsbot,.[test])
	@touch $(INSTALLED) $@

# Prints the samples' folder if there is no index. One that is there but cannot be read is left to
# `newsbot chat` to report: samples must never be written over somebody's damaged index.
define SAMPLES_IF_NO_INDEX
from bot.settings import Settings
from corpus.errors import NewsbotError
from corpus.samples import samples_folder
from index.errors import IndexMissing
from index.store.layout import current_generation
try:
    current_generation(Settings.load().index)
except IndexMissing:
    print(samples_folder())
except NewsbotError:
    pass
endef
export SAMPLES_IF_NO_INDEX

# $(1) is what pip is to install: this folder, with or without an extra. The venv is made (again)
# wherever it has no pip, as after an interrupted start.
#
# pip is brought up to date first: that of Python 3.11 takes three times as long to resolve. Where
# none is offered, the old one does.
#
# torch goes first and alone, so that the one index it may need is asked for nothing else. The first
# of the two ways works wherever pip can already see the version that the constraints name: a
# mirror, find-links, macOS, or torch installed before. For gpu, a +cpu build has to be taken out
# first, since pip counts it as newer than the same version without the +cpu.
define install_newsbot
set -e; \
rm -f $(VENV)/.newsbot-*; \
if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
    "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
        echo "newsbot needs Python 3.11 or newer, and '$(PYTHON)' is $$("$(PYTHON)" --version \
2>&1 | tail -n 1). Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }; \
    "$(PYTHON)" -m venv $(VENV); \
fi; \
echo $(TORCH) >$(VENV)/torch-build; \
echo 'installing into $(VENV) (the first time takes minutes)'; \
$(PIP_INSTALL) --upgrade pip 2>/dev/null || true; \
if [ $(TORCH) = gpu ]; then \
    sed 's/^\(torch==[^ ]*\)+cpu/\1/' .ci/constraints.txt >$(CONSTRAINTS); \
    if $(PIP) freeze | grep -q '^torch==.*+cpu'; then $(PIP) uninstall -qq -y torch; fi; \
    $(PIP_INSTALL) --no-deps -c $(CONSTRAINTS) torch; \
else \
    cp .ci/constraints.txt $(CONSTRAINTS); \
    $(PIP_INSTALL) --no-deps -c $(CONSTRAINTS) torch 2>/dev/null || \
    $(PIP_INSTALL) --no-deps -c $(CONSTRAINTS) --index-url $(TORCH_INDEX) torch; \
fi; \
$(PIP_INSTALL) -c $(CONSTRAINTS) -e '$(1)'
endef
