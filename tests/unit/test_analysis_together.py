"""What a repair leaves of the whole search space, and all repairs as one edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from hypershape import fixes, source
from hypershape.analysis import repairs, together
from hypershape.analysis.clock import Clock
from hypershape.analysis.together import with_all
from hypershape.lsp import convert
from hypershape.lsp.positions import View
from hypershape.model import Analysis, Edit, Finding, Fix, Level, Options, Span
from tests.unit.scripted import PATH, Hp, ScriptedAgent
from tests.unit.test_analysis import states

URI = "file://" + PATH
TEXT = """\
import keras
import keras_tuner


def build_model(hp):
    kernel = hp.Choice("kernel", [3, 5, 7, 9])
    pool = hp.Choice("pool", [1, 2, 3, 4])
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(keras.layers.Conv2D(8, kernel))
    model.add(keras.layers.MaxPooling2D(pool))
    model.compile(loss="mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="loss", overwrite=True)
"""
KERNELS, POOLS = (3, 5, 7, 9), (1, 2, 3, 4)


def left(hp: Hp, values: tuple[int, ...], line: int) -> tuple[int, ...]:
    """What the text as it is edited still lists on a line."""
    written = hp.text.splitlines()[line - 1]
    listed = written[written.index("[") + 1 : written.index("]")]
    return tuple(value for value in values if str(value) in listed.split(", "))


def script(fails: Callable[[int, int], int | None]) -> ScriptedAgent:
    """An agent whose builds fail at the line that a function of kernel and pool names."""

    def build(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *left(hp, KERNELS, 6))
        pool = hp.choice("pool", *left(hp, POOLS, 7))
        line = None if "same" in hp.text else fails(kernel, pool)
        if line is not None:
            raise ValueError("Computed output size would be zero or negative", line)

    return ScriptedAgent(build)


def two_causes(kernel: int, pool: int) -> int | None:
    return 9 if kernel == 9 else 10 if pool == 4 else None


def entangled(kernel: int, pool: int) -> int | None:
    """Kernel 9 always fails, kernel 7 in half of the space, at another line."""
    return 9 if kernel == 9 else 10 if kernel == 7 and pool >= 3 else None


def keep(line: int, values: tuple[int, ...], kept: str, drops: float) -> Fix:
    column = TEXT.splitlines()[line - 1].index("[") + 2
    written = ", ".join(map(str, values))
    place = Span(PATH, line, column, line, column + len(written))
    return Fix(f"Keep {kept} (drops {100 * drops:.0f} % of the space)", (Edit(place, kept),), drops=drops)


async def offered(agent: Any, line: int, *candidates: Fix) -> list[tuple[str, bool]]:
    """The titles that stay for the failure at a line, and whether each is the preferred one."""
    return [(fix.title, fix.preferred) for fix in (await repaired(agent, {line: candidates}))[0].fixes]


async def repaired(agent: Any, candidates: dict[int, tuple[Fix, ...]]) -> list[Finding]:
    tried = await with_candidates(agent, candidates)
    return [each for each in tried.findings if each.cause is not None and each.span.line in candidates]


async def with_candidates(agent: Any, candidates: dict[int, tuple[Fix, ...]]) -> Analysis:
    done = (await states(agent, TEXT, verify_fixes=False))[-1]
    found = [
        replace(each, repairs=partial(iter, candidates.get(each.span.line, ())), settled=False)
        for each in done.findings
    ]
    assert candidates.keys() <= {each.span.line for each in found}
    asked = replace(done, findings=tuple(found), together=None)
    return await repairs.with_fixes(asked, agent, Options(), Clock(30))


async def all_of(agent: Any, candidates: dict[int, tuple[Fix, ...]]) -> list[str]:
    """The values of both hyperparameters after all repairs at once; nothing where no such edit is offered."""
    tried = await with_all(await with_candidates(agent, candidates), agent, Options(), Clock(30))
    document = tried.module.document
    view = View.of(document, PositionCodec(), [URI])
    actions = convert.fix_all(tried, view, {URI: 1})
    assert len(actions) <= 1
    if not actions or tried.together is None or tried.together.fix is None:
        return []
    assert isinstance(actions[0].edit, types.WorkspaceEdit)
    after = fixes.apply(document, tried.together.fix.edits).text.splitlines()
    return [line[line.index("[") + 1 : line.index("]")] for line in after[5:7]]


PAD = Fix("Pad", (Edit(Span(PATH, 9, 44, 9, 44), ', padding="same"'),))


async def test_a_repair_that_leaves_a_larger_share_of_the_space_failing_is_not_offered() -> None:
    lossy = keep(6, KERNELS, "7", 0.75)
    exact = keep(6, KERNELS, "3, 5, 7", 0.25)
    titles = [title for title, _ in await offered(script(entangled), 9, lossy, exact)]
    assert len(titles) == 1 and titles[0].startswith("Keep 3, 5, 7")


async def test_a_repair_says_what_is_left_where_something_else_fails_too() -> None:
    some = keep(6, KERNELS, "3, 5, 7", 0.25)
    all_ = keep(6, KERNELS, "3, 5", 0.5)
    assert await offered(script(entangled), 9, some, all_) == [
        ("Keep 3, 5, 7 (drops 25 % of the space; 17 % of the rest still fails)", True),
        ("Keep 3, 5 (drops 50 % of the space; nothing fails then)", False),
    ]


async def test_where_nothing_else_fails_a_repair_does_not_say_so() -> None:
    agent = script(lambda kernel, pool: 9 if kernel == 9 else None)
    some = keep(6, KERNELS, "3, 5, 7", 0.25)
    assert await offered(agent, 9, some) == [("Keep 3, 5, 7 (drops 25 % of the space)", True)]


async def test_what_gives_up_models_that_build_comes_after_what_does_not() -> None:
    agent = script(lambda kernel, pool: 9 if kernel == 9 else None)
    lossy = keep(6, KERNELS, "3, 5", 0.5)
    titles = [title for title, _ in await offered(agent, 9, lossy, PAD)]
    assert titles == ["Pad", lossy.title]


async def test_what_only_moves_the_failure_to_another_line_is_offered_only_where_nothing_repairs_some() -> (
    None
):
    agent = script(two_causes)
    build = agent.build

    def moved(hp: Hp, level: Level) -> None:
        kernel = hp.choice("kernel", *left(hp, KERNELS, 6))
        if "valid" in hp.text and kernel == 9:
            hp.choice("pool", *left(hp, POOLS, 7))
            raise ValueError("Computed output size would be zero or negative", 10)
        build(hp, level)

    agent.build = moved
    moving = Fix("Move", (Edit(Span(PATH, 9, 44, 9, 44), ', padding="valid"'),))
    titles = [title for title, _ in await offered(agent, 9, moving, keep(6, KERNELS, "3, 5, 7", 0.25))]
    assert [title.split()[0] for title in titles] == ["Keep"]
    assert [title.split()[0] for title, _ in await offered(agent, 9, moving)] == ["Move"]


async def test_a_repair_that_gives_trials_up_says_once_what_still_fails() -> None:
    title = "End such trials with FailedTrialError (25 % of the space still fails, without retries)"
    agent = script(two_causes)
    build = agent.build

    def giving_up(hp: Hp, level: Level) -> None:
        if "FailedTrialError" in hp.text and hp.choice("kernel", *KERNELS) == 9:
            hp.choice("pool", *POOLS)
            raise FailedTrialError("too large", 8)
        build(hp, level)

    agent.build = giving_up
    give_up = Fix(title, (Edit(Span(PATH, 11, 5, 11, 5), "keras_tuner.errors.FailedTrialError; "),))
    assert [each for each, _ in await offered(agent, 9, give_up)] == [title]


class FailedTrialError(ValueError):
    """As Keras Tuner's is called."""


async def test_all_repairs_at_once_are_tried_as_one_edit() -> None:
    kernels, pools = keep(6, KERNELS, "3, 5, 7", 0.25), keep(7, POOLS, "1, 2, 3", 0.25)
    assert await all_of(script(two_causes), {9: (kernels,), 10: (pools,)}) == ["3, 5, 7", "1, 2, 3"]


async def test_one_repair_that_cures_all_is_taken_where_several_would_give_up_more() -> None:
    kernels, both = keep(6, KERNELS, "3, 5, 7", 0.25), keep(6, KERNELS, "3, 5", 0.5)
    pools = keep(7, POOLS, "1, 2", 0.5)
    assert await all_of(script(entangled), {9: (kernels, both), 10: (pools,)}) == ["3, 5", "1, 2, 3, 4"]


async def test_two_repairs_that_do_not_pass_together_are_not_applied_together() -> None:
    def clash(kernel: int, pool: int) -> int | None:
        return 9 if kernel == 9 else 10 if pool == 4 else None

    agent = script(clash)
    build = agent.build

    def refused(hp: Hp, level: Level) -> None:
        build(hp, level)
        if len(left(hp, KERNELS, 6)) < 4 and len(left(hp, POOLS, 7)) < 4:
            raise ValueError("Computed output size would be zero or negative", 9)

    agent.build = refused
    kernels, pools = keep(6, KERNELS, "3, 5, 7", 0.25), keep(7, POOLS, "1, 2, 3", 0.25)
    assert await all_of(agent, {9: (kernels,), 10: (pools,)}) == ["3, 5, 7", "1, 2, 3, 4"]


async def test_nothing_is_applied_unasked_before_it_was_tried_as_one_edit() -> None:
    kernels = keep(6, KERNELS, "3, 5, 7", 0.25)
    tried = await with_candidates(script(two_causes), {9: (kernels,)})
    view = View.of(source.from_text(PATH, TEXT), PositionCodec(), [URI])
    assert tried.preferred and convert.fix_all(tried, view, {URI: 1}) == []


@pytest.mark.parametrize("there_is", ["no time", "nobody who asks"])
async def test_all_repairs_are_one_edit_only_where_somebody_asks_and_there_is_time(
    there_is: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with hundreds of failing targets would be read again for each of them."""
    agent = script(two_causes)
    tried = await with_candidates(agent, {9: (keep(6, KERNELS, "3, 5, 7", 0.25),)})
    assert len(tried.preferred) == 1
    monkeypatch.setattr(together, "LEAST_SECONDS", 0.0)
    options = Options(fix_all=there_is == "no time")
    done = await with_all(tried, agent, options, Clock(0.0 if there_is == "no time" else 30))
    assert done.together is None or done.together.fix is None
    assert (done.together is None) is not options.fix_all
