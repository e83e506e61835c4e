"""Heads are covered between looks, before they appear and after they are lost; real ones are found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from motionscan.pose.heads import with_heads
from motionscan.pose.worker import HeadWorker
from motionscan.records import ByteArray, Frame, Head
from motionscan.settings import FaceSettings, PoseSettings

SETTINGS = FaceSettings()


class Looks:
    """Answers with what is there at that time."""

    def __init__(self, there: dict[float, tuple[Head, ...]]) -> None:
        self.there = there
        self.asked_s: list[float] = []

    def submit(self, t_s: float, rgb: ByteArray, scale: float) -> None:
        self.asked_s.append(t_s)

    def heads(self) -> tuple[Head, ...]:
        now = self.asked_s[-1]
        return next((heads for t_s, heads in sorted(self.there.items(), reverse=True) if t_s <= now), ())


def frames(length_s: float, rate_hz: float = 30) -> Iterator[Frame]:
    luma = np.zeros((90, 160), np.uint8)
    for index in range(round(length_s * rate_hz)):
        yield Frame(index, index / rate_hz, luma, True, lambda side: np.zeros((90, 160, 3), np.uint8), lambda: ())


def covered(looks: Looks, length_s: float, rate_hz: float = 30) -> dict[float, tuple[Head, ...]]:
    return {frame.t_s: heads for frame, heads in with_heads(frames(length_s, rate_hz), looks, SETTINGS)}


def test_every_frame_comes_out_once_and_in_order() -> None:
    for length_s, rate_hz in ((0.01, 100), (1, 30), (3, 5), (2, 240)):
        given = [frame.index for frame, _ in with_heads(frames(length_s, rate_hz), Looks({}), SETTINGS)]
        assert given == list(range(round(length_s * rate_hz)))


def test_a_head_goes_on_between_looks() -> None:
    """Halfway in time it is halfway in the picture, and larger for moving."""
    first, second = Head(20, 20, 10), Head(32, 20, 10)
    seen = covered(Looks({0: (first,), 0.2: (second,)}), 0.5)
    halfway = min(seen, key=lambda t_s: abs(t_s - 0.133))
    (head,) = seen[halfway]
    assert head.x_px == pytest.approx(26, abs=2)
    assert head.radius_px > 10


def test_what_appears_is_covered_before_and_what_is_lost_afterwards() -> None:
    """A face that one look misses is never shown between two that see it."""
    head = Head(50, 50, 10)
    seen = covered(Looks({0: (), 1.0: (head,), 1.4: ()}), 6)
    bare = [t_s for t_s, heads in seen.items() if not heads]
    assert all(t_s < 1.0 or t_s > 1.4 + SETTINGS.hold_s - SETTINGS.interval_s for t_s in bare)
    assert any(heads for t_s, heads in seen.items() if t_s < 1.0)
    assert not seen[max(seen)]


def test_two_heads_stay_two() -> None:
    left, right = Head(20, 20, 5), Head(120, 20, 5)
    for heads in covered(Looks({0: (left, right), 0.3: (right, left)}), 1).values():
        assert sorted(head.x_px for head in heads) == pytest.approx([20, 120])


def test_the_head_of_a_real_person_is_found(lite_model: Path, squat: ByteArray) -> None:
    """Of that one person one head, over the face, in the picture and when only the upper part is given."""
    with HeadWorker(lite_model, PoseSettings(), SETTINGS) as worker:
        for picture in (squat, squat[:480]):
            worker.submit(0, np.ascontiguousarray(picture), 2.0)
            (head,) = worker.heads()
            assert 600 < head.x_px < 740
            assert 300 < head.y_px < 520
            assert 60 < head.radius_px < 200
        worker.submit(0, np.zeros((90, 160, 3), np.uint8), 1)
        assert worker.heads() == ()
