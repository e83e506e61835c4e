"""Capture: the newest pictures with their times, whatever the camera does."""

import threading
import time
from itertools import pairwise

import pytest

from motionscan.errors import CameraError, MissingFile, SettingsError
from motionscan.settings import LiveSettings, VideoSettings
from motionscan.video.camera import Capture
from motionscan.video.sources import DeviceSource, FileSource, StreamSource, frame_of_bgr, source_of
from tests.live.doubles import Act, ScriptedCamera, picture

LIVE = LiveSettings(first_pause_s=0.05, longest_pause_s=0.1, stall_s=0.5, queue=4)
Said = list[tuple[str, str]]


def captured(
    camera: ScriptedCamera, settings: LiveSettings = LIVE, slow_s: float = 0.0
) -> tuple[Capture, list[float], Said]:
    """All pictures that a reader gets which takes so long for each."""
    said: Said = []
    with Capture(camera, settings, lambda kind, words: said.append((kind, words))) as capture:
        times = []
        for frame, _ in capture.frames():
            times.append(frame.t_s)
            time.sleep(slow_s)
    return capture, times, said


def test_a_camera_that_ends_gives_all_its_pictures_in_order() -> None:
    capture, times, said = captured(ScriptedCamera([Act(20, then="end", pause_s=0.005)]))
    assert len(times) == 20
    assert all(a < b for a, b in pairwise(times))
    assert capture.dropped == 0
    assert [kind for kind, _ in said] == ["open"]


def test_a_reader_that_is_too_slow_gets_the_newest_pictures_and_the_rest_is_counted() -> None:
    capture, times, _ = captured(ScriptedCamera([Act(60, then="end", pause_s=0.002)]), slow_s=0.02)
    assert capture.dropped > 0
    assert capture.dropped + len(times) == 60
    assert all(a < b for a, b in pairwise(times))


def test_a_source_that_waits_loses_nothing_however_slow_the_reader() -> None:
    capture, times, _ = captured(ScriptedCamera([Act(30, then="end")], waits=True), slow_s=0.005)
    assert len(times) == 30
    assert capture.dropped == 0


def test_an_unplugged_camera_is_opened_again_and_said_so_once() -> None:
    gone = [Act(0, refused="camera 7: there is none")] * 3
    camera = ScriptedCamera([Act(5, pause_s=0.01), *gone, Act(5, then="end", pause_s=0.01)])
    capture, times, said = captured(camera)
    assert len(times) == 10
    assert capture.reconnects == 1
    assert [kind for kind, _ in said] == ["open", "lost", "lost", "found"]
    assert times[5] - times[4] > 2 * LIVE.first_pause_s


def test_a_busy_camera_at_the_start_is_waited_for() -> None:
    camera = ScriptedCamera(
        [Act(0, refused="camera 7: is busy"), Act(0, refused="camera 7: is busy"), Act(3, then="end")]
    )
    capture, times, said = captured(camera)
    assert len(times) == 3
    assert said[0] == ("lost", "camera 7: is busy")
    assert [kind for kind, _ in said] == ["lost", "open"]
    assert capture.reconnects == 0


def test_a_camera_that_changes_its_size_says_so() -> None:
    camera = ScriptedCamera([Act(4), Act(4, size=(96, 64), then="end")])
    _, times, said = captured(camera)
    assert len(times) == 8
    assert said[-1][0] == "found"
    assert "96 x 64" in said[-1][1]


def test_a_stream_that_does_not_come_back_ends_the_run() -> None:
    capture, times, said = captured(ScriptedCamera([Act(3)], patience_s=0.2))
    assert len(times) == 3
    assert said[-1][0] == "gone"
    assert capture.opened is not None


def test_a_stream_that_was_never_there_is_an_error() -> None:
    with pytest.raises(CameraError, match="is gone"):
        captured(ScriptedCamera([], patience_s=0.2))


def test_a_silent_camera_is_known_to_be_silent_and_stops_when_asked() -> None:
    camera = ScriptedCamera([Act(2), Act(1, pause_s=1.0)])
    with Capture(camera, LIVE, lambda *_: None) as capture:
        frames = capture.frames()
        next(frames)
        next(frames)
        time.sleep(0.6)
        assert capture.silent_s > 0.5
        capture.stop()
        assert list(frames) == []
    assert camera.closed


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    camera = ScriptedCamera([Act(10, then="end")])
    captured(camera)
    assert threading.active_count() == before
    assert camera.closed


def test_the_measured_rate_is_that_of_the_pictures() -> None:
    capture, times, _ = captured(ScriptedCamera([Act(40, then="end", pause_s=0.01)]))
    assert capture.rate_hz == pytest.approx((len(times) - 1) / (times[-1] - times[0]), rel=0.05)


# ---------------------------------------------------------------- what can be watched
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0", DeviceSource),
        ("/dev/video3", DeviceSource),
        ("rtsp://user:secret@10.0.0.5:554/live", StreamSource),
        ("http://10.0.0.5:8080/video", StreamSource),
        ("foot.mp4", FileSource),
    ],
)
def test_a_source_is_known_by_its_name(text: str, kind: type) -> None:
    source = source_of(text, LIVE, VideoSettings())
    assert isinstance(source, kind)
    assert "secret" not in source.name
    assert "/live" not in source.name


@pytest.mark.parametrize("text", ["ftp://here/video.mp4", "file:///etc/passwd", "concat:a|b://"])
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"rtsp:// or http://"):
        source_of(text, LIVE, VideoSettings())


def test_a_file_that_is_not_there_is_an_error_at_once() -> None:
    source = source_of("nowhere.mp4", LIVE, VideoSettings())
    with pytest.raises(MissingFile), Capture(source, LIVE, lambda *_: None) as capture:
        list(capture.frames())


def test_a_camera_that_is_not_there_is_told_with_the_cure() -> None:
    with pytest.raises(CameraError, match="--list"):
        DeviceSource(97, None, None).open()


def test_a_picture_of_a_camera_is_the_same_in_every_form() -> None:
    bgr = picture(3, (65, 49))
    frame = frame_of_bgr(bgr, 0, 1.5)
    y, u, v = frame.planes()
    assert frame.luma.shape == y.shape == (48, 64)
    assert u.shape == v.shape == (24, 32)
    assert (frame.rgb(1000) == bgr[:48, :64, ::-1]).all()
    assert frame.rgb(32).shape == (24, 32, 3)
