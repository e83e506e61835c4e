"""One wrong pose moves nothing; several that agree do."""

import numpy as np
import pytest

from motionscan.motion.straying import Straying
from motionscan.settings import MotionSettings

SHANK_PX = 100.0
FOLLOWED = np.arange(20.0).reshape(10, 2) * 10


def after(*steps_px: float) -> Straying:
    """Poses that see every landmark so much further to the right than it was followed to."""
    straying = Straying(MotionSettings())
    for step in steps_px:
        straying.add(FOLLOWED, FOLLOWED + np.array([step, 0]))
    return straying


def is_far(straying: Straying) -> bool:
    return straying.is_far(straying.offset_px(), SHANK_PX)


@pytest.mark.parametrize("steps_px", [(90,), (90, 90), (0, 0, 90, 0, -90), (80, -80, 2, 70, -1)])
def test_poses_that_do_not_agree_say_nothing(steps_px: tuple[float, ...]) -> None:
    assert not is_far(after(*steps_px))


def test_poses_that_agree_tell_how_far_the_landmarks_are_off() -> None:
    straying = after(0, 60, 61, 200, 62)
    assert is_far(straying)
    np.testing.assert_allclose(straying.offset_px(), np.broadcast_to([61, 0], (10, 2)))


def test_a_landmark_that_is_seldom_seen_is_not_told() -> None:
    straying = after(60, 60)
    seen = FOLLOWED + np.array([60, 0])
    seen[3] = np.nan
    straying.add(FOLLOWED, seen)
    assert np.isnan(straying.offset_px()[3]).all()
    assert is_far(straying)


def test_nothing_of_the_past_counts_once_landmarks_are_placed_anew() -> None:
    straying = after(60, 60, 60)
    straying.clear()
    straying.add(FOLLOWED, FOLLOWED + np.array([60, 0]))
    assert not is_far(straying)


def test_what_one_pose_has_placed_gives_way_to_several_once() -> None:
    """By a smaller error than would be taken for straying later."""
    error_px = (MotionSettings().settle_shanks + 0.02) * SHANK_PX
    straying = after(*[error_px] * (MotionSettings().stray_looks - 1))
    assert not is_far(straying)
    straying.add(FOLLOWED, FOLLOWED + np.array([error_px, 0]))
    assert is_far(straying)
    straying.clear()
    for _ in range(MotionSettings().stray_looks):
        straying.add(FOLLOWED, FOLLOWED + np.array([error_px, 0]))
        assert not is_far(straying)
