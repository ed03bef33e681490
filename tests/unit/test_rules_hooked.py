"""Callbacks that are classes, and functions that a callback calls with other arguments, are told and repaired."""

from dataclasses import replace

import pytest

from hypershape.agent import facts, hooks

from .test_rules_contents import failed, told
from .test_rules_rehearsed import repaired

TEXT = """
    import keras
    import keras_tuner as kt

    def build_model(hp):
        model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])
        model.compile(loss="mse")
        return model

    def log_epoch(epoch):
        print(epoch)

    stop = keras.callbacks.EarlyStopping
    tell = keras.callbacks.LambdaCallback(on_epoch_end=log_epoch, on_train_end=lambda: print("done"))
    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y, validation_split=0.2, callbacks=[tell, stop])
"""
CALLBACKS = {
    "kind": "list",
    "items": {"0": {"kind": "object"}, "1": {"kind": "class", "type": "EarlyStopping"}},
}


def test_a_class_among_the_callbacks_is_called() -> None:
    played = failed("TypeError", "Callback.set_model() missing …", search={"callbacks": CALLBACKS})
    message, where = told(played, TEXT)
    assert "`stop` is a class, and a callback is an object, which a call makes (TypeError)" in message
    assert where == "stop"
    assert "callbacks=[tell, stop()])" in repaired(played, TEXT)[0]


def test_an_object_among_the_callbacks_is_none_to_be_called() -> None:
    given = {"callbacks": {"kind": "list", "items": {"0": {"kind": "object"}, "1": {"kind": "object"}}}}
    played = failed("TypeError", "unsupported operand", search=given)
    assert "class" not in told(played, TEXT)[0]


@pytest.mark.parametrize(
    ("hook", "where", "fixed"),
    [
        (
            {"name": "on_epoch_end", "function": "log_epoch", "line": 9, "given": ["epoch", "logs"]},
            "log_epoch",
            "def log_epoch(epoch, logs):",
        ),
        (
            {"name": "on_train_end", "function": "<lambda>", "line": 13, "given": ["logs"]},
            'lambda: print("done")',
            None,
        ),
    ],
)
def test_a_function_that_a_callback_calls_takes_what_it_is_given(
    hook: dict[str, object], where: str, fixed: str | None
) -> None:
    played = failed("TypeError", "it takes 1 positional argument but 2 were given", hook=hook)
    message, place = told(played, TEXT)
    assert f"is called as {hook['name']}({', '.join(hook['given'])})" in message  # type: ignore[arg-type]
    assert place == where
    assert [each for each in repaired(played, TEXT) if fixed and fixed in each] or fixed is None


def test_a_class_is_described_as_one() -> None:
    assert facts.describe(int) == {"kind": "class", "type": "int"}


@pytest.mark.parametrize(("given", "name"), [("on_epoch_end", "on_epoch_end"), ("on_train_end", None)])
def test_what_does_not_take_the_arguments_of_a_callback_is_seen_where_it_is_called(
    given: str, name: str | None
) -> None:
    import keras

    def log(epoch: int) -> None:
        """Takes as much as `on_train_end` gives, and less than `on_epoch_end`."""

    callback = keras.callbacks.LambdaCallback(**{given: log})
    try:
        callback.on_epoch_end(1, {}) if name else log("a", "b")  # type: ignore[arg-type, call-arg]
    except TypeError as error:
        found = hooks.refusing(error)
        assert (found and (found["name"], found["given"], found["function"])) == (
            (name, ["epoch", "logs"], "log") if name else None
        )


def test_logs_are_written_beside_the_project_of_a_rehearsal() -> None:
    import keras

    board, stop = keras.callbacks.TensorBoard("/tmp/logs"), keras.callbacks.EarlyStopping()
    hooks.log_into("scratch", [stop, board])
    assert board.log_dir == "scratch"


def test_a_callback_that_may_not_write_when_it_gets_its_model_is_silent_from_then_on() -> None:
    import keras

    class Writing(keras.callbacks.Callback):
        def set_model(self, model: object) -> None:
            raise PermissionError("read-only")

    watched, callback = hooks.Hooks(str), Writing()
    taken_off = watched.watched([callback])
    callback.set_model(None)
    taken_off()
    assert watched.silenced == {"Writing": "read-only"}


def test_a_project_that_is_gone_on_with_before_its_search_is_told_as_such() -> None:
    played = failed("NotFoundError", "out/p/oracle.json", "slice", before_search=True, reloads=True)
    message, _ = told(replace(played, fatal=True, trial=0), TEXT)
    assert "The project folder holds no search that `reload` could go on with" in message
