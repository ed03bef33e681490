"""Keys of the user's own functions and classes: equal where they must do the same with the same arguments.

A function of the user's can be remembered like a layer of Keras if nothing that it reads can change between two
configurations of one job. What it reads is seen in its byte code: its constants, its closure, and the global names
that it loads. Those must be plain constants, functions and classes of the same kind, or belong to packages of which
the same arguments give the same shapes. Everything else (a mutable global, the clock, a random number of NumPy, a
file) raises `Impure`, and what cannot be seen through is run at full cost each time.
"""

from __future__ import annotations

import builtins
import dis
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from .origins import Token, meant, settled, shadows
from .rewritten import CALLED

PACKAGES = (
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "numpy",
    "math",
    "functools",
    "itertools",
    "operator",
    "typing",
)
"""Packages whose functions give the same shapes for the same arguments, apart from `REFUSED`."""

REFUSED = ("numpy.random", "keras_tuner")
"""Parts of them that draw numbers, from which a shape could be made, or that know the configuration."""

_IMPURE_BUILTINS = frozenset(
    (
        "open",
        "input",
        "exec",
        "eval",
        "compile",
        "__import__",
        "globals",
        "locals",
        "vars",
        "breakpoint",
        "id",
        "setattr",
        "delattr",
    )
)
"""What reads or changes more than its arguments."""

_WRITES = frozenset(("STORE_GLOBAL", "DELETE_GLOBAL"))
_ATTRIBUTE_WRITES = frozenset(("STORE_ATTR", "DELETE_ATTR"))
_ATTRIBUTES = frozenset(("LOAD_ATTR", "LOAD_METHOD"))
_PLAIN = (str, bytes, int, float, complex, bool, type(None), type(Ellipsis))
_OF_EVERY_CLASS = frozenset(
    ("__module__", "__doc__", "__dict__", "__weakref__", "__qualname__", "__annotations__", "__firstlineno__",
     "__static_attributes__", "__abstractmethods__", "_abc_impl", "__parameters__", "__orig_bases__", "__hash__")
)  # fmt: skip


_MISSING = object()
_Seen = Tuple[Callable[[str, Any], Any], str, Any]
"""How a name was looked up, the name, and what it stood for: the target may bind it anew, as `global` allows."""


class Impure(Exception):
    """It may depend on more than its arguments."""


class Keys:
    """Keys of functions and classes, each worked out once, and again where what it read has changed since."""

    def __init__(self) -> None:
        self._known: Dict[int, Tuple[Any, Optional[Any], List[_Seen]]] = {}

    def of(self, value: Any) -> Any:
        """The key of a function or class; raises `Impure`."""
        known = self._known.get(id(value))
        if known is None or not all(look(name, _MISSING) is held for look, name, held in known[2]):
            reader = _Reader()
            try:
                key = reader.key(value)
            except (Impure, RecursionError):
                key = None
            known = self._known[id(value)] = (value, key, reader.seen)
        if known[1] is None:
            raise Impure
        return known[1]


