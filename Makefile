# Two commands do all the set-up: `make run` and `make test`.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
LIBRARY ?= library
SAMPLES := evals/suites/seeds/articles
SAMPLE_QUESTION := What share of the Africa Corps used to belong to Wagner?

.DEFAULT_GOAL := help
.PHONY: help install run test lint eval bench clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make the environment and install Citewell

run: $(VENV)/.installed ## Put the sample articles into a library and open the chat
	@$(BIN)/citewell add $(SAMPLES) --library $(LIBRARY)
	@echo; echo "$$ citewell ask \"$(SAMPLE_QUESTION)\""
	@$(BIN)/citewell ask "$(SAMPLE_QUESTION)" --library $(LIBRARY)
	@echo; echo "Opening the chat; stop it with Ctrl-C."
	@$(BIN)/citewell serve --library $(LIBRARY)

test: $(VENV)/.installed-dev ## Run the tests
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/.installed ## Hold the answers over the sample articles to the suite `seeds`
	$(BIN)/citewell eval seeds

bench: $(VENV)/.installed-dev ## Measure on open data: make bench DATA="squad.json clapnq.jsonl"
	$(BIN)/python -m evals.benchmarks.retrieval $(DATA)
	$(BIN)/python -m evals.benchmarks.answers $(DATA)
	$(BIN)/python -m evals.benchmarks.timings $(DATA)

clean: ## Remove the environment and what tools leave behind; libraries stay
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Citewell needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed
