"""The small picture of a finding shows its peak."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from motionscan.batch_pictures import SIDE_PX, add_missing_pictures, renew_pictures
from motionscan.outputs.batch_page import picture_path
from motionscan.outputs.batch_rows import rows_of
from motionscan.outputs.summary import Summary
from motionscan.settings import Settings
from tests.outputs.conftest import make_case
from tests.outputs.test_summary import summary_of

GREY_PER_S = 15
SETTINGS = Settings()


@pytest.fixture
def summary() -> Summary:
    return summary_of(make_case().analysis)


def brightening(path: Path) -> Path:
    """Ten seconds that get brighter: the grey of a picture tells its time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(200):
            picture = np.full((360, 640), 40 + round(index / 20 * GREY_PER_S), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 20)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def time_shown_s(picture: Path, video_grey: float) -> float:
    with Image.open(picture) as image:
        assert max(image.size) <= SIDE_PX
        grey = float(np.asarray(image.convert("L")).mean())
    return (grey - video_grey) / GREY_PER_S


def test_the_picture_is_taken_at_the_peak(summary: Summary, tmp_path: Path) -> None:
    """From the video itself where there is no clip; no larger than the page needs."""
    video = brightening(tmp_path / "v.mp4")
    renew_pictures(summary, video, tmp_path, "v-1", SETTINGS, None)
    for row in rows_of(summary, "v.mp4", "v-1"):
        assert row.finding is not None
        path = tmp_path / picture_path("v-1", row.finding)
        assert time_shown_s(path, 40) == pytest.approx(row.peak_s, abs=0.2)
        assert path.stat().st_size < 50_000


def test_missing_pictures_come_from_the_clip(summary: Summary, tmp_path: Path) -> None:
    """Those that are there stay as they are."""
    brightening(tmp_path / "v-1" / "annotated.mp4")
    first = tmp_path / picture_path("v-1", summary.findings[0].id)
    add_missing_pictures(summary, tmp_path, "v-1", SETTINGS)
    first.write_bytes(b"mine")
    add_missing_pictures(summary, tmp_path, "v-1", SETTINGS)
    assert first.read_bytes() == b"mine"


def test_pictures_of_an_older_result_go(summary: Summary, tmp_path: Path) -> None:
    old = tmp_path / picture_path("v-1", "f99")
    old.parent.mkdir(parents=True)
    old.touch()
    renew_pictures(summary, brightening(tmp_path / "v.mp4"), tmp_path, "v-1", SETTINGS, None)
    assert not old.exists()


def test_without_a_video_there_is_no_picture(summary: Summary, tmp_path: Path) -> None:
    """A clip that was damaged or removed costs its pictures only."""
    renew_pictures(summary, tmp_path / "gone.mp4", tmp_path, "v-1", SETTINGS, None)
    add_missing_pictures(summary, tmp_path, "v-1", SETTINGS)
    assert not list(tmp_path.rglob("*.jpg"))
