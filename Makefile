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
.PHONY: help setup lab copy reset progress doctor test fuzz exercises outputs bench conformance clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##/\t/' | expand -t 12
	@echo "for authors:"
	@grep -E '^[a-z]+:.*##@' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##@/\t/' | expand -t 12

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

setup: $(READY) ## make the environment in .venv

lab: $(READY) ## open your own copy in JupyterLab
	$(BIN)/workbook lab

copy: $(READY) ## make your own copy in work/, or add to it what is new
	$(BIN)/workbook copy

reset: $(READY) ## put one back, keeping yours beside it: make reset STEM=ch03_one_connection
	$(BIN)/workbook reset "$(STEM)"

progress: $(READY) ## what you have done so far (STEM=ch03_one_connection: each exercise)
	$(BIN)/workbook progress $(STEM)

doctor: $(READY) ## check this machine and say how to mend what is wrong
	$(BIN)/workbook doctor

test: $(READY) ## every test: units, apps, golden answers, exercises, all notebooks
	$(BIN)/python -m pytest

fuzz: export FUZZ_REQUESTS ?= 10000
fuzz: $(READY) ##@ send 10,000 good and hostile requests to each of four apps
	$(BIN)/python -m pytest -n 0 -s tests/fuzz

exercises: $(READY) ##@ generate exercises/ from solutions/ (STEM=ch03_one_connection: only that)
	$(BIN)/workbook exercises $(STEM)

outputs: $(READY) ##@ run every chapter and solution and store its outputs
	$(BIN)/workbook outputs

bench: $(READY) ##@ measure: launching, the sandbox, the notebooks
	$(BIN)/python -m tests.bench

conformance: $(READY) ##@ ask a real Cassandra what the sandbox was asked, run chapters 9 and 10 on it
	$(BIN)/python -m tests.conformance

clean: ## remove the environment
	rm -rf $(VENV)
