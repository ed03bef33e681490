"""From a document to its module: targets with their slices, tuners, imports, ignores."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from hypershape.model import (
    DeclaredData,
    Document,
    Module,
    Slice,
    SliceFile,
    Span,
    Target,
    TunerCall,
    Unsettled,
)
from hypershape.source import comments, environs
from hypershape.source.calls import Construction, TunerFinder
from hypershape.source.code import Code
from hypershape.source.documents import LARGEST
from hypershape.source.modules import (
    Collector,
    finder_of,
    with_absolute_imports,
    with_todays_imports,
)
from hypershape.source.names import FUNCTIONS, Names
from hypershape.source.rehearsals import played
from hypershape.source.removed import nowhere
from hypershape.source.searches import given_data, writers
from hypershape.source.slices import Cut, Slicer, described
from hypershape.source.targets import Found, TargetFinder
from hypershape.source.unimported import missing_imports, with_missing_imports
from hypershape.source.unsettled import settings, unsettled_in

DOES_NOT_PARSE = "Its definition does not parse."


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a file does not say itself.

    `inherited` are its classes whose `build` another file defines, `received` the places (line and column) of the
    parameters to which other files hand a HyperParameters object, `texts` newer texts of others than the disk has.
    """

    inherited: frozenset[str] = frozenset()
    received: frozenset[tuple[int, int]] = frozenset()
    texts: Mapping[str, Document] = field(default_factory=dict)


NOTHING = Elsewhere()


def analyse(document: Document, *, previous: Module | None = None, elsewhere: Elsewhere = NOTHING) -> Module:
    """Finds what a document holds, without running any of it; raises nothing whatever the text.

    A target of `previous` whose text can no longer be read comes back without a slice, so that what was known
    about it can be kept.
    """
    if len(document.text) > LARGEST:
        return _unread(document)
    code = Code(document, previous.code if previous is not None else None)
    lines, path = code.text, document.path
    found_comments = comments.comments(document.text)
    declared = comments.declarations(found_comments, lines, path)
    tuners = TunerFinder(code)
    slicer = Slicer(code)
    finder = TargetFinder(code, tuners, slicer, elsewhere.inherited)
    found = finder.find()
    made = {id(each): _with_rehearsal(each, code, finder, elsewhere.texts) for each in tuners.constructions}
    targets = [_target(each, code, finder, declared, elsewhere.texts, made) for each in found]
    # Only now: a helper that gets the object from elsewhere is no target for that.
    code.receive(elsewhere.received)
    broken = tuple(lines.span(path, *each) for each in code.broken)
    targets += _half_typed(previous, targets, broken)
    module = Module(
        document,
        code,
        broken=broken,
        targets=tuple(targets),
        tuners=tuple(made.values()),
        ignores=comments.ignores(found_comments, lines, path),
        variables=environs.variables(code),
    )
    code.module = module
    return module


def _unread(document: Document) -> Module:
    """A text that is too long, as if it held nothing; where it has to do with Keras it says so."""
    code = Code(replace(document, text=""))
    why = f"It has {len(document.text):,} characters; files with more than {LARGEST:,} are not analysed."
    module = Module(document, code, unread=why if "keras" in document.text.lower() else None)
    code.module = module
    return module


def _target(
    found: Found,
    code: Code,
    finder: TargetFinder,
    declared: Sequence[DeclaredData],
    texts: Mapping[str, Document],
    made: Mapping[int, TunerCall],
) -> Target:
    """The target of a definition; `made` are the tuners of the file by the identity of their construction."""
    lines, path, node = code.text, code.path, found.node
    body = code.whole_span(node)
    span = lines.name_span(path, node) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else body
    reason = found.reason or half_typed_inside(code, found.node)
    cut = None
    if reason is None:
        cut, reason = _slice(found, code, finder.slicer, texts)
    data = _data_of(found.node, code, declared)
    return Target(
        found.name,
        span,
        body,
        found.kind,
        cut,
        tuners=tuple(made[id(each)] for each in found.constructions),
        reason=reason,
        data=data,
        fed=_fed(found, code, finder, texts) if cut is not None and data is None else None,
    )


