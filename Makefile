# Every target works from a fresh clone: bootstrap.py makes the environment when it is first needed.
ifeq ($(OS),Windows_NT)
BIN := Scripts
else
BIN := bin
endif
PY := .venv/$(BIN)/python
NEXT := build/next/$(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help ready setup lab copy reset progress jukebox doctor test lint browser next fuzz book bench conformance pins clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##/\t/' | expand -t 12
	@echo "for authors:"
	@grep -E '^[a-z]+:.*##@' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##@/\t/' | expand -t 12

# Any Python that runs will do to look for the right one; make hands PYTHON=... on in the environment.
ready:
	@$(PY) -IS bootstrap.py --ready 2>/dev/null || { \
	for python in python3 python3.13 python3.12 python3.11 python py "$$PYTHON"; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 && exec "$$python" bootstrap.py; done; \
	command -v uv >/dev/null && UV_PYTHON_INSTALL_BIN=0 uv python install 3.13 && exec uv run --quiet --no-project --python 3.13 bootstrap.py; \
	echo 'No Python is here: install Python 3.13, or uv and a way to the network. Then call this again.' >&2; exit 1; }

setup: ready ## make the environment in .venv (PYTHON=... chooses its Python)
	@echo "Ready. make lab opens the workbook."

lab: ready ## open your own copy in JupyterLab
	$(PY) -m workbook lab

copy: ready ## make your own copy in work/, or add to it what is new
	$(PY) -m workbook copy

reset: ready ## put one back, keeping yours beside it: make reset STEM=ch03_one_connection
	$(PY) -m workbook reset "$(STEM)"

progress: ready ## what you have done so far (STEM=ch03_one_connection: each exercise)
	$(PY) -m workbook progress $(STEM)

jukebox: ready ## run the jukebox of the capstone, with sample data, until Ctrl-C
	$(PY) -m workbook jukebox

doctor: ready ## check this machine and say how to mend what is wrong
	$(PY) -m workbook doctor

test: ready ## every test: units, apps, golden answers, exercises, all notebooks
	$(PY) -m pytest

book: ready ## make the book to read, build/book/index.html, from the stored outputs
	$(PY) bootstrap.py --uv pip install --quiet --python $(PY) --requirement requirements-book.txt
	rm -rf build/book
	$(PY) docs/book/assemble.py build/pages
	$(PY) -m sphinx --quiet --fail-on-warning --keep-going -c docs/book -d build/doctrees build/pages build/book
	$(PY) docs/book/check.py build/book

FLASK ?= https://github.com/pallets/flask/archive/refs/heads/main.zip \
	https://github.com/pallets/werkzeug/archive/refs/heads/main.zip

# What a chapter shows depends on the Flask that it was made with: what differs goes on a page; COMPARE=yes tests it.
next: ready ##@ say what differs on the next Flask, or on another: make next FLASK="flask==3.1.2", or a path
	$(PY) bootstrap.py --uv venv --quiet --clear --python $(PY) build/next
	$(PY) bootstrap.py --uv pip install --quiet --python $(NEXT) --requirement requirements.txt
	$(PY) bootstrap.py --uv pip install --quiet --python $(NEXT) --no-deps --editable ./sandboxes --editable .
	$(PY) bootstrap.py --uv pip install --quiet --python $(NEXT) $(FLASK)
	$(PY) bootstrap.py --uv pip list --quiet --python $(NEXT) | grep -iE '^(flask|werkzeug) '
	$(NEXT) -m $(if $(COMPARE),pytest --quiet notebooks,workbook author next)

lint: ready ##@ read the code and the prose: ruff, mypy, codespell
	$(PY) bootstrap.py --uv pip install --quiet --python $(PY) --requirement requirements-lint.txt
	$(PY) -m ruff check --quiet
	$(PY) -m ruff format --quiet --check
	$(PY) -m mypy --no-error-summary
	$(PY) -m codespell_lib

browser: ready ##@ try the jukebox in Chromium, and its API from its own description (CHROMIUM=... chooses the browser)
	$(PY) bootstrap.py --uv pip install --quiet --python $(PY) --requirement requirements-browser.txt
	$(PY) -m pytest -n 2 tests/browser

fuzz: export FUZZ_REQUESTS ?= 10000
fuzz: ready ##@ send 10,000 good and hostile requests to each of four apps
	$(PY) -m pytest -n 0 -s tests/fuzz

bench: ready ##@ measure: launching, the sandbox, the notebooks
	$(PY) -m tests.bench

conformance: ready ##@ ask a real Cassandra what the sandbox was asked, run chapters 9 and 10 on it; RETHINKDB_HOST=...: a RethinkDB
	cd sandboxes && $(if $(RETHINKDB_HOST),RETHINKDB_HOST=$(RETHINKDB_HOST) $(if $(RETHINKDB_PORT),RETHINKDB_PORT=$(RETHINKDB_PORT) ))../$(PY) -m conformance$(if $(RETHINKDB_HOST),.rethinkdb)

pins: ready ##@ make the requirements files from pyproject.toml (UPGRADE=--upgrade: with the newest versions)
	$(PY) bootstrap.py --uv pip compile --quiet --universal --no-annotate --no-emit-index-url \
	--custom-compile-command 'make pins' --no-emit-package database-sandboxes --group test $(UPGRADE) --output-file requirements.txt pyproject.toml
	$(PY) bootstrap.py --uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --group book --constraint requirements.txt $(UPGRADE) --output-file requirements-book.txt
	$(PY) bootstrap.py --uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --group lint --constraint requirements.txt $(UPGRADE) --output-file requirements-lint.txt
	$(PY) bootstrap.py --uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --group browser --constraint requirements.txt $(UPGRADE) --output-file requirements-browser.txt

clean: ## remove the environment and the book
	rm -rf .venv .uv build
