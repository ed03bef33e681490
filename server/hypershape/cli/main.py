"""The commands of `hypershape`: check, serve, explain, doctor."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hypershape import __version__
from hypershape.cli.outcome import CANNOT_RUN, CannotRun

if TYPE_CHECKING:
    from hypershape.probe import Agent
    from hypershape.settings import Settings

app = typer.Typer(
    help="Tells Keras Tuner users which parts of their search space will crash.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(str, Enum):
    """How `check` prints what it found."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class CheckLevel(str, Enum):
    """How far to go: shapes and small searches, only the text, shapes without weights, or one real training step."""

    AUTO = "auto"
    STATIC = "static"
    SYMBOLIC = "symbolic"
    DEVICE = "device"


BUDGET = 20.0
"""Seconds for each file where nothing says otherwise: as in the editor, and as much for its searches, which are played."""

TRUST = "Run the interpreter that the folder names or holds."

PYTHON = "The interpreter that has Keras, or a command that leads to it, e.g. 'ssh gpu-box python3'."

Mapped = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="LOCAL=REMOTE", help="Where that interpreter has a folder of this machine."
    ),
]


def _codes(text: str) -> tuple[str, ...] | None:
    return tuple(code.strip().upper() for code in text.split(",") if code.strip()) or None


@app.command()
def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Scripts, notebooks, or folders of them.", show_default=False)
    ],
    output: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TEXT,
    level: Annotated[
        CheckLevel | None,
        typer.Option(help="How far to go.", show_default="the project's, else auto"),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="Seconds for each file, once the interpreter has started.",
            show_default=f"the project's, else {BUDGET:.0f}",
        ),
    ] = None,
    exhaustive: Annotated[bool, typer.Option(help="Enumerate the space however large it is.")] = False,
    corners: Annotated[bool, typer.Option(help="List every probed configuration.")] = False,
    python: Annotated[str, typer.Option(metavar="PATH|COMMAND", help=PYTHON)] = "",
    mapped: Mapped = None,
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
    select: Annotated[str, typer.Option(metavar="CODES", help="Only these rules, e.g. HS2,HS401.")] = "",
    ignore: Annotated[str, typer.Option(metavar="CODES", help="Not these rules.")] = "",
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write a page with spaces, shapes and causes.", dir_okay=False
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Let the workers of a Dask cluster do it: tcp://scheduler:8786."
        ),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Say on standard error what happens, a JSON object in a line."),
    ] = False,
) -> None:
    """Check search spaces; exit 0: no error found, 1: some, 2: it could not run."""
    from hypershape import journal
    from hypershape.cli import check as checking
    from hypershape.model import Options
    from hypershape.settings import Settings

    typed = Settings(
        select=_codes(select),
        ignore=_codes(ignore),
        level=level.value if level is not None else None,
        budget=budget,
    )
    if verbose:
        journal.show()
    usual = Options(level="auto", budget=BUDGET, exhaustive=exhaustive, fix_all=False)
    raise typer.Exit(
        _run(
            lambda: asyncio.run(
                checking.check(
                    paths,
                    typed.over(_flags(python, mapped or [])),
                    usual,
                    output.value,
                    corners,
                    trust,
                    report,
                    cluster,
                )
            )
        )
    )


@app.command()
def serve(
    tcp: Annotated[str, typer.Option(metavar="HOST:PORT", help="Listen here instead of using stdio.")] = "",
) -> None:
    """Run the language server."""
    from hypershape.lsp import server

    if not tcp:
        server.serve_stdio()
        return
    host, _, port = tcp.rpartition(":")
    if not host or not port.isdigit():
        _fail(f"--tcp wants HOST:PORT, for example 127.0.0.1:2087, not {tcp!r}.")
    server.serve_tcp(host, int(port))


class Explained(str, Enum):
    """How `explain` prints what it knows of a search."""

    TEXT = "text"
    JSON = "json"


