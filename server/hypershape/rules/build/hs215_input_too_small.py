"""HS215."""

from __future__ import annotations

from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.source import Code


class InputDoesNotSuitApplication(BuildFailure):
    """A network of `keras.applications` is given an input that it does not take.

    ## What it does
    Builds the model over the search space and reports inputs that are too small or have a wrong number of channels.

    ## Why it matters
    Each pretrained network has a smallest input size, and weights from ImageNet need three channels.

    ## Fix
    Resize the images, repeat the channel three times, or use `weights=None`.
    """

    code = "HS215"
    name = "input-does-not-suit-application"
    kinds = ("application-input",)

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                size = hp.Choice("size", [28, 32])
                base = keras.applications.MobileNetV2((size, size, 3), weights=None, include_top=False)
                model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            condition="size == 28",
            fixed="[32]",
        ),
    )

    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                base = keras.applications.MobileNetV2((32, 32, 3), alpha=hp.Choice("alpha", [0.35, 0.5]), weights=None, include_top=False)
                model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        height, width, given = (error.details.get(name) for name in ("height", "width", "given"))
        if height and given:
            return f"This network needs at least {height}×{width} pixels but gets {given}"
        return "This network does not take this input"
