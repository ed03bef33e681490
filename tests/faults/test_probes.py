"""User code that exits, hangs, crashes, prints or grows: each is reported with a reason, and the next probe works."""

from __future__ import annotations

import asyncio
import re
import sys
import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from hypershape.agent import kernel
from hypershape.model import Level, Report, Slice, SliceFile
from hypershape.probe import Agent, AgentFailed, Limits, SliceFailed, bootstrap
from hypershape.probe.agent import MOST_PARKED
from tests.thinned import one_of, one_row_of
from tests.unit.engine_child import in_child

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

LIMITS = Limits(seconds=2.0, memory_mb=3000, output_bytes=2000)
GOOD = """
import keras

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 4))])
    model.compile(loss="mse")
    return model
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


def cut(text: str, path: str = "/tmp/user/model.py") -> Slice:
    return Slice((SliceFile(path, "__main__", textwrap.dedent(text)),), "build_model")


def target(body: str) -> Slice:
    """A target that does `body` when `units` is 3, and builds otherwise."""
    lines = textwrap.indent(textwrap.dedent(body), " " * 8)
    head, tail = GOOD.split("    model = ", 1)
    return cut(f'{head}    if hp.Int("units", 1, 4) == 3:\n{lines}\n    model = {tail}')


async def probed(agent: Agent, slice_: Slice, limits: Limits = LIMITS) -> list[Report]:
    job = await agent.open(slice_, limits=limits)
    try:
        return [r async for r in job.probe([{"units": 2}, {"units": 3}, {"units": 4}], "symbolic")]
    finally:
        await job.close()


@pytest.mark.parametrize(
    ("body", "reason"),
    one_row_of(
        2,
        [
            ("import os; os._exit(3)", "exit code 3"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
            ("while True: pass", "more than 2 s"),
            ("import time; time.sleep(60)", "more than 2 s"),
            (
                "try:\n    while True: pass\nexcept:\n    raise TypeError('no maximum of this type')",
                "more than 2 s",
            ),
            ("while True:\n    try:\n        while True: pass\n    except: break", "more than 2 s"),
            (
                "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
                "had to be stopped",
            ),
            (
                "import numpy, time\nhog = [numpy.ones(2**27) for _ in range(4)]\ntime.sleep(15)",
                "of memory",
            ),
            (
                "import contextlib, os, stat, time\nfor number in range(3, 64):\n    with contextlib.suppress(OSError):\n"
                "        if stat.S_IFMT(os.fstat(number).st_mode) in (stat.S_IFSOCK, stat.S_IFIFO): os.write(number, b'printed to where it should not')\n"
                "time.sleep(1)",
                "wrote into the channel",
            ),
        ],
    ),
)
async def test_what_ends_a_probe_is_named_and_the_others_go_on(agent: Agent, body: str, reason: str) -> None:
    limits = replace(LIMITS, seconds=20.0) if "hog" in body else LIMITS
    before, broken, after = await probed(agent, target(body), limits)
    assert (before.verdict, after.verdict) == ("ok", "ok")
    assert broken.verdict == "unknown" and broken.configuration["units"] == 3
    assert broken.error is not None and reason in broken.error.message and broken.error.stage == "limit"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("keras.layers.Dense.__init__ = None", marks=pytest.mark.spawned),
        "keras.layers.Dense = None",
        "keras.Sequential.add = lambda self, layer: 1 / 0",
    ],
)
async def test_a_configuration_that_changes_keras_fails_no_other(agent: Agent, body: str) -> None:
    reports = await probed(agent, target(body))
    assert [report.verdict for report in reports] == ["ok", "fail", "ok"]


@pytest.mark.spawned
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise SystemExit(1)", "SystemExit"),
        ("exit()", "SystemExit"),
        ("def f(n): return f(n + 1)\nf(0)", "RecursionError"),
        ("input('how many? ')", "EOFError"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
async def test_what_the_target_raises_is_its_failure(agent: Agent, body: str, kind: str) -> None:
    before, broken, after = await probed(agent, target(body))
    assert (before.verdict, broken.verdict, after.verdict) == ("ok", "fail", "ok")
    assert broken.error is not None and broken.error.type == kind
    assert broken.error.span is not None and broken.error.span.path == "/tmp/user/model.py"


@pytest.mark.parametrize(
    "body",
    [
        "open('{witness}', 'w').write('x')",
        "import os; os.mkdir('{witness}')",
        "import subprocess; subprocess.run(['touch', '{witness}'])",
        "import os; os.system('touch {witness}')",
        "import tensorflow as tf; tf.io.gfile.makedirs('{witness}')",
        "import tensorflow as tf; tf.io.gfile.GFile('{witness}', 'w').write('x')",
        "import h5py; h5py.File('{witness}', 'w')",
        "import sqlite3; sqlite3.connect('{witness}').execute('create table t(a)')",
        "try:\n    open('{witness}', 'w')\nexcept OSError as error:\n    raise ValueError('no log') from error",
    ],
)
async def test_what_a_probe_is_refused_is_not_checked_and_not_done(
    agent: Agent, body: str, tmp_path: Path
) -> None:
    witness = tmp_path / "witness"
    before, broken, after = await probed(agent, target(body.format(witness=witness)))
    assert not witness.exists()
    assert (before.verdict, broken.verdict, after.verdict) == ("ok", "unknown", "ok")
    assert broken.error is not None and (broken.error.type, broken.error.stage) == ("Refused", "limit")
    assert "does not let a probe" in broken.error.message


@pytest.mark.parametrize("level", ["symbolic", "device"])
async def test_a_target_that_writes_beside_its_file_is_probed_and_leaves_nothing(
    agent: Agent, level: Level, tmp_path: Path
) -> None:
    (tmp_path / "trials.csv").write_text("units\n")
    (tmp_path.parent / "scratch").mkdir(exist_ok=True)
    if not in_child(kernel.lay_over, str(tmp_path), str(tmp_path.parent / "scratch")):
        pytest.skip("this system lets nobody put a layer over a folder")
    text = """
        import os
        os.makedirs("logs", exist_ok=True)

        import keras

        def build_model(hp):
            units = hp.Int("units", 1, 4)
            with open("trials.csv", "a") as file:
                file.write(f"{units}\\n")
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
            model.compile(loss="mse")
            model.save("logs/first.keras")
            model.save_weights("first.weights.h5")
            return model
    """
    job = await agent.open(cut(text, str(tmp_path / "model.py")), limits=LIMITS)
    try:
        reports = [report async for report in job.probe([{"units": 2}, {"units": 3}], level)]
    finally:
        await job.close()
    assert [report.verdict for report in reports] == ["ok", "ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["trials.csv"]
    assert (tmp_path / "trials.csv").read_text() == "units\n"


async def test_a_slice_that_is_refused_something_has_no_fault(agent: Agent, tmp_path: Path) -> None:
    reports = await probed(agent, cut(f"import os\nos.mkdir('{tmp_path}/new')\n" + GOOD))
    assert {report.verdict for report in reports} == {"ok"}
    with pytest.raises(SliceFailed) as raised:
        await agent.open(cut(f"import os\nclass Made:\n    os.mkdir('{tmp_path}/new')\n" + GOOD))
    error = raised.value.error
    assert (error.type, error.stage) == ("Refused", "limit") and error.span is not None
    assert not (tmp_path / "new").exists()


async def test_a_flood_of_output_and_writes_to_the_protocol_s_descriptor_do_no_harm() -> None:
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    try:
        body = "import os\nprint('flood' * 10000)\nos.write(1, b'Content-Length: 3\\r\\n\\r\\n{}!')"
        reports = await probed(agent, target(body))
    finally:
        await agent.close()
    assert [report.verdict for report in reports] == ["ok", "ok", "ok"]
    text = "\n".join(logged)
    assert "flood" in text and "the rest of the output was dropped" in text and len(text) < 20_000


async def test_one_file_that_patches_keras_is_not_seen_by_another(agent: Agent) -> None:
    patch = "import keras\nkeras.layers.Dense = None\n" + GOOD
    patched = await probed(agent, cut(patch))
    clean = await probed(agent, cut(GOOD))
    assert {report.verdict for report in patched} == {"fail"}
    assert {report.verdict for report in clean} == {"ok"}


async def test_a_slice_that_does_not_run_says_where_and_why(agent: Agent) -> None:
    with pytest.raises(SliceFailed) as raised:
        await agent.open(cut("import keras\ndef build_model(hp=keras.nothing): pass\n"))
    error = raised.value.error
    assert error.type == "AttributeError" and error.stage == "slice"
    assert error.span is not None and (error.span.line, error.span.column) == (2, 20)


def with_constants(monkeypatch: pytest.MonkeyPatch, **constants: str) -> None:
    """Agents that start from now on have other constants."""
    sources = dict(bootstrap._sources())
    for name, value in constants.items():
        pattern = re.compile(rf"^{name} = .*$", re.MULTILINE)
        assert any(pattern.search(text) for text in sources.values())
        sources = {module: pattern.sub(f"{name} = {value}", text) for module, text in sources.items()}
    monkeypatch.setattr(bootstrap, "_sources", lambda: sources)


MANY = (
    target("pass")
    .files[0]
    .text.replace("    model = ", "    for i in range(40): hp.Boolean(f'flag{i}')\n    model = ")
)


async def test_a_report_that_is_long_comes_in_pieces_and_whole(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_constants(monkeypatch, REPORTED="2_000", PIECE="7")
    other = Agent([sys.executable])
    try:
        pieces = await probed(other, cut(MANY))
    finally:
        await other.close()
    whole = await probed(agent, cut(MANY))
    assert told(pieces) == told(whole)
    assert len(whole[0].new) == 41 and len(whole[0].declarations) >= 41


@pytest.mark.long
async def test_a_report_that_is_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with_constants(monkeypatch, REPORTED="2_000", LARGEST_REPORTED="4_000")
    agent = Agent([sys.executable])
    try:
        first, *_ = await probed(agent, cut(MANY))
        after = await probed(agent, cut(GOOD))
    finally:
        await agent.close()
    assert first.verdict == "unknown" and first.error is not None and first.error.type == "TooLarge"
    assert {report.verdict for report in after} == {"ok"}


async def test_attributes_that_code_hangs_on_its_hyperparameters_are_its_own(agent: Agent) -> None:
    reports = await probed(
        agent, target("hp.read = {i: i for i in range(9)}; hp.declarations = hp.first_spans = 3")
    )
    assert [report.verdict for report in reports] == ["ok", "ok", "ok"]
    assert dict(reports[1].configuration) == {"units": 3}


async def test_cancelling_kills_the_process_that_probes(agent: Agent) -> None:
    await agent.environment()
    job = await agent.open(target("while True: pass"), limits=Limits(seconds=60))

    async def probe() -> None:
        async for _ in job.probe([{"units": 3}], "symbolic"):
            pass

    task = asyncio.create_task(probe())
    await asyncio.sleep(0.5)
    used = {child: sum(child.cpu_times()[:2]) for child in map(psutil.Process, await processes(agent))}
    await asyncio.sleep(0.5)
    # Others may wait there for another text.
    busy = max(used, key=lambda child: sum(child.cpu_times()[:2]) - used[child]).pid
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(100):
        if not psutil.pid_exists(busy):
            break
        await asyncio.sleep(0.05)
    assert not psutil.pid_exists(busy)
    assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}


async def test_an_agent_that_was_killed_starts_again() -> None:
    agent = Agent([sys.executable])
    try:
        await agent.environment()
        for child in psutil.Process().children():
            if "hypershape" in " ".join(child.cmdline()) or "os.read" in " ".join(child.cmdline()):
                child.kill()
        await asyncio.sleep(0.3)
        assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}
    finally:
        await agent.close()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["/no/such/python"], "/no/such/python cannot be started"),
        (["/bin/true"], "is it a Python interpreter?"),
        (["/bin/cat"], "is it a Python interpreter?"),
    ],
)
async def test_a_command_that_is_no_python_is_named_in_one_sentence(command: list[str], says: str) -> None:
    agent = Agent(command)
    with pytest.raises(AgentFailed) as raised:
        await asyncio.wait_for(agent.environment(), 30)
    assert says in str(raised.value)
    await agent.close()


# ------------------------------------------------------------------- processes that wait for the next text

OWN = """
import keras

