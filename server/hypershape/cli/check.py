"""`hypershape check`: reads the files, runs the pipeline over each, prints what it found."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hypershape import collector, rules, settings, source
from hypershape.analysis import analyse
from hypershape.cli import cluster, contract, formats, text
from hypershape.cli.outcome import CANNOT_RUN, FOUND, OK, CannotRun
from hypershape.cli.trust import Trust
from hypershape.model import Analysis, Environment, Options, Severity
from hypershape.probe import Agent, Folders
from hypershape.report import page
from hypershape.settings import Settings, processes


async def check(
    paths: Sequence[Path],
    flags: Settings,
    usual: Options,
    output: str,
    corners: bool,
    trusted: bool,
    report: Path | None = None,
    address: str | None = None,
) -> int:
    """Checks every file and returns the exit code; `flags` win over the settings of each file's project.

    Only where the user has `trusted` the folders, what they name or hold chooses the interpreter.
    `report` is a file that gets a page about all of them; at `address` is the scheduler of a cluster that does the
    work. Raises CannotRun, also where the page cannot be written.
    Where it is interrupted or asked to end (SIGTERM) it says what is known by then.
    """
    files = _files(paths)
    _end_when_asked()
    checker = _Checker(flags, usual, Trust(trusted, flags), () if trusted else (Path.cwd(), *paths))
    if address is None:
        return await _check(files, checker, output, corners, report)
    async with cluster.connected(address) as checker.cluster:
        return await _check(files, checker, output, corners, report)


async def _check(
    files: Sequence[Path], checker: _Checker, output: str, corners: bool, report: Path | None
) -> int:
    printer = text.Printer(Console(soft_wrap=True, highlight=False)) if output == "text" else None
    broken = cut = False
    with _progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=len(files))

        def tell(path: Path, progress: str | None) -> None:
            bar.update(task, description=f"{path}  {progress or ''}")

        try:
            async with aclosing(checker.results(files, tell)) as results:
                async for path, state in results:
                    bar.advance(task)
                    if isinstance(state, Exception):
                        broken |= _is_ours(path, state, alone=len(files) == 1)
                    elif printer is not None:
                        with text.paused(bar):
                            printer.file(state, corners)
        except asyncio.CancelledError:
            cut = True
            for state in checker.take_unfinished():
                if printer is not None:
                    printer.file(state, corners)

    analyses, problems = checker.analyses, checker.problems
    for sentence in dict.fromkeys(state.module.unsearched for state in analyses):
        if sentence is not None:
            print(f"hypershape: {sentence}", file=sys.stderr)
    if printer is not None:
        printer.summary(analyses)
    else:
        print(_rendered(output, analyses, problems, corners))
    for sentence in problems:
        print(f"hypershape: {sentence}", file=sys.stderr)
    if report is not None:
        _write(report, page(analyses))
    if cut:
        raise CannotRun(f"Ended before {len(files) - checker.finished} of {len(files)} files were finished.")
    if checker.unable:
        return CANNOT_RUN
    if _has_error(analyses):
        return FOUND
    return CANNOT_RUN if broken else OK


def _is_ours(path: Path, problem: Exception, alone: bool) -> bool:
    """Says why a file has no analysis; whether that is a mistake of ours, which must not cost the user the other files."""
    if not isinstance(problem, source.Unreadable):
        print(
            f"hypershape: {path} could not be checked ({type(problem).__name__}: {problem}).", file=sys.stderr
        )
        return True
    if alone:
        raise CannotRun(str(problem)) from None
    print(f"hypershape: {problem}", file=sys.stderr)
    return False


def _end_when_asked() -> None:
    """From now on SIGTERM ends the task at hand as Ctrl-C does, where the system has signals."""
    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError, RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as reason:
        raise CannotRun(f"The report could not be written: {reason}") from None


def _unknown_codes(chosen: Settings) -> Iterator[str]:
    """Codes that are asked for and belong to no rule: a slip there would turn every rule off in silence."""
    known = [rule.code for rule in rules.all_rules()]
    for code in (*(chosen.select or ()), *(chosen.ignore or ()), *(code for code, _ in chosen.severity)):
        if not any(each.startswith(code) for each in known):
            yield code


class _Checker:
    """The files checked so far, and one agent: that of the project in hand."""

    def __init__(self, flags: Settings, usual: Options, trust: Trust, untrusted: Sequence[Path]) -> None:
        self._flags, self._usual = flags, usual
        self._trust, self._untrusted = trust, tuple(untrusted)
        self._agent: Agent | None = None
        self.cluster: cluster.Cluster | None = None
        """Whose workers check the files, in the place of this machine."""
        self._widen = partial(source.across, workspace=source.Workspace())
        self._done: list[tuple[tuple[str, ...], Analysis]] = []
        self._begun: dict[Path, Analysis] = {}
        """What is known of the files that are being checked."""

    async def _begin(self, first: Path) -> None:
        """Imports the rules, and starts the interpreter of the first file, whose imports take longer than all that is
        read meanwhile.

        Where nothing in the file speaks of Keras Tuner none may be needed; what is wrong with it is told in its turn.
        """
        importing = asyncio.create_task(asyncio.to_thread(rules.all_rules))
        if self.cluster is None:
            await self._start(first)
        await importing
        collector.settle()

    async def _start(self, first: Path) -> None:
        with suppress(CannotRun, settings.BadSettings, OSError):
            if b"tuner" not in first.read_bytes().lower():
                return
            chosen = self._flags.over(settings.load(first.resolve().parent))
            if chosen.options(self._usual).level != "static":
                agent = await self._agent_of(self._trust.command(chosen), Folders(chosen.paths or ()))
                if agent is not None:
                    agent.begin()

    async def results(
        self, files: Sequence[Path], tell: Callable[[Path, str | None], None]
    ) -> AsyncGenerator[tuple[Path, Analysis | Exception], None]:
        """The finished analysis of each file in turn, or why there is none; as many at a time as there are processors.

        `tell` gets what there is to say meanwhile. Raises CannotRun.
        """
        most = processes(spare=False) if self.cluster is None else self.cluster.places
        at_once = min(len(files), most)
        # A file alone explores as many targets at a time.
        self._usual = replace(self._usual, processes=max(1, processes(spare=False) // at_once))
        places = asyncio.Semaphore(at_once)
        waiting, running = deque(files), deque[tuple[Path, tuple[str, ...], asyncio.Task[Analysis]]]()

        async def checked(path: Path, chosen: Settings, agent: Agent | None) -> Analysis:
            if self.cluster is not None:
                return await self._sent(path, chosen, self.cluster, partial(tell, path))
            async with places:
                return await self._last(path, chosen, agent, tell)

        try:
            await self._begin(files[0])
            while waiting or running:
                while waiting and len(running) < 2 * at_once:
                    chosen = self._settings(waiting[0])
                    command, folders = self._command(chosen), Folders(chosen.paths or ())
                    if running and not self._has(command, folders):
                        break
                    task = checked(waiting[0], chosen, await self._agent_of(command, folders))
                    running.append((waiting.popleft(), command or (), asyncio.create_task(task)))
                path, command, first = running.popleft()
                await asyncio.wait({first})
                problem = first.exception()
                self._begun.pop(path, None)
                if problem is None:
                    self._done.append((command, first.result()))
                elif isinstance(problem, CannotRun) or not isinstance(problem, Exception):
                    raise problem
                yield path, problem or first.result()
        finally:
            for *_, each in running:
                each.cancel()
            await asyncio.gather(*(each for *_, each in running), return_exceptions=True)
            await self.close()

    async def _last(
        self, path: Path, chosen: Settings, agent: Agent | None, tell: Callable[[Path, str | None], None]
    ) -> Analysis:
        """The finished analysis of one file. Raises source.Unreadable."""
        document = source.read(path)
        state = None
        states = analyse(document, agent, chosen.options(self._usual), widen=self._widen)
        async with aclosing(states):
            async for state in states:
                self._begun[path] = state
                tell(path, state.progress)
        assert state is not None
        return state

    async def _sent(
        self, path: Path, chosen: Settings, to: cluster.Cluster, tell: Callable[[str | None], None]
    ) -> Analysis:
        """The finished analysis of one file, by a worker. Raises source.Unreadable or CannotRun."""
        document, command = source.read(path), self._trust.named(chosen)
        options = chosen.options(self._usual)
        return await to.check(document, options, command, Folders(chosen.paths or ()), self._widen, tell)

    def take_unfinished(self) -> Sequence[Analysis]:
        """What is known of the files that were begun and are not finished; they count as checked from now on."""
        begun = list(self._begun.values())
        self._begun.clear()
        self._done += [((), state) for state in begun]
        return begun

    @property
    def finished(self) -> int:
        """How many files were checked to their end."""
        return sum(state.done for state in self.analyses)

    def _settings(self, path: Path) -> Settings:
        try:
            chosen = self._flags.over(settings.load(path.resolve().parent))
        except settings.BadSettings as reason:
            raise CannotRun(str(reason)) from None
        unknown = next(_unknown_codes(chosen), None)
        if unknown is not None:
            raise CannotRun(f"No rule has a code that is or begins with {unknown}; they are HS001 to HS9xx.")
        return chosen

    def _command(self, chosen: Settings) -> tuple[str, ...] | None:
        """What starts the interpreter of a project; None where nothing is to be run."""
        if chosen.options(self._usual).level == "static" or self.cluster is not None:
            return None
        return self._trust.command(chosen)

    def _has(self, command: tuple[str, ...] | None, folders: Folders) -> bool:
        """Whether a file needs no other agent than the one in hand: one project's agent at a time is enough."""
        agent = self._agent
        return command is None or agent is None or (agent.command, agent.folders) == (command, folders)

    async def _agent_of(self, command: tuple[str, ...] | None, folders: Folders) -> Agent | None:
        if command is None:
            return None
        if not self._has(command, folders):
            await self.close()
        self._agent = self._agent or Agent(command, folders=folders, untrusted=self._untrusted)
        return self._agent

    @property
    def analyses(self) -> list[Analysis]:
        return [analysis for _, analysis in self._done]

    @property
    def problems(self) -> list[str]:
        """Why interpreters could not probe, each sentence once."""
        environments = [analysis.environment for analysis in self.analyses]
        return list(
            dict.fromkeys(each.problem for each in environments if each and each.unusable and each.problem)
        )

    @property
    def unable(self) -> bool:
        """Whether there is an interpreter that could probe no target at all."""
        failed = {
            command
            for command, analysis in self._done
            if analysis.environment and analysis.environment.unusable
        }
        able = {
            command
            for command, analysis in self._done
            if any(target.status == "probed" for target in analysis.targets)
        }
        return bool(failed - able)

    async def close(self) -> None:
        agent, self._agent = self._agent, None
        if agent is not None:
            await agent.close()


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
        # Where there is no terminal it would leave an empty line.
        disable=not console.is_terminal,
    )


def _files(paths: Sequence[Path]) -> list[Path]:
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise CannotRun(f"There is no file or folder {missing[0]}.")
    files = source.find_files(paths)
    if not files:
        raise CannotRun(f"There is no Python file or notebook in {', '.join(map(str, paths))}.")
    return files


def _has_error(analyses: Sequence[Analysis]) -> bool:
    return any(finding.severity is Severity.ERROR for state in analyses for finding in state.findings)


def _rendered(output: str, analyses: Sequence[Analysis], problems: Sequence[str], corners: bool) -> str:
    if output == "sarif":
        return formats.to_sarif(analyses, problems)
    if output == "github":
        return formats.to_github(analyses, problems)
    return contract.to_json(analyses, _environment(analyses), corners)


def _environment(analyses: Sequence[Analysis]) -> Environment | None:
    """The first interpreter that has a problem, else the first."""
    found = [analysis.environment for analysis in analyses if analysis.environment is not None]
    return next((each for each in found if each.unusable), found[0] if found else None)
