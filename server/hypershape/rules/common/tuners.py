"""Tuners and searches as the text writes them, for the rules about `keras_tuner`'s own calls (keras-tuner 1.4)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Fix, Module, Span, Target, TargetAnalysis, TunerCall
from hypershape.source import Code, contains
from hypershape.source.code import per_text

Known = TypeVar("Known")

_OF_TUNERS = [
    "hypermodel",
    "max_model_size",
    "optimizer",
    "loss",
    "metrics",
    "distribution_strategy",
    "directory",
    "project_name",
    "logger",
    "tuner_id",
    "overwrite",
    "executions_per_trial",
]
_COMMON = [
    "objective",
    "seed",
    "hyperparameters",
    "tune_new_entries",
    "allow_new_entries",
    "max_retries_per_trial",
    "max_consecutive_failed_trials",
    *_OF_TUNERS,
]

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "RandomSearch": ("max_trials", *_COMMON),
    "GridSearch": ("max_trials", *_COMMON),
    "BayesianOptimization": ("max_trials", "num_initial_points", "alpha", "beta", *_COMMON),
    "Hyperband": ("max_epochs", "factor", "hyperband_iterations", *_COMMON),
}
"""Every argument that Keras Tuner's own tuners take."""

WITH_AN_ORACLE = ("oracle", *_OF_TUNERS)
"""What the plain `Tuner` takes: all else is its oracle's."""

_VALIDATION = ("validation_data", "validation_split")
_BEFORE_VALIDATION = 6
"""`fit` takes x, y, batch_size, epochs, verbose and callbacks before `validation_split`."""


@dataclass(frozen=True, slots=True)
class Tuner:
    """A construction of one of Keras Tuner's own tuners, with the calls of `search` on it."""

    found: TunerCall
    node: ast.Call
    searches: tuple[ast.Call, ...]
    keywords: tuple[ast.keyword, ...]
    """Its arguments by name, those of a `**settings` that is written down with them."""
    search_keywords: tuple[tuple[ast.Call, ast.keyword], ...]
    """The same of its searches, each with the call."""

    @property
    def complete(self) -> bool:
        """Whether every argument is written out."""
        return _written_out((self.node,), self.keywords)

    @property
    def searches_complete(self) -> bool:
        return bool(self.searches) and _written_out(self.searches, (each for _, each in self.search_keywords))

    def gives(self, name: str) -> bool:
        """Whether it is given an argument by name."""
        return any(each.arg == name for each in self.keywords)


def tuners(analysis: Analysis, code: Code) -> Iterator[Tuner]:
    """The tuners of a module that are exactly one of Keras Tuner's own classes, not subclasses."""
    module = analysis.module
    return iter(_kept(code, "tuners", module.tuners, lambda: tuple(_own_classes(module.tuners, code))))


def _own_classes(found: Iterable[TunerCall], code: Code) -> Iterator[Tuner]:
    for each in found:
        node = code.expression(each.call.span, ast.Call)
        if not isinstance(node, ast.Call):
            continue
        origin = code.imported(node.func) or ""
        if origin.startswith("keras_tuner.") and origin.rpartition(".")[2] in PARAMETERS:
            yield constructed(each, node, code)


def constructed(found: TunerCall, node: ast.Call, code: Code) -> Tuner:
    """A construction of a tuner of any class, as it is written; read once for all rules."""
    known = _known(code).get(node)
    if known is None or known.found is not found:
        known = _known(code)[node] = _constructed(found, node, code)
    return known


@per_text
def _known(_: Code) -> dict[ast.Call, Tuner]:
    """The tuners that were read already, by their construction."""
    return {}


def _constructed(found: TunerCall, node: ast.Call, code: Code) -> Tuner:
    calls = [code.expression(each.span, ast.Call) for each in found.searches]
    searches = tuple(each for each in calls if isinstance(each, ast.Call))
    handed = tuple((each, keyword) for each in searches for keyword in code.keywords(each))
    return Tuner(found, node, searches, tuple(code.keywords(node)), handed)


