"""Values that code outside of a slice sets later: the text's own are tried first, others stand for them after that.

What a module, a class, an object or a dictionary holds is *open* as long as it is what the text says at first. Under the
first assumption it stays so, and what reads it rests on an assumption; under the others something else stands for it.
Whatever a statement of the slice sets is settled, and so is what the code that is about to run sets by itself.
"""

from __future__ import annotations

import argparse
import ast
import dis
import functools
import reprlib
import sys
import types
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

import numpy

from .standins import Assumption, StandIn, stand_in

_ANY, _OBJECT, _SETTER = "*", "()", "="
_PLAIN = (bool, int, float, str, tuple, list, dict, set, numpy.ndarray)
_DEPTH = 3
_CALLED_BY_KERAS = ("build", "call", "get_config", "compute_output_shape", "declare_hyperparameters")
_NOTHING = object()
"""In the place of what is not there at all."""


class _Entry(NamedTuple):
    """As `model.Unsettled`."""

    owner: str
    name: str
    within: str
    fills: bool


class _Slot:
    """An attribute, a global name or a key, with what the text says of it at first."""

    def __init__(self, holder: Any, owner: str, name: str, within: Set[str]) -> None:
        self.holder, self.name, self.within = holder, name, within
        self.written = f"{owner}.{name}"
        self.first = self.now
        self.said = _said(holder, name)
        """What the text says of it: an object may have it from its class."""
        self.other: Any = self.first
        """What stands for it."""

    @property
    def now(self) -> Any:
        if isinstance(self.holder, dict):
            return self.holder.get(self.name, _NOTHING)
        return vars(self.holder).get(self.name, _NOTHING)

    def put(self, value: Any) -> None:
        try:
            if isinstance(self.holder, dict):
                self.holder[self.name] = value
            else:
                setattr(self.holder, self.name, value)
        except Exception:
            # An object that guards its attributes keeps what it has.
            pass

    def put_back(self) -> None:
        if self.other is self.first:
            return
        if self.first is not _NOTHING:
            self.put(self.first)
        elif isinstance(self.holder, dict):
            self.holder.pop(self.name, None)
        else:
            delattr(self.holder, self.name)

    @property
    def is_open(self) -> bool:
        return self.now is self.other


