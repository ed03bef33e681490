"""What is in the packages that users install: the wheel, and the libraries that the VS Code extension brings."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import hypershape
from hypershape import rules

ROOT = Path(__file__).parents[2]
PAGES = {f"hypershape/docs/rules/{rule.code}.md" for rule in rules.all_rules()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder into which the wheel was unpacked, as pip does with a package of pure Python."""
    folder = wheel.parent / "installed"
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def test_the_wheel_holds_the_page_of_every_rule_and_every_module(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= PAGES
    written = (ROOT / "server" / "hypershape").rglob("*.py")
    assert names >= {str(path.relative_to(ROOT / "server")) for path in written}


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    assert "hypershape/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_the_installed_package_finds_the_page_of_every_rule_in_itself(installed: Path) -> None:
    question = (
        "from hypershape import rules; "
        "print(*[rules.page_file(rule.code) for rule in rules.all_rules()], sep='\\n')"
    )
    environment = {"PYTHONPATH": str(installed), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", question], env=environment, capture_output=True, text=True, check=True
    )
    assert {Path(line) for line in done.stdout.splitlines()} == {installed / page for page in PAGES}


def test_the_extension_packs_the_page_of_every_rule(installed: Path, tmp_path: Path) -> None:
    bundle = runpy.run_path(str(ROOT / "client" / "bundle.py"))
    extension = tmp_path / "extension"
    libraries = extension / "client" / "bundled" / "libs" / "any"
    (own,) = [each for each in distributions(path=[str(installed)]) if each.name == "hypershape"]
    bundle["copy"](own, installed, libraries)
    for name in ("package.json", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, extension)
    packed = subprocess.run(
        ["node", ROOT / "node_modules" / "@vscode" / "vsce" / "vsce", "ls", "--no-dependencies"],
        cwd=extension,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = set(packed.stdout.split())
    assert listed >= {f"client/bundled/libs/any/{page}" for page in PAGES}


def test_the_extension_brings_what_its_server_imports_and_no_more(tmp_path: Path) -> None:
    bundle = runpy.run_path(str(ROOT / "client" / "bundle.py"))
    brought = {each.name.lower(): each for each in bundle["needed"](list(distributions()))}
    assert {"hypershape", "pygls", "lsprotocol", "libcst", "jedi"} <= brought.keys()
    assert not {"typer", "rich", "pydantic", "pyyaml", "pytest", "tensorflow"} & brought.keys()
    code = (
        "import sys, hypershape.lsp.server, hypershape.analysis, hypershape.source.workspace, jedi\n"
        "print(*(getattr(each, '__file__', None) or '' for each in list(sys.modules.values())), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    files = {
        str(path)
        for each in brought.values()
        for file in each.files or ()
        for path in [each.locate_file(file)]
    }
    installed = [line for line in done.stdout.splitlines() if "site-packages" in line]
    assert installed and not [
        line for line in installed if line not in files and "_distutils_hack" not in line
    ]


def test_the_package_and_the_extension_have_one_version() -> None:
    assert json.loads((ROOT / "package.json").read_text())["version"] == hypershape.__version__


def test_the_extension_runs_where_the_files_are_and_is_not_offered_where_nothing_can_be_run() -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    assert manifest["extensionKind"] == ["workspace"] and "browser" not in manifest
    assert manifest["capabilities"]["virtualWorkspaces"]["supported"] is False
    untrusted = manifest["capabilities"]["untrustedWorkspaces"]
    assert untrusted["supported"] == "limited"
    runs = {"hypershape.interpreter", "hypershape.server", "hypershape.importStrategy"}
    assert runs <= set(untrusted["restrictedConfigurations"])


def test_the_libraries_that_an_extension_puts_first_stay_where_they_are(tmp_path: Path) -> None:
    """As client/bundled/launch.py starts the server: what is compiled for this Python stands before all else."""
    code = (
        "import runpy, sys\n"
        f"sys.path[0:1] = [{str(tmp_path / 'compiled')!r}]\n"
        "sys.argv = ['launch.py', '--version']\n"
        "try:\n    runpy.run_module('hypershape', run_name='__main__', alter_sys=True)\n"
        "except SystemExit:\n    pass\n"
        "print(sys.path[0])\n"
    )
    (tmp_path / "rich.py").write_text("raise SystemExit('a file of the folder was imported')\n")
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.splitlines()[-1] == str(tmp_path / "compiled")
