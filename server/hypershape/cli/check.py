"""`hypershape check`: reads the files, runs the pipeline over each, prints what it found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hypershape import settings, source
from hypershape.analysis import analyse
from hypershape.cli import contract, formats, text
from hypershape.cli.main import CANNOT_RUN, FOUND, OK, CannotRun
from hypershape.model import Analysis, Environment, Options, Severity
from hypershape.probe import Agent


async def check(
    paths: Sequence[Path], options: Options, output: str, corners: bool, command: list[str]
) -> int:
    """Checks every file and returns the exit code."""
    files = _files(paths)
    agent = None if options.level == "static" else Agent(command)
    printer = text.Printer(Console(soft_wrap=True, highlight=False)) if output == "text" else None
    analyses: list[Analysis] = []
    broken = False
    widen = partial(source.across, workspace=source.Workspace())
    try:
        with _progress_bar(Console(stderr=True)) as bar:
            task = bar.add_task("reading", total=len(files))
            for path in files:
                bar.update(task, description=str(path))
                try:
                    document = source.read(path)
                except source.Unreadable as reason:
                    if len(files) == 1:
                        raise CannotRun(str(reason)) from None
                    print(f"hypershape: {reason}", file=sys.stderr)
                    continue
                chosen = _for_file(path, options)
                try:
                    async for state in analyse(document, agent, chosen, widen=widen):
                        bar.update(task, description=f"{path}  {state.progress or ''}")
                except Exception as problem:
                    # A mistake of ours in one file must not cost the user the results for the others.
                    print(
                        f"hypershape: {path} could not be checked ({type(problem).__name__}: {problem}).",
                        file=sys.stderr,
                    )
                    broken = True
                    continue
                analyses.append(state)
                bar.advance(task)
                if printer is not None:
                    with text.paused(bar):
                        printer.file(state, corners)
    finally:
        if agent is not None:
            await agent.close()

    for sentence in dict.fromkeys(state.module.unsearched for state in analyses):
        if sentence is not None:
            print(f"hypershape: {sentence}", file=sys.stderr)
    environment = next((state.environment for state in analyses if state.environment is not None), None)
    if printer is not None:
        printer.summary(analyses)
    else:
        print(_RENDER[output](analyses, environment, corners))
    if environment is not None and environment.problem is not None:
        print(f"hypershape: {environment.problem}", file=sys.stderr)
        return CANNOT_RUN
    if _has_error(analyses):
        return FOUND
    return CANNOT_RUN if broken else OK


def _progress_bar(console: Console) -> Progress:
    """A bar that names the file and the configurations probed; it leaves no trace when it is done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f} files"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _files(paths: Sequence[Path]) -> list[Path]:
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise CannotRun(f"There is no file or folder {missing[0]}.")
    files = source.find_files(paths)
    if not files:
        raise CannotRun(f"There is no Python file or notebook in {', '.join(map(str, paths))}.")
    return files


def _for_file(path: Path, options: Options) -> Options:
    try:
        return settings.load(path.resolve().parent).under(options)
    except settings.BadSettings as reason:
        raise CannotRun(str(reason)) from None


def _has_error(analyses: Sequence[Analysis]) -> bool:
    return any(finding.severity is Severity.ERROR for state in analyses for finding in state.findings)


def _json(analyses: Sequence[Analysis], environment: Environment | None, corners: bool) -> str:
    return contract.to_json(analyses, environment, corners)


def _sarif(analyses: Sequence[Analysis], environment: Environment | None, corners: bool) -> str:
    return formats.to_sarif(analyses)


def _github(analyses: Sequence[Analysis], environment: Environment | None, corners: bool) -> str:
    return formats.to_github(analyses)


_RENDER = {"json": _json, "sarif": _sarif, "github": _github}
