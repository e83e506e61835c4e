"""Which pictures are looked at: every law must hold however fast the source answers."""

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from motionscan.pose.person import PersonChooser
from motionscan.pose.sampling import locate
from motionscan.pose.source import Person
from motionscan.records import BodyPose, ByteArray, Frame
from motionscan.settings import PoseSettings

from .conftest import moved, standing

SETTINGS = PoseSettings()
WIDTH, HEIGHT = 1000, 1000


class KnownPerson:
    """A source that knows where the person is; ``patience`` says how often it is asked before it has an answer."""

    def __init__(self, where: Callable[[float], Person | None], patience: int) -> None:
        self.where = where
        self.patience = patience
        self.asked: list[float] = []
        self.scales: list[float] = []
        self._open: deque[float] = deque()
        self._polls = 0

    def submit(self, t_s: float, rgb: ByteArray, scale: float) -> None:
        assert not self._open, "one picture at a time"
        assert max(rgb.shape[:2]) <= SETTINGS.picture_side_px
        self.asked.append(t_s)
        self.scales.append(scale)
        self._open.append(t_s)
        self._polls = 0

    def answered(self) -> bool:
        self._polls += 1
        return self._polls > self.patience

    def result(self) -> tuple[Person, ...]:
        person = self.where(self._open.popleft())
        return () if person is None else (person,)


def frames(times_s: np.ndarray) -> Iterator[Frame]:
    luma = np.zeros((HEIGHT, WIDTH), np.uint8)

    def rgb(side_px: int) -> ByteArray:
        return np.zeros((side_px, side_px, 3), np.uint8)

    for index, t_s in enumerate(times_s):
        yield Frame(index, float(t_s), luma, index == 0, rgb, lambda: (luma, luma, luma))


def run(
    where: Callable[[float], Person | None], times_s: np.ndarray, patience: int = 0, settings: PoseSettings = SETTINGS
) -> tuple[list[tuple[Frame, BodyPose | None]], KnownPerson]:
    source = KnownPerson(where, patience)
    return list(locate(frames(times_s), source, PersonChooser(settings), settings)), source


def still(_: float) -> Person:
    return standing(100, 50, 900)


def walking(t_s: float) -> Person:
    return moved(standing(0, 50, 900), (150 * t_s, 0))


THIRTY_HZ = np.arange(90) / 30


@pytest.mark.parametrize("patience", [0, 3, 10**6])
@pytest.mark.parametrize("where", [still, walking, lambda _: None])
def test_every_picture_comes_out_once_and_in_order(where: Callable[[float], Person | None], patience: int) -> None:
    out, _ = run(where, THIRTY_HZ, patience)
    assert [frame.index for frame, _ in out] == list(range(90))


@pytest.mark.parametrize("patience", [0, 1, 4, 10**6])
@pytest.mark.parametrize("where", [still, walking])
def test_speed_never_changes_what_is_looked_at(where: Callable[[float], Person | None], patience: int) -> None:
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.07, 100))
    quick, slow = run(where, times_s), run(where, times_s, patience)
    assert quick[1].asked == slow[1].asked
    assert [pose is None for _, pose in quick[0]] == [pose is None for _, pose in slow[0]]


def test_a_pose_lies_with_the_picture_it_was_seen_in() -> None:
    out, source = run(walking, THIRTY_HZ, 3)
    found = [(frame.t_s, pose) for frame, pose in out if pose is not None]
    assert [t_s for t_s, _ in found] == source.asked
    for t_s, pose in found:
        assert pose is not None
        assert pose.t_s == t_s
        assert pose.legs_px[0, 0] == pytest.approx(walking(t_s).landmarks_px[23, 0])


def test_the_first_picture_and_then_one_per_interval_is_looked_at() -> None:
    _, source = run(still, THIRTY_HZ)
    np.testing.assert_allclose(source.asked, np.arange(0, 3, SETTINGS.interval_s), atol=1e-9)


def test_much_movement_is_looked_at_more_often() -> None:
    _, source = run(walking, THIRTY_HZ)
    steps_s = np.diff(source.asked)
    assert steps_s[0] == pytest.approx(SETTINGS.interval_s)
    assert steps_s[1:].max() < SETTINGS.interval_moving_s + 1 / 30 + 1e-9


def test_a_low_rate_clip_is_looked_at_in_every_picture_at_most_once() -> None:
    _, source = run(still, np.arange(10.0))
    assert source.asked == list(np.arange(10.0))


def test_pictures_are_held_back_only_up_to_the_limit() -> None:
    settings = PoseSettings(look_ahead_bytes=10_000_000)
    source = KnownPerson(still, 10**6)
    taken: list[int] = []

    def counted() -> Iterator[Frame]:
        for frame in frames(THIRTY_HZ):
            taken.append(frame.index)
            yield frame

    for frame, _ in locate(counted(), source, PersonChooser(settings), settings):
        assert (taken[-1] - frame.index) * HEIGHT * WIDTH <= settings.look_ahead_bytes


def test_the_scale_leads_back_to_the_full_picture() -> None:
    _, source = run(still, THIRTY_HZ[:1])
    assert source.scales == [pytest.approx(1000 / SETTINGS.picture_side_px)]


def test_no_pictures_is_no_poses() -> None:
    assert run(still, np.zeros(0))[0] == []