def _slice(
    found: Found, code: Code, slicer: Slicer, texts: Mapping[str, Document]
) -> tuple[Slice | None, str | None]:
    handed = found.handed
    if handed is None:
        return None, "It is defined inside a function that does not hand it on, so nothing can call it."
    given, tunes_new_entries = _given(found)
    needs = Names()
    needs.merge(handed.needs)
    if given is not None and handed.given is None:
        needs.merge(code.reader.of(given))
    cut, files, unsettled = _laid_out(
        lambda also: slicer.cut(
            needs, found.before, handed.captures, handed.assumed, handed.without, also=also
        ),
        code,
        texts,
    )
    unimported = sorted(cut.missing & missing_imports(code).keys())
    if unimported:
        names = ", ".join(f"`{name}`" for name in unimported)
        broken = next(
            (why for why in (_why_missing(name, code) for name in unimported) if "line " in why), None
        )
        return None, f"It uses {names}, {f'but {broken}' if broken else 'which this file never imports'}."
    own_training = any(construction.tuner.own_trials for construction in found.constructions)
    problem = _does_not_compile(files[-1], cut, code.document)
    if problem is not None:
        return None, problem
    stand_ins = _stand_ins(cut, handed.assumed, code)
    space = handed.given or (code.source(given) if given is not None else None)
    made = Slice(
        files,
        handed.expression,
        stand_ins,
        space,
        tunes_new_entries,
        own_training,
        unsettled=unsettled,
    )
    return made, None


def _fed(found: Found, code: Code, targets: TargetFinder, texts: Mapping[str, Document]) -> Slice | None:
    """A slice for the data that the searches of a target are given; None where they do not tell."""
    searches = [search for each in found.constructions for search in each.searches]
    if found.reason is not None or any(each.tuner.own_trials for each in found.constructions):
        return None
    data = given_data(searches, code, targets)
    if data is None:
        return None
    roots = writers(targets.slicer.cut(data.needs, data.before, data.captures).text, data.before, code)
    cut, files, unsettled = _laid_out(
        lambda also: targets.slicer.cut(data.needs, data.before, data.captures, roots=roots, also=also),
        code,
        texts,
    )
    if not cut.missing.isdisjoint(missing_imports(code)):
        return None
    if _does_not_compile(files[-1], cut, code.document) is not None:
        return None
    return Slice(files, data.expression, _stand_ins(cut, {}, code), unsettled=unsettled)


def _with_rehearsal(
    construction: Construction, code: Code, targets: TargetFinder, texts: Mapping[str, Document]
) -> TunerCall:
    """A tuner with the slice that a rehearsal of its search runs, where one can be cut."""
    return replace(construction.tuner, rehearsal=_rehearsal(construction, code, targets, texts))


def _rehearsal(
    construction: Construction, code: Code, targets: TargetFinder, texts: Mapping[str, Document]
) -> Slice | None:
    play = None if _is_one_of_several(construction, targets) else played(construction, code, targets)
    if play is None:
        return None
    cut = targets.slicer.cut(play.needs, play.before, play.captures, roots=play.roots)
    roots = (*play.roots, *writers(cut.text, play.before, code))
    cut, files, unsettled = _laid_out(
        lambda also: targets.slicer.cut(play.needs, play.before, play.captures, roots=roots, also=also),
        code,
        texts,
    )
    if not cut.missing.isdisjoint(missing_imports(code)):
        return None
    if _does_not_compile(files[-1], cut, code.document) is not None:
        return None
    return Slice(files, play.expression, _stand_ins(cut, {}, code), acts=play.acts, unsettled=unsettled)


def _is_one_of_several(construction: Construction, targets: TargetFinder) -> bool:
    """Whether another tuner stands between one and its search, in the other branch of an `if`: that one may be played."""
    first = min((search.lineno for _, search in construction.searches), default=0)
    return any(
        each.bound_to == construction.bound_to and construction.node.lineno < each.node.lineno < first
        for each in targets.tuners.constructions
    )


def _laid_out(
    made: Callable[[Sequence[ast.AST]], Cut], code: Code, texts: Mapping[str, Document]
) -> tuple[Cut, tuple[SliceFile, ...], tuple[Unsettled, ...]]:
    """A cut with the modules of its slice, the file's own last, and what code that may not run sets of these.

    `made` cuts with some statements more: those by which the file sets what its modules hold, such as
    `settings.width = 8`, run in their places.
    """
    finder = finder_of(code)
    cut = made(())
    collector = Collector(finder, texts)
    others = collector.files(code, cut)
    also = collector.set_by(code)
    if also:
        cut = made(also)
        collector = Collector(finder, texts)
        others = collector.files(code, cut)
    text = with_todays_imports(with_absolute_imports(cut.text, cut, code, finder), cut, code)
    text, given = with_missing_imports(text, cut, code)
    files = (*others, SliceFile(code.path, "__main__", text))
    set_ = [each for read in (code, *collector.codes()) for each, _ in settings(read)]
    gone = [*(name for node in cut.imports for name in nowhere(node)), *collector.gone]
    cut = replace(cut, missing=(cut.missing - given) | collector.unseen, gone=tuple(gone))
    return cut, files, unsettled_in(files, set_)


def _stand_ins(cut: Cut, assumed: Mapping[str, str], code: Code) -> dict[str, str]:
    gone = dict.fromkeys(cut.gone, "Keras has it no more")
    why = {**gone, **assumed, **{name: _why_missing(name, code) for name in cut.missing}}
    return described(why, why, "")


