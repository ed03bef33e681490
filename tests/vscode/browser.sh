#!/usr/bin/env bash
# Prints the path of the browser that the end-to-end tests drive. Debian's Chromium is installed where none is found;
# where it cannot be, one sentence says so and the exit status is 1: tests that did not run must not look passed.
# usage: browser.sh
set -euo pipefail

# `type -P` finds programs only; `command -v` would also find a shell function of that name.
find_browser() {
  local name
  for name in ${HYPERSHAPE_CHROMIUM:+"$HYPERSHAPE_CHROMIUM"} chromium chromium-browser google-chrome; do
    type -P "$name" && return
  done
  return 1
}

install_chromium() {
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
  type -P apt-get > /dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2> /dev/null || return 1
    apt=(sudo -n "${apt[@]}")
  fi
  "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends chromium
}

find_browser && exit
install_chromium >&2 || true
hash -r
find_browser && exit
echo 'The tests in VS Code need Chromium, and it could not be installed. As root: apt-get install chromium. HYPERSHAPE_SKIP_EDITOR=1 leaves these tests out.' >&2
exit 1
