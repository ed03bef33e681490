"""`python -m tests.accuracy`: the whole differential suite, with its count of comparisons and disagreements."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("HYPERSHAPE_ACCURACY", "1000")
sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider"]))
