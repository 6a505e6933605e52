# Two commands do all the set-up: `make run` and `make test`.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
LIBRARY ?= library
LLM     ?= local
BENCH   ?= build/bench
SIZES   ?= 1000 10000 100000
SAMPLE  ?= 20
SAMPLES := evals/suites/seeds/articles
SAMPLE_QUESTION := What share of the Africa Corps used to belong to Wagner?

# The local language model is 1.1 GB: LLM=none leaves it out, and answers are quotes. A stamp for each choice.
comma := ,
WITH_MODEL := $(filter-out none,$(LLM))
INSTALLED := $(VENV)/.installed$(if $(WITH_MODEL),-local)
INSTALLED_DEV := $(VENV)/.installed-dev$(if $(WITH_MODEL),-local)

.DEFAULT_GOAL := help
.PHONY: help install run test test-browser screenshots lint eval bench clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Make the environment and install Citewell

run: $(INSTALLED) ## Put the sample articles into a library and open the chat (LLM=none: only quotes)
	@$(if $(WITH_MODEL),$(BIN)/citewell model path >/dev/null)
	@$(BIN)/citewell add $(SAMPLES) --library $(LIBRARY)
	@echo; echo "$$ citewell ask \"$(SAMPLE_QUESTION)\""
	@$(BIN)/citewell ask "$(SAMPLE_QUESTION)" --library $(LIBRARY)
	@echo; echo "Opening the chat; stop it with Ctrl-C."
	@$(BIN)/citewell serve --library $(LIBRARY) --llm $(if $(WITH_MODEL),local,verbatim)

test: $(INSTALLED_DEV) ## Run the tests
	$(BIN)/python -m pytest

test-browser: $(INSTALLED_DEV) ## Run the tests that drive the page in a Chromium, which must be there
	npm install --prefix tests/ui --ignore-scripts --no-audit --no-fund --no-package-lock --silent
	CITEWELL_REQUIRE_BROWSER=1 $(BIN)/python -m pytest tests/ui -m browser

screenshots: $(INSTALLED_DEV) ## Take pictures of the page's main states into build/screenshots
	$(BIN)/python tests/ui/screenshots.py build/screenshots

lint: $(INSTALLED_DEV) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(INSTALLED) ## Hold the answers over the sample articles to the suite `seeds`
	$(BIN)/citewell eval seeds

bench: $(INSTALLED_DEV) ## Measure on open data, into one report: make bench DATA="squad.json clapnq.jsonl"
	@test -n "$(DATA)" || { echo 'Name the data: make bench DATA="squad.json clapnq.jsonl"'; exit 2; }
	@$(BIN)/python -m evals.benchmarks.run_all $(DATA) --out $(BENCH) --sizes $(SIZES) --sample $(SAMPLE) \
	  $(if $(QUESTIONS),--questions $(QUESTIONS)) --llm $(if $(WITH_MODEL),local,none)

clean: ## Remove the environment and what tools leave behind; libraries stay
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Citewell needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml | $(VENV)/bin/python
	@echo "Installing$(if $(WITH_MODEL), with the language model: 1.1 GB; LLM=none leaves it out) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.$(if $(WITH_MODEL),[local])'
	@touch $@

$(INSTALLED_DEV): pyproject.toml | $(VENV)/bin/python
	@echo "Installing$(if $(WITH_MODEL), with the language model: 1.1 GB; LLM=none leaves it out) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev$(if $(WITH_MODEL),$(comma)local)]'
	@touch $@ $(INSTALLED)
