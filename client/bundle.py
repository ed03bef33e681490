"""Puts hypershape and what it needs into client/bundled/libs, for every Python that the server runs on.

Pure Python packages are shared (`any`); compiled ones are kept for each version (`cp310` …) and for this platform.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "client" / "bundled.lock"
LIBRARIES = ROOT / "client" / "bundled" / "libs"
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
            for distribution in distributions(path=[str(target)]):
                copy(distribution, target, LIBRARIES / "any" if is_pure(distribution) else compiled)


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


def copy(distribution: Distribution, source: Path, target: Path) -> None:
    """Copies the files of one distribution, but no scripts: they name the Python that installed them."""
    for file in distribution.files or ():
        if ".." not in file.parts and file.parts[0] != "bin" and (source / file).is_file():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file, target / file)


def pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", *arguments], check=True
    )


if __name__ == "__main__":
    main()