def derives_from_tuner(made: ast.ClassDef, code: Code) -> bool:
    """Whether a class derives from one of Keras Tuner's tuners and from nothing that is not seen."""
    origins = [code.imported(base) or "" for base in made.bases]
    ends = ("Tuner", "Hyperband", "RandomSearch", "GridSearch", "BayesianOptimization")
    return bool(origins) and all(each.startswith("keras_tuner.") and each.endswith(ends) for each in origins)


def tuners_with_oracles(analysis: Analysis, code: Code) -> Iterator[Tuner]:
    """The tuners of Keras Tuner's plain class, whose oracle says what is sought."""
    for found in analysis.module.tuners:
        node = code.expression(found.call.span, ast.Call)
        if isinstance(node, ast.Call) and code.imported(node.func) == "keras_tuner.Tuner":
            yield constructed(found, node, code)


def sought_by(made: ast.Call, code: Code) -> ast.expr | None:
    """What a tuner, or the oracle that it is given, is told to seek."""
    given = code.argument(made, "oracle", 0)
    oracle = code.resolve(given) if given is not None else None
    if isinstance(oracle, ast.Call) and (code.imported(oracle.func) or "").startswith("keras_tuner."):
        return code.argument(oracle, "objective", 0)
    return code.argument(made, "objective", 1)


def objective_of(tuner: Tuner, code: Code) -> ast.expr | None:
    """The objective's name as it is written: the string itself, or the one inside `Objective(…)`."""
    node = sought_by(tuner.node, code)
    if node is None:
        return None
    written = code.resolve(node)
    if isinstance(written, ast.Call) and (code.imported(written.func) or "").endswith(".Objective"):
        return code.argument(written, "name", 0)
    return node


def direction_of(tuner: Tuner, code: Code) -> ast.Constant | None:
    """The direction inside the tuner's `Objective(…)`, where it is written as "min" or "max"."""
    node = sought_by(tuner.node, code)
    written = code.resolve(node) if node is not None else None
    if not isinstance(written, ast.Call) or not (code.imported(written.func) or "").endswith(".Objective"):
        return None
    direction = code.argument(written, "direction", 1)
    constant = code.resolve(direction) if direction is not None else None
    if isinstance(constant, ast.Constant) and constant.value in ("min", "max"):
        return constant
    return None


def given_as_text(tuner: Tuner, code: Code) -> tuple[ast.expr, str] | None:
    """The objective when it is a plain string, whose direction Keras Tuner has to infer."""
    node = sought_by(tuner.node, code)
    value = code.value(node, default=None) if node is not None else None
    return (node, value) if node is not None and isinstance(value, str) else None


def trains_itself(tuner: Tuner, analysis: Analysis, code: Code) -> bool:
    """Whether the trials of a tuner may be trained by code of the user: a HyperModel with `fit`, or none known."""
    targets = targets_of(tuner, analysis)
    if not targets:
        return True
    for target in targets:
        if target.kind in ("function", "lambda"):
            continue
        around = [
            node
            for node in code.classes
            if node.lineno <= target.body.line <= (node.end_lineno or node.lineno)
        ]
        methods = {each.name for node in around for each in node.body if isinstance(each, ast.FunctionDef)}
        bases = {code.origin(base) for node in around for base in node.bases}
        if "fit" in methods or not bases <= {"keras_tuner.HyperModel"} or not around:
            return True
    return False


def declares_elsewhere(target: TargetAnalysis, module: Module) -> bool:
    """Whether the file declares hyperparameters outside of every target that no probe of this one met.

    Those of a HyperModel's `fit`, of a tuner's `run_trial` or of a callback join the search space in the first trial.
    """
    met = {(each.span.line, each.span.column) for each in target.declarations if each.span is not None}
    bodies = [each.body for each in module.targets]
    return any(
        (call.span.line, call.span.column) not in met
        and not any(contains(body, call.span) for body in bodies)
        for call in module.code.hp_calls
    )


def targets_of(tuner: Tuner, analysis: Analysis) -> list[Target]:
    """The targets that a tuner is given."""
    module = analysis.module
    by_place = _kept(module.code, "targets", module.targets, lambda: _by_place(module.targets))
    return list(by_place.get(tuner.found.call.span, ()))


