"""HS199."""

from __future__ import annotations

from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.source import Code


class DeclarationFails(BuildFailure):
    """Keras Tuner refuses a declaration for a reason that no other rule explains.

    ## What it does
    Runs the build function and reports every exception that a call of `hp` raises.

    ## Why it matters
    The declaration raises in every trial that reaches it.

    ## Fix
    Depends on the exception, which is quoted.
    """

    code = "HS199"
    name = "declaration-fails"
    stages = ("declare",)

    INVALID = (
        Example.layers(
            """
            units = hp.Int("units", 1, 3, parent_name="units", parent_values=[1])
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", 1, 3, parent_name="units", parent_values=[1])',
        ),
    )

    VALID = (
        Example.layers(
            """
            kind = hp.Choice("kind", ["narrow", "wide"])
            units = hp.Int("units", 2, 4, parent_name="kind", parent_values=["wide"])
            model.add(layers.Dense(units if kind == "wide" else 1))
            """,
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        return error.stage in self.stages

    def what(self, error: ProbeError, code: Code) -> str:
        return f"Keras Tuner refuses this declaration with {error.type}"