class Unsettled:
    """The open places of a slice."""

    def __init__(
        self, fields: Sequence[Dict[str, Any]], assumption: Assumption, index: int, tries_first: bool
    ) -> None:
        """`tries_first`: under the first assumption what the text says is tried."""
        self._entries: Dict[str, List[_Entry]] = {}
        for each in fields:
            entry = _Entry(each["owner"], each["name"], each["within"], each["fills"])
            self._entries.setdefault(entry.name, []).append(entry)
        self._assumption = assumption
        self._index = index
        self._stays = tries_first and not index
        self._plays = not tries_first
        self._slots: List[_Slot] = []
        self._awaited: List[_Slot] = []
        """What the statement at hand sets by itself."""
        self.relied = False
        """Whether what ran, or is to run, reads one."""

    @property
    def stays(self) -> bool:
        """Whether what runs reads what the text says of a value that other code sets."""
        return self.relied and self._stays

    def found(self, statement: ast.stmt, namespace: Dict[str, Any]) -> None:
        """Looks at what a statement has bound to names of its module."""
        if not self._entries or isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        module = _module_name(namespace)
        for name in _bound(statement):
            if name in namespace:
                self._look(namespace, {module}, name, _DEPTH)

    def made(self, target: Any) -> None:
        """Looks at the object whose method the target is: the expression may have made it, and no name holds it."""
        if self._entries and isinstance(target, types.MethodType) and _is_users_class(type(target.__self__)):
            kinds = {
                each.__name__ + _OBJECT for each in type(target.__self__).__mro__ if _is_users_class(each)
            }
            self._inside(target.__self__, kinds, kinds, _DEPTH)

    def missing(self, namespace: Dict[str, Any]) -> None:
        """Looks, when a module has run, for what others set in it and it does not have at all."""
        module = _module_name(namespace)
        for entries in self._entries.values():
            for entry in entries:
                if entry.owner == module and entry.name not in (*namespace, _ANY) and not entry.fills:
                    self._open(namespace, module, entry.name, [entry])

    def read_by(self, code: ast.AST, namespaces: Sequence[Dict[str, Any]], names: Sequence[str] = ()) -> None:
        """Notes what code reads that is about to run, and the functions that it mentions; `names` are more of those."""
        self._awaited = []
        if not self._slots:
            return
        if isinstance(code, (ast.Import, ast.ImportFrom)):
            # No function runs for being imported.
            reached = {each.name for each in code.names}
        else:
            reached = _reached({*_mentioned(code), *names}, namespaces, self._plays)
        for slot in list(self._slots):
            if not slot.is_open:
                self._slots.remove(slot)
            elif slot.within and slot.within <= reached:
                # What is about to run sets it by itself.
                self._slots.remove(slot)
                slot.put_back()
                self._awaited.append(slot)
            elif slot.name in reached:
                self._slots.remove(slot)
                self._rely(slot)

    @property
    def is_awaited(self) -> bool:
        """Whether the statement at hand sets something by itself, and does not only add to it."""
        return any(not isinstance(each.first, (list, dict, set)) for each in self._awaited)

    def failed(self) -> None:
        """Opens again what the statement at hand was to set, and did not."""
        for slot in self._awaited:
            if slot.now is slot.first:
                slot.within = set()
                self._stand_for(slot)
                self._slots.append(slot)
        self._awaited = []

    def leave(self) -> None:
        """Takes back what nothing reads."""
        for slot in self._slots:
            if slot.is_open:
                slot.put_back()
        self._slots = []

    def _rely(self, slot: _Slot) -> None:
        self.relied = True
        self._assumption.made = True
        if not isinstance(slot.other, StandIn):
            value = slot.said if slot.other is slot.first else slot.other
            self._assumption.note(slot.written, reprlib.repr(value))

    def _look(self, holder: Any, owners: Set[str], name: str, depth: int) -> None:
        value = _said(holder, name)
        entries = [
            *self._entries.get(name, ()),
            *(self._entries.get(_ANY, ()) if value is None else ()),
        ]
        fitting = [each for each in entries if _fits(each, value, owners)]
        if fitting and (value is None or isinstance(value, _PLAIN)) and not isinstance(value, StandIn):
            self._open(holder, sorted(owners)[0], name, fitting)
            return
        if not depth:
            return
        if isinstance(value, dict):
            for key in list(value):
                if type(key) is str:
                    self._look(value, {name}, key, depth - 1)
        elif isinstance(value, type) and _is_users_class(value):
            self._inside(value, {value.__name__}, {value.__name__, value.__name__ + _OBJECT}, depth)
        elif _holds_attributes(value):
            kinds = [each.__name__ for each in type(value).__mro__ if _is_users_class(each)]
            owners = {name, *(each + _OBJECT for each in kinds)}
            self._inside(value, owners, owners, depth)

    def _inside(self, value: Any, owners: Set[str], all_owners: Set[str], depth: int) -> None:
        """Looks at the attributes of a class or an object; `owners` may have others set what it does not have yet."""
        for attribute in {name: None for each in _where(value) for name in vars(each)}:
            if not attribute.startswith("__"):
                self._look(value, all_owners, attribute, depth - 1)
        for attribute, entries in self._entries.items():
            fitting = [each for each in entries if each.owner in owners and not each.fills]
            if fitting and attribute != _ANY and _said(value, attribute) is _NOTHING:
                self._open(value, sorted(owners)[0], attribute, fitting)

    def _open(self, holder: Any, owner: str, name: str, entries: List[_Entry]) -> None:
        if any(each.holder is holder and each.name == name for each in self._slots):
            return
        within = {each.within for each in entries}
        slot = _Slot(holder, owner, name, set() if "" in within else within)
        self._stand_for(slot)
        self._slots.append(slot)

    def _stand_for(self, slot: _Slot) -> None:
        if not self._stays or slot.said is _NOTHING:
            slot.put(self._other(slot))
            slot.other = slot.now

    def _other(self, slot: _Slot) -> Any:
        """What stands for a value; of a switch the other one half of the time, of a text and a fraction something near."""
        first, made = slot.said, self._assumption.made
        if isinstance(first, bool):
            return first if self._index % 2 == 0 else not first
        if isinstance(first, float):
            return first / 2
        if isinstance(first, str) and self._index % 2 == 0:
            return first
        other = stand_in(slot.name, self._assumption)
        # Only what is read counts.
        self._assumption.made = made
        return other


def _where(holder: Any) -> List[Any]:
    """Where an object has its attributes from: itself, and the classes of the user's behind it."""
    classes = holder.__mro__[1:] if isinstance(holder, type) else type(holder).__mro__
    return [holder, *filter(_is_users_class, classes)]


def _said(holder: Any, name: str) -> Any:
    """What a text says of an attribute or a key, without a property being asked."""
    places = [holder] if isinstance(holder, dict) else [vars(each) for each in _where(holder)]
    return next((place[name] for place in places if name in place), _NOTHING)


def _fits(entry: _Entry, value: Any, owners: Set[str]) -> bool:
    if entry.fills and (not isinstance(value, (list, dict, set)) or value):
        return False
    return entry.owner in owners or (not entry.owner and value is None)


