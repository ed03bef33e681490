"""Whether reports are right that name hyperparameters as free, or values as alike: who differs in these alone fares the same."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks._families import drawn

from .compare import PATH, build_all, load
from .programs import Program

FIELDS = (
    "configuration", "verdict", "error", "layers", "parameters", "output_shapes", "log_names", "compiled", "data", "new",
    "declarations",
)  # fmt: skip


@dataclass
class Claims:
    """What was compared, and what differs."""

    reports: int = 0
    claiming: int = 0
    """Reports that call something free or alike."""
    free: int = 0
    """Names that were free or had values alike, in all reports together."""
    read: int = 0
    comparisons: int = 0
    wrong: list[str] = field(default_factory=list)


def judged(
    source: str, count: int, draws: int, really: int = 0, by_keras: bool = False, seed: int = 0
) -> Claims:
    """Probes `count` random configurations, and for each claim `draws` others that it speaks of.

    The others are probed without following any values: from memory, or `by_keras`; `really` of them are also built and
    trained. What a report says beside its claim must be what it says where nothing is followed.
    """
    from hypershape.agent.engine import Engine

    function, generator, claims = load(source), random.Random(seed), Claims()
    lines = choosing(source)
    following, plain = Engine(None, [PATH]), Engine(None, [PATH])
    plain.tracks = False
    if by_keras:
        plain._unknown = 10**9
    space: dict[str, dict[str, Any]] = {}
    chosen: list[tuple[dict[str, Any], Mapping[str, Any], str]] = []
    configuration: dict[str, Any] = {}
    for _ in range(count):
        report = following.probe(function, configuration, "symbolic")
        claims.wrong += unequal(configuration, report, plain.probe(function, configuration, "symbolic"))
        space |= {hp["name"]: hp for hp in report["new"]}
        claims.reports += 1
        same = {**dict.fromkeys(report["free"]), **report["alike"]}
        claims.claiming += bool(same)
        claims.free += len(same)
        claims.read += len(report["configuration"])
        for other, told in _spoken_of(configuration, report, space, draws, generator):
            found = plain.probe(function, other, "symbolic")
            claims.comparisons += 1
            if (text := differs(report, found, lines)) is not None:
                claims.wrong.append(f"{report['configuration']}, {told}, at {other}: {text}")
            elif len(chosen) < really and generator.random() < 0.3:
                chosen.append((other, report, told))
        configuration = drawn(space, generator)
    for (other, report, told), real in zip(
        chosen, build_all([(Program(source), c) for c, _, _ in chosen]), strict=True
    ):
        claims.comparisons += 1
        failed = real["error"] is not None
        if failed != (report["verdict"] == "fail"):
            claims.wrong.append(
                f"{report['configuration']}, {told}, really at {other}: {report['verdict']}, {real['error']}"
            )
    return claims


def _spoken_of(
    configuration: Mapping[str, Any],
    report: Mapping[str, Any],
    space: Mapping[str, Any],
    count: int,
    generator: random.Random,
) -> Iterator[tuple[dict[str, Any], str]]:
    """Configurations that a report speaks for, and why it does."""
    same = {**dict.fromkeys(report["free"]), **report["alike"]}
    for _ in range(count if same else 0):
        # All such names at once in most draws, a single one in some, so that effects cannot cancel out.
        names = list(same) if generator.random() < 0.8 else [generator.choice(list(same))]
        values = {n: space[n] if same[n] is None else {"values": same[n]} for n in names}
        yield (
            {**configuration, **report["configuration"], **drawn(values, generator)},
            f"the same for {same}",
        )
    nodes = report["states"]
    for _ in range(count if nodes else 0):
        free = [name for name in report["configuration"] if name not in {each for each, _ in nodes}]
        found = {**report["configuration"], **drawn({name: space[name] for name in free}, generator)}
        node = len(nodes)
        while node:
            name, leads = nodes[node - 1]
            # A node that is left out on the way may have any value.
            node, values = generator.choice(leads)
            found[name] = generator.choice(values)
        yield found, "in the same states"


def unequal(
    configuration: Mapping[str, Any], report: Mapping[str, Any], same: Mapping[str, Any]
) -> list[str]:
    """Where a report whose values were followed says something else than one of plain values."""
    return [
        f"{configuration}: {name}: {str(report[name])[:300]} followed, {str(same[name])[:300]} plain"
        for name in FIELDS
        if str(report[name]) != str(same[name])
    ]


def differs(report: Mapping[str, Any], other: Mapping[str, Any], lines: frozenset[int]) -> str | None:
    """How the outcome of a configuration differs from what a claim says of it; `lines` are those that choose.

    Names of losses and metrics are reported where they could be had, which may be in one of the two only.
    """
    told, found = _outcome(report), _outcome(other)
    told["names"] = _names_at(report, other["configuration"])
    told["layers"], found["layers"] = _classes(report, other, lines), _classes(other, report, lines)
    for name in told:
        if told[name] != found[name] and not (name == "log_names" and not (told[name] and found[name])):
            return f"{name}: {str(told[name])[:400]}, but {str(found[name])[:400]}"
    return None


def _names_at(report: Mapping[str, Any], configuration: Mapping[str, Any]) -> list[str]:
    """What a report says that a configuration reads, in the order in which that does."""
    apart = report["apart"]
    names = [name for name in report["configuration"] if name not in apart]
    names += [
        name
        for name, tests in apart.items()
        if any(configuration.get(each, tests) in values for each, values in tests.items())
    ]
    same = sorted(names) == sorted(configuration)
    always = [name for name in configuration if name not in apart]
    return list(configuration) if same and always == [n for n in names if n not in apart] else names


def _outcome(report: Mapping[str, Any]) -> dict[str, Any]:
    """What an outcome is made of, but for its layers."""
    error = report["error"]
    return {
        "verdict": report["verdict"],
        "names": list(report["configuration"]),
        "error": error
        and (error["type"], error["kind"], error["stage"], error["layer_class"], error["frames"]),
        "log_names": report["log_names"],
        "compiled": report["compiled"],
    }


def _classes(report: Mapping[str, Any], other: Mapping[str, Any], lines: frozenset[int]) -> list[Any]:
    """The classes of layers in their order; of a text that chooses, at the places that both have and that choose none."""
    layers = [(str(call["span"]), call["span"], call["class_name"]) for call in report["layers"]]
    if not lines:
        return [(place, name) for place, _, name in layers]
    common = {str(call["span"]) for call in other["layers"]}
    return sorted(
        {
            (place, name)
            for place, span, name in layers
            if place in common and not (span and lines & {*range(span["line"], span["end_line"] + 1)})
        }
    )


def choosing(source: str) -> frozenset[int]:
    """The lines of statements in which a branch, a key or a variable chooses; 0 with them, so that none are no choice, and
    where rounds are counted."""
    tree = ast.parse(source)
    fixed = {each.name for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    fixed |= {each.name for each in functions if not any(isinstance(n, ast.If) for n in ast.walk(each))}
    for each in ast.walk(tree):
        if isinstance(each, (ast.Import, ast.ImportFrom)):
            fixed |= {(alias.asname or alias.name).partition(".")[0] for alias in each.names}
    found = {0} if any(isinstance(each, (ast.If, ast.Match, ast.For)) for each in ast.walk(tree)) else set()
    plain = (each for each in ast.walk(tree) if isinstance(each, ast.stmt) and not hasattr(each, "body"))
    for statement in plain:
        if any(_chooses(each, fixed) for each in ast.walk(statement)):
            found |= {0, *range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)}
    return frozenset(found)


def _chooses(node: ast.AST, fixed: set[str]) -> bool:
    if isinstance(node, (ast.IfExp, ast.BoolOp)):
        return True
    if isinstance(node, ast.Subscript):
        return not isinstance(node.slice, (ast.Constant, ast.UnaryOp, ast.Slice, ast.Tuple))
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    while isinstance(called, (ast.Attribute, ast.Call)):
        called = called.func if isinstance(called, ast.Call) else called.value
    # What a variable holds, or a function gives, may have been chosen elsewhere; a method of an object is none of these.
    bare = called is node.func or isinstance(node.func, ast.Call)
    return isinstance(called, ast.Name) and bare and called.id not in fixed