class Own(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.inner = keras.layers.Dense(units)

    def call(self, x):
        return self.inner(x)

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), Own(hp.Int("units", 1, 4)), keras.layers.Dense(3)])
    model.compile(loss="mse")
    return model
"""
EDITED = OWN.replace("import keras\n", "import keras\n\n\n\n").replace("Dense(3)", "Dense(5)")


async def both(agent: Agent, before: Slice, after: Slice) -> tuple[list[Report], set[int]]:
    """The reports on one slice after those on another one, and the processes that served them."""
    served: set[int] = set()
    for slice_ in (before, after):
        job = await agent.open(slice_, limits=LIMITS)
        served |= await processes(agent)
        reports = [r async for r in job.probe([{}, {"units": 3}, {"units": 2}], "symbolic")]
        await job.close()
    return reports, served


async def processes(agent: Agent) -> set[int]:
    """The processes that an agent has started, but for those that wait for a job."""
    assert agent._client is not None and agent._client._server is not None
    children = {each.pid for each in psutil.Process(agent._client._server.pid).children()}
    return children - set((await agent.ask("agent/ping", {}))["spares"])


def told(reports: list[Report]) -> list[Report]:
    return [replace(report, elapsed_ms=0.0) for report in reports]


async def test_an_edited_text_goes_on_in_the_process_of_the_last_one_and_is_judged_by_its_own_words() -> None:
    agent, other = Agent([sys.executable]), Agent([sys.executable])
    try:
        again, served = await both(agent, cut(OWN), cut(EDITED))
        fresh, _ = await both(other, cut(GOOD), cut(EDITED))
    finally:
        await agent.close()
        await other.close()
    assert len(served) == 1
    assert told(again) == told(fresh)
    inner = next(call for call in again[0].layers if call.class_name == "Dense")
    assert inner.span is not None
    assert inner.span.line == EDITED[: EDITED.index("self.inner(x)")].count("\n") + 1


@pytest.mark.parametrize(
    "left",
    one_of(
        2,
        [
            "keras.config.set_floatx('float64')",
            "open('left.txt', 'w').close()",
            "while hp.Int('units', 1, 4) == 2: pass",
        ],
    ),
)
async def test_what_a_text_has_left_behind_is_not_met_by_the_next_one(left: str, tmp_path: Path) -> None:
    place = str(tmp_path / "model.py")
    agent = Agent([sys.executable])
    try:
        text = GOOD.replace("    model = ", f"    {left}\n    model = ")
        reports, served = await both(agent, cut(text, place), cut(GOOD, place))
    finally:
        await agent.close()
    assert [report.verdict for report in reports] == ["ok"] * 3
    assert len(served) == (2 if Path("/proc").exists() else len(served))


async def test_processes_that_wait_are_few_end_when_nothing_comes_and_with_their_agent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hypershape.probe.agent.PARKED_SECONDS", 1.0)
    agent = Agent([sys.executable])
    try:
        for number in range(6):
            job = await agent.open(cut(f"NUMBER = {number}\n{GOOD}"), limits=LIMITS)
            assert [report.verdict async for report in job.probe([{}], "symbolic")] == ["ok"]
            await job.close()
            await job.close()
        most = MOST_PARKED[(await agent.environment()).processes]
        assert len(agent._parked) <= most and len(await processes(agent)) <= most + 1
        await asyncio.sleep(1.5)
        assert not agent._parked and not await processes(agent)
        await probed(agent, cut(GOOD))
        left = await processes(agent)
        assert len(left) == 1
    finally:
        await agent.close()
    assert not any(psutil.pid_exists(pid) for pid in left)


async def test_a_batch_ends_when_its_time_is_over_and_knows_nothing_of_the_rest() -> None:
    agent = Agent([sys.executable])
    try:
        job = await agent.open(target("while True: pass"), limits=LIMITS)
        few = [
            r
            async for r in job.probe(
                [{"units": 2}, {"units": 3}, {"units": 4}], "symbolic", within=0.2, each=30.0
            )
        ]
        again = [r async for r in job.probe([{"units": 4}], "symbolic", within=0.2)]
        await job.close()
    finally:
        await agent.close()
    assert [report.configuration["units"] for report in (*few, *again)] == [2, 4]
    assert {report.verdict for report in (*few, *again)} == {"ok"}


async def test_an_agent_that_was_let_rest_starts_again_and_may_rest_again() -> None:
    agent = Agent([sys.executable])
    try:
        for _ in range(2):
            assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}
            assert agent._parked and not agent.busy
            agent.rest()
            assert not agent.runs and not agent.busy
        job = await agent.open(cut(GOOD))
        agent.rest()
        assert agent.runs and agent.busy
        await job.close()
    finally:
        await agent.close()
