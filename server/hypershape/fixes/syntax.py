"""The names under which rules and repairs know the reader of a module's text, `hypershape.source.code`."""

from __future__ import annotations

from hypershape.source.code import Code, contains
from hypershape.source.hyperparameters import HP_PARAMETERS, HpCall
from hypershape.source.names import Function, canonical

__all__ = ["HP_PARAMETERS", "Code", "Function", "HpCall", "canonical", "contains"]
