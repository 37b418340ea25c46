# Maintenance Week: the commands of the house. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OURS := libs/contracts libs/timewindows libs/outbox libs/messaging libs/telemetry libs/service libs/client \
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

.PHONY: demo
demo: $(STAMP)  ## run the main job on the reference fleet: import, schedule, mail, audit; a minute at most
	@$(BIN)/mweek-local demo

.PHONY: up
up: $(STAMP)  ## embedded nats-server and all services, until Ctrl-C; addresses in var/run.json
	@$(BIN)/mweek-local up

.PHONY: test
test: $(STAMP)  ## install and pass the tests (about 10 minutes on two processors)
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(PYTEST)

.PHONY: faults
faults: $(STAMP)  ## break things: kills, power cuts, full disks, lost streams (about 15 minutes; root for some)
	$(BIN)/python -m pytest tests/faults -n 2 --dist loadgroup $(PYTEST)

.PHONY: postgresql
postgresql: $(STAMP)  ## the service, journey and upgrade tests once more, on PostgreSQL
	$(BIN)/python -m pytest tests/service tests/journeys tests/upgrade --database postgresql -n 2 --dist loadgroup $(PYTEST)

.PHONY: containers
containers: $(STAMP)  ## a journey against NATS and PostgreSQL in containers (needs a Docker engine)
	$(BIN)/python -m pytest tests/containers $(PYTEST)

BENCH_STAMP := .venv-bench/.installed

$(BENCH_STAMP): requirements.lock requirements-bench.lock $(addsuffix /pyproject.toml,$(OURS))
	@echo "Installing into .venv-bench …"
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(addprefix ./,$(OURS)))
	@touch $@

.PHONY: bench
bench: $(BENCH_STAMP)  ## measure side by side with the peers and write docs/benchmarks.md (BENCH="planning quality bus requests calendars placement optimise" chooses)
	.venv-bench/bin/python -m tests.benchmarks $(BENCH)

.PHONY: format
format: $(STAMP)  ## write all files in our format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lint
lint: $(STAMP)  ## format, ruff, mypy --strict, import-linter, printed documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m mweek_contracts check

.PHONY: check
check: lint test  ## what CI runs: lint, then test

.PHONY: fleet
fleet: $(STAMP)  ## write the reference fleets in deploy/reference anew
	$(BIN)/python tools/reference_fleet.py

.PHONY: documents
documents: $(STAMP)  ## print docs/messages.md, the JSON Schemas and the built-in patterns as values anew
	$(BIN)/python -m mweek_contracts write

.PHONY: clean
clean:  ## remove what runs and checks have left (not .venv)
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
