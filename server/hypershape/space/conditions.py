"""Conditions on hyperparameters as values: `kernel >= 7 and blocks == 3`.

A condition is worked out once and travels as it is; `text` is made where somebody reads it and nothing parses it back.

`holds` gives what Python gives for the text, with one addition, because spaces are define-by-run: a configuration
holds only what the target read, and **a comparison that names a hyperparameter which was not read is false**, in
whatever direction it compares. It is None only where Python itself raises (`units % 0`, `"adam" >= 3`) or would
have to compute an absurdly large power.
"""

from __future__ import annotations

import keyword
import operator
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, TypeAlias

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space import domains

Sign = Literal["==", "!=", "<", "<=", ">", ">="]
Operator = Literal["+", "-", "*", "%", "**"]

LARGEST_EXPONENT = 4096

MOST_COMBINATIONS = 20_000
"""So many combinations of values are asked for the probability of a condition: some 50 ms."""

_COMPARE: dict[Sign, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, int) and exponent > LARGEST_EXPONENT:
        raise OverflowError("too large a power")
    return base**exponent


_CALCULATE: dict[Operator, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "%": operator.mod,
    "**": _power,
}

_SUM, _PRODUCT, _NEGATION, _POWER, _ATOM = range(5)
"""How tightly the parts of an expression hold together in Python."""
_TIGHTNESS: dict[Operator, int] = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "%": _PRODUCT, "**": _POWER}

UNDECIDABLE = (TypeError, ValueError, ArithmeticError)
"""What Python raises where a condition has no answer."""


# --------------------------------------------------------------------------- source text


