# Every target works from a fresh clone: the environment is made when it is first needed.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup lab test fuzz exercises outputs progress doctor bench conformance book clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##/\t/' | expand -t 12

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

setup: $(READY) ## make the environment in .venv

lab: $(READY) ## open JupyterLab on the start page
	$(BIN)/workbook lab

test: $(READY) ## every test: units, apps, golden answers, exercises, all notebooks
	$(BIN)/python -m pytest

fuzz: export FUZZ_REQUESTS ?= 10000
fuzz: $(READY) ## send 10,000 good and hostile requests to each of four apps
	$(BIN)/python -m pytest -n 0 -s tests/fuzz

exercises: $(READY) ## make exercises/ anew from solutions/
	$(BIN)/workbook exercises

outputs: $(READY) ## run every chapter and solution and store its outputs
	$(BIN)/workbook outputs

progress: $(READY) ## what you have done so far
	$(BIN)/workbook progress

doctor: $(READY) ## check this machine and say how to mend what is wrong
	$(BIN)/workbook doctor

bench: $(READY) ## measure: launching, the sandbox, the notebooks
	$(BIN)/python -m tests.bench

conformance: $(READY) ## ask a real Cassandra what the sandbox was asked, run chapters 9 and 10 on it
	$(BIN)/python -m tests.conformance

BOOK := $(VENV)/.book
$(BOOK): $(READY) requirements-book.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-book.txt
	@touch $(BOOK)

book: $(BOOK) ## make the book to read, build/book/index.html, from the stored outputs
	rm -rf build/book
	$(BIN)/python docs/book/assemble.py build/pages
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs/book -d build/doctrees build/pages build/book
	$(BIN)/python docs/book/check.py build/book

clean: ## remove the environment and the book
	rm -rf $(VENV) build