def _module_name(namespace: Dict[str, Any]) -> str:
    parts = str(namespace["__file__"]).replace("\\", "/").split("/")
    own = parts[-1].rpartition(".")[0]
    return parts[-2] if own == "__init__" and len(parts) > 1 else own


def _is_users_class(value: Any) -> bool:
    module = sys.modules.get(str(value.__module__)) if isinstance(value, type) else None
    return bool(module is not None and vars(module).get("__hypershape__"))


def _holds_attributes(value: Any) -> bool:
    if isinstance(value, type) or not hasattr(value, "__dict__"):
        return False
    kind = type(value)
    return _is_users_class(kind) or kind in (types.SimpleNamespace, argparse.Namespace)


def _mentioned(node: ast.AST) -> Set[str]:
    """The names, attributes and texts that a piece of code mentions where it runs: not within functions.

    An attribute that is set counts as the setter of its name.
    """
    found: Set[str] = set()
    waiting: List[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += [*each.decorator_list, *each.args.defaults]
            waiting += [default for default in each.args.kw_defaults if default is not None]
            continue
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr if isinstance(each.ctx, ast.Load) else each.attr + _SETTER)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            found.add(each.value)
        waiting += ast.iter_child_nodes(each)
    return found


def _bound(statement: ast.stmt) -> List[str]:
    """The names that a statement may bind in its module."""
    if isinstance(statement, ast.ClassDef):
        return [statement.name]
    nodes = list(ast.walk(statement))
    stored = [each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    imported = [each.asname or each.name for each in nodes if isinstance(each, ast.alias)]
    return [*stored, *imported]


def _reached(names: Set[str], namespaces: Sequence[Dict[str, Any]], plays: bool) -> Set[str]:
    """The names that code mentions, and those in the functions and methods that go by a name of them.

    A search that is played calls the hooks of what it is given, such as `fit` and `on_epoch_end`.
    """
    codes: Dict[str, List[types.CodeType]] = {}
    hooks: Dict[str, List[str]] = {}
    for namespace in namespaces:
        for name, value in list(namespace.items()):
            for own, code in _codes(name, value):
                codes.setdefault(own, []).append(code)
            if plays:
                hooks[name] = list(_hooks(value if isinstance(value, type) else type(value)))
    reached: Set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += hooks.get(name, ())
            waiting += [each for code in codes.get(name, ()) for each in _mentioned_in(code)]
    return reached


def _hooks(kind: type) -> Iterator[str]:
    """The methods of a class of the user's that a class of a library's calls: it has them itself."""
    if _is_users_class(kind):
        others = [each for each in kind.__mro__ if each is not object and not _is_users_class(each)]
        yield from (name for name in vars(kind) if any(name in vars(each) for each in others))


def _codes(name: str, value: Any) -> Iterator[Tuple[str, types.CodeType]]:
    """The code of a function, or of the methods of a class, each with the name by which it is reached."""
    if isinstance(value, types.FunctionType):
        yield name, value.__code__
    elif isinstance(value, type) and _is_users_class(value):
        for own, each in list(vars(value).items()):
            function = each
            if isinstance(each, property):
                function = each.fget
            elif isinstance(each, (classmethod, staticmethod)):
                function = each.__func__
            if isinstance(function, types.FunctionType):
                by_itself = own.startswith("__") or own in _CALLED_BY_KERAS
                yield name if by_itself else own, function.__code__


@functools.lru_cache(maxsize=4096)
def _mentioned_in(code: types.CodeType) -> Tuple[str, ...]:
    """The names that a function's code reads, those within included, its texts, and the setters of what it sets."""
    found: Dict[str, None] = {}
    for each in dis.get_instructions(code):
        reads = each.opname.startswith(("LOAD_", "IMPORT_")) and not each.opname.startswith("LOAD_FAST")
        if reads and isinstance(each.argval, str):
            found[each.argval] = None
        elif each.opname == "STORE_ATTR":
            found[each.argval + _SETTER] = None
    for const in code.co_consts:
        if isinstance(const, tuple):
            found.update(dict.fromkeys(part for part in const if isinstance(part, str)))
        elif isinstance(const, types.CodeType):
            found.update(dict.fromkeys(_mentioned_in(const)))
    return tuple(found)


def names_in(target: Any) -> Sequence[str]:
    """The names by which a target reaches what it reads."""
    function = target.__func__ if isinstance(target, types.MethodType) else target
    code = function.__code__ if isinstance(function, types.FunctionType) else None
    return (code.co_name, *_mentioned_in(code)) if code is not None else ()