def quoted(text: str) -> str:
    """A string as Python source between double quotes, which may stand in a line of any file.

    Letters of every script stay as they are; quotes, backslashes and what cannot be printed are escaped.
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def reference(name: str) -> str:
    """How a condition names a hyperparameter: by itself, or `hp["…"]` where Python would read the name otherwise."""
    plain = (
        name.isidentifier()
        and not keyword.iskeyword(name)
        # Python reads an identifier in its normal form, and these two as something else.
        and unicodedata.normalize("NFKC", name) == name
        and name not in ("hp", "__debug__")
    )
    return name if plain else f"hp[{quoted(name)}]"


_ENDLESS: dict[Value, str] = {float("inf"): "1e999", float("-inf"): "-1e999"}


def constant(value: Value) -> str:
    """A value as Python source; also for floats that Python writes as names."""
    return _ENDLESS.get(value) or repr(value)


@dataclass(frozen=True, slots=True)
class _Notation:
    """How names and values are written."""

    name: Callable[[str], str]
    value: Callable[[Value], str]
    shortens: bool = False
    """Whether a long family is said in words, which Python does not read."""


_TEXT = _Notation(reference, constant)
_WORDS = _Notation(reference, constant, shortens=True)

_NUMBER = re.compile(r"\d+")

LONG_FAMILY = 4
"""A family with so many members is said in words where that is possible."""


def _read_from(hp: str) -> _Notation:
    """Names as `hp.get("name")`, and every string in double quotes, as formatters write them."""
    return _Notation(
        lambda name: f"{hp}.get({quoted(name)})",
        lambda value: quoted(value) if isinstance(value, str) else constant(value),
    )


# --------------------------------------------------------------------------- expressions


class Expression(ABC):
    """What a relation calculates: `filters % groups`, `width * (depth - 1)`."""

    __slots__ = ()

    @abstractmethod
    def value(self, configuration: Configuration) -> Any:
        """The result; KeyError for a name that was not read, and what Python raises."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]: ...

    @abstractmethod
    def write(self, notation: _Notation) -> tuple[str, int]:
        """The source and how tightly it holds together."""


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """The value of a hyperparameter."""

    name: str

    def value(self, configuration: Configuration) -> Any:
        return configuration[self.name]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def write(self, notation: _Notation) -> tuple[str, int]:
        return notation.name(self.name), _ATOM


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A whole number that is the same in every configuration."""

    number: int

    def value(self, configuration: Configuration) -> Any:
        return self.number

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def write(self, notation: _Notation) -> tuple[str, int]:
        return repr(self.number), _ATOM if self.number >= 0 else _NEGATION


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """Two expressions with an operator between them."""

    left: Expression
    sign: Operator
    right: Expression

    def value(self, configuration: Configuration) -> Any:
        return _CALCULATE[self.sign](self.left.value(configuration), self.right.value(configuration))

    @property
    def names(self) -> tuple[str, ...]:
        return _distinct((self.left, self.right))

    def write(self, notation: _Notation) -> tuple[str, int]:
        own = _TIGHTNESS[self.sign]
        # `2 ** -a` needs no brackets although a negation holds less tightly, `a - (b - c)` and `(a ** b) ** c` do.
        least = (own + 1, _NEGATION) if self.sign == "**" else (own, own + 1)
        sides = [
            text if tightness >= needed else f"({text})"
            for (text, tightness), needed in zip(
                (self.left.write(notation), self.right.write(notation)), least, strict=True
            )
        ]
        return f" {self.sign} ".join(sides), own


# --------------------------------------------------------------------------- conditions


class Condition(ABC):
    """Base of all conditions; two that are written alike are equal."""

    __slots__ = ()

    loose: ClassVar[bool] = False
    """Whether it needs brackets inside of another condition."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The hyperparameters that it names, in the order of the text."""

    @abstractmethod
    def holds(self, configuration: Configuration) -> bool | None:
        """Whether it holds; None where Python would raise (see the top of this module)."""

    @abstractmethod
    def write(self, notation: _Notation) -> str: ...

    @property
    @abstractmethod
    def atoms(self) -> Iterator[Atom]:
        """The comparisons of which it is made, in the order of the text."""

    @property
    def text(self) -> str:
        """A Python expression over the names; `hp["…"]` where a name is no identifier."""
        return self.write(_TEXT)

    @property
    def words(self) -> str:
        """The text for a sentence: of a long family only the first and the last member are named."""
        return self.write(_WORDS)

    def over(self, hp: str) -> str:
        """A Python expression that reads every value from a HyperParameters, given as source: `hp.get("kernel") >= 7`."""
        return self.write(_read_from(hp))

    def probability(self, hps: Mapping[str, Hyperparameter]) -> float | None:
        """The exact probability that it holds in a random trial that reads every name of it.

        Hyperparameters are drawn independently, so that only the values of these names are enumerated, however large
        the rest of the space is. None where they are too many, or where the condition has no answer for some.
        """
        sides: dict[str, list[tuple[Value, float]]] = {}
        for name in self.names:
            side = _sorted_out(self, name, hps)
            if side is None:
                return None
            sides[name] = side
        # What was drawn is kept only as far as the condition still asks for it, as for a block after the next one.
        states: dict[Condition | bool, float] = {self: 1.0}
        for name, side in sides.items():
            if len(states) * len(side) > MOST_COMBINATIONS:
                return None
            after: dict[Condition | bool, float] = {}
            for asked, chance in states.items():
                for value, share in side:
                    left = settled(asked, name, value) if isinstance(asked, Condition) else asked
                    if left is None and share > 0:
                        return None
                    if left is not None:
                        after[left] = after.get(left, 0.0) + chance * share
            states = after
        return min(states.get(True, 0.0), 1.0)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """A hyperparameter beside a constant: `kernel >= 7`, `norm`, `not norm`."""

    name: str
    sign: Sign
    value: Value

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def atoms(self) -> Iterator[Atom]:
        yield self

    @property
    def _asks_for_truth(self) -> bool:
        return self.sign == "==" and isinstance(self.value, bool)

    def holds(self, configuration: Configuration) -> bool | None:
        return self.name in configuration and self.fits(configuration[self.name])

    def fits(self, value: Value) -> bool | None:
        """Whether it holds for a value of its hyperparameter."""
        if self._asks_for_truth:
            return bool(value) is self.value
        try:
            return bool(_COMPARE[self.sign](value, self.value))
        except UNDECIDABLE:
            return None

    def write(self, notation: _Notation) -> str:
        shown = notation.name(self.name)
        if self._asks_for_truth:
            return shown if self.value else f"not {shown}"
        return f"{shown} {self.sign} {notation.value(self.value)}"


