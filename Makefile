# Contra. `make` prints the targets; `make run` and `make test` do all their own set-up.
SHELL := /bin/bash
# The pinned Node (Lambda's runtime) and the tools come from node_modules, never from the machine.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
MERCHANT ?= m1
ONLY ?=
# A local mirror of Terraform providers; empty: a plain init.
TF_PLUGIN_DIR ?=

.PHONY: help
help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z][a-z0-9_-]*:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Not `npm ci`: it refuses a lock file that lacks the optional binaries of platforms which a registry mirror does not carry.
node_modules/.installed: package.json package-lock.json
	npm install --no-save
	@touch $@

.PHONY: install
install: node_modules/.installed ## Install what package-lock.json names, Node 22 included

.PHONY: generate
generate: install ## Generate types and validators from schemas/
	@node scripts/generate.ts

.PHONY: build
build: generate ## Bundle and zip every function of the manifest
	@node scripts/build.ts

.PHONY: run
run: build ## Start Contra on http://localhost:3000 (PORT, CONTRA_HOME, CONTRA_TIME_SCALE)
	@exec node --disable-warning=ExperimentalWarning scripts/run-local.ts --with-parent

.PHONY: demo
demo: build ## Six payments, five of them in trouble, and the story of each (about a minute)
	@node scripts/demo.ts

.PHONY: token
token: install ## Print an access token of the running stack (MERCHANT, SCOPE, PORT)
	@MERCHANT=$(MERCHANT) node scripts/token.ts

.PHONY: test
test: build ## Run every test
	@node node_modules/.bin/jest

.PHONY: prove
prove: build ## Run the proofs at full size (ONLY=name for one of them)
	@node tests/proofs/run.ts $(ONLY)

.PHONY: prove-small
prove-small: build ## Run the proofs at a tenth of their size
	@PROOF_SCALE=0.1 node tests/proofs/run.ts

.PHONY: faults
faults: build ## Run the fault table at full size and write docs/faults.md from what it saw
	@FAULT_PAGE=docs/faults.md node tests/proofs/run.ts fault-table

.PHONY: lint
lint: install ## Check format and lint
	@biome ci .

.PHONY: format
format: install ## Format and apply safe fixes
	@biome check --write .

.PHONY: types
types: generate ## Check types
	@tsc

.PHONY: drift
drift: install ## Check that committed generated files agree with their sources
	@node scripts/generate.ts --check

.PHONY: terraform
terraform: build ## Check the Terraform root offline: fmt, validate, test
	@terraform -chdir=terraform fmt -check -recursive
	@terraform -chdir=terraform init -backend=false -input=false $(if $(TF_PLUGIN_DIR),-plugin-dir=$(TF_PLUGIN_DIR)) > /dev/null
	@terraform -chdir=terraform validate -no-color
	@terraform -chdir=terraform test -no-color

.PHONY: check
check: lint types drift test terraform prove-small ## Exactly what CI runs

.PHONY: clean
clean: ## Remove what was built (not .contra, where a local stack keeps its books)
	@rm -rf dist coverage functions/lib/contracts/validators.cjs
