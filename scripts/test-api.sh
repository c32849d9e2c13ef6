#!/usr/bin/env bash
# scripts/test-api.sh <endpoint>: pays through a running API on both rails, laptop or AWS, and checks
# what it answers. Without an endpoint it takes the stack that runs on this laptop. Who pays is told
# by TOKEN (a bearer token), or by CLIENT_ID and CLIENT_SECRET with TOKEN_ENDPOINT (the endpoint's
# own /oauth2/token, if none is named).
set -euo pipefail
cd "$(dirname "$0")/.."
make --no-print-directory --silent install
exec node_modules/.bin/node scripts/test-api.ts "$@"
