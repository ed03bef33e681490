"""Python's collector of cycles as a program needs it that reads many texts.

What is read of a text, some hundred thousand nodes, lives as long as the text and holds no cycle, so that it is freed
when the text is no more. Each pass of the collector over it, and over what was imported, finds nothing, and holds up
the editor's loop as well, whichever thread it falls into.
"""

from __future__ import annotations

import gc

OBJECTS = 20_000
"""So many new objects wait for a pass: one takes some milliseconds."""


def settle() -> None:
    """Leaves what there is now alone for good, and passes seldom over what comes; to be called after all imports."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
