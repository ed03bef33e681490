"""libcst edits that rules share, and their application to a document."""

from hypershape.fixes.apply import CannotApply, apply, composed
from hypershape.fixes.titles import in_one

__all__ = ["CannotApply", "apply", "composed", "in_one"]
