#!/usr/bin/env bash
# scripts/test-api.sh <endpoint>: pays through a running API on both rails, on a laptop or in AWS,
# and checks its answers. Without an endpoint it takes the stack that runs on this laptop. The payer
# is the owner of TOKEN (a bearer token), or of CLIENT_ID and CLIENT_SECRET with TOKEN_ENDPOINT
# (without one: the endpoint's own /oauth2/token).
set -euo pipefail
cd "$(dirname "$0")/.."
make --no-print-directory --silent install
exec node_modules/.bin/node scripts/test-api.ts "$@"
