"""What a training step does to models whose layers all pass it: which names its losses and metrics report.

Of two models that are compiled alike and differ in their layers only, a step sees the outputs. Where Keras's own
losses and metrics compute on outputs of other sizes, but of the same form, what was seen of some tells the rest as it
does for layers (`agreement`).
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Set, Tuple

from .agreement import Agreement, Call, form_of

Names = Tuple[str, ...]


class Outcomes:
    """The outcomes of one job."""

    def __init__(self) -> None:
        self._names: Dict[Any, Names] = {}
        self._agreement = Agreement()
        self._reported: Dict[Any, Set[Names]] = {}
        self._passed: Set[Call] = set()
        self.met = 0
        """How many steps of models that are like others were seen."""

    def names(self, key: Any) -> Optional[Names]:
        """What is reported by models with this key; None if that is not known."""
        return self._names.get(key)

    def keep(self, key: Any, names: Names) -> None:
        self._names[key] = names

    def saw(self, call: Optional[Call], names: Optional[Names]) -> None:
        """A step of a model like others reported some names, or failed if None."""
        if call is None or names == ():
            # No labels were found that tell the names.
            return
        self.met += 1
        self._agreement.add(call, names is not None)
        if names is not None:
            self._reported.setdefault(call[0], set()).add(names)
            self._passed.add(call)

    def foretold(self, key: Any, call: Optional[Call]) -> Optional[Names]:
        """What is surely reported by a model that is like others, which is kept under its key."""
        if call is None or len(self._reported.get(call[0], ())) != 1:
            return None
        if call not in self._passed and not self._agreement.covers(call):
            return None
        (names,) = self._reported[call[0]]
        self.keep(key, names)
        return names

    def reported(self, call: Call) -> Tuple[Names, ...]:
        """What models like one reported that passed."""
        return tuple(sorted(self._reported.get(call[0], ())))

    def promises(self, call: Optional[Call]) -> bool:
        """Whether a step surely passes."""
        return call is not None and (call in self._passed or self._agreement.promises(call))


def alike(
    model: Any,
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    data: Any,
) -> Call:
    """What a model has in common with others, and the sizes on which its step computes.

    `model` is what else decides the step; inputs and outputs are given by their shapes and dtypes. Labels that nobody
    gave are made after the outputs, and are then no matter of the inputs' sizes.
    """
    numbers: list[int] = []
    found = tuple(form_of(each, numbers) for each in outputs)
    labels = tuple(form_of(("t", shape, data.y_dtype), numbers) for shape in data.y)
    given = tuple(inputs) if data.x else tuple(form_of(each, []) for each in inputs)
    return (model, given, found, labels), tuple(numbers)
