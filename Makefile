# Every target works from a fresh clone: bootstrap.py makes the environment when it is first needed.
ifeq ($(OS),Windows_NT)
PY := .venv/Scripts/python
else
PY := .venv/bin/python
endif

.DEFAULT_GOAL := help
.PHONY: help ready setup lab test fuzz exercises outputs progress doctor bench conformance pins clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##/\t/' | expand -t 12

# Any Python that runs will do to look for the right one; make hands PYTHON=... on in the environment.
ready:
	@$(PY) -IS bootstrap.py --ready 2>/dev/null || { \
	for python in python3 python3.13 python3.12 python3.11 python py "$$PYTHON"; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 && exec "$$python" bootstrap.py; done; \
	command -v uv >/dev/null && UV_PYTHON_INSTALL_BIN=0 uv python install 3.13 && exec uv run --quiet --no-project --python 3.13 bootstrap.py; \
	echo 'No Python is here: install Python 3.13, or uv and a way to the network. Then call this again.' >&2; exit 1; }

setup: ready ## make the environment in .venv (PYTHON=... chooses its Python)
	@echo "Ready. make lab opens the workbook."

lab: ready ## open JupyterLab on the start page
	$(PY) -m workbook lab

test: ready ## every test: units, apps, golden answers, exercises, all notebooks
	$(PY) -m pytest

fuzz: export FUZZ_REQUESTS ?= 10000
fuzz: ready ## send 10,000 good and hostile requests to each of four apps
	$(PY) -m pytest -n 0 -s tests/fuzz

exercises: ready ## make exercises/ anew from solutions/
	$(PY) -m workbook exercises

outputs: ready ## run every chapter and solution and store its outputs
	$(PY) -m workbook outputs

progress: ready ## what you have done so far
	$(PY) -m workbook progress

doctor: ready ## check this machine and say how to mend what is wrong
	$(PY) -m workbook doctor

bench: ready ## measure: launching, the sandbox, the notebooks
	$(PY) -m tests.bench

conformance: ready ## ask a real Cassandra what the sandbox was asked, run chapters 9 and 10 on it
	$(PY) -m tests.conformance

pins: ready ## make requirements.txt from pyproject.toml (UPGRADE=--upgrade: with the newest versions)
	$(PY) bootstrap.py --uv pip compile --quiet --universal --no-annotate --no-emit-index-url \
	--custom-compile-command 'make pins' --group test $(UPGRADE) --output-file requirements.txt pyproject.toml

clean: ## remove the environment
	rm -rf .venv .uv
