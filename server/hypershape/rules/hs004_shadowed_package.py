"""HS004."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule
from hypershape.rules.places import import_of


class ShadowedPackage(Rule):
    """A file is called like a package that it imports.

    ## What it does
    Compares the name of a script, and of the files beside it, with the packages that it imports: keras_tuner,
    kerastuner, keras and tensorflow.

    ## Why it matters
    Python looks beside a script first: `import keras_tuner` inside `keras_tuner.py` imports the script itself, and
    fails with "partially initialized module 'keras_tuner' has no attribute …".

    ## Fix
    Rename the file.
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
            beside = own.parent / f"{package}.py"
            if place is None or not (own.name == beside.name or (own.is_absolute() and beside.is_file())):
                continue
            which = "this very file" if own.name == beside.name else f"{beside.name} beside this file"
            yield self.finding(
                f"Run as a script, this imports {which} instead of the package {package}: rename it.", place
            )
