"""Every rule's examples through the whole pipeline: what is found, where, under which condition, with which fix."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hypershape import analysis, fixes, rules, source
from hypershape.model import Analysis, Finding, Options, Severity
from hypershape.probe import Agent
from hypershape.rules import Example, Rule
from tests.rules.searching import error_of

NOT_REPAIRABLE = ("HS001", "HS002", "HS004", "HS005", "HS199", "HS299", "HS399")
"""Rules about the interpreter or a file's name, and those that only quote: no edit of the text follows from them."""

WITHOUT_EXAMPLES = ("HS001", "HS002", "HS004", "HS005", "HS007", "HS008", "HS009", "HS422", "HS901")
"""Rules about what lies outside the text: the interpreter, the file's name, the disk. They have tests of their own."""

COLUMNS = "{:<7}{:<34}{:>8}{:>7}{:>7}{:>11}{:>9}{:>10}{:>8}"


@dataclass(frozen=True)
class Judged:
    """One INVALID example and what the pipeline made of it; `finding` is None where the rule found nothing."""

    rule: Rule
    number: int
    example: Example
    done: Analysis
    finding: Finding | None

    @property
    def name(self) -> str:
        return f"{self.rule.code}-{self.number}"

    @property
    def place_right(self) -> bool:
        if self.finding is None:
            return False
        return (
            self.example.at is None or self.done.module.code.text.within(self.finding.span) == self.example.at
        )

    @property
    def condition_right(self) -> bool:
        if self.finding is None:
            return False
        return self.example.condition is None or str(self.finding.condition) == self.example.condition

    @property
    def repaired_text(self) -> str | None:
        """The text after the preferred fix, if one was verified."""
        fix = next((each for each in self.finding.fixes if each.verified), None) if self.finding else None
        return fixes.apply(self.done.module.document, fix.edits).text if fix is not None else None


@dataclass
class Row:
    """One rule over its examples; `loud` are the numbers of VALID examples that are not silent, with a message."""

    rule: Rule
    invalid: list[Judged] = field(default_factory=list)
    valid: int = 0
    loud: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Searched:
    """A real search before and after a fix: the error, None where there was none."""

    judged: Judged
    title: str
    before: str | None
    after: str | None

    @property
    def repaired(self) -> bool:
        return self.before is not None and self.after is None


async def judged(codes: Sequence[str], *, valid: bool = True) -> list[Row]:
    """One row for each rule whose code begins with one of `codes` (all without any)."""
    agent = Agent([sys.executable])
    rows = []
    try:
        for rule in rules.all_rules():
            if codes and not rule.code.startswith(tuple(codes)):
                continue
            row = Row(rule)
            for number, example in enumerate(rule.INVALID):
                done = await _analysed(rule, example, agent, fixes_offered=1)
                found = [each for each in done.findings if each.code == rule.code]
                row.invalid.append(Judged(rule, number, example, done, found[0] if found else None))
            for number, example in enumerate(rule.VALID if valid else ()):
                row.valid += 1
                done = await _analysed(rule, example, agent, fixes_offered=0)
                loud = [
                    each
                    for each in done.findings
                    if each.code == rule.code or "import keras\n" in example.text
                ]
                if loud:
                    row.loud[number] = f"{loud[0].code} {loud[0].message.splitlines()[0]}"
            rows.append(row)
            print(f"\r{rule.code}", end="", file=sys.stderr, flush=True)
    finally:
        await agent.close()
    print("\r", end="", file=sys.stderr)
    return rows


async def _analysed(rule: Rule, example: Example, agent: Agent, fixes_offered: int) -> Analysis:
    document = source.from_text("/project/model.py", example.text)
    level = "auto" if rule.rehearsed or example.played else "symbolic"
    options = Options(level=level, fixes_offered=fixes_offered, on_top=True, memory=example.memory)
    return await analysis.run(document, agent, options)


