"""`python -m tests.accuracy [--backend NAME]`: the whole differential suite, with its count of disagreements."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
parser.add_argument(
    "--backend", choices=["tensorflow", "jax", "torch"], help="the backend of Keras (default: its own)"
)
parser.add_argument("--models", type=int, default=1000, help="generated models (default 1000)")
parser.add_argument("--each", type=int, default=16, help="programs for each built-in layer (default 16)")
options = parser.parse_args()
if options.backend:
    os.environ["KERAS_BACKEND"] = options.backend
os.environ.update(HYPERSHAPE_ACCURACY=str(options.models), HYPERSHAPE_ACCURACY_LAYER=str(options.each))
sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider"]))
