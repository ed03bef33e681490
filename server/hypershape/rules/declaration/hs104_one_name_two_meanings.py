"""HS104."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Related, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.source import Code, HpCall


class OneNameTwoMeanings(Rule):
    """One hyperparameter name is declared twice, with different meaning.

    ## What it does
    Compares all declarations that carry the same name: those that stand in one function where both run, and those
    that probes have met.

    ## Why it matters
    The first declaration wins without a word, even when the second has another range or another type: the second
    call returns a value of the first.

    ## Fix
    Give the second its own name.
    """

    code = "HS104"
    name = "one-name-two-meanings"
    severity = Severity.WARNING
    static = True
    also_probed = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                filters = hp.Int("size", 20, 40)
                kernel = hp.Choice("size", [3, 5])
            """,
            at='hp.Choice("size", [3, 5])',
            fixed='hp.Choice("size_2", [3, 5])',
        ),
        Example(
            """
            def build_model(hp):
                first = hp.Int("units", 32, 64)
                second = hp.Int("units", 64, 512)
            """,
            at='hp.Int("units", 64, 512)',
            fixed='hp.Int("units_2", 64, 512)',
        ),
        Example(
            """
            def build_model(hp):
                rate = hp.Float("rate", 0.0, 0.5)
                learning_rate = hp.Float(
                    name="rate",
                    min_value=1e-4,
                    max_value=1e-2,
                    sampling="log",
                )
            """,
            fixed='name="rate_2"',
        ),
        Example(
            """
            def build_model(hp):
                for i in range(hp.Int("blocks", 1, 3)):
                    wide = hp.Int(f"units_{i}", 64, 128)
                    narrow = hp.Int(f"units_{i}", 8, 16)
            """,
            at='hp.Int(f"units_{i}", 8, 16)',
            fixed='hp.Int(f"units_{i}_2", 8, 16)',
        ),
        Example(
            """
            def build_model(hp):
                for level in range(2):
                    hp.Int("cells_" + str(level), 4, 8)
                    hp.Int("cells_" + str(level), 12, 16)
            """,
            fixed='hp.Int("cells_" + str(level) + "_2", 12, 16)',
        ),
        Example(
            """
            def build_model(hp):
                for i in range(2):
                    hp.Int(f"units_{i}", 4, 8)
                for i in range(2, 4):
                    hp.Int(f"units_{i}", 8, 16)
                    hp.Int(f"units_{i}", 16, 32)
            """,
            at='hp.Int(f"units_{i}", 16, 32)',
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                for i in range(2):
                    hp.Int(f"units_{i}", 64, 128)
                for i in range(2, 4):
                    hp.Int(f"units_{i}", 8, 16)
                for i in range(4, 6):
                    hp.Int(f"units_{i}", 8, 16)
                    i += 10
                    hp.Int(f"units_{i}", 16, 32)
            """
        ),
        Example(
            """
            def build_model(hp):
                first = hp.Int("units", 32, 64)
                second = hp.Int("units", 32, 64)
                for i in range(2):
                    hp.Int(f"units_{i}", 32, 64)
                hp.Fixed("rate", 0.1)
                hp.Float("rate", 0.1, 0.5)
                return first, second
            """
        ),
        Example(
            """
            def build_model(hp):
                if hp.Boolean("wide"):
                    units = hp.Int("units", 64, 512)
                else:
                    units = hp.Int("units", 8, 64)
                return units
            """
        ),
        Example.layers(
            """
            for i in range(hp.Int("layers", 1, 3)):
                model.add(layers.Dense(hp.Int(f"units_{i}", 8, 8 * (i + 1), step=8)))
            """,
        ),
        Example.layers(
            """
            kind = hp.Choice("kind", ["a", "b"])
            with hp.conditional_scope("kind", ["a"]):
                if kind == "a":
                    units = hp.Int("a_units", 4, 8)
            with hp.conditional_scope("kind", ["b"]):
                if kind == "b":
                    units = hp.Int("b_units", 16, 32)
            model.add(layers.Dense(units))
            """,
        ),
        Example.layers(
            """
            def block(name):
                return hp.Int(name, 4, 8)
            model.add(layers.Dense(block("first")))
            model.add(layers.Dense(block("second")))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        found = dict(_in_text(code)) | dict(_in_probes(analysis, code))
        for span, (name, first) in found.items():
            call, earlier = code.hp_call_at(span), code.hp_call_at(first)
            here = code.source(call.node) if call else "this declaration"
            there = code.source(earlier.node) if earlier else f"the one {code.document.on(first.line)}"
            written = call.arguments.get("name") if call else None
            shown = name if written is not None and code.source(written) == name else repr(name)
            yield self.finding(
                f"{shown} is already declared {code.document.on(first.line)}, and the first declaration wins: "
                f"`{_short(here)}` returns a value of `{_short(there)}`.",
                span,
                related=(Related(first, f"{name} is declared here first"),),
                repairs=partial(_renamed, call, code) if call else None,
            )


def _renamed(call: HpCall, code: Code) -> Iterator[Fix]:
    node = call.arguments.get("name")
    if isinstance(node, (ast.JoinedStr, ast.BinOp)):
        yield from _numbered(node, call, code)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    taken = {code.value(each.arguments["name"], None) for each in code.hp_calls if "name" in each.arguments}
    written = code.source(node)
    numbers = range(_first_number(call, written, code), 2 * len(code.hp_calls) + 3)
    number = next(number for number in numbers if f"{node.value}_{number}" not in taken)
    edit = edits.replace_text(code.span(node), f"{written[:-1]}_{number}{written[-1]}")
    yield Fix(f"Call it {node.value}_{number}", (edit,))


def _first_number(call: HpCall, written: str, code: Code) -> int:
    """The first number to try: the third declaration of a name becomes 3, so that no two fixes choose the same."""
    same = [
        each
        for each in code.hp_calls
        if "name" in each.arguments and code.source(each.arguments["name"]) == written
    ]
    return 1 + max(sum(each.span < call.span for each in same), 1)


def _numbered(node: ast.JoinedStr | ast.BinOp, call: HpCall, code: Code) -> Iterator[Fix]:
    """A name that is put together, with a number behind it that no other declaration has."""
    written = code.source(node)
    taken = {code.source(each.arguments["name"]) for each in code.hp_calls if "name" in each.arguments}
    for number in range(_first_number(call, written, code), 2 * len(code.hp_calls) + 3):
        added = (
            f"{written[:-1]}_{number}{written[-1]}"
            if isinstance(node, ast.JoinedStr)
            else f'{written} + "_{number}"'
        )
        if added not in taken:
            yield Fix(f"Call it {added}", (edits.replace_text(code.span(node), added),))
            return


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _in_text(code: Code) -> Iterator[tuple[Span, tuple[str, Span]]]:
    """Declarations after another one of the same name and a different literal meaning that always runs before."""
    first: dict[tuple[object, str], HpCall] = {}
    for call in code.hp_calls:
        node = call.arguments.get("name")
        name = _named(node, call, code) if node is not None else None
        meaning = _meaning(call, code)
        if not isinstance(name, str) or meaning is None or call.kind == "Fixed":
            continue
        if any(key.startswith("parent_") for key in call.arguments) or _scoped(call, code):
            continue
        key = (code.function(call.node), name)
        earlier = first.setdefault(key, call)
        if earlier is not call and _meaning(earlier, code) != meaning and _always_before(earlier, call, code):
            yield call.span, (name.partition(" of line ")[0], earlier.span)


def _named(node: ast.expr, call: HpCall, code: Code) -> str | None:
    """The name of a declaration: as a text, or as it is written where one pass of a loop makes equal names of it."""
    name = code.value(node, None)
    if isinstance(name, str):
        return name
    if not isinstance(node, (ast.JoinedStr, ast.BinOp)):
        return None
    counters = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {"str"}
    around = [each for each in code.ancestors(call.node) if isinstance(each, ast.For)]
    for loop in around:
        if isinstance(loop.target, ast.Name) and counters == {loop.target.id}:
            # Names in two loops are different ones, and a counter that is changed within its loop is none.
            changed = [each for each in ast.walk(loop) if isinstance(each, ast.Name) and each.id in counters]
            stored = sum(isinstance(each.ctx, ast.Store) for each in changed)
            plain = not any(isinstance(each, ast.Call) and not _is_str(each) for each in ast.walk(node))
            return (
                f"{code.source(node)} of {code.document.where(loop.lineno)}"
                if stored == 1 and plain
                else None
            )
    return None


def _is_str(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "str"


def _meaning(call: HpCall, code: Code) -> Mapping[str, object] | None:
    """The kind and range of a declaration; None when some of it is not written as a literal."""
    if not call.complete:
        return None
    missing = object()
    ranged = {
        name: code.value(node, default=missing)
        for name, node in call.arguments.items()
        if name in ("values", "min_value", "max_value", "step", "sampling")
    }
    if missing in ranged.values():
        return None
    if call.kind == "Int":
        ranged.setdefault("step", 1)
    return {
        "kind": call.kind,
        **{key: value for key, value in ranged.items() if value not in (None, "linear")},
    }


def _scoped(call: HpCall, code: Code) -> bool:
    """Whether a declaration stands in a `with` block, which may be a conditional scope."""
    return any(isinstance(each, (ast.With, ast.AsyncWith)) for each in code.ancestors(call.node))


def _always_before(earlier: HpCall, later: HpCall, code: Code) -> bool:
    """Whether the earlier call has run whenever the later one runs: its branches hold the later one too."""
    return _branches(earlier.node, code) <= _branches(later.node, code)


def _branches(node: ast.AST, code: Code) -> set[tuple[int, str]]:
    """The branches of conditional statements, expressions and loops in which a node stands."""
    found = set()
    for parent in code.ancestors(node):
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            break
        if isinstance(
            parent,
            (
                ast.If,
                ast.IfExp,
                ast.For,
                ast.While,
                ast.Try,
                ast.BoolOp,
                ast.match_case,
                ast.comprehension,
                ast.ListComp,
                ast.DictComp,
                ast.SetComp,
                ast.GeneratorExp,
                ast.ExceptHandler,
            ),
        ):
            field = next(
                name
                for name, value in ast.iter_fields(parent)
                if value is node or (isinstance(value, list) and any(each is node for each in value))
            )
            always = isinstance(parent, (ast.If, ast.IfExp, ast.While)) and field == "test"
            if not always and not (isinstance(parent, ast.For) and field == "iter"):
                found.add((id(parent), field))
        node = parent
    return found


def _in_probes(analysis: Analysis, code: Code) -> Iterator[tuple[Span, tuple[str, Span]]]:
    """Declarations that probes met after another of the same name, at another place and with another meaning."""
    path = analysis.module.document.path
    for target in analysis.targets:
        conditional = {each.name for each in target.hyperparameters if each.conditions}
        for report in target.reports:
            met: dict[str, tuple[str, Span]] = {}
            for each in report.declarations:
                if (
                    each.span is None
                    or each.span.path != path
                    or each.kind == "Fixed"
                    or each.name in conditional
                ):
                    continue
                signature, first = met.setdefault(each.name, (each.signature, each.span))
                if signature != each.signature and first != each.span and not signature.startswith("Fixed"):
                    yield each.span, (each.name, first)
