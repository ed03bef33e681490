"""The values that Keras Tuner draws from a declared range, by its own arithmetic (keras-tuner 1.4, `Numerical`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

LISTED = 100_000


def drawn(
    kind: str, minimum: float, maximum: float, step: float | None, sampling: str | None = None
) -> Sequence[float] | None:
    """Every value that can be drawn, in order; None where they cannot be listed or the declaration is refused.

    `kind` is "Int" or "Float". Keras Tuner counts the steps by floor division, which loses a Float's last step
    whenever rounding leaves the quotient just under a whole number.
    """
    if sampling not in (None, "linear", "log", "reverse_log") or minimum > maximum:
        return None
    linear = sampling in (None, "linear")
    if kind == "Int" and step is None:
        step = 1 if linear else None
    if step is None or step <= 0 or (not linear and (step <= 1 or minimum <= 0)):
        return None
    if kind == "Float":
        minimum, maximum = float(minimum), float(maximum)
    if linear:
        count = int((maximum - minimum) // step + 1)
    else:
        count = int(math.log(maximum / minimum, step) + 1e-8) + 1
    if not 0 < count <= LISTED:
        return None
    if linear:
        found = [minimum + index * step for index in range(count)]
    elif sampling == "log":
        found = [minimum * math.pow(step, index) for index in range(count)]
    else:
        found = [maximum + minimum - minimum * math.pow(step, index) for index in range(count)]
    return [int(value) for value in found] if kind == "Int" else found


def reaches(values: Sequence[float], maximum: float) -> bool:
    """Whether the largest value is the maximum, up to the last digits."""
    return math.isclose(max(values), maximum, rel_tol=1e-9, abs_tol=1e-12)


def text(value: object) -> str:
    """A value as Python source: a float without the dust of its arithmetic where that does not change it much."""
    if isinstance(value, float) and not value.is_integer():
        short = float(f"{value:.10g}")
        return repr(short)
    return repr(value)
