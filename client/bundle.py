"""Puts hypershape and what it needs into client/bundled/libs, for every Python that the server runs on.

Pure Python packages are shared (`any`); compiled ones are kept for each version (`cp310` …) and for this platform.
Only the server is started from there: what the terminal alone needs stays out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import Distribution, PackagePath, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "client" / "bundled.lock"
LIBRARIES = ROOT / "client" / "bundled" / "libs"
UNUSED = {"hypershape": {"typer", "rich"}, "libcst": {"pyyaml", "pyyaml-ft"}}
"""What a package requires for its command line alone."""

LEFT_OUT = ("jedi/third_party/typeshed/stubs/", "jedi/third_party/django-stubs/")
"""Types of packages that nobody's names are looked up in; jedi does without them."""

VERSIONS = ("3.10", "3.11", "3.12", "3.13")


def main() -> None:
    shutil.rmtree(LIBRARIES, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        pip("wheel", "--no-deps", "--wheel-dir", name, str(ROOT))
        (wheel,) = scratch.glob("hypershape-*.whl")
        for version in VERSIONS:
            target = scratch / version
            pip(
                *("install", "--target", str(target), "--python-version", version, "--only-binary", ":all:"),
                *("--ignore-requires-python", "--no-deps", "--no-compile", str(wheel), *pins(version)),
            )
            compiled = LIBRARIES / f"cp{version.replace('.', '')}"
            compiled.mkdir(parents=True)
            for distribution in needed(list(distributions(path=[str(target)]))):
                copy(distribution, target, LIBRARIES / "any" if is_pure(distribution) else compiled)


def needed(installed: Sequence[Distribution]) -> list[Distribution]:
    """What the server imports, directly or not."""
    known = {canonicalize_name(each.name): each for each in installed}
    found: dict[str, Distribution] = {}
    waiting = ["hypershape"]
    while waiting:
        name = waiting.pop()
        if name in found or name not in known:
            continue
        found[name] = known[name]
        required = map(Requirement, known[name].requires or ())
        always = {canonicalize_name(each.name) for each in required if "extra ==" not in str(each.marker)}
        waiting += always - UNUSED.get(name, set())
    return list(found.values())


def pins(version: str) -> list[str]:
    """The lines of the lock file that hold for one version of Python, without their markers.

    pip itself reads markers for the Python that runs it, whatever --python-version says.
    """
    python = {"python_version": version, "python_full_version": f"{version}.0"}
    lines = (line for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    requirements = map(Requirement, lines)
    return [f"{r.name}{r.specifier}" for r in requirements if r.marker is None or r.marker.evaluate(python)]


def is_pure(distribution: Distribution) -> bool:
    return "Root-Is-Purelib: true" in (distribution.read_text("WHEEL") or "")


def is_wanted(file: PackagePath) -> bool:
    outside = ".." in file.parts or file.parts[0] == "bin"
    return not outside and "tests" not in file.parts and not file.as_posix().startswith(LEFT_OUT)


def copy(distribution: Distribution, source: Path, target: Path) -> None:
    """Copies the files of one distribution, but no scripts: they name the Python that installed them."""
    for file in distribution.files or ():
        if is_wanted(file) and (source / file).is_file():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file, target / file)


def pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", *arguments], check=True
    )


if __name__ == "__main__":
    main()
