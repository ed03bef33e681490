"""Who holds a HyperParameters object in a file, what it is handed to, and which names it is asked for: the values.

Nothing is decided here. Every parameter of a function *may* hold one; `neighbours` decides which do, because that can
depend on other files.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from hypershape.model import Span
from hypershape.source.code import Code


@dataclass(frozen=True, slots=True)
class Holder:
    """What may hold a HyperParameters object: a parameter or variable, by its name and the place that binds it.

    What a tuner found is held by the tuner, by the place where it is made.
    """

    path: str
    place: tuple[int, int]
    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A hyperparameter's name as an expression gives it: one text, or a pattern of those that it may be.

    `written` says that the text stands there as one string, which a rename can replace.
    """

    text: str | None
    pattern: str
    written: bool = False

    def fits(self, other: Name) -> bool:
        """Whether two may be the same name."""
        if self.text is not None and other.text is not None:
            return self.text == other.text
        if self.text is not None:
            return re.fullmatch(other.pattern, self.text, re.DOTALL) is not None
        if other.text is not None:
            return other.fits(self)
        return self.pattern == other.pattern

    def under(self, scope: Name) -> Name:
        """The name within `name_scope(scope)`."""
        if self.text is not None and scope.text is not None:
            return Name(f"{scope.text}/{self.text}", re.escape(f"{scope.text}/{self.text}"), self.written)
        return Name(None, f"{scope.pattern}/{self.pattern}")


ANY = Name(None, ".*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a hyperparameter.

    `span` is the text between the quotes where it is written as one plain string, else the whole expression;
    `prefix` is what the name scopes around it put before what is written. `kind` is "Int" and so on for a
    declaration, None for a place that only asks for the name.
    """

    holder: Holder
    name: Name
    span: Span
    around: Span
    """The whole call or subscript."""
    kind: str | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The last name of an expression like `blocks.block`, whose definition is in this file or in another.

    `place` is its line and column in the text, from 1. `own` is the dotted name of the definition in this file.
    `origin` is what the import of its first name says, if it has one. `bound`: it is called on an instance, which
    takes the first parameter. `owner` is the class whose `self` it is called on, where subclasses may define it.
    """

    name: str
    place: tuple[int, int]
    own: str | None
    origin: str | None = None
    bound: bool = False
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """A holder that is an argument of a call: by position or by keyword. `scoped`: within a `name_scope`."""

    holder: Holder
    to: Reference
    argument: int | str
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A tuner: what it got as hypermodel (the parameter of a lambda, or a reference) and as `hyperparameters=`."""

    tuner: Holder
    bound_to: str | None
    span: Span
    reference: Reference | None = None
    target: Holder | None = None
    given: Holder | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """A target of the file: its name, where that stands, and the whole definition."""

    name: str
    span: Span
    body: Span
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A function or method of a file with its parameters, `self` included; `positional` come by position, too."""

    name: str
    parameters: tuple[Holder, ...]
    positional: int
    method: bool

    def takes(self, argument: int | str, bound: bool) -> Holder | None:
        """The parameter that takes an argument."""
        if isinstance(argument, str):
            return next((each for each in self.parameters if each.name == argument), None)
        position = argument + (1 if self.method and bound else 0)
        return self.parameters[position] if position < self.positional else None


@dataclass(frozen=True)
class Flow:
    """All of one file."""

    code: Code
    functions: dict[str, Signature]
    certain: frozenset[Holder]
    """Holders that this file alone tells to hold a HyperParameters object."""
    mentions: tuple[Mention, ...]
    passes: tuple[Pass, ...]
    made: tuple[Made, ...]
    borrowed: dict[Holder, Reference]
    """Tuners that another file makes, by the holder of what they found."""
    targets: tuple[Build, ...]
    classes: dict[str, ast.ClassDef]
    bases: tuple[Reference, ...]
    """The base classes that other files define."""

    @property
    def path(self) -> str:
        return self.code.path