def _does_not_compile(file: SliceFile, cut: Cut, document: Document) -> str | None:
    """What Python says of a text that a cut was made into."""
    # Both tell something of the whole module.
    alone = file.text == cut.text and "__future__" not in file.text and "global" not in file.text
    if alone and all(map(_compiles, cut.parts)):
        return None
    try:
        _compiled(file.text, file.path)
    except (SyntaxError, ValueError, RecursionError) as problem:
        line = getattr(problem, "lineno", None)
        place = f" ({document.where(line)})" if line else ""
        return f"What it needs does not compile{place}: {problem.args[0] if problem.args else problem}."
    return None


@lru_cache(maxsize=1024)
def _compiles(part: str) -> bool:
    """Whether a statement compiles by itself: most stand in many slices, and in those of the next text."""
    try:
        _compiled(part, "part")
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _compiled(text: str, path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(text, path, "exec", dont_inherit=True)


def _given(found: Found) -> tuple[ast.expr | None, bool]:
    """What the tuner gets as `hyperparameters=`, and whether it tunes what that does not declare.

    None where it gets none, or one made inside a function.
    """
    for construction in found.constructions:
        arguments = construction.tuner.call.arguments
        argument = construction.argument("hyperparameters")
        if argument is not None and not arguments["hyperparameters"].is_literal:
            switch = arguments.get("tune_new_entries")
            fixed = switch is not None and switch.is_literal and switch.literal is False
            return argument, not (fixed and len(found.constructions) == 1)
    return None, True


def _why_missing(name: str, code: Code) -> str:
    lines = code.text
    for start, end in code.broken:
        if name in code.document.text[start:end]:
            return f"{code.document.where(lines.place(start)[0])} does not parse"
    for start, end in code.magics:
        if name in code.document.text[start:end]:
            return f"{code.document.where(lines.place(start)[0])} is a shell line or a magic"
    return "nothing in this file defines it"


def half_typed_inside(code: Code, node: ast.expr | ast.stmt) -> str | None:
    """Why a target that contains statements that do not parse must not be probed without them."""
    start, end = code.text.start(node), code.text.end(node)
    for first, last in code.broken:
        if (first < end and last > start) or (end <= first and _continues(code, node, first)):
            where = code.document.where(code.text.place(first)[0])
            return f"{where[0].upper()}{where[1:]} does not parse."
    return None


def _continues(code: Code, node: ast.AST, broken: int) -> bool:
    """Whether a broken statement after a definition's last whole one still belongs to its body."""
    if not isinstance(node, FUNCTIONS):
        return False
    end = code.text.end(node)
    between = code.clean[end:broken]
    line, column = code.text.place(broken)
    return not between.strip() and column - 1 > node.col_offset and line > node.lineno


def _half_typed(previous: Module | None, targets: Sequence[Target], broken: Sequence[Span]) -> list[Target]:
    """Targets seen before whose definition does not parse now."""
    if previous is None or not broken:
        return []
    names = {target.name for target in targets}
    return [
        replace(target, slice=None, reason=DOES_NOT_PARSE)
        for target in previous.targets
        if target.name not in names
    ]


def declared_data(node: ast.AST, code: Code) -> DeclaredData | None:
    """What a comment of the file declares about the data of the target that a definition is."""
    found = comments.comments(code.document.text)
    return _data_of(node, code, comments.declarations(found, code.text, code.path))


def _data_of(node: ast.AST, code: Code, declared: Sequence[DeclaredData]) -> DeclaredData | None:
    """The declaration that belongs to a target: in it or just above it, else one outside all definitions."""
    inside = _around(code, node)
    for first, last in inside:
        near = [each for each in declared if each.span is not None and first <= each.span.line <= last]
        if near:
            return near[0]
    others = [(d.lineno, d.end_lineno or d.lineno) for d in code.definitions]
    free = [
        each
        for each in declared
        if each.span is not None
        and not any(first <= each.span.line <= last for first, last in others)
        and not any(
            _first_line(code, d) - 1 == each.span.line and _alone(code, each.span.line)
            for d in code.definitions
        )
    ]
    return free[-1] if free else None


def _around(code: Code, node: ast.AST) -> list[tuple[int, int]]:
    """Line ranges in which a declaration belongs to a target: its own, then those of the definitions around it."""
    nodes = [node, *code.scopes(node)] if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else []
    ranges = []
    for each in nodes:
        if isinstance(each, (*FUNCTIONS, ast.ClassDef)):
            first = _first_line(code, each)
            while first > 1 and _alone(code, first - 1):
                first -= 1
            ranges.append((first, each.end_lineno or each.lineno))
    return ranges


def _first_line(code: Code, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _alone(code: Code, line: int) -> bool:
    """Whether a line holds a comment and nothing else."""
    return code.text.line(line).lstrip().startswith("#")
