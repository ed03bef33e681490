"""Reports that speak for more than their own configuration: proofs of large spaces from few probes, held against brute force."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypershape.model import Configuration, Frame, Hyperparameter, ProbeError, Report, Span, Value
from hypershape.space import Explorer
from hypershape.space.claims import counterexample
from hypershape.space.conditions import Name, Number, Operation, Relation
from hypershape.space.cubes import Cube


class Fails(Exception):
    """A configuration that does not build, for a numbered reason."""


class Run:
    """Stands for `hp` in a run that knows what it depended on."""

    def __init__(self, asked: Configuration, known: dict[str, Hyperparameter]) -> None:
        self.asked, self.known = asked, known
        self.read: dict[str, Value] = {}
        self.forced: set[str] = set()
        self.alike: dict[str, tuple[Value, ...]] = {}
        self.new: list[Hyperparameter] = []

    def draw(self, name: str, *values: Value, kind: str = "Int") -> None:
        """Reads a hyperparameter and does nothing with it that could fail."""
        if name not in self.known:
            self.known[name] = Hyperparameter(name, kind, values[0], values, len(values))  # type: ignore[arg-type]
            self.new.append(self.known[name])
        self.read[name] = self.asked.get(name, self.known[name].default)

    def value(self, name: str, *values: Value) -> int:
        """The value of a hyperparameter, on which the run depends from here on."""
        if values:
            self.draw(name, *values)
        self.forced.add(name)
        found = self.read[name]
        assert isinstance(found, int)
        return found

    def at_least(self, name: str, least: int) -> bool:
        """A comparison of one value: the run would have been the same with all values that answer it alike."""
        found = self.read[name]
        assert isinstance(found, int)
        answer = found >= least
        before = self.alike.get(name, self.known[name].values or ())
        self.alike[name] = tuple(value for value in before if (value >= least) is answer)  # type: ignore[operator]
        return answer


Target = Callable[[Run], None]


def probe(target: Target, asked: Configuration, known: dict[str, Hyperparameter]) -> Report:
    run, error = Run(asked, known), None
    try:
        target(run)
    except Fails as failure:
        (line,) = failure.args
        frame = Frame(Span("m.py", line, 1, line, 5), "build")
        error = ProbeError("ValueError", f"reason {line}", "build", (frame,))
    free = tuple(name for name in run.read if name not in run.forced and name not in run.alike)
    alike = {name: values for name, values in run.alike.items() if name not in run.forced}
    verdict = "fail" if error else "ok"
    return Report(run.read, verdict, "symbolic", error, new=tuple(run.new), free=free, alike=alike)


def explore(
    target: Target,
    most: int = 3000,
    change: Callable[[Report], Report] = lambda report: report,
    **options: object,
) -> tuple[Explorer, int]:
    explorer = Explorer(**options)  # type: ignore[arg-type]
    known: dict[str, Hyperparameter] = {}
    probes = 0
    while probes < most and (batch := explorer.next(min(32, most - probes))):
        explorer.add([change(probe(target, asked, known)) for asked in batch])
        probes += len(batch)
    return explorer, probes


def everything(target: Target) -> Iterator[tuple[Report, float]]:
    """Every configuration of a small space with its probability."""
    known: dict[str, Hyperparameter] = {}
    stack: list[dict[str, Value]] = [{}]
    while stack:
        prefix = stack.pop()
        report = probe(target, prefix, known)
        missing = [name for name in report.configuration if name not in prefix]
        if missing:
            values = known[missing[0]].values or ()
            stack += [{**prefix, missing[0]: value} for value in values]
        else:
            yield report, math.prod(1 / len(known[name].values or ()) for name in report.configuration)


def check_against_brute_force(explorer: Explorer, target: Target) -> None:
    every = list(everything(target))
    coverage = explorer.coverage
    assert coverage.mode == "exhaustive"
    assert coverage.space == len(every)
    assert coverage.probed == len(explorer.reports)
    failing = sum(weight for report, weight in every if report.error is not None)
    assert coverage.failing_share == pytest.approx(failing)
    assert sum(explorer.shares) == pytest.approx(1)
    shares: dict[str, float] = {}
    for report, weight in every:
        if report.error is not None:
            shares[report.error.message] = shares.get(report.error.message, 0.0) + weight
    causes = {cause.error.message: cause for cause in explorer.causes()}
    assert {label: cause.share for label, cause in causes.items()} == pytest.approx(shares)
    for label, cause in causes.items():
        for report, _ in every if cause.condition is not None else ():
            assert cause.condition is not None
            if report.error is None or report.error.message == label:
                assert bool(cause.condition.holds(report.configuration)) is (report.error is not None), (
                    cause.condition.text,
                    report.configuration,
                )


# --------------------------------------------------------------------------- random targets


@dataclass
class Program:
    """A random target: what it does, as nested steps."""

    steps: list[tuple[object, ...]] = field(default_factory=list)

    def __call__(self, run: Run) -> None:
        _do(self.steps, run)


def _do(steps: list[tuple[object, ...]], run: Run) -> None:
    for step in steps:
        match step:
            case ("draw", int(name), int(count)):
                run.draw(f"h{name}", *range(count))
            case ("loop", int(name), int(count)):
                for index in range(run.value(f"n{name}", *range(count))):
                    run.draw(f"n{name}_{index}", 0, 1, 2)
                    if index == 1 and run.value(f"n{name}_{index}") == 2:
                        raise Fails(90 + name)
            case ("fail", int(line), tuple(tests)):
                if all(f"h{name}" in run.read and run.at_least(f"h{name}", least) for name, least in tests):
                    raise Fails(line)
            case ("if", int(name), int(least), list(then), list(otherwise)):
                if f"h{name}" in run.read:
                    _do(then if run.at_least(f"h{name}", least) else otherwise, run)


NAMES = 5


def steps(depth: int) -> st.SearchStrategy[list[tuple[object, ...]]]:
    names = st.integers(0, NAMES - 1)
    simple = st.one_of(
        st.tuples(st.just("draw"), names, st.integers(2, 4)),
        st.tuples(st.just("loop"), st.integers(0, 1), st.integers(2, 4)),
        st.tuples(
            st.just("fail"),
            st.integers(1, 30),
            st.lists(
                st.tuples(names, st.integers(1, 3)), min_size=1, max_size=2, unique_by=lambda t: t[0]
            ).map(tuple),
        ),
    )
    if depth == 0:
        return st.lists(simple, max_size=4)
    inner = steps(depth - 1)
    branch = st.tuples(st.just("if"), names, st.integers(1, 2), inner, inner)
    return st.lists(st.one_of(simple, branch), max_size=6)


def _sized(found: list[tuple[object, ...]]) -> Program:
    """A hyperparameter has one domain, whatever branch reads it; a reason one line."""
    counts = {name: 2 + name % 3 for name in range(NAMES)}
    lines = itertools.count(1)

    def sized(steps: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        changed: list[tuple[object, ...]] = []
        for step in steps:
            match step:
                case ("draw", int(name), _):
                    changed.append(("draw", name, counts[name]))
                case ("loop", int(name), _):
                    changed.append(("loop", name, 3 + name))
                case ("fail", _, tests):
                    changed.append(("fail", next(lines), tests))
                case ("if", name, least, list(then), list(otherwise)):
                    changed.append(("if", name, least, sized(then), sized(otherwise)))
        return changed

    return Program(sized(found))


programs = steps(2).map(_sized)
thorough = settings(max_examples=40, deadline=None)


@thorough
@given(programs)
def test_what_is_said_of_a_space_is_what_brute_force_says(program: Program) -> None:
    explorer, _ = explore(program)
    check_against_brute_force(explorer, program)


@thorough
@given(programs, st.sets(st.integers(0, 40)))
def test_reports_that_speak_for_nothing_more_do_no_harm_among_others(
    program: Program, plain: set[int]
) -> None:
    count = itertools.count()

    def change(report: Report) -> Report:
        return replace(report, free=()) if next(count) in plain else report

    explorer, _ = explore(program, change=change)
    check_against_brute_force(explorer, program)


@thorough
@given(programs, st.integers(0, NAMES - 1))
def test_a_false_claim_is_found_out_where_an_end_disagrees(program: Program, name: int) -> None:
    def target(run: Run) -> None:
        if run.value("lie", *range(5)) >= 3:
            raise Fails(99)
        program(run)

    def change(report: Report) -> Report:
        return replace(report, free=(*report.free, "lie"))

    explorer, _ = explore(target, change=change)
    check_against_brute_force(explorer, target)
    assert "lie" not in explorer.coverage.held


def test_a_false_claim_of_a_large_space_is_found_out_where_no_end_disagrees() -> None:
    def target(run: Run) -> None:
        for index in range(8):
            run.draw(f"units_{index}", *range(10))
        if run.value("lie", 0, 1, 2) == 1:
            raise Fails(1)

    def change(report: Report) -> Report:
        return replace(report, free=(*report.free, "lie"))

    explorer, probes = explore(target, change=change)
    assert "lie" not in explorer.coverage.held and probes < 150
    assert explorer.coverage.failing_share == pytest.approx(1 / 3)


def test_a_large_space_in_which_little_matters_is_proved_from_few_probes() -> None:
    def target(run: Run) -> None:
        for index in range(12):
            run.draw(f"units_{index}", *range(10))
        kernel, blocks = run.value("kernel", 3, 5, 7), run.value("blocks", 1, 2, 3, 4)
        if blocks > 2:
            run.value("pool", 2, 3)
        if kernel == 7 and blocks == 4 and run.value("pool") == 3:
            raise Fails(1)

    explorer, probes = explore(target)
    coverage = explorer.coverage
    assert (coverage.mode, coverage.space) == ("exhaustive", 10**12 * 3 * (2 + 2 * 2))
    assert probes < 100 and coverage.probed == len(explorer.reports)
    assert coverage.failing_share == pytest.approx(1 / 3 / 4 / 2)
    assert set(coverage.held) == {f"units_{index}" for index in range(12)}
    (cause,) = explorer.causes()
    assert cause.exact and cause.share == pytest.approx(1 / 24)
    assert cause.condition is not None and set(cause.condition.names) == {"kernel", "blocks", "pool"}


def test_a_name_may_be_free_in_one_branch_and_decide_in_another() -> None:
    def target(run: Run) -> None:
        run.draw("stride", *range(1, 9))
        run.draw("width", *range(1000))
        if run.value("blocks", 1, 2, 3, 4) == 4 and run.value("stride") >= 6:
            raise Fails(1)

    explorer, probes = explore(target)
    assert (explorer.coverage.mode, explorer.coverage.space) == ("exhaustive", 32_000)
    assert list(explorer.coverage.held) == ["width"] and probes < 60
    (cause,) = explorer.causes()
    assert cause.condition is not None
    assert set(cause.condition.text.split(" and ")) == {"blocks >= 4", "stride >= 6"}


def test_the_extremes_of_what_does_not_matter_are_probed() -> None:
    def target(run: Run) -> None:
        run.value("kernel", 3, 5)
        run.draw("units", *range(16, 513, 16))

    explorer, _ = explore(target)
    for kernel in (3, 5):
        sizes = {
            report.configuration["units"]
            for report in explorer.reports
            if report.configuration["kernel"] == kernel
        }
        assert sizes >= {16, 512}


def test_nothing_is_proved_before_what_probes_say_of_others_was_put_to_trial() -> None:
    def target(run: Run) -> None:
        run.draw("units", *range(100))

    explorer, known = Explorer(), {}
    explorer.add([probe(target, {}, known)])
    assert explorer.coverage.mode == "sampled"


def test_a_report_that_later_speaks_for_more_counts() -> None:
    def target(run: Run) -> None:
        run.draw("units", *range(1000))
        run.draw("more", *range(1000))

    explorer, known = Explorer(), {}
    report = probe(target, {}, known)
    explorer.add([replace(report, free=())])
    explorer.add([report])
    for _ in range(10):
        explorer.add([probe(target, each, known) for each in explorer.next(8)])
    assert (explorer.coverage.mode, explorer.coverage.space) == ("exhaustive", 10**6)


def test_every_text_of_what_no_probe_depended_on_is_tried() -> None:
    def target(run: Run) -> None:
        run.value("kernel", 3, 5)
        run.draw("activation", "relu", "tanh", "rulu", "selu", kind="Choice")
        if run.read["activation"] == "rulu":
            raise Fails(1)

    explorer, _ = explore(target)
    (cause,) = explorer.causes()
    assert str(cause.condition) == 'activation == "rulu"' or str(cause.condition) == "activation == 'rulu'"
    assert cause.share == pytest.approx(1 / 4) and explorer.coverage.mode == "exhaustive"


def test_a_target_that_fails_whatever_is_drawn_is_left_after_few_probes() -> None:
    def target(run: Run) -> None:
        for index in range(8):
            run.value(f"h{index}", *range(10))
        raise Fails(1)

    explorer, probes = explore(target)
    (cause,) = explorer.causes()
    assert probes <= 64 and cause.share == 1.0 and explorer.finished


def test_a_whole_branch_that_fails_is_one_probe() -> None:
    def target(run: Run) -> None:
        for index in range(6):
            run.draw(f"h{index}", *range(100))
        if run.value("depth", *range(1, 9)) >= 5:
            raise Fails(1)
        run.value("h0")

    explorer, _ = explore(target)
    assert explorer.coverage.mode == "exhaustive" and explorer.coverage.failing_share == pytest.approx(0.5)
    failing = [report for report in explorer.reports if report.error is not None]
    # Four branches, each with two trials, and a few that were met on the way.
    assert len(failing) <= 20


def test_what_runs_of_another_text_showed_is_not_believed_of_an_edited_one() -> None:
    def before(run: Run) -> None:
        run.draw("units", *range(100))

    def after(run: Run) -> None:
        if run.value("units", *range(100)) >= 50:
            raise Fails(1)

    known, _ = explore(before)
    assert list(known.coverage.held) == ["units"]
    explorer, _ = explore(after, held=known.coverage.held)
    assert explorer.coverage.failing_share == pytest.approx(0.5)


def test_of_all_that_differs_between_two_reports_only_what_does_matter_is_doubted() -> None:
    def target(run: Run) -> None:
        for index in range(20):
            run.draw(f"units_{index}", *range(10))
        run.draw("activation", "relu", "tanh", "rulu", kind="Choice")
        if run.read["activation"] == "rulu" or (
            run.value("kernel", 3, 5, 7) == 7 and run.read["units_3"] == 9
        ):
            raise Fails(1)

    held = {"activation": "an activation changes no shape", "units_0": "why not"}
    explorer, probes = explore(target, held=held)
    assert set(explorer.coverage.held) == {f"units_{index}" for index in range(20) if index != 3}
    assert explorer.coverage.held["units_0"] == "why not"
    assert explorer.coverage.mode == "exhaustive" and probes < 300
    assert explorer.coverage.failing_share == pytest.approx(1 / 3 + 2 / 3 / 3 / 10)


def test_values_that_are_alike_take_one_probe_for_all_of_them() -> None:
    def target(run: Run) -> None:
        for index in range(8):
            run.draw(f"h{index}", *range(10))
            if run.at_least(f"h{index}", 9 - index) and index == 7:
                raise Fails(7)

    explorer, probes = explore(target)
    coverage = explorer.coverage
    assert (coverage.mode, coverage.space) == ("exhaustive", 10**8)
    assert probes < 2000
    assert coverage.failing_share == pytest.approx(8 / 10)


def test_a_border_in_a_range_of_thousands_is_named_though_few_probes_prove_the_space() -> None:
    def target(run: Run) -> None:
        run.draw("units", *range(1, 4097))
        if run.at_least("units", 65):
            raise Fails(7)

    explorer, probes = explore(target)
    (cause,) = explorer.causes()
    assert probes < 20
    assert str(cause.condition) == "units >= 65"


def test_what_is_wrong_inside_of_a_long_range_refutes_a_condition() -> None:
    units = Hyperparameter("units", "Int", 1, tuple(range(1, 4097)), 4096)
    report = Report({"units": 1}, "fail", "symbolic")
    cube = Cube(report, report.configuration, (), {"units": frozenset(range(1, 4097))})
    divides = Relation(Operation(Name("units"), "%", Number(7)), "!=", Number(0))
    point = counterexample(divides, cube, {"units": units})
    assert point is not None and not divides.holds(point)


def test_a_relation_is_found_though_a_proof_probes_few_pairs_of_values() -> None:
    def target(run: Run) -> None:
        width = run.value("width", 16, 32, 48, 64)
        for index in range(run.value("blocks", 1, 2, 3)):
            inner = run.value(f"inner_{index}", 16, 32, 48, 64)
            others = tuple(value for value in (16, 32, 48, 64) if (value == width) is (inner == width))
            if not run.value("project", 0, 1):
                run.forced.discard(f"inner_{index}")
                run.alike[f"inner_{index}"] = others
                if inner != width:
                    raise Fails(3)
            run.value(f"pool_{index}", 0, 1)

    explorer, _ = explore(target)
    check_against_brute_force(explorer, target)
    (cause,) = explorer.causes()
    assert cause.condition is not None
    assert set(cause.condition.names) == {"width", "inner_0", "inner_1", "inner_2", "project"}


def test_a_condition_is_as_good_as_if_everything_had_been_tried() -> None:
    def too_small(kernel: int, stride: int, pool: int, second: int) -> bool:
        return ((24 - kernel) // stride + 1) // pool < second

    domains = {"kernel": (3, 5, 7), "stride": (1, 2), "pool": (2, 3, 4), "second": (3, 5)}

    def target(run: Run) -> None:
        for name, values in domains.items():
            run.draw(name, *values, kind="Choice")
        run.draw("units", *range(1000))
        here = {name: run.read[name] for name in domains}
        fails = too_small(**here)
        # The fewest values that decide it, as a run finds them that knows what others would give.
        for size in range(5):
            for names in itertools.combinations(domains, size):
                rest = [name for name in domains if name not in names]
                around = itertools.product(*(domains[name] for name in rest))
                if all(
                    too_small(**{**here, **dict(zip(rest, each, strict=True))}) is fails for each in around
                ):
                    run.forced |= set(names)
                    if fails:
                        raise Fails(1)
                    return

    explorer, probes = explore(target)
    assert probes < 50
    check_against_brute_force(explorer, target)
    (cause,) = explorer.causes()
    assert cause.condition is not None
