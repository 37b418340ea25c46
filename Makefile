# Maintenance Week: the commands of the house. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OURS := libs/contracts libs/timewindows libs/outbox libs/messaging libs/telemetry libs/client \
        services/inventory services/planner services/notifier services/auditor deploy/local
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help
help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?(.*)/  make \1\t\2/' | expand -t 20

.PHONY: install
install: $(STAMP)  ## into .venv: the mweek, mweek-planner, mweek-auditor, … commands

$(STAMP): requirements.lock pyproject.toml $(addsuffix /pyproject.toml,$(OURS))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Maintenance Week needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@echo "Installing into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(addprefix ./,$(OURS)))
	@touch $@

.PHONY: lock
lock: | $(STAMP)  ## resolve requirements.lock anew (needs uv: pip install uv)
	$(BIN)/python tools/lock.py --upgrade
