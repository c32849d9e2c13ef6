#!/usr/bin/env bash
# scripts/deploy.sh <workspace> [account|plan|deploy|smoke|rollback|status|destroy]
#                                                                (without a word: deploy)
# scripts/deploy.sh <workspace> terraform <arguments>            Terraform for that workspace
#
# Looks at the account, builds, applies environments/<workspace>.tfvars in the workspace of that
# name, and moves the traffic. `terraform` runs with that workspace's state and settings. The
# environment may set:
#   AWS_ENDPOINT_URL   any endpoint instead of AWS
#   TF_PLUGIN_DIR      a local mirror of Terraform providers
#   TF_BACKEND_CONFIG  where the state is: files or key=value, with spaces between. Without it:
#                      environments/<workspace>.s3.tfbackend. Without that file: local state, which
#                      production refuses
#   AUTO_APPROVE=1     production changes without a question (CI asks by its environments)
#   AT_ONCE=1          no canary: for a fix of what makes the alarms red
set -euo pipefail
cd "$(dirname "$0")/.."

workspace=${1:-}
action=${2:-deploy}
variables="environments/$workspace.tfvars"
fail() { echo "$1" >&2; exit 1; }

[ -n "$workspace" ] || fail "name the workspace: scripts/deploy.sh <workspace> [account|plan|deploy|smoke|rollback|status|destroy|terraform]"
[[ $action =~ ^(account|plan|deploy|smoke|rollback|status|destroy|terraform)$ ]] || fail "say account, plan, deploy, smoke, rollback, status, destroy or terraform, not $action"
[ "$action" != terraform ] || [ $# -gt 2 ] || fail "say what Terraform shall do: scripts/deploy.sh $workspace terraform output"
[ -f "terraform/$variables" ] || fail "the workspace $workspace has no terraform/$variables"

backend=${TF_BACKEND_CONFIG:-}
if [ -z "$backend" ] && [ -f "terraform/environments/$workspace.s3.tfbackend" ]; then
  backend="environments/$workspace.s3.tfbackend"
fi
if [[ $workspace == prod* ]] && [ -z "$backend" ]; then
  fail "production's state is not kept on this machine: set TF_BACKEND_CONFIG or write terraform/environments/$workspace.s3.tfbackend"
fi

terraform() { command terraform -chdir=terraform "$@"; }

# Each workspace may have its state in another account, so each has its own initialization.
export TF_DATA_DIR=".terraform/$workspace"
override=terraform/backend_override.tf
initialize() {
  local kind=$1 settings=$2 setting
  # No array: to the bash of macOS an empty one is a variable that nobody set.
  set --
  for setting in $settings; do set -- "$@" "-backend-config=$setting"; done
  if [ -n "$kind" ]; then printf 'terraform {\n  backend "%s" {}\n}\n' "$kind" > "$override"; else rm -f "$override"; fi
  terraform init -input=false -reconfigure ${TF_PLUGIN_DIR:+-plugin-dir="$TF_PLUGIN_DIR"} "$@" > /dev/null
}
initialize "${backend:+s3}" "$backend"
# A bucket keeps a workspace as its state, so that making one is a write. Whoever only reads, plans
# a workspace that was never deployed from no state at all, beside the bucket.
if [[ $action =~ ^(account|plan)$ ]] && [ -n "$backend" ] && ! grep -qE "^[* ] $workspace\$" <<< "$(terraform workspace list)"; then
  echo "$workspace was never deployed" >&2
  export TF_DATA_DIR=".terraform/$workspace-new"
  initialize local "workspace_dir=$TF_DATA_DIR/states"
fi
# Its output goes to stderr: stdout is for what somebody asked Terraform for.
terraform workspace select -or-create "$workspace" >&2

traffic() { terraform output -json deployment | node_modules/.bin/node scripts/deploy.ts "$1"; }

confirm() {
  [[ $workspace == prod* ]] && [ -z "${AUTO_APPROVE:-}" ] || return 0
  [ -t 0 ] || fail "production asks before it $1: answer at a terminal, or set AUTO_APPROVE=1"
  ask
}

ask() {
  read -r -p "Type $workspace to go on: " answer
  [ "$answer" = "$workspace" ] || fail "nothing was changed"
}

# What the account lacks is said before anything is created in it.
account() {
  local needs
  needs=$(printf '%s = var.%s, ' {region,concurrency,consumers,permissions_boundary}{,})
  echo "jsonencode({ ${needs%, } })" | terraform console -var-file="$variables" |
    node_modules/.bin/node scripts/deploy.ts account "$workspace"
}

plan() {
  make --no-print-directory build
  terraform plan -input=false -var-file="$variables" -out="$workspace.tfplan"
}

case $action in
  account) account ;;
  plan)
    account || echo "a deploy would be refused: see above" >&2
    plan
    ;;
  deploy)
    account
    plan
    confirm "is changed"
    terraform apply -input=false "$workspace.tfplan"
    traffic deploy
    ;;
  rollback)
    confirm "goes back"
    traffic rollback
    ;;
  status) traffic status ;;
  smoke) terraform output -json | node_modules/.bin/node scripts/smoke.ts ;;
  destroy)
    node_modules/.bin/node scripts/destroy.ts "$workspace"
    echo "All of $workspace goes, its books too. Nothing brings them back."
    if [ -n "${DESTROY:-}" ]; then
      [ "$DESTROY" = "$workspace" ] || fail "DESTROY names another workspace: nothing was changed"
    else
      [ -t 0 ] || fail "destroy asks for the workspace's name: answer at a terminal, or set DESTROY=$workspace"
      ask
    fi
    terraform destroy -input=false -auto-approve -var-file="$variables"
    terraform workspace select default >&2
    terraform workspace delete "$workspace" >&2
    cat << EOF
$workspace is gone. What remains in the account:
  - its keys, which KMS deletes after their waiting time and does not bill meanwhile
  - its metrics, which CloudWatch keeps for 15 months
  - the last backup of each table, which DynamoDB keeps for 35 days and does not bill
  - what make bootstrap made: the bucket of states, and GitHub's roles (docs/deploying.md says how they go)
  - terraform/$variables, and its names in environments/order.json and cells.json
EOF
    ;;
  terraform)
    [[ $3 =~ ^(output|show)$ ]] || confirm "is given to terraform $3"
    # Every command that reads settings gets the workspace's. With the defaults it would rewrite the
    # stack.
    for command in plan apply destroy refresh import console; do
      arguments=TF_CLI_ARGS_$command
      export "$arguments=${!arguments:+${!arguments} }-var-file=$variables"
    done
    terraform "${@:3}"
    ;;
esac
