import pytest

from hypershape.model import LayerCall, Report, Shape, Span
from hypershape.space.layers import layer_rows, merge_shapes


@pytest.mark.parametrize(
    ("shapes", "merged"),
    [
        ([(None, 26, 26, 16)], "(None, 26, 26, 16)"),
        ([(None, 26, 26, 16), (None, 20, 20, 64)], "(None, 20–26, 20–26, 16–64)"),
        ([(None,), (4,)], "(None or 4,)"),
        ([(), (None, 3)], "() or (None, 3)"),
        ([(None, 3), (None, 4, 5)], "(None, 3) or (None, 4, 5)"),
    ],
)
def test_shapes_over_the_space_merge_axis_by_axis(shapes: list[Shape], merged: str) -> None:
    assert merge_shapes(shapes) == merged


def conv(line: int, size: int, parameters: int, name: str = "conv2d") -> LayerCall:
    span = Span("m.py", line, 5, line, 20)
    return LayerCall(
        span, name, "Conv2D", ((None, 28, 28, 1),), ((None, size, size, 8),), "float32", parameters
    )


def test_a_layer_in_a_loop_has_one_row_with_all_its_shapes() -> None:
    deep = Report({"depth": 2}, "ok", "symbolic", layers=(conv(3, 26, 80), conv(3, 24, 584, "conv2d_1")))
    shallow = Report({"depth": 1}, "ok", "symbolic", layers=(conv(3, 26, 80),))
    (row,) = layer_rows([shallow, deep])
    assert row.summary == "(None, 24–26, 24–26, 8)"
    assert row.parameters == (80, 584)


def test_rows_keep_the_order_in_which_layers_are_called() -> None:
    short = Report({"skip": True}, "ok", "symbolic", layers=(conv(9, 5, 1),))
    full = Report({"skip": False}, "ok", "symbolic", layers=(conv(4, 7, 1), conv(9, 5, 1)))
    assert [row.span.line for row in layer_rows([short, full]) if row.span] == [4, 9]
