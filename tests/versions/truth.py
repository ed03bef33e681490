"""Probes against plain Keras in the interpreter that runs this; prints one line of JSON. See `python -m tests.versions`."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections import Counter
from importlib import metadata
from typing import Any

import keras
import keras_tuner

from tests.accuracy import compare
from tests.versions.models import PROGRAMS


def programs(every: int) -> dict[str, Any]:
    """What is compared here: all programs of both Kerases, and one in so many that need Keras 3."""
    if keras.__version__ < "3":
        return dict(PROGRAMS)
    from tests.accuracy import handwritten, handwritten_layers, handwritten_models

    more = {**handwritten.CASES, **handwritten_layers.CASES, **handwritten_models.CASES}
    if keras.config.backend() != "tensorflow":
        more = {name: each for name, each in more.items() if "import tensorflow" not in each.source}
    return {**PROGRAMS, **dict(list(more.items())[::every])}


def main() -> None:
    from hypershape.agent import packages

    packages.load()
    drawn = programs(int(sys.argv[1]))
    started = time.monotonic()
    results = compare.compare([(program, {}) for program in drawn.values()])
    kinds = Counter(_kind(difference) for _, _, difference in results)
    print(
        json.dumps(
            {
                "backend": _backend(),
                "python": platform.python_version(),
                "keras": keras.__version__,
                "tuner": keras_tuner.__version__,
                "how": compare.in_child(_tier),
                "compared": len(results),
                "fail": sum(real["error"] is not None for _, real, _ in results),
                **{kind: kinds[kind] for kind in ("false", "missed", "unchecked", "other")},
                "seconds": round(time.monotonic() - started),
                "kinds": {
                    name: report["error"]["kind"]
                    for name, (report, _, _) in zip(drawn, results, strict=True)
                    if report.get("error")
                },
                "differences": {
                    name: difference[:300]
                    for name, (_, _, difference) in zip(drawn, results, strict=True)
                    if difference is not None
                },
            }
        )
    )


def _backend() -> str:
    name = keras.backend.backend()
    package = next(each for each in (name, name + "-cpu") if _version(each))
    title = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}[name]
    return f"{title} {_version(package)}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _kind(difference: str | None) -> str:
    words = {"FALSE FAILURE": "false", "missed": "missed", "not checked": "unchecked"}
    if difference is None:
        return "equal"
    return next((kind for start, kind in words.items() if difference.startswith(start)), "other")


def _tier() -> str:
    from hypershape.agent import private

    if not private.has(private.STEP):
        return "real steps"
    if not private.has(private.VALUES):
        return "real builds"
    return "shapes" if private.has(private.MEMORY) else "shapes, nothing remembered"


if __name__ == "__main__":
    main()
