# Contra. `make` prints the targets; `make run` and `make test` do all their own set-up.
SHELL := /bin/bash
# The pinned Node (Lambda's runtime) and the tools come from node_modules, never from the machine.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
MERCHANT ?= m1
ONLY ?=
# A local mirror of Terraform providers; empty: a plain init.
TF_PLUGIN_DIR ?=
# What `make e2e` starts where no endpoint is given: a script that runs an AWS emulator; empty: e2e says that it is left out.
E2E_EMULATOR ?= $(abspath $(wildcard ../shared/aws-emulator/up.sh))
WORKSPACE ?=

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

.PHONY: bundles
bundles: generate ## Print size and init time of every function's bundle (RUNS processes each, default 5)
	@node scripts/bundles.ts

.PHONY: run
run: build ## Start Contra on http://localhost:3000 (PORT, CONTRA_HOME, CONTRA_TIME_SCALE)
	@exec node --disable-warning=ExperimentalWarning scripts/run.ts --with-parent

.PHONY: demo
demo: build ## Eight payments, six of them in trouble, and the story of each (about a minute)
	@node scripts/demo.ts

.PHONY: token
token: install ## Print an access token of the running stack (MERCHANT, SCOPE, PORT)
	@MERCHANT=$(MERCHANT) node scripts/token.ts

.PHONY: place
place: generate ## Give a merchant its cell (MERCHANT, RATE, PARENT, DIRECTORY_TABLE, CELL_PROFILE)
	@MERCHANT=$(MERCHANT) RATE=$(RATE) PARENT=$(PARENT) node scripts/place.ts

.PHONY: policy
policy: generate ## Give a merchant a policy of its own (WORKSPACE, local for a laptop; MERCHANT, FILE)
	@WORKSPACE="$(WORKSPACE)" MERCHANT="$(MERCHANT)" FILE="$(FILE)" node --disable-warning=ExperimentalWarning scripts/policy.ts

.PHONY: replay-records
replay-records: install ## Give what stream consumers gave up on to them again (WORKSPACE; local for a laptop)
	@WORKSPACE=$(WORKSPACE) node --disable-warning=ExperimentalWarning scripts/replay-records.ts

.PHONY: test
test: build ## Run every test
	@node node_modules/.bin/jest

.PHONY: prove
prove: build ## Run the proofs at full size (ONLY=name for one of them)
	@node tests/proofs/run.ts $(ONLY)

.PHONY: prove-small
prove-small: build ## Run the proofs at a tenth of their size (ONLY=name for one of them)
	@PROOF_SCALE=0.1 node tests/proofs/run.ts $(ONLY)

.PHONY: costs
costs: build ## Count what a payment of each rail costs (proofs) and write scripts/capacity/measured.json
	@COSTS_FILE=scripts/capacity/measured.json node tests/proofs/run.ts throughput conversion-costs

.PHONY: capacity
capacity: generate ## Quotas, cells and cost for 6,000 payments/s, and a simulated minute (PAGE=docs/capacity.md writes it there)
	@node --disable-warning=ExperimentalWarning scripts/capacity.ts

.PHONY: views
views: generate ## Write the tables of docs/views.md: which component is which resource
	@node --disable-warning=ExperimentalWarning scripts/views.ts

.PHONY: faults
faults: build ## Run the fault table at full size and write docs/faults.md from what it saw
	@FAULT_PAGE=docs/faults.md node tests/proofs/run.ts fault-table

# Looked for by the recipe, and not whenever make starts: looking takes seconds.
mirror = TF_PLUGIN_DIR="$${TF_PLUGIN_DIR:-$$(../shared/bin/tf-plugin-dir 2> /dev/null)}"

.PHONY: e2e
e2e: build ## Apply to an AWS endpoint, pay through the applied API, deploy, destroy (E2E_ENDPOINT or E2E_EMULATOR)
	@E2E_EMULATOR="$(E2E_EMULATOR)" $(mirror) ONLY="$(ONLY)" node tests/e2e/run.ts

.PHONY: e2e-small
e2e-small: build ## The same at a tenth of its size, in one workspace
	@E2E_WORKSPACES=1 E2E_SCALE=0.1 E2E_EMULATOR="$(E2E_EMULATOR)" $(mirror) node tests/e2e/run.ts

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
	@node --disable-warning=ExperimentalWarning scripts/views.ts --check

.PHONY: terraform
terraform: build ## Check the Terraform roots offline: fmt, validate, test
	@terraform -chdir=terraform fmt -check -recursive
	@terraform -chdir=terraform init -backend=false -input=false $(if $(TF_PLUGIN_DIR),-plugin-dir=$(TF_PLUGIN_DIR)) > /dev/null
	@terraform -chdir=terraform validate -no-color
	@terraform -chdir=terraform test -no-color
	@TF_WORKSPACE=prod-test terraform -chdir=terraform test -no-color -test-directory=tests/production -var-file=tests/terraform.tfvars
	@set -e; workspaces=$$(node -p 'require("./terraform/environments/order.json").join(" ")'); for workspace in $$workspaces; do \
	  TF_WORKSPACE=$$workspace terraform -chdir=terraform test -no-color -test-directory=tests/environments -var-file=environments/$$workspace.tfvars; \
	done
	@node node_modules/.bin/jest --testMatch '<rootDir>/tests/plan/*.plan.ts'
	@set -e; for root in directory bootstrap; do \
	  terraform -chdir=terraform/$$root init -backend=false -input=false $(if $(TF_PLUGIN_DIR),-plugin-dir=$(TF_PLUGIN_DIR)) > /dev/null; \
	  terraform -chdir=terraform/$$root validate -no-color; \
	  terraform -chdir=terraform/$$root test -no-color; \
	done

.PHONY: plan deploy rollback status
plan deploy rollback status: export TF_PLUGIN_DIR := $(TF_PLUGIN_DIR)
plan: install ## Show what a deploy would change in AWS (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" plan

deploy: install ## Apply, then move the traffic, in steps where the workspace says so (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)"

rollback: install ## Move the traffic back to the release before (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" rollback

status: install ## Which versions have the traffic, and which are published (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" status

.PHONY: iam
iam: build ## Print who may do what, and write docs/iam.md
	@terraform -chdir=terraform init -backend=false -input=false $(if $(TF_PLUGIN_DIR),-plugin-dir=$(TF_PLUGIN_DIR)) > /dev/null
	@node tests/iam-analysis/run.ts

# An apply and a proof mostly wait, so they wait together, and Terraform's plans take the place of the one that ends first; the tests, which
# do not wait, run alone.
.PHONY: check
check: lint types drift test ## Exactly what CI runs
	@$(MAKE) --no-print-directory -j2 --output-sync=target ONLY= e2e-small prove-small terraform

.PHONY: clean
clean: ## Remove what was built (not .contra, where a local stack keeps its books)
	@rm -rf dist coverage functions/lib/contracts/validators.cjs
