# Two commands: make run, make test. Both call make setup, which installs with locked versions.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test setup check bundle docs clean

run: setup  ## the product on a small simulated city, with the desk; Ctrl-C stops it
	$(BIN)/intake run --demo

test: setup  ## all tests; those that need a server skip where there is none
	$(BIN)/python -m pytest

setup: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' || \
		{ echo "CPython 3.11, 3.12 or 3.13 is needed; $$($(PYTHON) --version) found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $(STAMP)

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
