"""What sizes the axes of layers: names and formulas hold wherever something was probed, and are no coincidence."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hypershape.model import LayerCall, Report, Shape, Span, Value
from hypershape.space.dimensions import Axis, Output, outputs

HERE = Span("m.py", 3, 5, 3, 20)


def call(shape: Shape, parameters: int = 1, span: Span = HERE) -> LayerCall:
    return LayerCall(span, "conv2d", "Conv2D", ((None, 28, 28, 1),), (shape,), "float32", parameters)


def seen(*calls: tuple[Mapping[str, Value], Shape], mentioned: str = "") -> tuple[Axis, ...]:
    """The axes of one layer that gave these shapes at these configurations."""
    reports = [
        Report(configuration, "ok", "symbolic", layers=(call(shape),)) for configuration, shape in calls
    ]
    (output,) = outputs(reports, lambda span, name: name == mentioned)
    return output.axes


def test_an_axis_whose_size_is_the_value_of_a_hyperparameter_is_named_after_it() -> None:
    batch, size, filters = seen(
        ({"filters": 16, "units": 10}, (None, 26, 16)), ({"filters": 64, "units": 10}, (None, 26, 64))
    )
    assert (batch.by, size.by) == (None, None) and size.sizes == (26,)
    assert (filters.by, filters.is_named, filters.text) == ("filters", True, "16–64")


def test_of_two_that_were_always_moved_together_the_one_counts_that_the_expression_mentions() -> None:
    both = ({"filters": 16, "units": 16}, (16,)), ({"filters": 64, "units": 64}, (64,))
    assert [axis.by for axis in seen(*both)] == [None]
    assert [axis.by for axis in seen(*both, mentioned="units")] == ["units"]


def test_a_name_that_only_some_configurations_tell_from_another_is_not_said_to_size_an_axis() -> None:
    """The last block sizes it; both ends of all filters look as if the first did."""
    (axis,) = seen(
        ({"blocks": 1, "filters_0": 16}, (16,)),
        ({"blocks": 1, "filters_0": 64}, (64,)),
        ({"blocks": 2, "filters_0": 16, "filters_1": 16}, (16,)),
        ({"blocks": 2, "filters_0": 64, "filters_1": 64}, (64,)),
    )
    assert axis.by is None


@pytest.mark.parametrize(
    ("size", "formula"),
    [
        (lambda kernel: 29 - kernel, "29 \N{MINUS SIGN} kernel"),
        (lambda kernel: kernel + 2, "kernel + 2"),
        (lambda kernel: 2 * kernel, "2 * kernel"),
        (lambda kernel: kernel // 2, "(kernel \N{MINUS SIGN} 1) // 2"),
        (lambda kernel: (29 - kernel) // 2, "(29 \N{MINUS SIGN} kernel) // 2"),
        (lambda kernel: kernel**2, None),
    ],
)
def test_an_axis_that_one_hyperparameter_decides_has_a_short_exact_formula(size, formula: str | None) -> None:
    probes = [({"kernel": k, "units": u}, (size(k),)) for k in (3, 5, 7, 9) for u in (8, 16)]
    (axis,) = seen(*probes)
    assert (axis.by, axis.is_named, axis.formula) == ("kernel", False, formula)


def test_what_every_name_would_explain_none_is_said_to_decide() -> None:
    (axis,) = seen(({"kernel": 3, "pool": 2}, (13,)), ({"kernel": 5, "pool": 3}, (8,)))
    assert axis.by is None
    (axis,) = seen(({"kernel": 3, "pool": 2}, (13,)), ({"kernel": 5, "pool": 3}, (8,)), mentioned="kernel")
    assert axis.by is None, "each value was seen once"


def test_each_round_of_a_loop_has_shapes_of_its_own() -> None:
    deep = Report({"depth": 2}, "ok", "symbolic", layers=(call((None, 26)), call((None, 24))))
    shallow = Report({"depth": 1}, "ok", "symbolic", layers=(call((None, 26)),))
    found: tuple[Output, ...] = outputs([shallow, deep])
    assert [(each.round, each.shapes, each.calls) for each in found] == [
        (0, ((None, 26),), 2),
        (1, ((None, 24),), 1),
    ]


def test_outputs_of_different_rank_have_no_axes_and_still_a_summary() -> None:
    flat = Report({"flat": True}, "ok", "symbolic", layers=(call((None, 26)),))
    deep = Report({"flat": False}, "ok", "symbolic", layers=(call((None, 5, 26)),))
    (output,) = outputs([flat, deep])
    assert output.axes == () and output.summary == "(None, 26) or (None, 5, 26)"