@dataclass(frozen=True, slots=True)
class Membership(Condition):
    """A hyperparameter that has one of several values: `kernel in (5, 9)`."""

    name: str
    values: tuple[Value, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def atoms(self) -> Iterator[Atom]:
        yield self

    def holds(self, configuration: Configuration) -> bool | None:
        return self.name in configuration and self.fits(configuration[self.name])

    def fits(self, value: Value) -> bool:
        """Whether it holds for a value of its hyperparameter."""
        return value in self.values

    def write(self, notation: _Notation) -> str:
        listed = ", ".join(map(notation.value, self.values))
        return f"{notation.name(self.name)} in ({listed}{',' * (len(self.values) == 1)})"


@dataclass(frozen=True, slots=True)
class Relation(Condition):
    """Hyperparameters among each other, or what is calculated from one: `filters % groups != 0`, `units % 2 == 1`."""

    left: Expression
    sign: Sign
    right: Expression

    @property
    def names(self) -> tuple[str, ...]:
        return _distinct((self.left, self.right))

    @property
    def atoms(self) -> Iterator[Atom]:
        yield self

    def holds(self, configuration: Configuration) -> bool | None:
        try:
            return bool(_COMPARE[self.sign](self.left.value(configuration), self.right.value(configuration)))
        except (KeyError, *UNDECIDABLE):
            return None if all(name in configuration for name in self.names) else False

    def write(self, notation: _Notation) -> str:
        return f"{self.left.write(notation)[0]} {self.sign} {self.right.write(notation)[0]}"


class _Several(Condition):
    """What is made of conditions, asked from left to right until one decides, as Python asks them.

    It is as that one is: the first that holds where `decides`, else the first that does not.
    """

    __slots__ = ()
    loose: ClassVar[bool] = True
    decides: ClassVar[bool] = True

    @abstractmethod
    def _parts(self) -> tuple[Condition, ...]: ...

    @property
    def names(self) -> tuple[str, ...]:
        return _distinct(self._parts())

    @property
    def atoms(self) -> Iterator[Atom]:
        for part in self._parts():
            yield from part.atoms

    def holds(self, configuration: Configuration) -> bool | None:
        return _decided(self.decides, self._parts(), configuration)


@dataclass(frozen=True, slots=True)
class Some(_Several):
    """A comparison that holds for some member of a family of hyperparameters: `units_0 == 7 or units_1 == 7`.

    A chain of comparisons rather than `7 in (units_0, …)`: members that were not read have no value. Where all are read
    whatever the number of blocks is, `counted` names that number: `units_0 == 7 or (units_1 == 7 and blocks >= 2)`.
    """

    family: tuple[str, ...]
    sign: Sign
    value: Value
    counted: str | None = None

    @property
    def members(self) -> tuple[Condition, ...]:
        """What is said of each member."""
        return tuple(self._of(index, name) for index, name in enumerate(self.family))

    def _of(self, index: int, name: str) -> Condition:
        comparison = Comparison(name, self.sign, self.value)
        if self.counted is None or index == 0:
            return comparison
        return And((comparison, Comparison(self.counted, ">=", index + 1)))

    def _parts(self) -> tuple[Condition, ...]:
        return self.members

    def write(self, notation: _Notation) -> str:
        if notation.shortens and len(self.family) >= LONG_FAMILY:
            return f"some of {self.members_in(notation)}"
        return _chained("or", self.members, notation)

    def members_in(self, notation: _Notation) -> str:
        """The members in words; of those that differ in nothing but a number the first and the last are named."""
        first, *between, last = map(notation.name, self.family)
        numbered = len({_NUMBER.sub("#", name) for name in self.family}) == 1
        named = f"{first} … {last}" if numbered else ", ".join((first, *between, last))
        compared = Comparison(self.family[0], self.sign, self.value).write(notation)
        rest = compared.removeprefix(first) if compared.startswith(first) else f" == {self.value!r}"
        among = f" among the first {notation.name(self.counted)}" if self.counted is not None else ""
        return f"{named}{rest}{among}"


@dataclass(frozen=True, slots=True)
class Count(Condition):
    """That so many of several conditions hold: `(pool_0 == 3) + (pool_1 == 3) + (pool_2 == 3) >= 2`.

    Python adds what is true as one. A member that names what was not read is false, and counts for nothing.
    `of` says the members of a whole family in words.
    """

    members: tuple[Condition, ...]
    sign: Literal[">=", "<="]
    number: int
    of: Some | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return _distinct(self.members)

    @property
    def atoms(self) -> Iterator[Atom]:
        for member in self.members:
            yield from member.atoms

    def holds(self, configuration: Configuration) -> bool | None:
        answers = [member.holds(configuration) for member in self.members]
        return None if None in answers else _COMPARE[self.sign](answers.count(True), self.number)

    def write(self, notation: _Notation) -> str:
        if self.of is not None and notation.shortens:
            return f"at {'least' if self.sign == '>=' else 'most'} {self.number} of {self.of.members_in(notation)}"
        # A name alone needs no brackets in a sum: `norm_0 + norm_1 >= 2`.
        written = [member.write(notation) for member in self.members]
        counted = " + ".join(text if " " not in text else f"({text})" for text in written)
        return f"{counted} {self.sign} {self.number}"

    def settled(self, answers: Sequence[Condition | bool | None]) -> Condition | bool | None:
        """What is left to ask where some of the members have an answer."""
        if None in answers:
            return None
        left = tuple(each for each in answers if isinstance(each, Condition))
        number = self.number - sum(each is True for each in answers)
        if number <= 0 if self.sign == ">=" else number >= len(left):
            return True
        if number > len(left) if self.sign == ">=" else number < 0:
            return False
        return Count(left, self.sign, number)


@dataclass(frozen=True, slots=True)
class SomeBlock(_Several):
    """A condition that holds for some block: `(norm_0 and units_0 == 7) or (norm_1 and units_1 == 7)`.

    `pattern` says it of block i, for i in `rounds`. The first of the members says something of its own where `first`.
    """

    members: tuple[Condition, ...]
    pattern: Condition
    rounds: tuple[int, int]
    first: bool = False

    def _parts(self) -> tuple[Condition, ...]:
        return self.members

    def write(self, notation: _Notation) -> str:
        if not notation.shortens or len(self.members) < LONG_FAMILY:
            return _chained("or", self.members, notation)
        said = self.pattern.write(replace(notation, name=str))
        whole = f"{said} for some i from {self.rounds[0]} to {self.rounds[1]}"
        return f"{_chained('or', self.members[:1], notation)} or ({whole})" if self.first else whole


@dataclass(frozen=True, slots=True)
class _Joined(_Several):
    """Two or more conditions with the same word between them."""

    parts: tuple[Condition, ...]

    word: ClassVar[str]

    def _parts(self) -> tuple[Condition, ...]:
        return self.parts

    def write(self, notation: _Notation) -> str:
        return _chained(self.word, self.parts, notation)


def _chained(word: str, parts: Sequence[Condition], notation: _Notation) -> str:
    return f" {word} ".join(
        f"({part.write(notation)})" if _needs_brackets(part, word, notation) else part.write(notation)
        for part in parts
    )


def _needs_brackets(part: Condition, word: str, notation: _Notation) -> bool:
    if word == "or" and isinstance(part, Some | SomeBlock | Or):
        # `a or b or c`; but "a or b_{i} for some i" leaves open what is said of i.
        return notation.shortens and isinstance(part, SomeBlock)
    return part.loose


class And(_Joined):
    """Conditions that hold together; `all_of` makes them."""

    __slots__ = ()
    word, decides = "and", False


class Or(_Joined):
    """Conditions of which one holds; `any_of` makes them."""

    __slots__ = ()
    word, decides = "or", True


Atom: TypeAlias = Comparison | Membership | Relation

KINDS = (Comparison, Membership, Relation, Some, SomeBlock, Count, And, Or, Name, Number, Operation)
"""Everything that a condition is made of, for whoever reads one from a file."""


def all_of(parts: Sequence[Condition]) -> Condition:
    """A condition that holds where all parts do; at least one part."""
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def any_of(parts: Sequence[Condition]) -> Condition:
    """A condition that holds where any part does; at least one part."""
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def renamed(condition: Condition, names: Mapping[str, str | None]) -> Condition | None:
    """A condition over other names; None where it never holds, as a comparison with a name that is None does not."""
    match condition:
        case Comparison() | Membership():
            name = names.get(condition.name, condition.name)
            return None if name is None else replace(condition, name=name)
        case Relation():
            if any(names.get(name, name) is None for name in condition.names):
                return None
            into = {name: Name(new) for name, new in names.items() if new is not None}
            return _with(condition, into)
        case Count():
            known = [renamed(member, names) for member in condition.members]
            left = condition.settled([False if member is None else member for member in known])
            return Count((), ">=", 0) if left is True else left or None
    word, parts = _parts(condition)
    kept = [each for part in parts if (each := renamed(part, names)) is not None]
    if not kept or (word is And and len(kept) < len(parts)):
        return None
    return kept[0] if len(kept) == 1 else word(tuple(kept))


def settled(condition: Condition, name: str, value: Value) -> Condition | bool | None:
    """What is left to ask of a condition where a hyperparameter has a value; None where it has no answer."""
    match condition:
        case Comparison() | Membership():
            return condition.fits(value) if condition.name == name else condition
        case Relation():
            if name not in condition.names:
                return condition
            if type(value) is not int:
                return None
            left = _with(condition, {name: Number(value)})
            return left if left.names else left.holds({})
        case Count():
            return condition.settled([settled(member, name, value) for member in condition.members])
    word, parts = _parts(condition)
    kept: list[Condition] = []
    for part in parts:
        answer = settled(part, name, value)
        if answer is None or answer is word.decides:
            return answer
        if isinstance(answer, Condition):
            kept.append(answer)
    if not kept:
        return not word.decides
    return kept[0] if len(kept) == 1 else word(tuple(kept))


def _parts(condition: Condition) -> tuple[type[And | Or], tuple[Condition, ...]]:
    match condition:
        case And() | Or():
            return type(condition), condition.parts
        case Some() | SomeBlock():
            return Or, condition.members
    raise TypeError(type(condition))


def _with(relation: Relation, into: Mapping[str, Expression]) -> Relation:
    return replace(relation, left=_replaced(relation.left, into), right=_replaced(relation.right, into))


def _replaced(expression: Expression, into: Mapping[str, Expression]) -> Expression:
    match expression:
        case Name():
            return into.get(expression.name, expression)
        case Operation():
            left, right = _replaced(expression.left, into), _replaced(expression.right, into)
            if isinstance(left, Number) and isinstance(right, Number):
                # 2 * 3 * width and 6 * width ask the same.
                return _calculated(replace(expression, left=left, right=right))
            return replace(expression, left=left, right=right)
    return expression


def _calculated(operation: Operation) -> Expression:
    """An operation on two numbers as a number, where it has one."""
    try:
        result = operation.value({})
    except UNDECIDABLE:
        return operation
    return Number(result) if type(result) is int else operation


def _decided(decides: bool, parts: Iterable[Condition], configuration: Configuration) -> bool | None:
    """The first answer that is `decides` or none, else its opposite."""
    for part in parts:
        answer = part.holds(configuration)
        if answer is None or answer is decides:
            return answer
    return not decides


def _distinct(parts: Iterable[Condition | Expression]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.names))


