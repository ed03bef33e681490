"""HyperModels with their own `fit`, as the text writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from hypershape.fixes import edits
from hypershape.model import Fix
from hypershape.source import Code


@dataclass(frozen=True, slots=True)
class OwnFit:
    """`fit` of a class that derives from HyperModel, with the only call of `model.fit` inside it."""

    made: ast.ClassDef
    method: ast.FunctionDef
    call: ast.Call

    @property
    def parameters(self) -> set[str]:
        """The names that it may be given arguments by."""
        return {each.arg for each in (*self.method.args.args, *self.method.args.kwonlyargs)}

    @property
    def keywords(self) -> str | None:
        """The name of its `**kwargs`."""
        return self.method.args.kwarg.arg if self.method.args.kwarg is not None else None

    @property
    def hands_on_keywords(self) -> bool:
        return any(
            each.arg is None and isinstance(each.value, ast.Name) and each.value.id == self.keywords
            for each in self.call.keywords
        )

    def reads(self, name: str) -> bool:
        """Whether the method reads a variable anywhere, except to hand `**kwargs` on."""
        handed = {id(each.value) for each in self.call.keywords if each.arg is None}
        return any(
            isinstance(node, ast.Name) and node.id == name and id(node) not in handed
            for node in ast.walk(self.method)
        )


def own_fits(code: Code) -> Iterator[OwnFit]:
    """The classes of a module that train in their own way, where it is one call of Keras's `fit`."""
    for made in code.classes:
        if "keras_tuner.HyperModel" not in {code.imported(base) for base in made.bases}:
            continue
        for method in made.body:
            if isinstance(method, ast.FunctionDef) and (call := _only_fit(method)) is not None:
                yield OwnFit(made, method, call)


def _only_fit(method: ast.FunctionDef) -> ast.Call | None:
    """The call of Keras's `fit` in a `fit(self, hp, model, …)`, where there is one alone."""
    if method.name != "fit" or len(method.args.args) < 3:
        return None
    model = method.args.args[2].arg
    calls = [
        node
        for node in ast.walk(method)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fit"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == model
    ]
    return calls[0] if len(calls) == 1 else None


def keywords_handed_on(fit: OwnFit, code: Code) -> Iterator[Fix]:
    """The `**kwargs` of a `fit` given to Keras's, with everything of the search that is in them."""
    edit = edits.append_argument(code.module, code.span(fit.call), f"**{fit.keywords}")
    if edit is not None:
        yield Fix(f"Hand **{fit.keywords} on", (edit,))


def callbacks_handed_on(fit: OwnFit, code: Code) -> Iterator[Fix]:
    """The callbacks that a `fit` gets given to Keras's, with all else that it gets, or alone where that is too much."""
    named = "callbacks" in fit.parameters
    if not named:
        yield from keywords_handed_on(fit, code)
    given = "callbacks" if named else f'{fit.keywords}.get("callbacks")'
    edit = edits.add_argument(code.module, code.span(fit.call), "callbacks", given)
    if edit is not None:
        yield Fix("Hand the callbacks on", (edit,))


def drops_callbacks(fit: OwnFit) -> bool:
    """Whether nothing of what the tuner passes as callbacks can reach Keras."""
    if any(each.arg in ("callbacks", None) for each in fit.call.keywords):
        return False
    if len(fit.call.args) > 5 or any(isinstance(each, ast.Starred) for each in fit.call.args):
        return False
    named = "callbacks" in fit.parameters
    if not named and fit.keywords is None:
        return False
    return not any(fit.reads(name) for name in ("callbacks", fit.keywords or "callbacks"))