def _kept(code: Code, name: str, of: object, make: Callable[[], Known]) -> Known:
    """What all rules ask of a module, worked out once; the same text may have more, once other files are known."""
    known = _by_name(code).get(name)
    if known is None or known[0] is not of:
        known = _by_name(code)[name] = of, make()
    found: Known = known[1]
    return found


@per_text
def _by_name(_: Code) -> dict[str, tuple[object, Any]]:
    return {}


def _by_place(targets: Iterable[Target]) -> dict[Span, list[Target]]:
    """The targets by the place of each tuner that they are given to."""
    found: dict[Span, list[Target]] = {}
    for target in targets:
        for place in {each.call.span for each in target.tuners}:
            found.setdefault(place, []).append(target)
    return found


def reported(tuner: Tuner, analysis: Analysis) -> set[str]:
    """The names that training steps report, over all probes that had them; empty when any building one had none.

    Where every step fails they are those that it would report if it did not; none where what it was given as weights of
    losses may be its metrics.
    """
    places = {target.span for target in targets_of(tuner, analysis)}
    reports = [report for each in analysis.targets if each.target.span in places for report in each.reports]
    counted = [report for report in reports if report.verdict == "ok"] or [
        report for report in reports if report.error is not None and report.error.stage == "step"
    ]
    if any(report.error is not None and report.error.kind == "loss-weight" for report in counted):
        return set()
    if not counted or not all(report.log_names for report in counted):
        return set()
    return {name for report in counted for name in report.log_names}


def written_to_logs(code: Code) -> set[str] | None:
    """The names that callbacks of a file write into the logs of an epoch, from which Keras Tuner reads its objective.

    None where it does not say which.
    """
    names = set[str]()
    for method in code.every(ast.FunctionDef):
        logs = method.args.args[-1].arg if method.name == "on_epoch_end" and method.args.args else None
        for node in ast.walk(method) if logs is not None else ():
            for key in _keys_written(node, logs or ""):
                name = code.value(key, default=None) if key is not None else None
                if not isinstance(name, str):
                    return None
                names.add(name)
    return names


def _keys_written(node: ast.AST, into: str) -> Iterator[ast.expr | None]:
    """The keys under which a statement writes into a dictionary of this name; None for those of another one."""
    method = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    owner = node.value if isinstance(node, ast.Subscript) else method.value if method is not None else None
    if not isinstance(owner, ast.Name) or owner.id != into:
        return
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield node.slice
    elif isinstance(node, ast.Call) and method is not None and method.attr == "update":
        for each in node.args:
            yield from each.keys if isinstance(each, ast.Dict) else [None]
        yield from (ast.Constant(each.arg) if each.arg is not None else None for each in node.keywords)


def validates(tuner: Tuner) -> bool:
    """Whether some search gets validation data."""
    return any(len(call.args) > _BEFORE_VALIDATION for call in tuner.searches) or any(
        each.arg in _VALIDATION for _, each in tuner.search_keywords
    )


def objective_edits(node: ast.expr, name: str, direction: str, code: Code) -> tuple[Edit, ...]:
    """The edits that replace a plain objective by `keras_tuner.Objective(name, direction)`."""
    package, bound = code.imported_as("keras_tuner"), code.imported_as("keras_tuner.Objective")
    called = bound or f"{package or 'keras_tuner'}.Objective"
    made = [Edit(code.span(node), f'{called}("{name}", "{direction}")')]
    added = None if bound or package else edits.add_import(code.module, "import keras_tuner")
    return (*made, added) if added else tuple(made)


def afresh(
    tuner: Tuner, code: Code, title: str = "Start afresh with overwrite=True (deletes the old trials)"
) -> Iterator[Fix]:
    """The tuner with `overwrite=True`, in place of what it is given."""
    edit = edits.set_argument(code.module, code.span(tuner.node), "overwrite", "True")
    in_text = any(each.arg == "overwrite" for each in tuner.node.keywords)
    if edit is not None and in_text == tuner.gives("overwrite"):
        yield Fix(title, (edit,))


def _written_out(calls: Iterable[ast.Call], keywords: Iterable[ast.keyword]) -> bool:
    starred = any(isinstance(each, ast.Starred) for call in calls for each in call.args)
    return not starred and all(each.arg for each in keywords)
