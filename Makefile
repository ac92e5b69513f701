# `make run` and `make test` do all set-up: they need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help run test lint bench format clean

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dana-poet needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

# A stamp file makes the second call quick; a changed pyproject.toml installs again.
.venv/installed-run: .venv/created pyproject.toml
	@echo "installing dana-poet into .venv ..."
	@$(BIN)/python -m pip install -qq --editable '.[plot]'
	@touch $@

.venv/installed-dev: .venv/created pyproject.toml
	@echo "installing dana-poet and its test tools into .venv ..."
	@$(BIN)/python -m pip install -qq --editable '.[dev]'
	@touch $@ .venv/installed-run

run: .venv/installed-run ## monitor a real series with the SmartMonitor agent
	@$(BIN)/dana-poet run examples/smart_monitor/monitor.na

test: .venv/installed-dev ## run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile $(TESTS)

lint: .venv/installed-dev ## style, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/installed-dev ## measure what the README's table quotes
	@for bench in tests/benchmarks/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

format: .venv/installed-dev ## let ruff rewrite what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## remove what make made
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -o -name __danacache__ | xargs rm -rf
