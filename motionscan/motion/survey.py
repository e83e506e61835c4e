"""A first look at a whole close-up: a grid of textured points followed from the first picture on."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.motion.flow import follow, prepare, window_px
from motionscan.motion.layout import MarkedRegion
from motionscan.motion.points import best_of_cells
from motionscan.motion.shrinking import shrink_factor, shrunk
from motionscan.motion.similarity import ComplexArray, to_complex
from motionscan.records import BoolArray, ByteArray, FloatArray, Frame
from motionscan.settings import MotionSettings


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Where N points were in T pictures, in pixels of the picture as it is tracked."""

    t_s: FloatArray
    """(T,)"""
    places: ComplexArray
    """(N, T) x + iy; NaN where a point was not found."""
    texture: FloatArray
    """(N,) least eigenvalue of the structure tensor."""
    spacing_px: float
    """Side of the squares of which each has one point at most."""
    size_px: tuple[int, int]
    """Width and height of the picture."""


class Survey:
    """``push`` pictures in order; ``paths`` gives what was followed so far.

    Inside ``marked`` regions, whose pixels are ``scale`` times smaller than those tracked, the grid is finer.
    """

    def __init__(self, settings: MotionSettings, marked: tuple[MarkedRegion, ...] = (), scale: float = 1.0) -> None:
        self._settings = settings
        self._boxes = [(one.outline_px.min(axis=0) / scale, one.outline_px.max(axis=0) / scale) for one in marked]
        self._reference: ByteArray | None = None
        self._start_px: FloatArray = np.empty((0, 2))
        self._guess_px: FloatArray = np.empty((0, 2))
        self._alive: BoolArray = np.empty(0, dtype=bool)
        self._texture: FloatArray = np.empty(0)
        self._spacing_px = 0.0
        self._side_px = 0
        self._size_px = (0, 0)
        self._t_s: list[float] = []
        self._places: list[ComplexArray] = []

    def push(self, frame: Frame) -> None:
        """Follow the points into one more picture."""
        height, width = frame.luma.shape
        small = shrunk(frame.luma, shrink_factor(width, height, self._settings))
        picture = prepare(small, self._settings)
        if self._reference is None:
            self._begin(picture)
        self._follow(picture)
        self._t_s.append(frame.t_s)

    def paths(self) -> Paths:
        """Everything followed so far."""
        places = np.array(self._places, dtype=np.complex128).reshape(len(self._t_s), -1).T
        return Paths(np.array(self._t_s), places, self._texture, self._spacing_px, self._size_px)

    def _begin(self, picture: ByteArray) -> None:
        height, width = picture.shape
        self._size_px = (width, height)
        self._side_px = window_px(unit_px(width, height, self._settings), self._settings)
        self._spacing_px = max(self._settings.spacing_min_px, max(width, height) / self._settings.survey_columns)
        texture = cv2.cornerMinEigenVal(picture, max(3, self._side_px // 2 | 1))
        # what leaves the picture takes its points with it, but not before it has bent their paths
        margin = max(self._side_px // 2 + 1, round(self._settings.survey_edge * min(width, height)))
        inside = np.zeros_like(texture)
        inside[margin : height - margin, margin : width - margin] = 1
        self._start_px, self._texture = self._chosen(texture * inside)
        self._renew(picture, self._start_px, np.ones(len(self._start_px), dtype=bool))

    def _chosen(self, texture: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
        """Points of the whole picture, and finer ones in the marked boxes."""
        weak = self._settings.survey_weak_texture
        points, strength = best_of_cells(texture, self._spacing_px, self._settings, weak)
        if not self._boxes:
            return points, strength
        finest = min(float((high - low).min()) for low, high in self._boxes) / self._settings.mark_columns
        self._spacing_px = float(np.clip(finest, self._settings.spacing_min_px, self._spacing_px))
        boxed = np.zeros_like(texture)
        for low, high in self._boxes:
            left, top, right, bottom = (int(value) for value in np.maximum(0, [*low, *high]))
            boxed[top:bottom, left:right] = 1
        fine, fine_strength = best_of_cells(texture * boxed, self._spacing_px, self._settings, weak)
        column, row = points.astype(int).T
        rest = boxed[row, column] == 0
        return np.concatenate([points[rest], fine]), np.concatenate([strength[rest], fine_strength])

    def _renew(self, picture: ByteArray, places_px: FloatArray, alive: BoolArray) -> None:
        self._reference, self._alive = picture, alive
        self._start_px, self._guess_px = places_px, places_px.copy()

    def _follow(self, picture: ByteArray) -> None:
        assert self._reference is not None
        found = np.full(len(self._start_px), np.nan + 0j)
        alive = np.flatnonzero(self._alive)
        singly = list(np.arange(len(alive))[:, None])
        places, good = follow(
            self._reference,
            picture,
            self._start_px[alive],
            self._guess_px[alive],
            singly,
            self._side_px,
            self._settings,
        )
        found[alive[good]] = to_complex(places[good])
        self._places.append(found)
        if good.any():
            step = np.median(places[good] - self._guess_px[alive[good]], axis=0)
            self._guess_px[alive] = np.where(good[:, None], places, self._guess_px[alive] + step)
        if good.mean() < self._settings.min_kept_fraction if len(good) else False:
            # what is lost now stays lost; the others go on from where they are
            self._renew(picture, self._guess_px, np.isfinite(found))


def unit_px(width_px: int, height_px: int, settings: MotionSettings) -> float:
    """What stands in for the length of the shank in a close-up."""
    return settings.close_up_unit * min(width_px, height_px)
