"""The sample videos, scanned as a user scans them, give what their truth files say."""

import json
from pathlib import Path
from typing import Any

import pytest

import motionscan
from tests.installed_model import MODEL, needs_model

pytestmark = needs_model
SAMPLES = sorted((Path(__file__).parents[1] / "sample_videos").glob("*.mp4"))


@pytest.mark.parametrize("video", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_really_moved_and_nothing_else(video: Path) -> None:
    truth: dict[str, Any] = json.loads(video.with_suffix(".truth.json").read_text(encoding="utf-8"))
    summary = motionscan.scan_video(video, model=MODEL, clip=False)
    moved = [(movement["region"], movement["slowing"]) for movement in truth["movements"]]
    assert [(finding.region, finding.slowing) for finding in summary.findings] == moved
    for movement, finding in zip(truth["movements"], summary.findings, strict=True):
        assert finding.pattern in movement["patterns_accepted"]
        assert finding.site == movement["site"]
        assert finding.event_count == pytest.approx(len(movement["events"]), abs=1)
        if movement["frequency_hz"] is not None and not movement["slowing"]:
            assert finding.frequency_hz == pytest.approx(movement["frequency_hz"], abs=0.1)
