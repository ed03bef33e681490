"""A module with what the files around it say: tuners that get its functions, classes that inherit, objects handed to it.

A target whose tuner stands in another file is that file's target, with its slice, data and `hyperparameters=`, put
where its definition is in this one. So both files show the same space, and each its own findings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from hypershape.model import Document, Module, Slice, Span, Target, Unsettled
from hypershape.source.analyse import DOES_NOT_PARSE, Elsewhere, analyse, declared_data, half_typed_inside
from hypershape.source.code import Code, Definition
from hypershape.source.documents import LARGEST
from hypershape.source.modules import code_of
from hypershape.source.neighbours import Neighbours
from hypershape.source.unsettled import settings, unsettled_in
from hypershape.source.workspace import Workspace


def across(
    module: Module,
    workspace: Workspace,
    opened: Mapping[str, Document] | None = None,
) -> Module:
    """The module itself where no other file has to do with it, else one that knows what they say.

    Args:
        module: what the text says by itself.
        workspace: the files around it.
        opened: texts that the editor has open, by path; they count instead of what the disk has.
    """
    document = module.document
    if len(document.text) > LARGEST:
        return module
    neighbours = Neighbours.of(document, workspace, opened)
    own = neighbours.own
    heirs = neighbours.heirs(own)
    places = {holder.place for holder in neighbours.certain() - own.certain if holder.path == document.path}
    if heirs or places:
        module = analyse(document, previous=module, elsewhere=Elsewhere(heirs, frozenset(places)))
    around = tuple(path for path in neighbours.flows if path != document.path)
    if around or neighbours.stopped is not None:
        targets = _with_users(module, neighbours)
        module = replace(module, targets=targets, around=around, unsearched=neighbours.stopped)
    return _with_settings(module, workspace, neighbours.opened)


def _with_settings(module: Module, workspace: Workspace, texts: Mapping[str, Document]) -> Module:
    """The module whose slices know what files that they hold nothing of set of theirs."""
    known: dict[tuple[str, ...], list[Unsettled]] = {}

    def informed(slice_: Slice | None) -> Slice | None:
        if slice_ is None:
            return None
        paths = tuple(each.path for each in slice_.files)
        if paths not in known:
            known[paths] = [
                each
                for path in workspace.setters(paths)
                if (code := code_of(path, texts)) is not None
                for each, _ in settings(code)
            ]
        more = unsettled_in(slice_.files, known[paths])
        return slice_ if not more else replace(slice_, unsettled=tuple(sorted({*slice_.unsettled, *more})))

    return replace(
        module,
        targets=tuple(
            replace(each, slice=informed(each.slice), fed=informed(each.fed)) for each in module.targets
        ),
        tuners=tuple(replace(each, rehearsal=informed(each.rehearsal)) for each in module.tuners),
    )


def _with_users(module: Module, neighbours: Neighbours) -> tuple[Target, ...]:
    """The targets of a module, those included that only tuners of other files get."""
    # One function may be several targets: a factory that makes it is called for several tuners.
    found: dict[Span, list[Target]] = {}
    for target in module.targets:
        found.setdefault(target.span, []).append(target)
    for theirs, node in _used(module, neighbours):
        code = module.code
        place = code.text.name_span(code.path, node)
        own = found.get(place)
        name = _name(node, code)
        # One that was seen before the edit is this one.
        for span in found.keys() - {place}:
            found[span] = [each for each in found[span] if each.name != name or each.reason != DOES_NOT_PARSE]
        joined = [_joined(each, theirs, node, code) for each in own or ()]
        found[place] = joined or [_placed(theirs, node, code)]
    return tuple(sorted((each for some in found.values() for each in some), key=lambda each: each.body))


def _used(module: Module, neighbours: Neighbours) -> Iterator[tuple[Target, Definition]]:
    """The targets of other files' tuners that this file defines, each with its definition here."""
    document = module.document
    read: dict[str, Module] = {}
    for user, made, definition in neighbours.users:
        here = neighbours.built_by(definition)
        node = _named(here.name, module.code) if here.path == document.path != user.path else None
        if node is None:
            continue
        if user.path not in read:
            elsewhere = Elsewhere(neighbours.heirs(user), texts={document.path: document})
            read[user.path] = analyse(user.code.document, elsewhere=elsewhere)
        for target in read[user.path].targets:
            if target.is_given_at(made.span):
                yield target, node


def _named(name: str, code: Code) -> Definition | None:
    """The last definition of a dotted name."""
    found = [
        node
        for node in code.defined.get(name.rpartition(".")[2], ())
        if ".".join([*(each.name for each in reversed(code.scopes(node))), node.name]) == name
    ]
    return found[-1] if found else None


def _placed(theirs: Target, node: Definition, code: Code) -> Target:
    """Another file's target where this file defines it."""
    data = declared_data(node, code)
    reason = half_typed_inside(code, node)
    return replace(
        theirs,
        slice=theirs.slice if reason is None else None,
        reason=reason or theirs.reason,
        name=_name(node, code),
        span=code.text.name_span(code.path, node),
        body=code.whole_span(node),
        data=data or theirs.data,
        fed=None if data is not None else theirs.fed,
    )


def _name(node: Definition, code: Code) -> str:
    if isinstance(node, ast.ClassDef):
        return f"{node.name}.build"
    scope = code.enclosing(node)
    return f"{scope.name}.{node.name}" if isinstance(scope, ast.ClassDef) else node.name


def _joined(own: Target, theirs: Target, node: Definition, code: Code) -> Target:
    """A target of this file that another file's tuner gets, too; it is run as the first tuner of all would."""
    if own.tuners or theirs.slice is None or all(each.path != code.path for each in theirs.slice.files):
        new = tuple(each for each in theirs.tuners if each not in own.tuners)
        return replace(own, tuners=own.tuners + new)
    return replace(_placed(theirs, node, code), name=own.name, kind=own.kind)
