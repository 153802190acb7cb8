# Two commands: make run, make test. Both install locked versions first, make run only what it needs to run.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed: the product with what it needs to run; and what tests and checks need besides.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
# Processes that share the tests; 0 runs them in one, as plain pytest does.
JOBS ?= logical

.PHONY: run test setup check bundle docs clean

run: $(RUNTIME)  ## the product on a small simulated city, with the desk; Ctrl-C stops it
	$(BIN)/intake run --demo

test: setup  ## all tests; those that need a server skip where there is none
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

setup: $(DEVELOPMENT)

$(RUNTIME): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' || \
		{ echo "CPython 3.11, 3.12 or 3.13 is needed; $$($(PYTHON) --version) found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV); \
	else \
		$(PYTHON) -m venv $(VENV); \
	fi
	@$(call install,-r requirements.txt)
	@$(call install,--no-deps -e .)
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@$(call install,-r requirements-dev.txt)
	@touch $@

define install
	if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python $(1); \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); \
	fi
endef

check: setup  ## what .ci/run checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bundle: setup  ## build a classifier bundle from what is in the repository alone
	$(BIN)/python models/recipe/build.py --out var/bundle

docs: setup  ## write the generated parts of docs/
	$(BIN)/python -m intake.cli.document
	$(BIN)/python -m tests.normalize.document
	$(BIN)/python -m tests.architecture.drawing

clean:
	rm -rf var dist build .pytest_cache .mypy_cache .ruff_cache
