"""HS445."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.projects import sharing
from hypershape.rules.common.tuners import Tuner, afresh
from hypershape.source import Code
from hypershape.source.names import FUNCTIONS


class SharedProject(Rule):
    """Two tuners of a file, or those of two rounds of a loop, keep their projects in one folder.

    ## What it does
    Finds a tuner that is made after another one has searched, with another model or of another kind, with the same
    `directory` and `project_name` (both may be left out) and without `overwrite=True`; and one that searches in every
    round of a loop.

    ## Why it matters
    The second tuner reloads the trials of the first: it believes that it has searched already, and ends at once or
    mixes two search spaces. What was to be found for other data are the results of the first.

    ## Fix
    Give each its own `project_name`.
    """

    code = "HS445"
    name = "shared-project"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            first.search(x, y)
            second = kt.GridSearch(build_model, "loss", max_trials=2)
            second.search(x, y)
            """,
            at="kt.GridSearch",
            fixed='kt.GridSearch(build_model, "loss", max_trials=2, project_name="second")',
        ),
        Example.search(
            """
            x = np.ones((8, 4))
            for fold in range(3):
                tuner = kt.RandomSearch(build_model, "loss", max_trials=2, directory="folds")
                tuner.search(x, np.full((8, 1), fold))
            """,
            at="kt.RandomSearch",
            fixed='directory="folds", project_name=f"fold_{fold}")',
        ),
        Example.search(
            """
            def best_for(y):
                tuner = kt.RandomSearch(build_model, "loss", max_trials=2)
                tuner.search(np.ones((8, 4)), y)
                return tuner.get_best_hyperparameters()[0]


            found = [best_for(np.full((8, 1), value)) for value in range(3)]
            """,
            at="kt.RandomSearch",
            fixed="max_trials=2, overwrite=True)",
        ),
        Example.search(
            """
            class Experiment:
                folder = "experiments"

                def run(self, y):
                    tuner = kt.RandomSearch(build_model, "loss", max_trials=2, directory=self.folder)
                    tuner.search(np.ones((8, 4)), y)
                    return tuner.get_best_hyperparameters()[0]


            low = Experiment().run(np.zeros((8, 1)))
            high = Experiment().run(np.ones((8, 1)))
            """,
            at="kt.RandomSearch",
            fixed="directory=self.folder, overwrite=True)",
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True, project_name="first")
            first.search(x, y)
            second = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True, project_name="second")
            second.search(x, y)
            """
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            first.search(x, y)
            second = kt.GridSearch(build_model, "loss", max_trials=2, overwrite=True)
            second.search(x, y)
            """
        ),
        Example.search(
            """
            x = np.ones((8, 4))
            for fold in range(3):
                tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
                tuner.search(x, np.full((8, 1), fold))
                again = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
                again.search(x, np.full((8, 1), fold))
            """
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            for fold in range(3):
                tuner.search(np.ones((8, 4)), np.full((8, 1), fold))
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner, before in sharing(analysis, code):
            rounds = _rounds(tuner, code) if tuner.searches and not tuner.gives("overwrite") else None
            if rounds is not None:
                yield self.finding(
                    "Every round makes this tuner with the same project: from the second on it takes over the trials of "
                    "the first, and its search tries nothing more.",
                    code.span(tuner.node.func),
                    related=(Related(code.span(rounds), "the rounds"),),
                    repairs=partial(_apart_by_round, tuner, rounds, code),
                )
                continue
            again = _called_again(tuner, code)
            if again is not None:
                yield self.finding(
                    "This tuner is made with the same project at each call: the search of the second call takes over the "
                    "trials of the first, and tries nothing more.",
                    code.span(tuner.node.func),
                    related=(Related(code.span(again), "the second call"),),
                    repairs=partial(afresh, tuner, code),
                )
                continue
            earlier = next((each for each in before if _differ(each, tuner, code)), None)
            if earlier is not None and not _overwrites(tuner, code):
                yield self.finding(
                    "This tuner has its project where an earlier one has it, and takes over the trials of that one.",
                    code.span(tuner.node.func),
                    related=(Related(code.span(earlier.node.func), "the earlier tuner"),),
                    repairs=partial(_apart, tuner, code),
                )


def _differ(earlier: Tuner, tuner: Tuner, code: Code) -> bool:
    """Whether a tuner is of another kind than an earlier one, or has another model."""
    models = [code.argument(each.node, "hypermodel", 0) for each in (earlier, tuner)]
    other = {ast.dump(each) for each in models if each is not None}
    return earlier.found.class_name != tuner.found.class_name or len(other) > 1


def _overwrites(tuner: Tuner, code: Code) -> bool:
    node = code.argument(tuner.node, "overwrite")
    return node is not None and code.value(node, default=True) is not False


def _rounds(tuner: Tuner, code: Code) -> ast.expr | None:
    """What a loop goes through that makes a tuner and searches in each round, by itself or in a function that it calls.

    None where there is none, or where something deletes folders in between.
    """
    function = code.function(tuner.node)
    if any((code.origin(each.func) or "").endswith(".rmtree") for each in code.calls):
        return None
    for made in (tuner.node, *_calls_of(function, code)):
        for around in code.ancestors(made):
            if isinstance(around, FUNCTIONS):
                break
            goes = _goes_through(around, made)
            whole = made is not tuner.node or all(around in code.ancestors(each) for each in tuner.searches)
            if goes is not None and whole:
                return goes
    return None


def _calls_of(function: ast.AST | None, code: Code) -> list[ast.Call]:
    """The calls of a function by its name, or of a method on something that is no module."""
    if not isinstance(function, ast.FunctionDef):
        return []
    method = isinstance(code.parents.get(function), ast.ClassDef)
    return [
        each
        for each in code.called.get(function.name, ())
        if isinstance(each.func, ast.Attribute if method else ast.Name) and code.imported(each.func) is None
    ]


def _goes_through(around: ast.AST, node: ast.AST) -> ast.expr | None:
    """What a loop or comprehension goes through in whose rounds a node is."""
    if isinstance(around, ast.For) and any(node in ast.walk(each) for each in around.body):
        return around.iter
    if isinstance(around, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        first = around.generators[0].iter
        return None if node in ast.walk(first) else first
    return None


def _called_again(tuner: Tuner, code: Code) -> ast.Call | None:
    """The second call, one after the other in the module, of the function or method that makes a tuner and searches."""
    function = code.function(tuner.node)
    inside = all(function is code.function(each) for each in tuner.searches)
    if not tuner.searches or tuner.gives("overwrite") or not inside:
        return None
    if any((code.origin(each.func) or "").endswith(".rmtree") for each in code.calls):
        return None
    made = code.parents.get(function) if function is not None else None
    calls = [
        each
        for each in _calls_of(function, code)
        if code.statement(each) in code.tree.body
        and not isinstance(code.statement(each), (ast.If, ast.For, ast.While, ast.Try, ast.With))
        and (not isinstance(made, ast.ClassDef) or _is_of(each, made, code))
    ]
    return calls[1] if len(calls) > 1 else None


def _is_of(call: ast.Call, made: ast.ClassDef, code: Code) -> bool:
    """Whether a method is called on an object of a class, or of one that derives from it and leaves the method alone."""
    assert isinstance(call.func, ast.Attribute)
    owner = code.resolve(call.func.value)
    name = owner.func.id if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) else None
    of = [each for each in code.classes if each.name == name]
    if len(of) != 1:
        return False
    bases = {each.id for each in of[0].bases if isinstance(each, ast.Name)}
    own = {each.name for each in of[0].body if isinstance(each, ast.FunctionDef)}
    return of[0] is made or (made.name in bases and call.func.attr not in own)


def _apart_by_round(tuner: Tuner, rounds: ast.expr, code: Code) -> Iterator[Fix]:
    """A project for each round, called by what tells the rounds apart as a text or a number."""
    loop = code.parents.get(rounds)
    name = (
        _label(loop, code)
        if isinstance(loop, ast.For) and code.enclosing(loop) is code.enclosing(tuner.node)
        else None
    )
    given = code.argument(tuner.node, "project_name")
    base = code.value(given, default=None) if given is not None else name
    if name is not None and isinstance(base, str) and not set(base) & set("{}\\\"'"):
        text = f'f"{base}_{{{name}}}"'
        edit = edits.set_argument(code.module, code.span(tuner.node), "project_name", text)
        if edit is not None:
            yield Fix("Give each round a project of its own", (edit,))
    yield from afresh(tuner, code)


def _label(loop: ast.For, code: Code) -> str | None:
    """The name of a text or number that is another one in each round."""
    target, goes = loop.target, code.resolve(loop.iter)
    method = goes.func.attr if isinstance(goes, ast.Call) and isinstance(goes.func, ast.Attribute) else None
    called = goes.func.id if isinstance(goes, ast.Call) and isinstance(goes.func, ast.Name) else None
    if isinstance(target, ast.Tuple) and (method == "items" or called == "enumerate"):
        target = target.elts[0]
        return target.id if isinstance(target, ast.Name) else None
    plain = called == "range" or method == "keys" or isinstance(goes, ast.Dict)
    if isinstance(goes, (ast.List, ast.Tuple)):
        plain = all(isinstance(each, ast.Constant) for each in goes.elts)
    return target.id if plain and isinstance(target, ast.Name) else None


def _apart(tuner: Tuner, code: Code) -> Iterator[Fix]:
    statement = code.statement(tuner.node)
    name = tuner.found.class_name.lower()
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
    edit = edits.set_argument(code.module, code.span(tuner.node), "project_name", f'"{name}"')
    if edit is not None:
        yield Fix("Give it a project of its own", (edit,))
    yield from afresh(tuner, code)
