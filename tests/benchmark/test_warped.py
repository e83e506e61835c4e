"""The measuring stick is measured: a moved part goes where it is said to go, and nothing else does."""

from dataclasses import dataclass

import numpy as np
import pytest

from motionscan.body import LANDMARK_INDEX, LANDMARKS, Part
from motionscan.records import FloatArray
from motionscan.simulate.layers import Canvas
from tests.benchmark.warped import SKIN_PLACE, PartWarp, heel_warp, joint_warp, skin_warp

SHAPE = (480, 640)
EXACT_PX = 0.01
PLACES = {
    "hip": (300, 60), "knee": (310, 180), "ankle": (305, 330), "heel": (290, 350), "toe": (390, 355),
}  # fmt: skip


def legs() -> FloatArray:
    """A right leg seen from its side; the left one stands to the left of it."""
    right = np.array([PLACES[name.split("_")[1]] for name in LANDMARKS], float)
    right[:5, 0] -= 190
    return right


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A picture that is known between its pixels: waves of many directions, none shorter than five pixels."""

    waves: FloatArray
    """(k, 4) size, radians a pixel along x and y, phase."""

    @classmethod
    def drawn(cls, seed: int = 0) -> "Texture":
        rng = np.random.default_rng(seed)
        length_px, way = rng.uniform(5, 30, 25), rng.uniform(0, 2 * np.pi, 25)
        turn = 2 * np.pi / length_px
        return cls(np.stack([rng.uniform(3, 9, 25), turn * np.cos(way), turn * np.sin(way), way * 7], axis=1))

    def at(self, places_px: FloatArray) -> FloatArray:
        """(n,) brightness at (n, 2) places."""
        size, along_x, along_y, phase = self.waves.T
        return np.asarray(110 + (size * np.sin(places_px[:, :1] * along_x + places_px[:, 1:] * along_y + phase)).sum(1))

    def slope(self, places_px: FloatArray) -> FloatArray:
        """(n, 2) its gradient."""
        step = np.eye(2) * 0.01
        return np.stack([(self.at(places_px + d) - self.at(places_px - d)) / 0.02 for d in step], axis=1)

    def picture(self) -> Canvas:
        y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
        luma = self.at(np.stack([x.ravel(), y.ravel()], axis=1).astype(float)).reshape(SHAPE)
        return Canvas(luma.astype(np.float32), np.full((SHAPE[0] // 2, SHAPE[1] // 2, 2), 128, np.float32))

    def misplaced_px(self, moved: Canvas, pixels: FloatArray, sources_px: FloatArray) -> FloatArray:
        """(2,) by how much a picture lies elsewhere than where each pixel should have come from."""
        x, y = pixels.astype(int).T
        wrong = moved.luma[y, x] - self.at(sources_px)
        step, *_ = np.linalg.lstsq(self.slope(sources_px), -wrong, rcond=None)
        return np.asarray(step, float)


def drawn(warp: PartWarp, rest: Canvas, size_px: float) -> Canvas:
    canvas = rest.copy()
    warp.apply(rest, canvas, size_px)
    return canvas


def grid(middle: FloatArray, half_px: int, step_px: int) -> FloatArray:
    """Whole pixels around a place."""
    ticks = np.arange(-half_px, half_px + 1, step_px)
    return np.asarray(np.rint(middle) + [(dx, dy) for dx in ticks for dy in ticks], float)


@pytest.mark.parametrize("size_px", [0.1, 0.37, 1.5, 6.0])
@pytest.mark.parametrize(("part", "ends"), [("foot", ("ankle", "toe")), ("shank", ("knee", "ankle"))])
def test_a_part_goes_as_far_as_is_said(part: Part, ends: tuple[str, str], size_px: float) -> None:
    warp, texture = joint_warp(legs(), "right", part, size_px, SHAPE), Texture.drawn()
    start, end = (legs()[LANDMARK_INDEX[f"right_{joint}"]] for joint in ends)
    middle = (start + end) / 2
    pixels = grid(middle, 9, 1)
    back = warp.moved(pixels, -size_px)  # a turn by less is undone by the turn back
    moved = drawn(warp, texture.picture(), size_px)
    assert np.abs(texture.misplaced_px(moved, pixels, back)).max() < EXACT_PX
    gone = warp.moved(middle[None], size_px)[0] - middle
    assert np.linalg.norm(gone) == pytest.approx(size_px, rel=0.01)


@pytest.mark.parametrize("size_px", [0.2, 1.0, 3.0])
def test_skin_goes_as_far_as_is_said_and_the_limb_stays(size_px: float) -> None:
    warp, texture = skin_warp(legs(), "right", "shank", SHAPE), Texture.drawn(1)
    rest = texture.picture()
    moved = drawn(warp, rest, size_px)
    x0, y0, x1, y1 = warp.box
    knee, ankle = (legs()[LANDMARK_INDEX[f"right_{joint}"]] for joint in ("knee", "ankle"))
    middle = np.round(knee + SKIN_PLACE * (ankle - knee) + size_px * warp.along)
    pixels = grid(middle, 2, 1)
    assert np.abs(texture.misplaced_px(moved, pixels, pixels - size_px * warp.along)).max() < EXACT_PX
    outside = np.ones(SHAPE, bool)
    outside[y0:y1, x0:x1] = False
    assert np.array_equal(rest.luma[outside], moved.luma[outside])


def test_nothing_changes_where_nothing_moves() -> None:
    rest = Texture.drawn(2).picture()
    for warp in (joint_warp(legs(), "right", "shank", 5, SHAPE), heel_warp(legs(), "right", 5, SHAPE)):
        still, moved = drawn(warp, rest, 0.0), drawn(warp, rest, 5.0)
        assert np.abs(still.luma - rest.luma).max() < 0.01
        other = grid((legs()[1] + legs()[2]) / 2, 20, 10)  # the other shank
        x, y = other.astype(int).T
        assert np.array_equal(moved.luma[y, x], rest.luma[y, x])


def test_the_other_foot_stays_where_it_stands_close_by() -> None:
    close = legs()
    close[:5] = close[5:] + np.array([0, 75])  # lower in the picture, as from the side
    warp, rest = joint_warp(close, "right", "foot", 8, SHAPE), Texture.drawn(4).picture()
    change = np.abs(drawn(warp, rest, 8.0).luma - rest.luma)
    theirs, own = (grid((close[toe] + close[toe - 2]) / 2, 6, 3).astype(int).T for toe in (4, 9))
    assert change[theirs[1], theirs[0]].max() < 0.5
    assert change[own[1], own[0]].mean() > 10


def test_the_joint_stays_and_the_seam_is_smooth() -> None:
    warp = joint_warp(legs(), "right", "shank", 8, SHAPE)
    x, y = warp.sources(8.0)
    height, width = warp.weight.shape
    there_y, there_x = np.mgrid[:height, :width]
    move = np.hypot(x - there_x, y - there_y)
    knee = np.round(legs()[LANDMARK_INDEX["right_knee"]] - warp.box[:2]).astype(int)
    assert move[knee[1], knee[0]] < 0.05
    assert move.max() < 2.2 * 8 * 1.3  # the toes lie further from the knee than the ankle does
    folds = (np.diff(x, axis=1) < 0.2).any() or (np.diff(y, axis=0) < 0.2).any()
    assert not folds


def test_what_would_tear_the_picture_is_made_smaller() -> None:
    warp = joint_warp(legs(), "right", "foot", 500, SHAPE)
    assert warp.largest_px < 20
