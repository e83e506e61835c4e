"""What is said of a file before it is measured."""

import hashlib
import os
import sys

import pytest

from motionscan.video.probe import probe


def test_a_plain_recording(film, settings):
    """Size, rate, length, sound and the hash of the bytes."""
    path = film("leg.mov", codec="libx265", pixels="yuv420p10le", sound="aac")
    info = probe(path, settings)
    assert info.file_name == "leg.mov"
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert info.size_bytes == path.stat().st_size
    assert (info.container, info.codec, info.pixel_format) == ("mov", "hevc", "yuv420p10le")
    assert (info.width_px, info.height_px, info.rotation_deg) == (160, 96, 0)
    assert info.nominal_rate_hz == pytest.approx(30, rel=0.01)
    assert info.declared_duration_s == pytest.approx(1.0, abs=0.05)
    assert info.has_audio
    assert (info.transfer, info.capture_rate_hz, info.slow_motion) == (None, None, False)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"),
        ("1970-01-01T00:00:00Z", None),
        ("1904-01-01T00:00:00Z", None),
        ("2103-01-01T00:00:00Z", None),
    ],
)
def test_the_recording_time_is_given_only_when_plausible(film, settings, written, expected):
    """An unset clock and a clock in the future are no recording time."""
    assert probe(film("a.mkv", metadata={"creation_time": written}), settings).recorded_at == expected


def test_no_recording_time_and_no_sound(film, settings):
    """Absent is None, not a guess."""
    info = probe(film(), settings)
    assert info.recorded_at is None
    assert not info.has_audio


@pytest.mark.parametrize(
    ("tags", "rate_hz", "slow", "capture_hz"),
    [
        ({"com.android.capture.fps": "240.0"}, 30, True, 240),
        ({"com.android.capture.fps": "30.0"}, 30, False, None),
        ({"com.android.capture.fps": "nonsense"}, 30, False, None),
        ({"com.android.capture.fps": "inf"}, 30, False, None),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "1"}, 30, False, None),
        ({"com.example.slow_motion": "1"}, 30, True, None),
        ({}, 240, True, None),
        ({}, 60, False, None),
    ],
)
def test_slow_motion_is_recognised(film, settings, tags, rate_hz, slow, capture_hz):
    """From the phone's tag with its rate, or from a rate no ordinary recording has."""
    path = film(
        "a.mov",
        metadata=tags,
        container={"movflags": "use_metadata_tags"},
        times_s=[i / rate_hz for i in range(20)],
        rate=rate_hz,
    )
    info = probe(path, settings)
    assert (info.slow_motion, info.capture_rate_hz) == (slow, capture_hz)


def test_places_and_devices_are_not_kept(film, settings):
    """Nothing in the description tells where, by whom or with what it was recorded."""
    secret = {"location": "+39.9911-105.1036/", "make": "Maker", "model": "Phone 7", "artist": "Jane"}
    path = film("a.mov", metadata=secret, container={"movflags": "use_metadata_tags"})
    assert b"105.1036" in path.read_bytes()
    said = repr(probe(path, settings))
    assert not any(value in said for value in secret.values())


def test_metadata_of_any_bytes_does_not_stop_the_reading(film, settings):
    """Invalid UTF-8 in a title is replaced."""
    path = film("a.mkv", metadata={"title": "MARKTITLE"})
    path.write_bytes(path.read_bytes().replace(b"MARKTITLE", b"\xff\xfe\x80MARK\xc3\xc3"))
    assert probe(path, settings).width_px == 160


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_can_be_told(film, settings):
    """The summary is UTF-8, whatever bytes the file is called by."""
    odd = film().rename(os.fsdecode(b"caf\xe9.mp4"))
    assert probe(odd, settings).file_name == "caf\ufffd.mp4"
