"""What is left of a message that speaks of this very process."""

import pytest

from hypershape.agent.errors import cleaned


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            "Could not interpret optimizer identifier: <tensorflow.python.keras.optimizer_v2.adam.Adam object at 0x7fb11bf17210>",
            "Could not interpret optimizer identifier: <tensorflow.python.keras.optimizer_v2.adam.Adam object>",
        ),
        (
            "<bound method Net.block of <Net at 0x7F00>> is no layer",
            "<bound method Net.block of <Net>> is no layer",
        ),
        ("No such file: '/var/tmp/tmpa1b2c3d4/weights.h5'", "No such file: '/var/tmp/tmp/weights.h5'"),
        ("0x10 is no axis", "0x10 is no axis"),
    ],
)
def test_a_message_is_the_same_wherever_its_objects_and_files_lie(said: str, left: str) -> None:
    assert cleaned(said) == left
