"""The name under which repairs know the lines of a text."""

from __future__ import annotations

from hypershape.text import Text

__all__ = ["Text"]
