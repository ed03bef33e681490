"""Overrides of `HyperModel.fit` that pass the search's data on, and those that may not."""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from hypershape.agent.handing import hands_on

_NUMBERS = count()


def bound(text: str) -> Callable[..., Any]:
    """The bound `fit` of a class whose parent has one, from the text of the method."""
    path = f"/fits/{next(_NUMBERS)}.py"
    whole = (
        "class Parent:\n    def fit(self, hp, model, *args, **kwargs):\n        return model.fit(*args, **kwargs)\n\n\n"
        "class Own(Parent):\n" + textwrap.indent(textwrap.dedent(text).strip(), "    ") + "\n"
    )
    linecache.cache[path] = (len(whole), None, whole.splitlines(keepends=True), path)
    namespace: dict[str, Any] = {"__name__": path}
    exec(compile(whole, path, "exec"), namespace)
    made: Callable[..., Any] = namespace["Own"]().fit
    return made


@pytest.mark.parametrize(
    "text",
    [
        "def fit(self, hp, model, *args, **kwargs):\n    return model.fit(*args, batch_size=hp.Choice('b', [16, 32]), **kwargs)",
        "def fit(self, hp, model, *args, **kwargs):\n    return super().fit(hp, model, *args, shuffle=True, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    return model.fit(x, y, epochs=3, **kwargs)",
        "def fit(self, hp, m, features, target, validation_data=None, **kw):\n"
        "    return m.fit(features, y=target, validation_data=validation_data, **kw)",
        "def fit(self, hp, model, x, y, callbacks=None):\n    print(len(x), x.shape)\n    return model.fit(x=x, y=y)",
        "def fit(self, hp, model, x, *args, **kwargs):\n    return model.fit(x, *args, **kwargs)",
        "def fit(self, hp, model, **kwargs):\n    kwargs['epochs'] = 2\n    kwargs.pop('batch_size', None)\n"
        "    return model.fit(**kwargs)",
        "def fit(self, hp, model, *args, **kwargs):\n    if hp.Boolean('s'):\n        return model.fit(*args, shuffle=True, **kwargs)\n"
        "    return model.fit(*args, **kwargs)",
    ],
)
def test_a_fit_that_only_adds_arguments_hands_the_data_on(text: str) -> None:
    assert hands_on(bound(text))


@pytest.mark.parametrize(
    "text",
    [
        "def fit(self, hp, model, x, y, **kwargs):\n    return model.fit(x / 255, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    x = x[:, :3]\n    return model.fit(x, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    y -= 1\n    return model.fit(x, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    shift(y)\n    return model.fit(x, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    return model.fit(y, x, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    model.compile('adam', 'mse')\n    return model.fit(x, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    return wrap(model).fit(x, y, **kwargs)",
        "def fit(self, hp, model, x, y, **kwargs):\n    return self.pipeline(model, x, y)",
        "def fit(self, hp, model, *args, **kwargs):\n    x, y = args\n    return model.fit(x, y + 1, **kwargs)",
        "def fit(self, hp, model, *args, **kwargs):\n    return model.fit(*args[:1], **kwargs)",
        "def fit(self, hp, model, *args, **kwargs):\n    return model.fit(*args)",
        "def fit(self, hp, model, **kwargs):\n    kwargs['y'] = kwargs['y'] + 1\n    return model.fit(**kwargs)",
        "def fit(self, hp, model, **kwargs):\n    kwargs.update(y=0)\n    return model.fit(**kwargs)",
        "def fit(self, hp, model, x, **kwargs):\n    return model.fit(x.batch(4), **kwargs)",
        "def fit(self, hp, model, *args, **kwargs):\n    return 1.0",
        "def fit(self):\n    return 1.0",
        "fit = print",
    ],
)
def test_a_fit_that_may_change_the_data_or_the_model_does_not(text: str) -> None:
    assert not hands_on(bound(text))
