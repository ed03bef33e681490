"""Reports that speak for many configurations each divide a finished space as every configuration by itself does."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypershape.model import Configuration, Hyperparameter, Report, Value
from hypershape.space import diagrams

DEPTH = Hyperparameter("depth", "Int", 1, (1, 2, 3), 3, 1, 3, 1)
KERNELS = [Hyperparameter(f"kernel_{index}", "Choice", 3, (3, 5, 7), 3) for index in range(3)]
KIND = Hyperparameter("kind", "Choice", "a", ("a", "b"), 3, weights=(2, 1))
HPS = {hp.name: hp for hp in (DEPTH, KIND, *KERNELS)}


def read(values: Mapping[str, Value]) -> dict[str, Value]:
    """What a configuration reads: as many kernels as it is deep."""
    depth = values["depth"]
    assert isinstance(depth, int)
    return {name: values[name] for name in ("depth", "kind", *(f"kernel_{index}" for index in range(depth)))}


def everything() -> list[tuple[dict[str, Value], float]]:
    """Every combination of values with its probability."""
    sides = [[(value, 1 / 3) for value in DEPTH.values or ()], [("a", 2 / 3), ("b", 1 / 3)]]
    sides += [[(value, 1 / 3) for value in hp.values or ()] for hp in KERNELS]
    found = []
    for combination in itertools.product(*sides):
        chance = 1.0
        for _, each in combination:
            chance *= each
        found.append((dict(zip(HPS, (value for value, _ in combination), strict=True)), chance))
    return found


def reports(generous: bool) -> list[Report]:
    """A finished space: a kernel of 7 fails at once, and small ones are as good as each other."""
    found = []
    for values, _ in everything():
        configuration = read(values)
        kernels = [name for name in configuration if name.startswith("kernel")]
        large = [name for name in kernels if configuration[name] == 7]
        used = kernels[: kernels.index(large[0]) + 1] if large else kernels
        free = ("kind", *(name for name in kernels if name not in used)) if generous else ()
        alike = {name: (3, 5) for name in used if configuration[name] != 7} if generous else {}
        found.append(Report(configuration, "fail" if large else "ok", "symbolic", free=free, alike=alike))
    return found


@pytest.mark.parametrize("generous", [False, True])
@settings(deadline=None, max_examples=30)
@given(
    st.permutations(range(162)), st.dictionaries(st.sampled_from(sorted(HPS)), st.integers(0, 2), min_size=1)
)
def test_a_share_is_that_of_every_configuration_by_itself(
    generous: bool, order: list[int], chosen: dict[str, int]
) -> None:
    wanted = {
        name: (HPS[name].values or ())[index % len(HPS[name].values or ())] for name, index in chosen.items()
    }

    def holds(report: Report, values: Configuration) -> bool:
        return any(values.get(name) == value for name, value in wanted.items())

    known = reports(generous)
    whole = diagrams.of([known[index] for index in order], HPS)
    assert whole is not None
    assert sum(whole.weights().values()) == pytest.approx(1)
    expected = sum(chance for values, chance in everything() if holds(known[0], read(values)))
    assert whole.chance(list(wanted), holds) == pytest.approx(expected)
    failing = sum(chance for values, chance in everything() if 7 in read(values).values())
    fails = whole.chance([], lambda report, _: report.verdict == "fail")
    assert fails == pytest.approx(failing)


def test_a_space_that_is_not_finished_has_no_share() -> None:
    whole = diagrams.of(reports(generous=True)[:40], HPS)
    assert whole is not None and not whole.done
    assert whole.chance([], lambda report, _: report.verdict == "fail") is None


def test_the_share_of_values_that_cannot_be_listed_is_told_only_where_they_do_not_matter() -> None:
    rate = Hyperparameter("rate", "Float", 0.1, None, None, 0.0, 1.0)

    def share(*free: str) -> float | None:
        whole = diagrams.of([Report({"rate": 0.1}, "ok", "symbolic", free=free)], {"rate": rate})
        assert whole is not None
        return whole.chance([], lambda report, _: report.verdict == "ok")

    assert (share(), share("rate")) == (None, 1.0)
