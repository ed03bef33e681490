"""HS004."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule
from hypershape.rules.common.places import import_of


class ShadowedPackage(Rule):
    """A file or a folder is called like a package that a script imports.

    ## What it does
    Compares the name of a script, and of the files and packages beside it, with the packages that it imports:
    keras_tuner, kerastuner, keras and tensorflow.

    ## Why it matters
    Python looks beside a script first: `import keras_tuner` inside `keras_tuner.py` imports the script itself, and
    fails with "partially initialized module 'keras_tuner' has no attribute …".

    ## Fix
    Rename the file or the folder.
    """

    code = "HS004"
    name = "shadowed-package"
    severity = Severity.WARNING

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        document = analysis.module.document
        own = Path(document.path)
        if document.is_notebook or (own.parent / "__init__.py").exists():
            return
        for package in ("keras_tuner", "kerastuner", "keras", "tensorflow"):
            place = import_of(analysis.module, package)
            which = _in_the_way(own, package)
            if place is None or which is None:
                continue
            yield self.finding(
                f"Run as a script, this imports {which} instead of the package {package}: rename it.", place
            )


def _in_the_way(script: Path, package: str) -> str | None:
    """What Python finds beside a script before the installed package: a folder wins over a file."""
    if script.is_absolute() and (script.parent / package / "__init__.py").is_file():
        return f"the folder {package} beside this file"
    beside = script.parent / f"{package}.py"
    if script.name == beside.name:
        return "this very file"
    return f"{beside.name} beside this file" if script.is_absolute() and beside.is_file() else None
