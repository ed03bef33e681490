"""The pipeline over an agent whose answers are plain Python: what is shown, what is asked, and on which thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hypershape import analysis, fixes, rules, source, space
from hypershape.analysis import repairs
from hypershape.analysis.clock import Clock
from hypershape.model import Analysis, Edit, Finding, Fix, Level, Options, Severity, Slice, Span
from hypershape.probe import Agent, Cache
from tests.unit.scripted import HERE, PATH, Build, Hp, ScriptedAgent

TEXT = """\
import keras
import keras_tuner


def build_model(hp):
    kernel = hp.Int("kernel", 3, 9, step=2)
    units = hp.Int("units", 1, 40)
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(keras.layers.Conv2D(8, kernel))
    model.add(keras.layers.Conv2D(8, 5))
    model.add(keras.layers.Dense(units))
    model.compile(loss="mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="loss", overwrite=True)
"""


def builds(hp: Hp, level: Level) -> None:
    hp.choice("kernel", 3, 5, 7, 9)
    hp.choice("units", *range(1, 41))


def large_kernels_fail(hp: Hp, level: Level) -> None:
    kernel = hp.choice("kernel", 3, 5, 7, 9)
    hp.choice("units", *range(1, 41))
    if kernel >= 9:
        raise ValueError("Computed output size would be zero or negative", 10)


def steps_fail(hp: Hp, level: Level) -> None:
    builds(hp, level)
    if level == "device":
        raise ValueError(f"only negative numbers, not {hp.read['kernel']}", 11)


async def states(
    build: Build | ScriptedAgent, text: str = TEXT, cache: Cache | None = None, **options: Any
) -> list[Analysis]:
    agent: Any = build if isinstance(build, ScriptedAgent) else ScriptedAgent(build)
    document = source.from_text(PATH, text)
    found = analysis.analyse(document, agent, Options(**options), cache=cache)
    return [state async for state in found]


# ------------------------------------------------------------------- levels


async def test_real_steps_are_taken_where_the_shapes_are_known_from_before(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    await states(steps_fail, cache=cache)
    agent = ScriptedAgent(steps_fail)
    done = (await states(agent, cache=cache, level="device", verify_fixes=False))[-1]
    assert len([level for level, _ in agent.probed if level == "symbolic"]) < 40, (
        "the proof is not made again"
    )
    assert [level for level, _ in agent.probed].count("device") >= 5
    assert any("only negative numbers" in cause.error.message for cause in done.targets[0].causes)
    assert any("only negative numbers" in finding.message for finding in done.findings)


async def test_what_real_steps_found_is_not_shown_where_only_shapes_are_asked_for(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    await states(steps_fail, cache=cache, level="device")
    await states(steps_fail, cache=cache)
    await states(steps_fail, cache=cache, level="device")
    again = await states(steps_fail, cache=cache)
    assert again[-1].targets[0].coverage is not None and again[-1].targets[0].coverage.mode == "exhaustive"
    assert not any(state.targets[0].causes for state in again)


async def test_the_causes_of_real_steps_say_how_many_of_the_tried_ones_fail() -> None:
    def large_models_fail(hp: Hp, level: Level) -> None:
        builds(hp, level)
        if level == "device" and hp.read["kernel"] != 3:
            raise ValueError("out of memory", 11)

    agent = ScriptedAgent(large_models_fail)
    (target,) = (await states(agent, level="device"))[-1].targets
    really = [configuration for level, configuration in agent.probed if level == "device"]
    (cause,) = target.causes
    assert list(cause.failing) == [each for each in really if each["kernel"] != 3]
    assert cause.share == len(cause.failing) / len(really) and not cause.exact
    assert cause.first.configuration == cause.failing[0] and cause.condition is None
    assert [report.level for report in target.reports].count("device") == len(really)
    assert target.elapsed_ms["device"] >= 0


async def test_no_real_step_is_taken_of_what_does_not_build() -> None:
    agent = ScriptedAgent(large_kernels_fail)
    await states(agent, level="device")
    assert not any(configuration["kernel"] == 9 for level, configuration in agent.probed if level == "device")


# ------------------------------------------------------------------- interpreters


def nothing_builds(hp: Hp, level: Level) -> None:
    builds(hp, level)
    raise ValueError("type object 'Variable' has no attribute", 9)


BROKEN = "No search space can be probed with python."


async def test_where_not_even_the_smallest_model_builds_the_interpreter_is_named_and_no_line_is_underlined() -> (
    None
):
    found = await states(ScriptedAgent(nothing_builds, unable=BROKEN))
    assert not any(state.targets[0].causes for state in found)
    done = found[-1]
    assert done.done and done.environment is not None and done.environment.problem == BROKEN
    assert (done.targets[0].status, done.targets[0].reason) == ("static-only", BROKEN)
    assert [finding.code for finding in done.findings] == ["HS001"]


async def test_where_the_smallest_model_builds_the_target_is_named() -> None:
    done = (await states(ScriptedAgent(nothing_builds)))[-1]
    assert done.environment == HERE
    assert done.targets[0].coverage is not None and done.targets[0].coverage.failed == 160
    assert done.findings


async def test_an_interpreter_that_cannot_start_is_the_reason_of_every_target() -> None:
    document = source.from_text(PATH, TEXT)
    done = await analysis.run(document, Agent(["/no/such/python"]), Options())
    assert "/no/such/python" in (done.targets[0].reason or "")


# ------------------------------------------------------------------- threads


class Threads:
    """What ran, and whether on the thread of the event loop."""

    def __init__(self) -> None:
        self.loop = threading.get_ident()
        self.ran: dict[str, set[bool]] = {}
        self.folder: Path | None = None

    def note(self, name: str) -> None:
        self.ran.setdefault(name, set()).add(threading.get_ident() == self.loop)

    def wrapped(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **kwargs: Any) -> Any:
            self.note(name)
            return function(*args, **kwargs)

        return noting

    def opened(self, event: str, args: tuple[Any, ...]) -> None:
        """An audit hook cannot be removed: it looks at files of one folder, while there is one."""
        if event == "open" and self.folder is not None and str(args[0]).startswith(str(self.folder)):
            self.note("open")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Threads]:
    seen = Threads()
    heavy: list[tuple[Any, str]] = [
        (source, "analyse"),
        (rules, "findings"),
        (fixes, "apply"),
        (space, "cannot_matter"),
        (space, "layer_rows"),
        (space, "contains"),
        *((space.Explorer, name) for name in ("next", "add", "causes")),
    ]
    for owner, name in heavy:
        monkeypatch.setattr(owner, name, seen.wrapped(name, getattr(owner, name)))
    findings = rules.findings

    def with_noted_repairs(*args: Any, **kwargs: Any) -> tuple[Finding, ...]:
        return tuple(
            replace(finding, repairs=partial(noted_repairs, finding)) for finding in findings(*args, **kwargs)
        )

    def noted_repairs(finding: Finding) -> Iterator[Fix]:
        for fix in finding.repairs():
            seen.note("repairs")
            yield fix

    monkeypatch.setattr(rules, "findings", with_noted_repairs)
    sys.addaudithook(seen.opened)
    seen.folder = tmp_path
    yield seen
    seen.folder = None


async def test_nothing_heavy_runs_on_the_thread_that_answers_the_editor(
    threads: Threads, tmp_path: Path
) -> None:
    for level in ("symbolic", "device"):  # the second meets a result that is known
        found = await states(large_kernels_fail, cache=Cache(tmp_path / "cache"), level=level)
        assert found[-1].findings
    assert set(threads.ran) == {
        *("analyse", "findings", "apply", "cannot_matter", "layer_rows", "contains"),
        *("next", "add", "causes", "repairs", "open"),
    }
    assert [name for name, on_loop in threads.ran.items() if True in on_loop] == []


async def test_a_cancelled_analysis_asks_for_nothing_more() -> None:
    agent = ScriptedAgent(builds)
    found = analysis.analyse(source.from_text(PATH, TEXT), agent, Options())  # type: ignore[arg-type]
    async for state in found:
        if state.targets[0].status == "probed":
            break
    await found.aclose()  # type: ignore[attr-defined]
    before = len(agent.probed)
    await states(large_kernels_fail)
    assert len(agent.probed) == before


# ------------------------------------------------------------------- repairs


async def test_an_edit_that_changes_nothing_is_not_offered() -> None:
    agent: Any = ScriptedAgent(large_kernels_fail)
    done = (await states(agent, verify_fixes=False))[-1]
    (kernel,) = (each for each in done.findings if each.severity == Severity.ERROR)
    column = TEXT.splitlines()[5].index("9") + 1
    same = Fix("Lower the maximum", (Edit(Span(PATH, 6, column, 6, column + 1), "9"),))
    asked = replace(done, findings=(replace(kernel, repairs=lambda: iter([same]), settled=False),))
    repaired = await repairs.with_fixes(asked, agent, Options(), Clock(10))
    assert [each.fixes for each in repaired.findings] == [()]


async def test_repairs_are_tried_once_for_a_text_and_are_there_at_once_when_it_comes_back(
    tmp_path: Path,
) -> None:
    def smaller_kernels_build(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *range(3, 9 if "3, 7," in hp.text else 11, 2))
        hp.choice("units", *range(1, 41))
        if kernel >= 9:
            raise ValueError("Computed output size would be zero or negative", 10)

    cache = Cache(tmp_path)
    (first,) = [
        each for each in (await states(smaller_kernels_build, cache=cache))[-1].findings if each.fixes
    ]
    again = await states(smaller_kernels_build, cache=cache)
    shown = next(state for state in again if any(each.code == first.code for each in state.findings))
    assert [each.fixes for each in shown.findings if each.code == first.code] == [first.fixes]
    assert not any(state.progress is not None and "repairs" in state.progress for state in again)


async def test_repairs_that_passed_stay_while_the_others_are_tried_in_a_second_try() -> None:
    def smaller_kernels_build(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *range(3, 9 if "3, 7," in hp.text else 11, 2))
        hp.choice("units", *range(1, 41))
        if kernel >= 9:
            raise ValueError("Computed output size would be zero or negative", 10)

    done = (await states(smaller_kernels_build))[-1]
    (known,) = [each for each in done.findings if each.fixes]
    half = known.with_fixes(known.fixes[:1], settled=False)
    before = replace(done, findings=tuple(half if each is known else each for each in done.findings))
    agent: Any = ScriptedAgent(smaller_kernels_build)
    document = source.from_text(PATH, TEXT)
    again = [state async for state in analysis.analyse(document, agent, Options(), previous=before)]
    shown = [each.fixes for state in again for each in state.findings if each.message == known.message]
    assert shown[0] == known.fixes[:1] and all(shown) and shown[-1] == known.fixes


async def test_a_failure_is_repaired_beside_a_build_function_that_never_builds() -> None:
    head, _, rest = TEXT.partition("def build_model")
    broken = (
        "def build_broken(hp):\n    never = hp.Int('never', 1, 2)\n    return keras.Sequential([never])\n\n\n"
    )
    # A repair that changes the length of its line, as most do.
    text = f"{head}{broken}def build_model{rest}".replace("3, 9, step", "3, 11, step")
    shift = broken.count("\n")

    def builds_if_narrow(hp: Hp, level: Level) -> None:
        if "return keras.Sequential([never])" in hp.text:
            hp.choice("never", 1, 2)
            raise ValueError("never", 7)
        if hp.choice("kernel", *range(3, 13 if "3, 11," in hp.text else 11, 2)) >= 11:
            raise ValueError("Computed output size would be zero or negative", 9 + shift)
        hp.choice("units", *range(1, 41))

    done = (await states(builds_if_narrow, text))[-1]
    assert [target.coverage and target.coverage.all_fail for target in done.targets] == [True, False]
    (fixed,) = [each for each in done.findings if each.target == "build_model" and each.cause]
    assert any(fix.verified for fix in fixed.fixes)


async def test_what_the_text_tells_is_shown_before_its_repairs_are_tried() -> None:
    text = TEXT.replace('"kernel", 3, 9, step=2', '"kernel", 3, 10, step=2')
    found = analysis.analyse(source.from_text(PATH, text), None, Options())
    first, last = [state async for state in found]
    assert not first.done and last.done
    assert [each.code for each in first.findings] == [each.code for each in last.findings] != []


async def test_an_edit_that_repairs_another_failure_of_the_same_rule_is_not_offered() -> None:
    def both_fail(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *range(3, 9 if "3, 7," in hp.text else 11, 2))
        units = hp.choice("units", *range(1, 40 if "1, 39" in hp.text else 41))
        for fails, line in ((kernel >= 9, 9), (units >= 40, 10)):
            if fails:
                raise ValueError("Computed output size would be zero or negative", line)

    agent: Any = ScriptedAgent(both_fail)
    done = (await states(agent, verify_fixes=False))[-1]
    kernel, units = (each for each in done.findings if each.severity == Severity.ERROR)
    assert kernel.code == units.code
    edits = []
    for line, old, new in ((6, "9", "7"), (7, "40", "39")):
        column = TEXT.splitlines()[line - 1].index(old) + 1
        edit = Edit(Span(PATH, line, column, line, column + len(old)), new)
        edits.append(Fix("Lower the maximum", (edit,)))
    repaired = await repairs.with_fixes(
        replace(
            done,
            findings=tuple(
                replace(each, repairs=lambda: iter(edits), settled=False) for each in (kernel, units)
            ),
        ),
        agent,
        Options(),
        Clock(10),
    )
    assert [[fix.edits for fix in each.fixes] for each in repaired.findings] == [
        [edits[0].edits],
        [edits[1].edits],
    ]


async def test_an_edit_after_which_the_failure_shows_again_takes_no_time_from_those_that_repair() -> None:
    def only_smaller_kernels_build(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *range(3, 9 if "3, 7," in hp.text else 11, 2))
        hp.choice("units", *range(1, 41))
        if kernel >= 9:
            raise ValueError("Computed output size would be zero or negative", 10)

    agent: Any = ScriptedAgent(only_smaller_kernels_build)
    done = (await states(agent, verify_fixes=False))[-1]
    (kernel,) = (each for each in done.findings if each.severity == Severity.ERROR)
    edits = []
    for line, old, new in ((9, "8", "4"), (6, "9", "7")):
        column = TEXT.splitlines()[line - 1].index(old) + 1
        edits.append(Fix(f"Put {new}", (Edit(Span(PATH, line, column, line, column + 1), new),)))
    agent.probed.clear()
    asked = replace(done, findings=(replace(kernel, repairs=lambda: iter(edits[:1]), settled=False),))
    useless = await repairs.with_fixes(asked, agent, Options(), Clock(10))
    assert [each.fixes for each in useless.findings] == [()]
    # The default, which opens the job, and one that failed before: no exploration of what repairs nothing.
    assert len(agent.probed) <= 2
    asked = replace(done, findings=(replace(kernel, repairs=lambda: iter(edits), settled=False),))
    both = await repairs.with_fixes(asked, agent, Options(), Clock(10))
    assert [[fix.title for fix in each.fixes] for each in both.findings] == [["Put 7"]]


async def test_where_there_is_no_time_for_a_trial_the_first_repair_that_keeps_the_space_is_offered_untried() -> (
    None
):
    agent: Any = ScriptedAgent(large_kernels_fail)
    done = (await states(agent, verify_fixes=False))[-1]
    (kernel,) = (each for each in done.findings if each.severity == Severity.ERROR)
    edits = []
    for line, old, new, drops in ((6, "9", "7", 0.25), (9, "8", "4", 0.0)):
        column = TEXT.splitlines()[line - 1].index(old) + 1
        edit = Edit(Span(PATH, line, column, line, column + 1), new)
        edits.append(Fix(f"Put {new}", (edit,), drops=drops))
    asked = replace(done, findings=(replace(kernel, repairs=lambda: iter(edits), settled=False),))
    late = await repairs.with_fixes(asked, agent, Options(patience=0.0), Clock(0))
    (finding,) = late.findings
    assert [(each.title, each.verified) for each in finding.fixes] == [("Put 4 (not tried)", False)]
    assert not finding.settled, "the trial is made up for when there is time"


def test_of_repairs_that_lose_nothing_the_one_after_which_nothing_fails_comes_first() -> None:
    edit = Edit(Span(PATH, 6, 1, 6, 2), "")
    one = Fix("of one layer", (edit,), leaves=0.29)
    all_layers = Fix("of all layers", (edit,), leaves=0.0)
    dear = Fix("of most of the space", (edit,), drops=0.6, leaves=0.0)
    ranked = repairs._ranked([(one, True), (dear, True), (all_layers, True)], None)
    assert [fix.title for fix in ranked] == ["of all layers", "of one layer", "of most of the space"]
    assert [fix.preferred for fix in ranked] == [True, False, False]


def test_what_gives_values_up_and_leaves_others_failing_goes_where_another_one_loses_nothing() -> None:
    edit = Edit(Span(PATH, 6, 1, 6, 2), "")
    all_values = Fix("Look both up", (edit,), leaves=0.0)
    dropped = Fix("Drop one", (edit,), drops=0.33, leaves=0.5)
    assert [fix.title for fix in repairs._ranked([(dropped, True), (all_values, True)], None)] == [
        "Look both up"
    ]
    half = replace(all_values, leaves=0.2)
    assert len(repairs._ranked([(dropped, True), (half, True)], None)) == 2


# ------------------------------------------------------------------- edits elsewhere


def wide_kernels_fail(hp: Hp, level: Level) -> None:
    """Fails where the file makes its convolution, whatever line that is on."""
    kernel = hp.choice("kernel", *range(3, 9 if "3, 7," in hp.text else 11, 2))
    hp.choice("units", *range(1, 41))
    if kernel >= 9:
        line = 1 + next(number for number, each in enumerate(hp.text.splitlines()) if "Conv2D" in each)
        raise ValueError("Computed output size would be zero or negative", line)


NOTES = "def noted(history):\n    print(history)\n\n\n"


async def test_an_edit_elsewhere_moves_what_is_known_and_explores_nothing_anew(tmp_path: Path) -> None:
    moved = TEXT.replace("def build_model", f"{NOTES}def build_model")
    cache, anew = Cache(tmp_path / "kept"), Cache(tmp_path / "empty")
    first, after, fresh = (ScriptedAgent(wide_kernels_fail) for _ in range(3))
    (before,) = [
        each for each in (await states(first, cache=cache, verify_fixes=False))[-1].findings if each.cause
    ]
    shown = await states(after, moved, cache=cache, verify_fixes=False)
    expected = (await states(fresh, moved, cache=anew, verify_fixes=False))[-1]
    (wanted,) = [each for each in expected.findings if each.cause]
    assert wanted.span.line == before.span.line + NOTES.count("\n")
    for state in (shown[0], shown[-1]):
        told = [each for each in state.findings if each.cause]
        assert [(each.message, each.span, each.related) for each in told] == [
            (wanted.message, wanted.span, wanted.related)
        ]
        assert [each.span for each in state.targets[0].hyperparameters] == [
            each.span for each in expected.targets[0].hyperparameters
        ]
    assert len(after.probed) < len(fresh.probed) / 2


async def test_the_trial_of_a_repair_that_adds_a_line_probes_no_other_build_function(tmp_path: Path) -> None:
    other = TEXT[TEXT.index("def build_model") :].replace("build_model", "build_other")
    agent: Any = ScriptedAgent(wide_kernels_fail)
    done = (await states(agent, TEXT + "\n\n" + other, verify_fixes=False))[-1]
    kernel = next(each for each in done.findings if each.cause and each.target == "build_model")
    lines = TEXT.splitlines()
    line = next(number for number, each in enumerate(lines, 1) if each.startswith("    kernel"))
    smaller = '    smaller = "Said in a line more."\n' + lines[line - 1].replace("3, 9,", "3, 7,")
    place = Span(PATH, line, 1, line, len(lines[line - 1]) + 1)
    longer = Fix("Lower the maximum", (Edit(place, smaller),))
    opened: list[str] = []
    plain = agent.open

    async def opening(slice_: Slice, *args: Any, **kwargs: Any) -> Any:
        opened.append(slice_.expression)
        return await plain(slice_, *args, **kwargs)

    agent.open = opening
    asked = replace(done, findings=(replace(kernel, repairs=lambda: iter([longer]), settled=False),))
    repaired = await repairs.with_fixes(asked, agent, Options(), Clock(10))
    assert [fix.verified for each in repaired.findings for fix in each.fixes] == [True]
    assert set(opened) == {"build_model"}
