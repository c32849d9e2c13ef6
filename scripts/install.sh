#!/usr/bin/env bash
# `make install`: installs what package-lock.json names, and prints how far it is, because npm
# prints nothing in a log. Not `npm ci`: a registry mirror lacks the optional binaries of some
# platforms, and npm ci refuses a lock file without them.
set -uo pipefail
cd "${0%/*}/.."

SAY_EVERY_SECONDS=5
# The top-level packages that this machine takes. The few below them come with them.
wanted=$(node -p '
  const takes = (list, mine) => !list || list.includes(mine);
  Object.entries(JSON.parse(fs.readFileSync("package-lock.json", "utf8")).packages).filter(
    ([path, { os, cpu }]) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && takes(os, process.platform) && takes(cpu, process.arch),
  ).length')
arrived() { ls node_modules/*/package.json node_modules/@*/*/package.json 2> /dev/null | wc -l | tr -d ' '; }

echo "Installing $wanted packages into node_modules, the pinned Node among them: once, for a minute or two."
# It ends by itself when this shell is killed.
shell=$$ last=
while sleep "$SAY_EVERY_SECONDS" && kill -0 "$shell" 2> /dev/null; do
  count=$(arrived)
  case "$count" in
    0) echo "  downloading ($SECONDS s)" ;;
    "$last") echo "  the last steps ($SECONDS s)" ;;
    *) echo "  $count of $wanted packages ($SECONDS s)" ;;
  esac
  last=$count
done 2> /dev/null &
progress=$!
# What is installed needs no second look: the lock file has the hash of every package.
npm install --no-save --prefer-offline
status=$?
kill "$progress" 2> /dev/null
[ "$status" -eq 0 ] || echo "npm could not install the packages (its reasons stand above): is the registry reachable?" >&2
exit "$status"
