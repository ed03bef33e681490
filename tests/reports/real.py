"""What really happens when a file is run: each in a process and a folder of its own, with today's Keras and Keras Tuner."""

from __future__ import annotations

import gc
import json
import linecache
import os
import subprocess
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["raises", "every trial fails", "some trials fail", "ends"]

SECONDS = 240
MARK = "truth: "


@dataclass(frozen=True, slots=True)
class Truth:
    """What a file did: how it ended, what it raised and on which of its lines, and what became of its trials."""

    outcome: Outcome
    error: str | None
    line: int | None
    completed: int
    failed: int


def run(path: Path) -> Truth:
    """Runs a script, or the code cells of a notebook, as `python` would."""
    command = [sys.executable, "-m", "tests.reports.real", str(path.resolve())]
    top = Path(__file__).parents[2]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        command, cwd=top, env=environment, capture_output=True, timeout=SECONDS, check=False
    )
    last = done.stdout.decode().strip().rpartition("\n")[2]
    if not last.startswith(MARK):
        raise RuntimeError(
            f"{path.name} ended without a word ({done.returncode}): {done.stderr.decode()[-500:]}"
        )
    return Truth(**json.loads(last.removeprefix(MARK)))


def text_of(path: Path) -> str:
    """The program of a file: for a notebook its code cells, one after the other."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [each for each in json.loads(text)["cells"] if each["cell_type"] == "code"]
    return "\n".join("".join(each["source"]) for each in cells)


def _truth(path: Path) -> Truth:
    text, name = text_of(path), str(path)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    error, line = None, None
    try:
        exec(compile(text, name, "exec"), {"__name__": "__main__", "__file__": name})
    except BaseException as raised:
        error = type(raised).__name__
        frames = [each.lineno for each in traceback.extract_tb(raised.__traceback__) if each.filename == name]
        line = frames[-1] if frames else None
    states = [trial.status for tuner in _tuners() for trial in tuner.oracle.trials.values()]
    completed, failed = states.count("COMPLETED"), len(states) - states.count("COMPLETED")
    return Truth(_outcome(error, completed, failed), error, line, completed, failed)


def _outcome(error: str | None, completed: int, failed: int) -> Outcome:
    if failed and not completed:
        return "every trial fails"
    if error is not None:
        return "raises"
    return "some trials fail" if failed else "ends"


def _tuners() -> list[Any]:
    import keras_tuner

    base = next(each for each in keras_tuner.Tuner.__mro__ if each.__name__ == "BaseTuner")
    return [each for each in gc.get_objects() if isinstance(each, base) and hasattr(each, "oracle")]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as own:
        program = Path(sys.argv[1])
        os.chdir(own)
        print("\n" + MARK + json.dumps(asdict(_truth(program))), flush=True)
        os._exit(0)
