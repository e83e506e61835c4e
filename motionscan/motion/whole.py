"""Small parts followed as a whole: a plain foot of thirty pixels has an outline, but no points to hold on to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.motion.flow import Picture
from motionscan.motion.grouping import IntArray
from motionscan.motion.layout import Placement
from motionscan.motion.outline import OUTSIDE, region_labels
from motionscan.motion.similarity import ComplexArray, to_complex, to_points
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

PAD_PX: Final = 4
"""Around a part's box, so that a step to its side still sees it."""
AROUND_PX: Final = 4
"""Width of the ring that shows what lies around a part."""

FloatPicture = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """What of a part is the same for all pictures, at one blur; h x w pixels."""

    blur_px: float
    picture: FloatPicture
    """(h, w)"""
    steepest: FloatPicture
    """(3, h w) change of each pixel with a pixel's shift in x and y, and with a turn by as much."""
    hold: FloatArray
    """(3, 3) added to what holds the part, so that a trouser leg is not drawn along its own edges."""


class WholeParts:
    """The parts of one reference picture where they are too small for points of their own.

    Each is laid over the picture, outline and all, turned and shifted until it fits best (inverse compositional:
    Baker and Matthews 2004). Points of such a part slide along its edges instead.
    """

    def __init__(
        self, picture: Picture, placement: Placement, groups: Sequence[IntArray], settings: MotionSettings
    ) -> None:
        self._settings = settings
        self._groups = groups
        self._parts: dict[int, _Part] = {}
        if placement.scale_px < settings.whole_shank_px:
            enough = [number for number in placement.outlines if len(groups[number]) >= settings.min_points]
            labels = region_labels(placement.outlines, picture.luma.shape[:2])
            masks = ((n, _mask(picture.luma, labels, n, placement.scale_px, settings)) for n in enough)
            self._parts = {number: _Part(picture.even, mask, settings) for number, mask in masks if mask.any()}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._parts)

    @property
    def numbers(self) -> list[int]:
        """Which regions they are."""
        return list(self._parts)

    def found(self, picture: ByteArray, points_px: FloatArray, guess_px: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Where the points of the parts are in a picture, as each part takes them.

        Args:
            picture: (h, w) prepared picture to search.
            points_px: (N, 2) in the reference picture, of all groups.
            guess_px: (N, 2) where to start, usually where they were one picture ago.

        Returns:
            (N, 2) positions and (N,) whether each can be trusted; those of other groups are as guessed, and not.
        """
        found_px, good = guess_px.copy(), np.zeros(len(points_px), dtype=bool)
        fine = picture.astype(np.float32)
        for number, part in self._parts.items():
            members = self._groups[number]
            places, guess = (to_complex(px[members]) - part.middle for px in (points_px, guess_px))
            turn, shift, likeness = part.laid_over(fine, *_rigid(places, guess))
            found_px[members] = to_points(turn * places + shift + part.middle)
            good[members] = likeness >= self._settings.whole_likeness
        return found_px, good


class _Part:
    """One part of a reference picture; turns and shifts are about its middle, complex numbers are x + iy in pixels."""

    def __init__(self, reference: ByteArray, mask: ByteArray, settings: MotionSettings) -> None:
        x, y, width, height = cv2.boundingRect(mask)
        self._settings = settings
        self._corner = (x - PAD_PX, y - PAD_PX)
        self._size = (width + 2 * PAD_PX, height + 2 * PAD_PX)
        self._radius_px = max(width, height) / 4
        self._weight = cv2.GaussianBlur(self._cut(mask).astype(np.float32), (0, 0), 1.0).ravel()
        self._inside = self._weight > 0.5
        self.middle = complex(x + width / 2, y + height / 2)
        blurs_px = (settings.whole_coarse_px, settings.whole_fine_px)
        self._templates = [self._template(self._cut(reference), blur_px) for blur_px in blurs_px]

    def laid_over(self, picture: FloatPicture, turn: complex, shift: complex) -> tuple[complex, complex, float]:
        """Turn and shift from a guess, and how alike part and picture are there, -1 to 1."""
        coarse, fine = self._templates
        turn, shift = self._fitted(picture, coarse, turn, shift, np.inf)
        turn, shift = self._fitted(picture, fine, turn, shift, np.inf)
        turn, shift = self._fitted(picture, fine, turn, shift, self._settings.whole_outlier)
        return turn, shift, self._likeness(fine.picture, self._seen(picture, fine, turn, shift))

    def _fitted(
        self, picture: FloatPicture, template: _Template, turn: complex, shift: complex, outlier: float
    ) -> tuple[complex, complex]:
        """The best turn and shift near a guess; errors beyond ``outlier`` usual ones count less (a hand lies there)."""
        for _ in range(self._settings.whole_steps):
            error = (self._seen(picture, template, turn, shift) - template.picture).ravel()
            weight = self._weight
            if np.isfinite(outlier):
                usual = max(float(np.median(np.abs(error[self._inside]))), self._settings.whole_usual_error)
                weight = weight / (1 + (error / (outlier * usual)) ** 2)
            weighted = template.steepest * weight
            hessian = weighted @ template.steepest.T
            step = np.linalg.solve(hessian + template.hold, weighted @ error)
            # what the template would have to do is undone by the part
            back = turn * np.exp(-1j * step[2] / self._radius_px)
            turn, shift = back, shift - back * complex(step[0], step[1])
            if np.abs(step).max() < self._settings.epsilon_px:
                break
        return turn, shift

    def _template(self, piece: ByteArray, blur_px: float) -> _Template:
        picture = cv2.GaussianBlur(piece.astype(np.float32), (0, 0), blur_px)
        dx, dy = (cv2.Sobel(picture, cv2.CV_32F, *order, ksize=3, scale=1 / 8) for order in ((1, 0), (0, 1)))
        columns = np.arange(self._size[0]) + self._corner[0] - self.middle.real
        rows = (np.arange(self._size[1]) + self._corner[1] - self.middle.imag)[:, None]
        turn = (dy * columns - dx * rows) / self._radius_px
        steepest = np.stack([dx, dy, turn]).reshape(3, -1).astype(np.float32)
        best = float(np.linalg.eigvalsh((steepest * self._weight) @ steepest.T)[-1])
        return _Template(blur_px, picture, steepest, np.eye(3) * max(self._settings.whole_hold * best, 1e-3))  # type: ignore[arg-type]

    def _seen(self, picture: FloatPicture, template: _Template, turn: complex, shift: complex) -> FloatPicture:
        """The picture where the part is thought to be, turned as the template lies."""
        corner = turn * (complex(*self._corner) - self.middle) + self.middle + shift
        matrix = np.array([[turn.real, -turn.imag, corner.real], [turn.imag, turn.real, corner.imag]])
        seen: FloatPicture = cv2.GaussianBlur(self._warped(picture, matrix, cv2.INTER_LINEAR), (0, 0), template.blur_px)
        return seen

    def _cut(self, picture: ByteArray) -> ByteArray:
        """What of the reference picture lies around the part; beyond the edge it is repeated."""
        matrix = np.array([[1.0, 0, self._corner[0]], [0, 1, self._corner[1]]])
        return self._warped(picture, matrix, cv2.INTER_NEAREST)  # type: ignore[no-any-return]

    def _warped(self, picture: Any, matrix: FloatArray, how: int) -> Any:
        flags = how | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(picture, matrix, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def _likeness(self, template: FloatPicture, seen: FloatPicture) -> float:
        """Correlation of two pictures of the part."""
        weight = self._weight / self._weight.sum()
        first, second = (values.ravel() - float(weight @ values.ravel()) for values in (template, seen))
        size = float(np.sqrt((weight * first**2).sum() * (weight * second**2).sum()))
        return float((weight * first * second).sum()) / size if size > 0 else 0.0


def _mask(luma: ByteArray, labels: ByteArray, number: int, shank_px: float, settings: MotionSettings) -> ByteArray:
    """(h, w) 1 where the part with that label and its edges are, clear of its neighbours."""
    near, apart, edge = (
        _disc(share * shank_px)
        for share in (settings.whole_reach_shanks, settings.whole_apart_shanks, settings.whole_edge_shanks)
    )
    mine, others = labels == number, (labels != number) & (labels != OUTSIDE)
    beside = _grown(others, apart)
    shape = _silhouette(luma, mine & ~beside, _grown(mine, near), beside)
    return (_grown(shape, edge) & ~beside).astype(np.uint8)


def _silhouette(luma: ByteArray, inside: BoolArray, near: BoolArray, beside: BoolArray) -> BoolArray:
    """(h, w) what near a part is as bright as its inside rather than as what lies around it.

    Args:
        luma: (h, w) the picture.
        inside: (h, w) surely the part.
        near: (h, w) may be the part.
        beside: (h, w) other parts.
    """
    around = _grown(near, _disc(AROUND_PX)) & ~near & ~beside
    if not inside.any() or not around.any():
        return inside
    own, other = float(np.median(luma[inside])), float(np.median(luma[around]))
    grey = luma.astype(np.float32)
    return np.asarray(near & ~beside & (np.abs(grey - own) < np.abs(grey - other)))


def _grown(where: BoolArray, by: ByteArray) -> BoolArray:
    return np.asarray(cv2.dilate(where.astype(np.uint8), by) > 0)


def _disc(radius_px: float) -> ByteArray:
    side = 2 * round(radius_px) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))  # type: ignore[return-value]


def _rigid(places: ComplexArray, moved: ComplexArray) -> tuple[complex, complex]:
    """Turn and shift that take places to where they have moved, without scale."""
    middle, its = places.mean(), moved.mean()
    product = complex(((moved - its) * (places - middle).conj()).sum())
    turn = product / abs(product) if product else 1 + 0j
    return turn, complex(its - turn * middle)
