# Two commands, each complete on a fresh machine with git, make and Python >= 3.11:
#   make demo    makes the environment, reviews the sample, prints where the map and report are
#   make test    makes the environment and runs all tests
# Besides:
#   make bench   measures gisplan beside its peers and writes docs/benchmarks.md; options: BENCH="--sizes 10000"
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.ready

.PHONY: demo test bench lint types imports check clean

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/gisplan demo gisplan-demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto -q

bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[bench]"
	$(BIN)/python -m tests.benchmarks.start_up --page docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.run --page docs/benchmarks.md $(BENCH)
	$(BIN)/python -m tests.benchmarks.web_map --page docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.exam --page docs/benchmarks.md

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

check: lint types imports test

clean:
	rm -rf $(VENV) gisplan-demo dist build
