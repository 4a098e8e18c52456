# make demo   opens the screen on the embedded cluster        make test   runs the tests (some two minutes on two cores)
# make check  types, style, layers      make test-cluster  the contract against a real kube-apiserver (needs go)
# make bench  the budgets, measured     make screenshots   the pictures of the README
# make bench-k9s   the same with k9s beside it on the same clusters (the first time it is built, from its Go module)
# make man    the man page, from the commands themselves
# make soak   half an hour of faults against a real kube-apiserver (needs go; ARGS="--minutes 2 --seed 7")
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Compiled files are kept whatever the environment says: each of the tests' processes would compile bwtop anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check test-cluster bench bench-k9s soak screenshots man clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile

$(BIN)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bwtop needs Python 3.11 or later; set PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(BIN)/.ready
	@$(BIN)/bwtop --demo

test: $(BIN)/.ready
	$(BIN)/python -m pytest -n 8 --dist worksteal -m 'not cluster and not bench'

check: $(BIN)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-cluster: $(BIN)/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/cluster/run

bench: $(BIN)/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/bench/run $(ARGS)

bench-k9s: $(BIN)/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/bench/run --k9s $(ARGS)

soak: $(BIN)/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/soak/run $(ARGS)

man: $(BIN)/.ready
	$(BIN)/python -m bwtop.cli.manual > docs/bwtop.1

screenshots: $(BIN)/.ready
	$(BIN)/python -m screenshots.take

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
