"""Which interpreter a command may run: none that the folder at hand names or holds, unless somebody vouches for it.

Where a pull request is checked, all that is in the folder is the work of strangers, and so is a `.venv/bin/python`.
What a person typed or activated is theirs.
"""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path

from hypershape.cli.outcome import CannotRun
from hypershape.probe import interpreter
from hypershape.settings import Settings

HOW = "run it with --trust, or name one with --python."


class Trust:
    """Whether the user vouches for the folders at hand, and what they typed."""

    def __init__(self, given: bool, flags: Settings) -> None:
        self.given = given
        self._flags = flags
        self._said: set[str] = set()

    def command(self, project: Settings) -> tuple[str, ...]:
        """The start command for the files of a project: what was typed, what it names, what is found.

        Says in one line what was passed over. Raises CannotRun where the one that is named does not exist.
        """
        typed, named = self._flags.python, self.named(project)
        if named is None:
            return self._found
        if typed is not None and not interpreter.exists(typed):
            raise CannotRun(f"--python names {typed[0]}, which does not exist.")
        missing = project.missing_interpreter() if typed is None else None
        if missing is not None:
            raise CannotRun(missing)
        return named

    def named(self, project: Settings) -> tuple[str, ...] | None:
        """What was typed, else what the project names, where that may be run; whether it exists is not asked."""
        if self._flags.python is not None or project.python is None:
            return self._flags.python
        if not self.given:
            self._pass_over(project.python[0], f"{project.file} names it")
            return None
        return project.python

    @cached_property
    def _found(self) -> tuple[str, ...]:
        """Without a choice the interpreter is looked for once, where the command was typed."""
        folder = Path.cwd()
        if not self.given:
            around = interpreter.passed_over(folder)
            if around is not None:
                self._pass_over(around, "it lies in or above the folder that is checked")
        return tuple(interpreter.find(folder, trusted=self.given))

    def _pass_over(self, program: str, why: str) -> None:
        sentence = f"The interpreter {program} was not used, because {why}: {HOW}"
        if sentence not in self._said:
            self._said.add(sentence)
            print(f"hypershape: {sentence}", file=sys.stderr)
