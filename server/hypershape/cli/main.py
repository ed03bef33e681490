"""The commands of `hypershape`: check, serve, explain, doctor."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from hypershape import __version__

OK, FOUND, CANNOT_RUN = 0, 1, 2

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
    """How far a probe goes: only the text, shapes without weights, or one real training step."""

    STATIC = "static"
    SYMBOLIC = "symbolic"
    DEVICE = "device"


class CannotRun(Exception):
    """One sentence that says why the command cannot run; exit code 2."""


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


@app.command()
def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Scripts, notebooks, or folders of them.", show_default=False)
    ],
    output: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TEXT,
    level: Annotated[CheckLevel, typer.Option(help="How far to go.")] = CheckLevel.SYMBOLIC,
    budget: Annotated[float, typer.Option(min=0.1, help="Seconds of probing for each file.")] = 10.0,
    exhaustive: Annotated[bool, typer.Option(help="Enumerate the space however large it is.")] = False,
    corners: Annotated[bool, typer.Option(help="List every probed configuration.")] = False,
    python: Annotated[str, typer.Option(metavar="PATH", help="The interpreter that has Keras.")] = "",
    select: Annotated[str, typer.Option(metavar="CODES", help="Only these rules, e.g. HS2,HS401.")] = "",
    ignore: Annotated[str, typer.Option(metavar="CODES", help="Not these rules.")] = "",
) -> None:
    """Check search spaces; exit 0: no error found, 1: some, 2: it could not run."""
    from hypershape.cli import check as checking
    from hypershape.model import Options

    options = Options(
        level=level.value,
        budget=budget,
        exhaustive=exhaustive,
        select=_codes(select),
        ignore=_codes(ignore),
    )
    code = _run(lambda: asyncio.run(checking.check(paths, options, output.value, corners, _command(python))))
    raise typer.Exit(code)


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


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="A rule's code, e.g. HS201.")]) -> None:
    """Print the page of a rule."""
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
    python: Annotated[str, typer.Option(metavar="PATH", help="The interpreter to look at.")] = "",
) -> None:
    """Say what the interpreter has and whether a search can run in it."""
    from hypershape.cli import doctor as examining

    raise typer.Exit(_run(lambda: asyncio.run(examining.examine(_command(python)))))


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"hypershape {__version__}")
        raise typer.Exit()


def _command(python: str) -> list[str]:
    """The start command of the user's interpreter; `--python "ssh box python3"` works too."""
    from hypershape.probe.interpreter import find

    if not python:
        return find(Path.cwd())
    return [python] if Path(python).exists() else shlex.split(python)


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
    with suppress(BrokenPipeError):
        app()
