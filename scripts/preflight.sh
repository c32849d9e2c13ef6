#!/bin/sh
# `make preflight`: looks for what make's goals need, before anything is installed or built, and
# prints in one sentence what is missing. This shell looks for Node and npm. scripts/preflight.mjs,
# which runs on any Node from 20 on, looks for the rest.
cd "${0%/*}/.." || exit 1
refuse() {
  echo "contra: $1" >&2
  exit 1
}

command -v node > /dev/null 2>&1 ||
  refuse "Node is missing: install Node 20 or later (https://nodejs.org), then run make again"
version=$(node --version 2> /dev/null)
major=${version#v}
major=${major%%.*}
[ "${major:-0}" -ge 20 ] 2> /dev/null ||
  refuse "Node ${version:-that runs} is too old: install Node 20 or later (https://nodejs.org), then run make again"
[ -e node_modules/.installed ] || command -v npm > /dev/null 2>&1 ||
  refuse "npm is missing, which comes with Node in most packages: install it, then run make again"
exec node scripts/preflight.mjs "$@"
