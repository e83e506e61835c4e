"""The way of following is chosen while pictures come, from what is seen in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from motionscan.live_following import Follower
from motionscan.pose.source import Person
from motionscan.records import ByteArray, Frame
from motionscan.settings import Settings
from motionscan.video.sources import frame_of_bgr
from motionscan.ways import Told

SETTINGS = Settings()
RATE_HZ = 30
SIZE = (480, 360)
BLOCK = (180, 140, 90, 80)
"""Left, top, width and height of what jerks."""


class Nobody:
    """What looks for legs and never finds any."""

    def __init__(self) -> None:
        self.waiting = 0

    def submit(self, t_s: float, rgb: ByteArray, scale: float) -> None:
        self.waiting += 1

    def answered(self) -> bool:
        return self.waiting > 0

    def result(self) -> tuple[Person, ...]:
        self.waiting -= 1
        return ()


@contextmanager
def nobody(way: str) -> Iterator[Nobody]:
    yield Nobody()


def close_up(seconds: float) -> Iterator[Frame]:
    """A textured wall before which one block jerks three times a second."""
    rng = np.random.default_rng(0)
    wall = cv2.GaussianBlur(rng.integers(40, 215, (SIZE[1], SIZE[0], 3)).astype(np.uint8), (0, 0), 1.2)
    left, top, width, height = BLOCK
    block = cv2.GaussianBlur(rng.integers(40, 215, (height, width, 3)).astype(np.uint8), (0, 0), 1.2)
    for index in range(round(seconds * RATE_HZ)):
        t_s = index / RATE_HZ
        shift = 5 * np.exp(-0.5 * ((t_s * 3 % 1 - 0.5) / 0.12) ** 2)
        picture = wall.copy()
        moved = cv2.warpAffine(
            block, np.float32([[1, 0, 0], [0, 1, shift]]), (width, height), borderMode=cv2.BORDER_REFLECT
        )
        picture[top : top + height, left : left + width] = moved
        noisy = np.clip(picture + rng.normal(0, 1.0, picture.shape), 0, 255).astype(np.uint8)
        yield frame_of_bgr(noisy, index, t_s)


@pytest.fixture
def follower(monkeypatch: pytest.MonkeyPatch) -> tuple[Follower, list[str], list[int]]:
    said: list[str] = []
    changes: list[int] = []
    monkeypatch.setattr(Follower, "_finder", lambda self, way: nobody(way))
    made = Follower(
        SIZE,
        Path("no-model"),
        SETTINGS,
        Told(),
        lambda kind, words: said.append(words),
        lambda: changes.append(1),
        waits=True,
    )
    return made, said, changes


def test_where_nobody_is_seen_what_moves_by_itself_is_found_and_followed(
    follower: tuple[Follower, list[str], list[int]],
) -> None:
    made, said, changes = follower
    frames = list(made.follow(close_up(18)))
    assert len(frames) > 17 * RATE_HZ
    assert said[0].startswith("no legs are seen")
    assert "1 region found" in said[1]
    assert [way.source for way in made.ways] == ["pose", "motion"]
    assert made.ways[0].given_up_because is not None
    assert len(changes) >= 3
    motion = made.motion()
    assert motion.view == "close_up"
    (region,) = motion.regions
    assert region.id == "region_1"
    left, top, width, height = BLOCK
    assert region.outline_px is not None
    middle = region.outline_px.mean(axis=0)
    assert left < middle[0] < left + width
    assert top < middle[1] < top + height
    assert 3 < np.nanmax(region.joint_px[:, 1]) - np.nanmin(region.joint_px[:, 1]) < 8


def test_every_picture_is_measured_in_order(follower: tuple[Follower, list[str], list[int]]) -> None:
    made, _, _ = follower
    indices = [frame.index for frame in made.follow(close_up(3))]
    assert indices == list(range(3 * RATE_HZ))
