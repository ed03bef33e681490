"""libcst edits that rules share, and their application to a document."""

from hypershape.fixes.apply import CannotApply, apply, composed

__all__ = ["CannotApply", "apply", "composed"]
