"""libcst edits that rules share, and their application to a document."""

from hypershape.fixes.apply import CannotApply, apply

__all__ = ["CannotApply", "apply"]
