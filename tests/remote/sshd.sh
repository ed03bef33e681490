#!/usr/bin/env bash
# Installs Debian's openssh-server where none is found; where it cannot be, one sentence says so and the exit status is 1.
set -euo pipefail
PATH=$PATH:/usr/sbin
type -P sshd > /dev/null && exit
apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
[ "$(id -u)" -eq 0 ] || apt=(sudo -n "${apt[@]}")
"${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends openssh-server || true
type -P sshd > /dev/null && exit
echo 'These tests need a server of SSH, and it could not be installed. As root: apt-get install openssh-server.' >&2
exit 1
