#!/usr/bin/env bash
# Runs test.lua in a headless Neovim over a copy of an example.
# usage: run.sh NVIM PYTHON    PYTHON has hypershape, Keras and Keras Tuner
set -euo pipefail
here=$(realpath "$(dirname "$0")")
python=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here/../../examples/cnn_depth.py" "$scratch/model.py"
export HYPERSHAPE_PYTHON=$python HYPERSHAPE_FILE=$scratch/model.py
export XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data XDG_STATE_HOME=$scratch/state XDG_CACHE_HOME=$scratch/cache
"$1" --clean --headless -l "$here/test.lua"