class _Reader:
    """Reads one function or class and all that it uses; those that it is in the middle of have a number as key."""

    def __init__(self) -> None:
        self._inside: Dict[int, int] = {}
        self.seen: List[_Seen] = []

    def key(self, value: Any) -> Any:
        if type(value) is Token:
            # What a function was made with decides what it does, at one value.
            value = settled(value)
        if isinstance(value, _PLAIN):
            return type(value), value
        if isinstance(value, (tuple, frozenset)):
            return (type(value), *[self.key(each) for each in value])
        if id(value) in self._inside:
            return "again", self._inside[id(value)]
        self._inside[id(value)] = len(self._inside)
        if isinstance(value, types.FunctionType) and not _is_of_packages(value):
            return self._function(value)
        if isinstance(value, type) and not _is_of_packages(value):
            return self._class(value)
        if isinstance(value, (staticmethod, classmethod)):
            return type(value), self.key(value.__func__)
        if isinstance(value, property):
            return property, *[self.key(each) for each in (value.fget, value.fset, value.fdel)]
        if isinstance(value, (types.BuiltinFunctionType, types.FunctionType, type, types.ModuleType)):
            return _known_object(value)
        if hasattr(value, "__qualname__") and _is_of_packages(type(value)):
            return _known_object(value)
        raise Impure

    def _function(self, function: Any) -> Any:
        cells = []
        for cell in function.__closure__ or ():
            try:
                cells.append(self.key(cell.cell_contents))
                self.seen.append((_looks_into(cell), "", cell.cell_contents))
            except ValueError:
                raise Impure from None
        defaults = self.key(function.__defaults__ or ())
        named = tuple(
            (name, self.key(each)) for name, each in sorted((function.__kwdefaults__ or {}).items())
        )
        read = tuple(self._read(function.__code__, function.__globals__))
        return "function", _code(function.__code__), defaults, named, tuple(cells), read

    def _class(self, cls: Any) -> Any:
        own = []
        self.seen.append((lambda *_: len(vars(cls)), "", len(vars(cls))))
        for name, value in sorted(vars(cls).items()):
            if name in _OF_EVERY_CLASS or isinstance(value, (types.MemberDescriptorType,)):
                continue
            self.seen.append((vars(cls).get, name, value))
            own.append((name, self.key(value)))
        bases = tuple(self.key(base) for base in cls.__bases__)
        meta = () if _is_of_packages(type(cls)) or type(cls) is type else (self.key(type(cls)),)
        return "class", cls.__qualname__, tuple(own), bases, meta

    def _read(self, code: types.CodeType, names: Dict[str, Any]) -> Iterator[Any]:
        """The key of each global that some code loads, with the attributes that it takes of modules."""
        chain: List[str] = []
        value: Any = None
        name = ""
        for instruction in dis.get_instructions(code):
            before, name = name, instruction.opname
            if name in _WRITES or name.startswith("IMPORT"):
                raise Impure
            if name in _ATTRIBUTE_WRITES and not before.startswith(("LOAD_FAST", "LOAD_DEREF")):
                # An attribute of anything but a local name, `self` as a rule, may be one of a class.
                raise Impure
            if chain and name in _ATTRIBUTES and isinstance(value, types.ModuleType):
                chain.append(str(instruction.argval))
                value = getattr(value, chain[-1], None)
                continue
            if chain:
                yield self._loaded(chain, value)
                chain = []
            if name in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval not in CALLED:
                chain = [str(instruction.argval)]
                look = _looks_up(names)
                self.seen.append((look, chain[0], look(chain[0], _MISSING)))
                value = _global(chain[0], names)
        if chain:
            yield self._loaded(chain, value)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from self._read(constant, names)

    def _loaded(self, chain: List[str], value: Any) -> Any:
        """The key of a global. What a package holds in one of its modules is as constant as the package."""
        if len(chain) > 1 and _is_of_packages(type(value)) and type(value).__module__ != "builtins":
            return ".".join(chain), "known", id(value)
        return ".".join(chain), self.key(value)


def holds_tokens(value: Any) -> bool:
    """Whether a function, or one that it was made with, was made with a value that stands for others."""
    waiting, seen = [value], set()
    while waiting:
        each = waiting.pop()
        if type(each) is Token:
            return True
        if type(each) in (list, tuple):
            waiting += each
        elif isinstance(each, types.FunctionType) and id(each) not in seen:
            # What a package wraps may hold itself.
            seen.add(id(each))
            waiting += [*map(_content, each.__closure__ or ()), *(each.__defaults__ or ())]
    return False


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _looks_into(cell: Any) -> Callable[[str, Any], Any]:
    return lambda *_: cell.cell_contents


def _looks_up(names: Dict[str, Any]) -> Callable[[str, Any], Any]:
    """Looks for a global name of the user's, among which a tracked run has some of ours."""

    def look(name: str, default: Any) -> Any:
        found = names.get(name, default)
        return default if shadows(found) else meant(found)

    return look


def _global(name: str, names: Dict[str, Any]) -> Any:
    found = _looks_up(names)(name, _MISSING)
    if found is not _MISSING:
        return found
    if name in _IMPURE_BUILTINS or not hasattr(builtins, name):
        raise Impure
    return getattr(builtins, name)


def _code(code: types.CodeType) -> Any:
    """Two codes with one key do the same, whatever lines they stand on."""
    constants = tuple(
        _code(each) if isinstance(each, types.CodeType) else (type(each), repr(each))
        for each in code.co_consts
    )
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_flags


def _is_of_packages(value: Any) -> bool:
    module = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in (*PACKAGES, "builtins", "abc", "_operator")


def _known_object(value: Any) -> Any:
    """The key of what a package or Python itself defines: itself, which lives as long as the process."""
    name = value.__name__ if isinstance(value, types.ModuleType) else str(getattr(value, "__module__", None))
    owner = getattr(value, "__self__", None)
    if isinstance(value, types.BuiltinFunctionType) and not isinstance(owner, (types.ModuleType, type(None))):
        # A method of some object, which may change.
        raise Impure
    if name.startswith(REFUSED) or not (_is_of_packages(value) or name in ("None", "_functools")):
        raise Impure
    if name == "builtins" and getattr(value, "__name__", "") in _IMPURE_BUILTINS:
        raise Impure
    return "known", id(value), sys.intern(name)