def _sorted_out(
    condition: Condition, name: str, hps: Mapping[str, Hyperparameter]
) -> list[tuple[Value, float]] | None:
    """Values of a hyperparameter with their probabilities; one stands for all that the condition treats alike.

    `kernel >= 7` knows two kinds of kernels, however many there are. A relation to other hyperparameters may treat
    every value differently.
    """
    if name not in hps:
        return None
    own = [atom for atom in condition.atoms if name in atom.names]
    if any(len(atom.names) > 1 for atom in own):
        return domains.cells(hps[name], most=MOST_COMBINATIONS)
    calculated = any(isinstance(atom, Relation) for atom in own)
    values = domains.cells(hps[name], None if calculated else [cut for atom in own for cut in _cuts(atom)])
    if values is None:
        return None
    alike: dict[tuple[bool | None, ...], tuple[Value, float]] = {}
    for value, share in values:
        answers = tuple(atom.holds({name: value}) for atom in own)
        first, total = alike.get(answers, (value, 0.0))
        alike[answers] = first, total + share
    return list(alike.values())


def _cuts(atom: Atom) -> Iterator[int | float]:
    """The numbers with which a hyperparameter is compared."""
    constants = atom.values if isinstance(atom, Membership) else (getattr(atom, "value", None),)
    yield from (each for each in constants if isinstance(each, int | float))
