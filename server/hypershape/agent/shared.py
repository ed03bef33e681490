"""Objects that models of different trials have in common: what training changes in one is changed in the others."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple


class Shared:
    """What was met in the models of one rehearsal, with the build in which it was met first."""

    def __init__(self) -> None:
        self._first: Dict[int, Tuple[Any, int]] = {}
        """Each object by its identity, kept alive so that it stays its own."""
        self.found: List[Dict[str, Any]] = []
        """`kind` (optimizer, layer), `class` and `frame`: where it is given to the model or was made, if that is known."""

    def optimizer(self, model: Any, build: int, frame: Any) -> None:
        """A model was compiled, in the build of that number."""
        self._meet("optimizer", getattr(model, "optimizer", None), build, frame)

    def layers(self, model: Any, build: int, made: Any) -> None:
        """A model was trained; `made` gives the frame in which a layer was made."""
        for layer in _trained(model):
            self._meet("layer", layer, build, made(layer))

    def _meet(self, kind: str, thing: Any, build: int, frame: Any) -> None:
        if thing is None:
            return
        _, first = self._first.setdefault(id(thing), (thing, build))
        told = {"kind": kind, "class": type(thing).__name__, "frame": frame}
        if first != build and told not in self.found:
            self.found.append(told)


def _trained(model: Any) -> Iterator[Any]:
    """The layers of a model and of the models within it whose weights training changes."""
    for layer in getattr(model, "layers", None) or ():
        inner = getattr(layer, "layers", None)
        if inner:
            yield from _trained(layer)
        elif layer.trainable_weights:
            yield layer