def table(rows: Sequence[Row]) -> str:
    """One line for each rule, and the sums."""
    lines = [
        COLUMNS.format(
            "code", "name", "invalid", "found", "place", "condition", "verified", "valid", "silent"
        )
    ]
    sums = [0] * 7
    for row in rows:
        numbers = [
            len(row.invalid),
            sum(each.finding is not None for each in row.invalid),
            sum(each.place_right for each in row.invalid),
            sum(each.condition_right for each in row.invalid),
            sum(each.repaired_text is not None for each in row.invalid),
            row.valid,
            row.valid - len(row.loud),
        ]
        sums = [old + new for old, new in zip(sums, numbers, strict=True)]
        lines.append(COLUMNS.format(row.rule.code, row.rule.name, *numbers))
    lines.append(COLUMNS.format("", "all", *sums))
    repairable = [each for row in rows if row.rule.code not in NOT_REPAIRABLE for each in row.invalid]
    with_fix = sum(each.repaired_text is not None for each in repairable)
    if repairable:
        share = 100 * with_fix / len(repairable)
        lines.append(
            f"{with_fix} of {len(repairable)} repairable examples ({share:.0f} %) have a verified fix."
        )
    return "\n".join(lines)


def differences(rows: Sequence[Row]) -> list[str]:
    """What is not as the examples say, one sentence each."""
    wrong = []
    for row in rows:
        for each in row.invalid:
            if each.finding is None:
                wrong.append(f"{each.name}: not found")
            elif not each.place_right:
                wrong.append(f"{each.name}: found at another place")
            elif not each.condition_right:
                wrong.append(f"{each.name}: {each.finding.condition} in place of {each.example.condition!r}")
        wrong += [
            f"{row.rule.code}: valid example {number} is not silent: {said}"
            for number, said in row.loud.items()
        ]
    return wrong


def searched(rows: Sequence[Row], sample: int) -> list[Searched]:
    """Real searches of up to `sample` failing examples with a verified fix, spread over the rules."""
    return [searched_once(each) for each in spread(rows)[:sample]]


def searched_once(each: Judged, repaired: str | None = None) -> Searched:
    """A real search of an example and one of its text after the preferred fix (or of `repaired`)."""
    after = repaired or each.repaired_text
    assert each.finding is not None and after is not None
    failing = each.finding.configuration or {}
    title = each.finding.fixes[0].title
    return Searched(each, title, error_of(each.example.text, failing), error_of(after, failing))


def spread(rows: Sequence[Row]) -> list[Judged]:
    """The examples that a real search can fail on: first one of each rule, then the second of each, and so on."""
    by_rule = [[each for each in row.invalid if _is_searchable(each)] for row in rows]
    return [each for each in _interleaved(by_rule) if each.repaired_text is not None]


def _interleaved(groups: Sequence[Sequence[Judged]]) -> Iterator[Judged]:
    for index in range(max(map(len, groups), default=0)):
        for group in groups:
            if index < len(group):
                yield group[index]


SILENT = ("HS405", "HS409", "HS417", "HS502")
"""Warnings and hints under which every trial succeeds."""


def _is_searchable(each: Judged) -> bool:
    """Whether an example is a whole program whose search is to fail."""
    if each.finding is None or "import keras\n" not in each.example.text:
        return False
    fails = each.finding.severity is Severity.ERROR or each.rule.code in ("HS404", "HS501")
    return fails and each.rule.code not in SILENT


def search_table(found: Sequence[Searched]) -> str:
    lines = [f"{'example':<10}{'before':<62}{'after':<30}fix"]
    for each in found:
        before, after = (text if text is not None else "no error" for text in (each.before, each.after))
        lines.append(f"{each.judged.name:<10}{before[:60]:<62}{after[:28]:<30}{each.title}")
    repaired = sum(each.repaired for each in found)
    lines.append(f"{repaired} of {len(found)}: an error before the fix and none after it.")
    return "\n".join(lines)
