"""What a messenger takes away is said, and what it makes up is not told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.compression import as_compressed
from motionscan.records import FloatArray, Motion, VideoInfo
from motionscan.settings import Settings
from motionscan.simulate.encode import encode
from motionscan.simulate.tables import PHONE
from motionscan.video.probe import probe
from tests.analysis.synthetic import SETTINGS, movement, person
from tests.outputs.conftest import video_info

FEW_BITS = {"size_bytes": 200_000}
"""A tenth of a megabyte for each five seconds of 640 by 360 pixels: 0.023 bits a pixel."""


def told(motion: Motion, info: VideoInfo) -> list[tuple[str, str | None]]:
    return [(one.region, one.site) for one in analyse(as_compressed(motion, info, SETTINGS), SETTINGS).findings]


def filmed(camera: str) -> Motion:
    """Somebody whose right calf twitches while the left foot jerks; a hand moves the camera by a pixel or two."""
    motion = person([movement("skin_twitches", "right_shank", 0.5), movement("jerks", "left_foot")])
    return replace(motion, camera_px=motion.camera_px + (hand_px(motion.t_s) if camera == "hand" else 0.0))


def hand_px(t_s: FloatArray) -> FloatArray:
    """(T, 3) tremor of 9 Hz and drift."""
    return np.stack([np.sin(2 * np.pi * 9 * t_s), 2 * np.sin(2 * np.pi * 0.3 * t_s), 0 * t_s], axis=1)


def info_of(**known: Any) -> VideoInfo:
    return replace(video_info(), **known)


@pytest.mark.parametrize(("bit_rate_mbps", "said"), [(0.15, True), (5.0, False)])
def test_a_file_so_compressed_that_small_movements_are_gone_is_told_as_such(
    tmp_path: Path, bit_rate_mbps: float, said: bool
) -> None:
    """Real files of the same noise: one as a messenger sends it, one as a phone stores it."""
    path, rng = tmp_path / "v.mp4", np.random.default_rng(0)
    capture = replace(PHONE, width_px=640, height_px=360, bit_rate_mbps=bit_rate_mbps)
    grey = np.full((180, 320, 2), 128, np.uint8)
    pictures = ((index / 30, rng.integers(100, 110, (360, 640), np.uint8), grey) for index in range(60))
    encode(path, capture, pictures, 2.0)
    caveats = analyse(as_compressed(person(), probe(path, Settings().video), SETTINGS), SETTINGS).caveats
    assert any("bits for each pixel" in caveat and "skin" in caveat for caveat in caveats) == said


def test_skin_is_not_judged_where_few_bits_are_left_for_a_camera_that_moves() -> None:
    """Joints are; and so is skin in a file with more bits, and before a camera on a stand."""
    both, joint = [("left_foot", "joint"), ("right_shank", "surface")], [("left_foot", "joint")]
    assert sorted(told(filmed("hand"), info_of(**FEW_BITS))) == joint
    assert sorted(told(filmed("stand"), info_of(**FEW_BITS))) == both
    assert sorted(told(filmed("hand"), info_of())) == both


def test_a_sentence_does_not_rule_out_what_was_not_looked_for() -> None:
    still = replace(person(), camera_px=hand_px(person().t_s))
    few = analyse(as_compressed(still, info_of(**FEW_BITS), SETTINGS), SETTINGS)
    enough = analyse(as_compressed(still, info_of(), SETTINGS), SETTINGS)
    assert few.sentence == (
        "No rhythmic movement and no twitches of a joint were seen. Cannot judge twitches of the skin."
    )
    assert enough.sentence == "No rhythmic movement and no twitches were seen."


def test_that_skin_is_not_judged_is_said() -> None:
    handheld = as_compressed(filmed("hand"), info_of(**FEW_BITS), SETTINGS)
    on_a_stand = as_compressed(filmed("stand"), info_of(**FEW_BITS), SETTINGS)
    assert any("not looked for" in note for note in handheld.notes)
    assert not any("not looked for" in note for note in on_a_stand.notes)
    assert analyse(handheld, SETTINGS).caveats[-len(handheld.notes) :] == handheld.notes


@pytest.mark.parametrize("codec", ["hevc", "vp9", "libdav1d"])
def test_a_bit_of_a_newer_codec_is_worth_two(codec: str) -> None:
    few = info_of(codec=codec, **FEW_BITS)
    assert as_compressed(filmed("hand"), replace(few, size_bytes=160_000), SETTINGS).notes
    assert not as_compressed(filmed("hand"), few, SETTINGS).notes


@pytest.mark.parametrize("unknown", [{"size_bytes": 0}, {"declared_duration_s": None}, {"nominal_rate_hz": None}])
def test_nothing_is_said_of_compression_where_the_file_does_not_tell_it(unknown: dict[str, Any]) -> None:
    motion = filmed("hand")
    assert as_compressed(motion, info_of(**(FEW_BITS | unknown)), SETTINGS) is motion


def test_without_a_background_nothing_tells_that_the_camera_moves() -> None:
    motion = filmed("hand")
    unseen = replace(motion, camera_px=np.full_like(motion.camera_px, np.nan))
    assert ("right_shank", "surface") in told(unseen, info_of(**FEW_BITS))
