"""Results that outlive a session: shown before the interpreter has started, checked before they are believed."""

import asyncio
import os
import pickle
import sys
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from hypershape import analysis, source
from hypershape.model import (
    Analysis,
    Cause,
    Coverage,
    Environment,
    Frame,
    LayerCall,
    LayerRow,
    Options,
    ProbeError,
    Rehearsal,
    Report,
    Slice,
    Span,
    Target,
    TargetAnalysis,
)
from hypershape.probe import Agent, Cache

from .handmade import blame

HERE = Environment(python="3.11.7", executable="/usr/bin/python", keras="3.15.0")
CNN = """
import keras

def build_model(hp):
    model = keras.Sequential([keras.Input((6, 6, 1))])
    model.add(keras.layers.Conv2D(4, hp.Choice("kernel", [3, 7])))
    model.compile(loss="mse")
    return model
"""


def target(text: str = CNN) -> Target:
    return source.analyse(source.from_text("/project/model.py", text)).targets[0]


def result(of: Target) -> TargetAnalysis:
    return TargetAnalysis(
        of,
        "probed",
        coverage=Coverage("exhaustive", 1, 1, 0, 0.0, (0.0, 0.0)),
        reports=(Report({"kernel": 3}, "ok", "symbolic"),),
    )


def test_a_result_is_found_again_for_the_same_text_and_environment_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep(result(target()), HERE)
    assert Cache(tmp_path).result(target(), HERE) == result(target())
    assert cache.result(target(CNN.replace("[3, 7]", "[3, 5]")), HERE) is None
    assert cache.result(target(), replace(HERE, keras="3.16.0")) is None
    assert cache.result(target("# hypershape: x=(6, 6, 1)" + CNN), HERE) is None


ABOVE = "def report(history):\n    print(history)\n"
"""Nothing that the build function needs."""


def failing(of: Target) -> TargetAnalysis:
    """A result whose places are on the lines of the convolution: in a report, its error and a row."""
    line = next(
        number for number, text in enumerate(of.slice.files[-1].text.split("\n"), 1) if "Conv2D" in text
    )
    place = Span("/project/model.py", line, 15, line, 61)
    library = Span("/lib/keras/layers.py", 400, 1, 400, 5)
    layer = LayerCall(place, "conv2d", "Conv2D", ((None, 6, 6, 1),), ((None, 4, 4, 4),), "float32", 40)
    frames = (Frame(place, "build_model", line), Frame(library, "call", 400))
    details = {"size": 7, "frame": {"span": asdict(place), "function": "build_model", "line": line}}
    error = ProbeError("ValueError", "refused", "build", frames, details=details)
    first = Report({"kernel": 7}, "fail", "symbolic", error, layers=(layer,))
    cause = Cause(error, first, (first.configuration,), None, True, 0.5)
    row = LayerRow(place, "conv2d", "Conv2D", ((None, 4, 4, 4),), "", (40, 40))
    return replace(result(of), reports=(first,), causes=(cause,), layers=(row,))


@pytest.mark.parametrize(
    "text",
    [
        ABOVE + CNN,
        CNN.replace("import keras\n", "import keras\n\n\n# A note.\n"),
        CNN.replace("    model.add", "\n    model.add"),
        CNN.replace("import keras\n", "import keras  # A note.\n") + ABOVE,
        CNN.replace("\nimport keras\n\n", "import keras\n"),
    ],
    ids=["a function above", "lines above", "an empty line within", "a comment beside", "lines gone"],
)
def test_a_result_stands_where_its_lines_stand_after_an_edit_elsewhere(tmp_path: Path, text: str) -> None:
    cache = Cache(tmp_path)
    cache.keep(failing(target()), HERE)
    found = cache.result(target(text), HERE)
    assert found == failing(target(text))


@pytest.mark.parametrize(
    "text",
    [
        CNN.replace("import keras\n", "import keras\n\n\nNOTE = 1\n").replace("Conv2D(4", "Conv2D(NOTE"),
        CNN.replace("[3, 7]", "[3, 9]"),
    ],
)
def test_a_result_is_not_found_again_where_the_edit_has_to_do_with_it(tmp_path: Path, text: str) -> None:
    cache = Cache(tmp_path)
    cache.keep(failing(target()), HERE)
    assert cache.result(target(text), HERE) is None


