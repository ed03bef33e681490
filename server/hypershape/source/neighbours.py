"""The files that share a search space with a file, and where HyperParameters objects go between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypershape.model import Document
from hypershape.source.documents import Unreadable, read
from hypershape.source.flow import flow
from hypershape.source.holders import Flow, Holder, Made, Mention, Pass, Reference, Signature
from hypershape.source.modules import Finder, extra_paths
from hypershape.source.workspace import Place, Workspace

MOST_FILES = 30
HYPERMODELS = ("keras_tuner.HyperModel", "keras_tuner.engine.hypermodel.HyperModel")
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Edge:
    """A holder whose object another holder gets; `scoped`: within a name scope, so that names get a prefix there."""

    giver: Holder
    taker: Holder
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class of one of the files, by its dotted name."""

    path: str
    name: str


@dataclass
class Neighbours:
    """A file and those that share a search space with it.

    `users` are the tuners of all files with what they were given. `stopped` says, in one sentence, why files may be
    missing.
    """

    workspace: Workspace
    document: Document
    opened: Mapping[str, Document] = field(default_factory=dict)
    """The texts of files that are open in an editor, by their paths; the disk may have older ones."""
    flows: dict[str, Flow] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    results: dict[Holder, set[Holder]] = field(default_factory=dict)
    """The target's parameter for what a tuner found."""
    users: list[tuple[Flow, Made, Definition]] = field(default_factory=list)
    stopped: str | None = None
    _resolved: dict[tuple[str, tuple[int, int]], Definition | None] = field(default_factory=dict)
    _local: dict[tuple[str, str], bool] = field(default_factory=dict)
    _asked: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, document: Document, workspace: Workspace, opened: Mapping[str, Document] | None = None
    ) -> Neighbours:
        """Looks around a document until nothing new is found, within the bounds of the workspace."""
        found = cls(workspace, document, {**(opened or {}), document.path: document})
        found._add(document)
        for _ in range(_ROUNDS):
            before = (len(found.flows), len(found.edges), len(found._resolved))
            found._link()
            for known in list(found.flows.values()):
                found._look_up_users(known)
            if before == (len(found.flows), len(found.edges), len(found._resolved)):
                break
        return found

    @property
    def own(self) -> Flow:
        return self.flows[self.document.path]

    def certain(self) -> set[Holder]:
        """Every holder that surely holds a HyperParameters object at some time."""
        found = {holder for each in self.flows.values() for holder in each.certain}
        found |= self.results.keys() | {holder for each in self.results.values() for holder in each}
        takers: dict[Holder, list[Holder]] = {}
        for edge in self.edges:
            takers.setdefault(edge.giver, []).append(edge.taker)
        todo = list(found)
        while todo:
            for taker in takers.get(todo.pop(), ()):
                if taker not in found:
                    found.add(taker)
                    todo.append(taker)
        return found

    def mentions(self) -> Iterator[Mention]:
        """The places in all files that name a hyperparameter of a certain HyperParameters object."""
        certain = self.certain()
        for each in self.flows.values():
            yield from (mention for mention in each.mentions if mention.holder in certain)

    # Files.

    def _add(self, document: Document | None) -> Flow | None:
        if document is None:
            return None
        if document.path not in self.flows:
            if len(self.flows) >= MOST_FILES:
                self.stopped = (
                    f"More than {MOST_FILES} files share this search space; the others were not read."
                )
                return None
            self.flows[document.path] = flow(document)
        return self.flows[document.path]

    def _file(self, path: str) -> Flow | None:
        return self.flows.get(path) or self._add(self._text(path))

    def _text(self, path: str) -> Document | None:
        """A file as the editor or the disk has it; None where it cannot be read."""
        if path in self.opened:
            return self.opened[path]
        try:
            return read(Path(path))
        except (OSError, Unreadable):
            return None

    def _look_up_users(self, known: Flow) -> None:
        """Adds the files that hand an object to a function of this one, or a function of this one to a tuner."""
        names = frozenset(_worth_asking(known, self._plausible()))
        if names <= self._asked.get(known.path, frozenset()):
            return
        self._asked[known.path] = names
        mentions = self.workspace.mentions(known.path, names)
        self.stopped = self.stopped or mentions.stopped
        unsaved = [path for path, each in self.opened.items() if any(name in each.text for name in names)]
        for path in dict.fromkeys([*unsaved, *mentions.files]):
            document = self._text(path) if path not in self.flows else None
            if document is None:
                continue
            user = flow(document)
            if any(self._leads_to(user, each, known, names) for each in _references(user)):
                self._add(document)

    def _leads_to(self, user: Flow, reference: Reference, known: Flow, names: frozenset[str]) -> bool:
        last = (reference.origin or reference.name).rpartition(".")[2]
        if reference.own is not None or not {reference.name, last} & names:
            return False
        definition = self._definition(user, reference)
        return definition is not None and definition.path == known.path

    # What leads where.

    def _plausible(self) -> set[Holder]:
        """Holders that are certain, or are used as only a HyperParameters object is, or whose takers are."""
        found = self.certain()
        found |= {m.holder for each in self.flows.values() for m in each.mentions if m.kind is not None}
        grown = True
        while grown:
            more = {edge.giver for edge in self.edges if edge.taker in found} - found
            found |= more
            grown = bool(more)
        return found

    def _link(self) -> None:
        for known in list(self.flows.values()):
            for made in known.made:
                self._link_tuner(known, made)
            for holder, reference in known.borrowed.items():
                self._link_borrowed(known, holder, reference)
        plausible = self._plausible()
        for known in list(self.flows.values()):
            for each in known.passes:
                if each.holder in plausible or each.to.own is not None or self._is_local(known, each.to):
                    self._link_pass(known, each)

    def _link_pass(self, known: Flow, each: Pass) -> None:
        found = self._signature(known, each.to)
        for signature in [*([found] if found else []), *self._overrides(known, each.to)]:
            taker = signature.takes(each.argument, _is_bound(each.to))
            if taker is not None and taker != each.holder:
                self.edges[Edge(each.holder, taker, each.scoped)] = None

    def _overrides(self, known: Flow, reference: Reference) -> Iterator[Signature]:
        """The methods of this name in the known subclasses of the class that calls it on `self`."""
        if reference.owner is None:
            return
        base = Definition(known.path, reference.owner)
        for other in list(self.flows.values()):
            for name in other.classes:
                method = other.functions.get(f"{name}.{reference.name}")
                if method is not None and self._derives(other, name, base):
                    yield method

    def _derives(self, known: Flow, name: str, base: Definition, depth: int = 0) -> bool:
        owner = known.classes.get(name)
        for each in owner.bases if owner is not None and depth < 8 else ():
            found = self._base(known, each)
            other = self._file(found.path) if found is not None else None
            if found is None or other is None:
                continue
            if found == base or self._derives(other, found.name, base, depth + 1):
                return True
        return False

    def _is_local(self, known: Flow, reference: Reference) -> bool:
        """Whether a name comes from a file of the user's, so that it is worth following."""
        if reference.origin is None:
            return False
        return reference.origin.startswith(".") or self._imports(known, reference.origin.partition(".")[0])

    def _may_be_local(self, known: Flow, reference: Reference) -> bool:
        if reference.origin is not None:
            return self._is_local(known, reference)
        origins = [*known.code.imports.values(), *known.code.star_imports]
        return any(each.startswith(".") or self._imports(known, each.partition(".")[0]) for each in origins)

    def _imports(self, known: Flow, top: str) -> bool:
        key = (known.path, top)
        if key not in self._local:
            self._local[key] = Finder(known.path, extra_paths(known.code)).find(top) is not None
        return self._local[key]

    def _link_tuner(self, known: Flow, made: Made) -> None:
        definition = self._definition(known, made.reference) if made.reference is not None else None
        parameter = made.target
        if definition is not None:
            if not any(each[0] is known and each[1] is made for each in self.users):
                self.users.append((known, made, definition))
            parameter = self._parameter(definition)
        if parameter is not None:
            self.results.setdefault(made.tuner, set()).add(parameter)
            if made.given is not None:
                self.edges[Edge(made.given, parameter)] = None

    def _link_borrowed(self, known: Flow, holder: Holder, reference: Reference) -> None:
        definition = self._definition(known, reference)
        other = self._file(definition.path) if definition is not None else None
        if definition is None or other is None:
            return
        made = [each for each in other.made if each.bound_to == definition.name]
        if made:
            self._link_tuner(other, made[-1])
            self.results.setdefault(holder, set()).update(self.results.get(made[-1].tuner, ()))

    def _parameter(self, definition: Definition) -> Holder | None:
        """The parameter of a build function, or of the `build` of a HyperModel, that takes the object."""
        found = self._build(definition)
        if found is None:
            return None
        own = [each for each in found.parameters if each.name not in ("self", "cls")]
        named = [each for each in own if each in self.flows[each.path].certain]
        return (named or own)[0] if own else None

    def _build(self, definition: Definition, depth: int = 0) -> Signature | None:
        """The function behind what a tuner got: itself, or the method `build` of a class or of its bases."""
        known = self._file(definition.path)
        if known is None or depth > 8:
            return None
        if definition.name in known.functions:
            return known.functions[definition.name]
        owner = known.classes.get(definition.name)
        if owner is None:
            return None
        own = known.functions.get(f"{definition.name}.build")
        if own is not None:
            return own
        for base in owner.bases:
            found = self._base(known, base)
            inherited = self._build(found, depth + 1) if found is not None else None
            if inherited is not None:
                return inherited
        return None

    def built_by(self, definition: Definition) -> Definition:
        """The definition in the document that a tuner's target is: the build function or method, or the class itself.

        A class of the document that has its `build` from another file stands for itself.
        """
        found = self._build(definition)
        if found is None or not any(each.path == self.document.path for each in found.parameters):
            return definition
        return Definition(self.document.path, found.name)

    def heirs(self, known: Flow) -> frozenset[str]:
        """The classes of a file that have their `build` from a HyperModel in another file."""
        return frozenset(name for name in known.classes if self._inherits_build(known, name))

    def _inherits_build(self, known: Flow, name: str) -> bool:
        found = self._build(Definition(known.path, name))
        elsewhere = found is not None and any(each.path != known.path for each in found.parameters)
        return elsewhere and self._is_hypermodel(known, name)

    def _is_hypermodel(self, known: Flow, name: str, depth: int = 0) -> bool:
        owner = known.classes.get(name)
        for base in owner.bases if owner is not None and depth < 8 else ():
            if known.code.imported(base) in HYPERMODELS:
                return True
            found = self._base(known, base)
            other = self._file(found.path) if found is not None else None
            if found is not None and other is not None and self._is_hypermodel(other, found.name, depth + 1):
                return True
        return False

    def _base(self, known: Flow, base: ast.expr) -> Definition | None:
        """The class that a base class is."""
        if isinstance(base, ast.Name) and base.id in known.classes:
            return Definition(known.path, base.id)
        if not isinstance(base, (ast.Name, ast.Attribute)):
            return None
        last = base.id if isinstance(base, ast.Name) else base.attr
        place = known.code.text.place(known.code.text.end(base) - len(last))
        return self._definition(known, Reference(last, place, None, known.code.imported(base)))

    def _signature(self, known: Flow, reference: Reference) -> Signature | None:
        definition = self._definition(known, reference)
        other = self._file(definition.path) if definition is not None else None
        if definition is None or other is None or definition.name not in other.functions:
            return None
        return other.functions[definition.name]

    def _definition(self, known: Flow, reference: Reference) -> Definition | None:
        """What a reference stands for: told by the file itself, else looked up and then found there by our own reader."""
        if reference.own is not None:
            return Definition(known.path, reference.own)
        key = (known.path, reference.place)
        if key not in self._resolved:
            self._resolved[key] = self._looked_up(known, reference)
        return self._resolved[key]

    def _looked_up(self, known: Flow, reference: Reference) -> Definition | None:
        if not self._may_be_local(known, reference):
            return None
        clean = known.code.clean
        place = self.workspace.definition(known.path, clean, *reference.place)
        return None if place is None or not place.name else self._checked(place)

    def _checked(self, place: Place) -> Definition | None:
        """A place that was looked up on the disk, if the text at hand defines the name as well."""
        other = self._file(place.path) if place.path in self.flows else None
        document = None if other is not None else self._text(place.path)
        other = other or (flow(document) if document is not None else None)
        if other is None:
            return None
        bound = {each.bound_to for each in other.made}
        is_there = place.name in other.functions or place.name in other.classes or place.name in bound
        return Definition(place.path, place.name) if is_there else None


def _is_bound(reference: Reference) -> bool:
    """Whether the first parameter of a method is taken; an imported name with a small letter is an instance."""
    if reference.origin is None:
        return reference.bound
    return not reference.origin.rpartition(".")[2][:1].isupper()


def _references(user: Flow) -> Iterator[Reference]:
    yield from (each.to for each in user.passes)
    yield from (each.reference for each in user.made if each.reference is not None)
    yield from user.borrowed.values()
    yield from user.bases


def _worth_asking(known: Flow, plausible: set[Holder]) -> Iterator[str]:
    """The names by which other files may use what this one has to do with hyperparameters."""
    for signature in known.functions.values():
        if not plausible.isdisjoint(signature.parameters):
            yield signature.name.partition(".")[0]
    for made in known.made:
        if made.bound_to is not None and made.bound_to.isidentifier():
            yield made.bound_to
