"""What every version of Keras refuses is told as the same kind of failure; `make versions` asks the other versions."""

import pytest

from tests.versions.models import KINDS, PROGRAMS

from .compare import in_child, probe_all

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(900)]


def test_refusals_that_all_versions_share_are_of_one_kind() -> None:
    reports = in_child(probe_all, [(PROGRAMS[name], {}) for name in KINDS])
    found = {
        name: report["error"] and report["error"]["kind"] for name, report in zip(KINDS, reports, strict=True)
    }
    assert found == KINDS
