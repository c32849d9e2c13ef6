# Contra. `make` prints the targets. Each target looks for what it needs, installs what is missing,
# and builds what has changed.
SHELL := /bin/bash
# The pinned Node (Lambda's runtime) and the tools come from node_modules, never from the machine.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
NODE := node --disable-warning=ExperimentalWarning
.DEFAULT_GOAL := help
MERCHANT ?= m1
# What is done to a merchant by hand is done to the one that was named: never to the default.
NAMED_MERCHANT = $(if $(filter file,$(origin MERCHANT)),,$(MERCHANT))
ONLY ?=
WORKSPACE ?=
# A local mirror of Terraform providers. Empty: a plain init.
TF_PLUGIN_DIR ?=
# A script that runs an AWS emulator, for `make e2e`. Without it and without E2E_ENDPOINT, e2e says
# that it is left out.
E2E_EMULATOR ?=

.PHONY: help
help:
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z][a-z0-9_-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What the goals need of this machine, before anything is installed or built.
.PHONY: preflight
preflight:
	@scripts/preflight.sh $(MAKECMDGOALS)

node_modules/.installed: package.json package-lock.json | preflight
	@scripts/install.sh
	@touch $@

# What a laptop and the tests run. `build` also makes the zips for AWS.
.PHONY: bundled
bundled: generate
	@$(NODE) scripts/build.ts --no-zips

##@ Try
.PHONY: run
run: bundled ## Start Contra on http://localhost:3000 (PORT, CONTRA_HOME, CONTRA_TIME_SCALE; QUIET=1 for less)
	@exec $(NODE) scripts/run.ts --with-parent

.PHONY: token
token: install ## Print an access token of the running stack (MERCHANT, SCOPE, CONTRA_HOME)
	@MERCHANT="$(MERCHANT)" $(NODE) scripts/token.ts

.PHONY: url
url: install ## Print where the running stack is (CONTRA_HOME)
	@$(NODE) scripts/url.ts

.PHONY: demo
demo: bundled ## Eight payments, six of them in trouble, and the story of each (two minutes)
	@$(NODE) scripts/demo.ts

##@ Develop
.PHONY: install
install: node_modules/.installed ## Install what package-lock.json names, Node 22 included

.PHONY: generate
generate: install ## Generate types and constants from schemas/
	@$(NODE) scripts/generate.ts

.PHONY: build
build: generate ## Bundle and zip every function of the manifest
	@$(NODE) scripts/build.ts

.PHONY: bundles
bundles: generate ## Print size and init time of every function's bundle (RUNS processes each, default 5)
	@$(NODE) scripts/bundles.ts

.PHONY: sbom
sbom: install ## Write what this is built of to dist/sbom.cdx.json (CycloneDX)
	@$(NODE) scripts/sbom.ts

.PHONY: stack-trace
stack-trace: generate ## Print a function's stack trace with our files and lines (FUNCTION=name < trace)
	@FUNCTION="$(FUNCTION)" $(NODE) scripts/stack-trace.ts

.PHONY: test
test: bundled ## Run every test
	@$(NODE) node_modules/.bin/jest
	@$(NODE) scripts/currencies.ts --warn

.PHONY: currencies
currencies: install ## Check that the list of currencies is younger than a year
	@$(NODE) scripts/currencies.ts

.PHONY: lint
lint: install ## Check format and lint
	@biome ci .

.PHONY: format
format: install ## Format and apply safe fixes
	@biome check --write .

.PHONY: types
types: generate ## Check types
	@tsc

.PHONY: views
views: generate ## Write the tables of docs/views.md: which component is which resource
	@$(NODE) scripts/views.ts

.PHONY: drift
drift: install ## Check that committed generated files agree with their sources
	@$(NODE) scripts/generate.ts --check
	@$(NODE) scripts/views.ts --check

.PHONY: clean
clean: ## Remove what was built (not .contra, where a local stack keeps its books)
	@rm -rf dist coverage

##@ Prove
.PHONY: prove
prove: bundled ## Run the proofs at full size (ONLY=name for one of them)
	@$(NODE) tests/proofs/run.ts $(ONLY)

.PHONY: prove-small
prove-small: bundled ## Run the proofs at a tenth of their size (ONLY=name for one of them)
	@PROOF_SCALE=0.1 $(NODE) tests/proofs/run.ts $(ONLY)

.PHONY: faults
faults: bundled ## Run the fault table at full size and write docs/faults.md from what it saw
	@FAULT_PAGE=docs/faults.md $(NODE) tests/proofs/run.ts fault-table

.PHONY: conditions
conditions: bundled ## Take each condition of the stores out and write docs/conditions.md: which test misses it
	@CONDITIONS_PAGE=docs/conditions.md $(NODE) tests/proofs/run.ts store-conditions

.PHONY: costs
costs: bundled ## Count what a payment of each rail costs and write scripts/capacity/measured.json
	@COSTS_FILE=scripts/capacity/measured.json $(NODE) tests/proofs/run.ts throughput conversion-costs

.PHONY: keen
keen: generate ## Hunt the seed that shows each mutant of the simulation, and write tests/simulation/keen.json
	@$(NODE) tests/simulation/hunt.ts

.PHONY: bench
bench: build ## Print what a payment takes and how it grows (ONLY, SCALE, BEFORE=<commit>, PAGE=docs/performance.md)
	@ONLY="$(ONLY)" SCALE="$(SCALE)" BEFORE="$(BEFORE)" PAGE="$(PAGE)" $(NODE) scripts/bench.ts

.PHONY: memory
memory: bundled ## Print the memory of a whole local stack, idle and after 500 payments
	@$(NODE) scripts/memory.ts

.PHONY: idle
idle: build terraform-init ## Count what each workspace costs while idle and write scripts/capacity/idle.json
	@$(NODE) tests/plan/write-idle.ts

.PHONY: capacity
capacity: generate ## Quotas, cells and cost for 6,000 payments/s (PAGE=docs/capacity.md writes it there)
	@$(NODE) scripts/capacity.ts

# Each root finds its provider; what is planned needs no backend.
.PHONY: terraform-init
terraform-init: preflight
	@set -e; for root in . directory bootstrap; do \
	  terraform -chdir=terraform/$$root init -backend=false -input=false -lockfile=readonly $(if $(TF_PLUGIN_DIR),-plugin-dir=$(TF_PLUGIN_DIR)) > /dev/null; \
	done

# Checksums of the provider for the three platforms that Contra is planned on, from HashiCorp's
# signed list.
.PHONY: lock
lock: preflight ## Write Terraform's lock files anew, for three platforms
	@set -e; for root in . directory bootstrap; do \
	  terraform -chdir=terraform/$$root providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64; \
	done

.PHONY: iam
iam: build terraform-init ## Print who may do what, and write docs/iam.md
	@$(NODE) tests/iam-analysis/run.ts

.PHONY: e2e
e2e: build ## Apply to an AWS endpoint, pay through it, deploy, destroy (E2E_ENDPOINT or E2E_EMULATOR)
	@E2E_EMULATOR="$(E2E_EMULATOR)" TF_PLUGIN_DIR="$(TF_PLUGIN_DIR)" ONLY="$(ONLY)" $(NODE) tests/e2e/run.ts

.PHONY: e2e-small
e2e-small: build ## The same at a tenth of its size, in one workspace
	@E2E_WORKSPACES=1 E2E_SCALE=0.1 E2E_EMULATOR="$(E2E_EMULATOR)" TF_PLUGIN_DIR="$(TF_PLUGIN_DIR)" $(NODE) tests/e2e/run.ts

.PHONY: terraform
terraform: build terraform-init ## Check the Terraform roots offline: fmt, validate, test
	@terraform -chdir=terraform fmt -check -recursive
	@terraform -chdir=terraform validate -no-color
	@terraform -chdir=terraform test -no-color
	@TF_WORKSPACE=prod-test terraform -chdir=terraform test -no-color -test-directory=tests/production -var-file=tests/terraform.tfvars
	@$(NODE) node_modules/.bin/jest --testMatch '<rootDir>/tests/plan/*.plan.ts'
	@set -e; for root in directory bootstrap; do \
	  terraform -chdir=terraform/$$root validate -no-color; \
	  terraform -chdir=terraform/$$root test -no-color; \
	done

# An apply and a proof mostly wait, so they run at the same time. Terraform's plans start when the
# first of the two ends. The tests do not wait, so they run alone.
.PHONY: check
check: lint types drift test ## Exactly what CI runs
	@$(MAKE) --no-print-directory -j2 --output-sync=target ONLY= e2e-small prove-small terraform

##@ Deploy
.PHONY: bootstrap
bootstrap: install ## Make what an account needs before its first deploy (WORKSPACES, REPOSITORY, HOSTED_ZONE_ID)
	@WORKSPACES="$(WORKSPACES)" REPOSITORY="$(REPOSITORY)" HOSTED_ZONE_ID="$(HOSTED_ZONE_ID)" TF_PLUGIN_DIR="$(TF_PLUGIN_DIR)" $(NODE) scripts/bootstrap.ts

.PHONY: account plan deploy smoke rollback status destroy
account plan deploy smoke rollback status destroy: export TF_PLUGIN_DIR := $(TF_PLUGIN_DIR)
account: install ## Show what the account lacks for a workspace, before anything is created (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" account

plan: install ## Show what a deploy would change in AWS (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" plan

deploy: install ## Apply, then move the traffic, in steps where the workspace says so (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)"

smoke: install ## Pay on each rail through what is deployed, by its sandbox (WORKSPACE=dev; ENDPOINT, TOKEN)
	@scripts/deploy.sh "$(WORKSPACE)" smoke

rollback: install ## Move the traffic back to the release before (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" rollback

status: install ## Which versions have the traffic, and which are published (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" status

destroy: install ## Take a workspace away, its books too; asks for its name (WORKSPACE=dev)
	@scripts/deploy.sh "$(WORKSPACE)" destroy

##@ Operate
.PHONY: place
place: generate ## Give a merchant its cell (MERCHANT, RATE, REASON, PARENT, DIRECTORY_TABLE, CELL_PROFILE)
	@MERCHANT="$(NAMED_MERCHANT)" RATE="$(RATE)" PARENT="$(PARENT)" $(NODE) scripts/place.ts

.PHONY: policy
policy: generate ## Give a merchant a policy of its own (WORKSPACE, local for a laptop; MERCHANT, FILE, REASON)
	@WORKSPACE="$(WORKSPACE)" MERCHANT="$(NAMED_MERCHANT)" FILE="$(FILE)" $(NODE) scripts/policy.ts

.PHONY: switch
switch: install ## Turn a kill switch (WORKSPACE, local for a laptop; SWITCH, VALUE=on or off, REASON)
	@WORKSPACE="$(WORKSPACE)" $(NODE) scripts/switch.ts

.PHONY: migrate-accounts
migrate-accounts: generate ## Give accounts from before limits a guard (WORKSPACE, REASON; MERCHANT, ACCOUNT, LIMITS)
	@WORKSPACE="$(WORKSPACE)" MERCHANT="$(NAMED_MERCHANT)" $(NODE) scripts/migrate-accounts.ts

.PHONY: replay-records
replay-records: install ## Give what stream consumers gave up on to them again (WORKSPACE, local for a laptop; REASON)
	@WORKSPACE="$(WORKSPACE)" $(NODE) scripts/replay-records.ts

.PHONY: test-api
test-api: install ## Pay through a running API and check its answers (ENDPOINT, this laptop's if none; TOKEN)
	@scripts/test-api.sh $(ENDPOINT)