def test_empty_lines_and_spaces_within_a_text_of_the_code_count(tmp_path: Path) -> None:
    written = CNN.replace("import keras\n", 'import keras\nNAME = """a\n\nb"""\n').replace(
        'loss="mse"', 'loss="mse" if NAME else "mae"'
    )
    cache = Cache(tmp_path)
    cache.keep(failing(target(written)), HERE)
    assert cache.result(target(written.replace("a\n\nb", "a\nb")), HERE) is None
    assert cache.result(target(written.replace("a\n\nb", "a \n\nb")), HERE) is None
    moved = ABOVE + written
    assert cache.result(target(moved), HERE) == failing(target(moved))


def test_what_names_a_line_in_words_is_not_moved(tmp_path: Path) -> None:
    found = failing(target())
    error = replace(found.causes[0].error, message="refused on line 6")
    cache = Cache(tmp_path)
    cache.keep(replace(found, causes=(replace(found.causes[0], error=error),)), HERE)
    assert cache.result(target(), HERE) is not None
    assert cache.result(target(ABOVE + CNN), HERE) is None


def test_a_condition_is_found_again_as_the_value_that_it_was(tmp_path: Path) -> None:
    refused = ProbeError("ValueError", "refused", "build")
    first = Report({"kernel": 7, "conv.0": 3}, "fail", "symbolic", refused)
    condition = blame('kernel in (7, 9) or kernel % hp["conv.0"] != 0 and kernel >= 3 or not norm')
    found = replace(
        result(target()), causes=(Cause(refused, first, (first.configuration,), condition, True, 0.5),)
    )
    cache = Cache(tmp_path)
    cache.keep(found, HERE)
    kept = cache.result(target(), HERE)
    assert kept == found
    assert kept.causes[0].condition.holds(first.configuration)


@pytest.mark.parametrize("content", [b"", b"no zlib", zlib.compress(b"no pickle"), zlib.compress(b"")])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    cache = Cache(tmp_path)
    cache.keep(result(target()), HERE)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert cache.result(target(), HERE) is None


class Malicious:
    def __reduce__(self) -> object:
        return (os.mkdir, ("made-by-a-cache",))


def test_a_file_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cache = Cache(tmp_path / "cache")
    cache.keep(result(target()), HERE)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(zlib.compress(pickle.dumps(Malicious())))
    assert cache.result(target(), HERE) is None
    assert not (tmp_path / "made-by-a-cache").exists()


def test_the_least_recently_used_results_go_when_the_folder_is_full(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    targets = [target(CNN.replace("[3, 7]", f"[3, {size}]")) for size in range(4, 10)]
    for age, each in enumerate(targets):
        cache.keep(result(each), HERE)
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 + age, 1000 + age))
    assert cache.result(targets[0], HERE) is not None  # used now
    size = sum(path.stat().st_size for path in tmp_path.iterdir()) // len(targets)
    Cache(tmp_path, limit=3 * size + size // 2).keep(result(target(CNN.replace("[3, 7]", "[3, 11]"))), HERE)
    left = [cache.result(each, HERE) is not None for each in targets]
    assert left[0] and not any(left[1:4])


def test_a_folder_that_cannot_be_written_keeps_nothing_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "folder")
    cache.keep(result(target()), HERE)
    assert cache.result(target(), HERE) is None


class NeverStarts(Agent):
    def begin(self) -> None:
        pass

    async def environment(self) -> Environment:
        await asyncio.Event().wait()
        raise AssertionError


async def _first(cache: Cache, agent: Agent, text: str) -> Analysis:
    """The last snapshot before the interpreter is waited for."""
    document = source.from_text("/project/model.py", text)
    states = analysis.analyse(document, agent, Options(), cache=cache)
    return await asyncio.wait_for(anext(states), 20)


async def _last(cache: Cache, agent: Agent, text: str) -> Analysis:
    document = source.from_text("/project/model.py", text)
    return [state async for state in analysis.analyse(document, agent, Options(), cache=cache)][-1]


