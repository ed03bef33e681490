"""The VALID and INVALID examples of the rules that the text alone decides."""

import pytest

from hypershape import rules
from hypershape.model import Analysis, Severity
from hypershape.rules import Example, Rule
from hypershape.rules.__main__ import pages

from .handmade import module, repaired, underlined

STATIC = [rule for rule in rules.all_rules() if rule.static]


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{number}")
        for rule in STATIC
        for number, example in enumerate(getattr(rule, kind))
        if not example.played
    ]


@pytest.mark.parametrize(("rule", "example"), cases("INVALID"))
def test_an_invalid_example_is_found_at_its_place(rule: Rule, example: Example) -> None:
    analysis = Analysis(module(example.text))
    found = [each for each in rules.findings(analysis) if each.code == rule.code]
    assert found, [each.message for each in rules.findings(analysis)]
    if example.at is not None:
        assert example.at in [underlined(each, analysis.module) for each in found]


@pytest.mark.parametrize(("rule", "example"), cases("INVALID"))
def test_the_first_fix_of_an_invalid_example_removes_the_finding(rule: Rule, example: Example) -> None:
    analysis = Analysis(module(example.text))
    finding = next(each for each in rules.findings(analysis) if each.code == rule.code)
    candidates = list(finding.repairs())
    if example.fixed is None:
        return
    assert candidates
    text = repaired(candidates[0], analysis.module)
    assert example.fixed in text
    after = rules.findings(Analysis(module(text)))
    assert len([each for each in after if each.code == rule.code]) < len(
        [each for each in rules.findings(analysis) if each.code == rule.code]
    )


@pytest.mark.parametrize(("rule", "example"), cases("VALID"))
def test_a_valid_example_has_no_finding(rule: Rule, example: Example) -> None:
    assert not [each.message for each in rules.findings(Analysis(module(example.text)))]


def test_every_rule_has_a_code_a_name_a_documented_page_and_an_example() -> None:
    codes = [rule.code for rule in rules.all_rules()]
    assert len(codes) == len(set(codes))
    assert len({rule.name for rule in rules.all_rules()}) == len(codes)
    for rule in rules.all_rules():
        page = rules.page(rule)
        assert page.startswith(f"# {rule.code} {rule.name}")
        for heading in ("## What it does", "## Why it matters", "## Fix"):
            assert heading in page, rule.code
        assert isinstance(rule.severity, Severity)


def test_the_pages_of_the_rules_are_current(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "docs" / "rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == pages(), "run `python -m hypershape.rules`"
