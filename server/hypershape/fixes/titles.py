"""What repairs are called."""

from __future__ import annotations

from collections.abc import Sequence


def in_one(titles: Sequence[str]) -> str:
    """The title of several repairs as one: "Lower the maximum of kernel to 5 and drop 4 from pool".

    Equal ones at several places are one.
    """
    first, *others = dict.fromkeys(titles)
    return first + "".join(f" and {each[0].lower()}{each[1:]}" for each in others)