@pytest.mark.tensorflow
@pytest.mark.asyncio
async def test_a_file_that_is_opened_again_shows_its_results_before_the_interpreter_has_started(
    tmp_path: Path,
) -> None:
    cache, agent = Cache(tmp_path), Agent([sys.executable])
    try:
        done = await _last(cache, agent, CNN)
        assert [finding.code for finding in done.findings] == ["HS201"]
        again = await _first(Cache(tmp_path), NeverStarts([sys.executable]), CNN)
        assert [finding.message for finding in again.findings] == [each.message for each in done.findings]
        edited = await _first(Cache(tmp_path), NeverStarts([sys.executable]), CNN.replace("6, 6", "9, 9"))
        assert edited.findings == ()
    finally:
        await agent.close()


@pytest.mark.tensorflow
@pytest.mark.asyncio
async def test_after_an_edit_elsewhere_what_is_remembered_stands_where_a_new_analysis_puts_it(
    tmp_path: Path,
) -> None:
    cache, agent = Cache(tmp_path / "one"), Agent([sys.executable])
    try:
        await _last(cache, agent, CNN)
        at_once = await _first(cache, NeverStarts([sys.executable]), ABOVE + CNN)
        later = await _last(cache, agent, ABOVE + CNN)
        anew = await _last(Cache(tmp_path / "other"), agent, ABOVE + CNN)
        assert [finding.code for finding in anew.findings] == ["HS201"]
        for each in (at_once, later):
            assert [(f.message, f.span, f.related) for f in each.findings] == [
                (f.message, f.span, f.related) for f in anew.findings
            ]
        assert [row.span for row in at_once.targets[0].layers] == [row.span for row in anew.targets[0].layers]
    finally:
        await agent.close()


@pytest.mark.tensorflow
@pytest.mark.asyncio
async def test_a_kept_result_with_which_probes_disagree_is_not_believed(tmp_path: Path) -> None:
    cache, agent = Cache(tmp_path), Agent([sys.executable])
    try:
        environment = await agent.environment()
        cache.keep_environment(agent.command, environment)
        cache.keep(result(target()), environment)
        assert (await _first(cache, agent, CNN)).findings == ()
        assert [finding.code for finding in (await _last(cache, agent, CNN)).findings] == ["HS201"]
    finally:
        await agent.close()


# ------------------------------------------------------------------- rehearsals


SEARCH = """
import numpy, keras_tuner as kt
x = numpy.load("x.npy")
tuner = kt.RandomSearch(build, "loss", max_trials=3)
tuner.search(x)
"""


def played(folder: Path, **more: Any) -> tuple[Slice, Rehearsal]:
    (tuner,) = source.analyse(source.from_text(str(folder / "train.py"), SEARCH)).tuners
    assert tuner.rehearsal is not None
    return tuner.rehearsal, Rehearsal({}, "ok", tuner.call.span, facts={"trials": 2}, **more)


def test_a_search_that_was_played_is_remembered_while_its_files_are_the_same(tmp_path: Path) -> None:
    cache, data = Cache(tmp_path / "cache"), tmp_path / "seen.csv"
    named = tmp_path / "x.npy"
    for each in (data, named):
        each.write_text("1")
    slice_, found = played(tmp_path, read=(str(data),))
    cache.keep_rehearsal(slice_, {"units": 1}, HERE, found)
    assert Cache(tmp_path / "cache").rehearsal(slice_, {"units": 1}, HERE) == found
    assert cache.rehearsal(slice_, {"units": 2}, HERE) is None
    assert cache.rehearsal(slice_, {"units": 1}, replace(HERE, keras="3.0")) is None
    for each in (data, named):
        before = each.read_text()
        each.write_text("1, 2")
        assert cache.rehearsal(slice_, {"units": 1}, HERE) is None, each
        each.write_text(before)
        cache.keep_rehearsal(slice_, {"units": 1}, HERE, found)
    named.unlink()
    assert cache.rehearsal(slice_, {"units": 1}, HERE) is None


@pytest.mark.parametrize("more", [{"assumed": True}, {"read": None}, {"verdict": "unknown"}])
def test_a_search_that_rests_on_what_may_be_otherwise_is_not_remembered(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    cache = Cache(tmp_path / "cache")
    slice_, found = played(tmp_path)
    cache.keep_rehearsal(slice_, {}, HERE, replace(found, **more))
    assert cache.rehearsal(slice_, {}, HERE) is None
