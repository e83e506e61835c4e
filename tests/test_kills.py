"""However a scan ends, there is a whole result or none, and the next run cleans up."""

import os
from pathlib import Path

import pytest

from tests.benchmark.kills import WAYS, Trial
from tests.installed_model import MODEL, needs_model

pytestmark = [
    needs_model,
    pytest.mark.skipif(os.name == "nt", reason="ends processes as POSIX does"),
]


def test_whatever_ends_a_scan_leaves_a_whole_result_or_none(tmp_path: Path) -> None:
    """Early, in the middle and late, by every way; the long run of this is ``python -m tests.benchmark kills``."""
    trial = Trial(tmp_path, MODEL)
    assert {"summary", "events.csv", "signals.csv"} <= trial.expected.keys()
    assert trial.expected["clip"] == "moov"
    for way, share in zip(WAYS, (0.6, 0.8, 0.9, 0.5), strict=True):
        trial.end_one(way, share * trial.usual_s)
    trial.undisturbed()
    assert trial.wrong == []