@app.command()
def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="CODE|FOLDER", help="A rule's code, e.g. HS201, or a tuner's project folder."),
    ],
    file: Annotated[
        Path | None,
        typer.Option(
            help="The script or notebook that makes the project.", show_default="looked for around the folder"
        ),
    ] = None,
    output: Annotated[Explained, typer.Option("--format", help="For a folder.")] = Explained.TEXT,
    python: Annotated[str, typer.Option(metavar="PATH|COMMAND", help=f"For a folder: {PYTHON}")] = "",
    mapped: Mapped = None,
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
) -> None:
    """Print the page of a rule, or say of a search that has run why its trials failed and what is left of it."""
    from hypershape import rules

    if rules.by_code(what.upper()) is None and (os.sep in what or Path(what).is_dir()):
        from hypershape.cli import projects

        if file is not None and not file.is_file():
            _fail(f"There is no file {file}.")
        raise typer.Exit(
            _run(
                lambda: asyncio.run(
                    projects.explain(Path(what), file, _agent(python, mapped or [], trust), output.value)
                )
            )
        )
    _page(what)


def _page(code: str) -> None:
    """Prints the page of a rule."""
    from rich.console import Console
    from rich.markdown import Markdown

    from hypershape import rules

    rule = rules.by_code(code.upper())
    if rule is None:
        known = ", ".join(sorted(rule.code for rule in rules.all_rules()))
        _fail(f"There is no rule {code}; the rules are {known}.")
        return
    Console().print(Markdown(rules.page(rule)))


@app.command()
def doctor(
    python: Annotated[str, typer.Option(metavar="PATH|COMMAND", help=PYTHON)] = "",
    mapped: Mapped = None,
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write a zip file for an issue: versions, barriers, logs.",
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Say what the interpreter has and whether a search can run in it."""
    from hypershape.cli import doctor as examining

    raise typer.Exit(
        _run(lambda: asyncio.run(examining.examine(_agent(python, mapped or [], trust), report)))
    )


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"hypershape {__version__}")
        raise typer.Exit()


def _agent(python: str, mapped: list[str], trusted: bool) -> Agent:
    """That of the interpreter that is named, else of the project's, else of the one that fits best."""
    from hypershape import settings
    from hypershape.cli.trust import Trust
    from hypershape.probe import Agent, Folders

    flags = _flags(python, mapped)
    try:
        project = settings.load(Path.cwd())
    except settings.BadSettings as reason:
        raise CannotRun(str(reason)) from None
    return Agent(
        Trust(trusted, flags).command(project),
        folders=Folders(flags.over(project).paths or ()),
        untrusted=() if trusted else (Path.cwd(),),
    )


def _flags(python: str, mapped: list[str]) -> Settings:
    """What was typed of the interpreter. Raises CannotRun."""
    from hypershape import settings
    from hypershape.probe.interpreter import command

    wrong = next((each for each in mapped if not all(each.partition("="))), None)
    if wrong is not None:
        raise CannotRun(f"--map wants LOCAL=REMOTE, two folders, not {wrong!r}.")
    pairs = dict(each.split("=", 1) for each in mapped)
    return settings.Settings(
        python=command(python, Path.cwd()) if python else None,
        paths=settings.read("paths", pairs, Path.cwd()) if pairs else None,
    )


def _run(work: Callable[[], int]) -> int:
    try:
        return work()
    except CannotRun as reason:
        _fail(str(reason))
    except KeyboardInterrupt:
        _fail("Interrupted.")
    return CANNOT_RUN


def _fail(sentence: str) -> None:
    print(f"hypershape: {sentence}", file=sys.stderr)
    raise typer.Exit(CANNOT_RUN)


def main() -> None:
    """The entry point of the command line."""
    for stream in (sys.stdout, sys.stderr):
        # Text of the user's may hold what no encoding has, such as half of a pair of surrogates.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with suppress(BrokenPipeError):
        app()
