"""A server that is edited for a while, also by code that crashes and forks, holds no more than at the beginning."""

from __future__ import annotations

import os
import sys

import pytest

from tests.faults.soak import Sample, grown, soak

MINUTES = float(os.environ.get("HYPERSHAPE_SOAK_MINUTES", "2"))
"""`make soak MINUTES=120` takes longer: what leaks a little at each edit shows in a hundred edits as well."""

EDITS = 30
"""With less the three parts that are compared are too short to say anything."""


@pytest.mark.tensorflow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory and descriptors are read from /proc")
def test_nothing_grows_while_one_server_is_edited() -> None:
    found = soak(MINUTES)
    assert len(found) >= EDITS
    assert grown(found) == []


@pytest.mark.parametrize("name", ["computed", "server_mb", "agents_mb", "descriptors", "processes"])
def test_what_grows_with_every_edit_is_seen(name: str) -> None:
    flat = {
        "seconds": 1.0,
        "computed": 0.5,
        "server_mb": 150.0,
        "agents_mb": 900.0,
        "descriptors": 30,
        "processes": 20,
    }
    found = [Sample(**{**flat, name: flat[name] * (1 + number / 90)}) for number in range(90)]  # type: ignore[arg-type]
    assert grown(found) == [name]
