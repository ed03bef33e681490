"""What `python -m hypershape.rules new` gives to who adds a rule."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from hypershape import rules
from hypershape.rules import scaffold


def test_a_new_rule_is_a_whole_rule_that_the_linters_accept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaffold, "_family", lambda code: tmp_path)
    path = scaffold.begin("HS150", "name-with-spaces")
    assert path == tmp_path / "hs150_name_with_spaces.py"
    spec = importlib.util.spec_from_file_location("new_rule", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.NameWithSpaces()
    assert (rule.code, rule.name) == ("HS150", "name-with-spaces")
    for heading in ("## What it does", "## Why it matters", "## Fix", "## Found", "## Not found"):
        assert heading in rules.page(rule)
    configuration = Path(__file__).parents[2] / "pyproject.toml"
    for command in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--config", configuration, path], check=True)


@pytest.mark.parametrize(("code", "folder"), [("HS050", "environment"), ("HS150", "declaration")])
def test_a_new_rule_stands_in_the_folder_of_its_family(code: str, folder: str) -> None:
    assert scaffold._family(code) == Path(rules.__file__).parent / folder


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("HS114", "new-name", "There is a rule HS114 step-of-zero already."),
        ("HS150", "step-of-zero", "There is a rule HS114 step-of-zero already."),
        ("150", "new-name", "A code is HS and three digits, not '150'."),
        ("HS150", "New Name", "A name is words in lower case joined by hyphens, not 'New Name'."),
        ("HS750", "new-name", "There is no family HS7xx; the families are HS0xx, HS1xx, "),
    ],
)
def test_a_rule_that_cannot_be_begun_is_refused_in_one_sentence(code: str, name: str, says: str) -> None:
    with pytest.raises(scaffold.CannotMake) as refused:
        scaffold.begin(code, name)
    assert str(refused.value).startswith(says)
