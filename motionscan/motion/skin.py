"""Movement of the skin itself: every pixel of a part against the reference picture, once the part's own is removed.

A part is cut out along its axis. In small windows of the cut the change of brightness is explained by a shift of the
window, by least squares over all its pixels (Lucas and Kanade 1981); a point has only its few, and the best textured
points lie on edges that stay where they are when the skin between them moves. Windows are longer along the limb,
as bundles of muscle are.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.motion.layout import Axis, lattice_px
from motionscan.motion.similarity import ComplexArray, masked_median, to_complex
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

Float32Array = NDArray[np.float32]

SCALES: Final = (0.25, 0.5, 1.0)
"""Sizes of the cut, coarse to fine, at which large displacements are looked for."""


class SkinField:
    """The skin of one part in one reference picture.

    Attributes:
        middles: (P,) where the patches lie in that picture, along the part and then across, x + iy.
        variance: (P,) of the displacement of a patch (one axis) that pixel noise of one grey level makes; NaN where
            there is too little texture to measure a displacement.
    """

    def __init__(
        self,
        picture: ByteArray,
        mine: ByteArray,
        axis: Axis,
        grid: tuple[int, int],
        shank_px: float,
        settings: MotionSettings,
    ) -> None:
        """Cut the part out of its reference picture.

        Args:
            picture: (h, w) uint8, as it is tracked.
            mine: (h, w) uint8, not 0 where the part is seen.
            axis: where the part lies.
            grid: patches along and across.
            shank_px: unit of the other lengths.
            settings: thresholds.
        """
        self._settings = settings
        self._grid = grid
        # a part that is seen end-on has its patches nearer to each other than one tells from the next
        pitch_px = abs(axis.far - axis.near) / grid[0]
        self._stride = int(np.clip(np.ceil(settings.skin_pitch_shanks * shank_px / pitch_px), 1, max(1, grid[0] // 2)))
        self._reach_px = settings.skin_reach_shanks * shank_px
        self._levels = [_Level(picture, mine, axis, grid, shank_px, scale, settings) for scale in SCALES]
        self._direction = (axis.far - axis.near) / abs(axis.far - axis.near)
        self.middles: ComplexArray = to_complex(lattice_px(axis, grid))
        fine = self._levels[-1]
        usable = fine.strongest_texture >= settings.skin_min_texture
        usable &= np.arange(len(self.middles)) // grid[1] % self._stride == 0
        self.variance: FloatArray = np.where(usable, fine.variance, np.nan)

    def read(self, picture: ByteArray, turn: complex, shift: complex) -> ComplexArray:
        """(P,) how far each patch moved beyond the part, which took every place z to ``turn * z + shift``.

        In the axes of the reference picture; NaN outside the picture, where texture is missing, and where
        a patch moved further than skin can.
        """
        fine = self._levels[-1]
        moved = fine.improved(picture, turn, shift, np.zeros((len(self.middles), 2)))
        if np.hypot(*moved.T).max(initial=0.0) > self._settings.skin_linear_px:
            stepwise = self._found_stepwise(picture, turn, shift)
            old, new = (fine.misfit(picture, turn, shift, one) for one in (moved, stepwise))
            better = (new < self._settings.skin_explained * old) & self._is_smooth(stepwise)
            better &= self._is_foreshown(stepwise, moved)
            moved = np.where(better[:, None], stepwise, moved)
        place = turn * self.middles + shift
        height, width = picture.shape
        outside = (place.real < 0) | (place.imag < 0) | (place.real >= width) | (place.imag >= height)
        slipped = np.hypot(*moved.T) > self._reach_px
        known = np.isfinite(self.variance) & ~outside & ~slipped
        return np.where(known, (moved[:, 0] + 1j * moved[:, 1]) * self._direction, complex(np.nan, np.nan))

    def _is_smooth(self, moved_px: FloatArray) -> BoolArray:
        """(P,) whether a patch goes no further than those around it make likely: skin is soft, a slip is alone."""
        along, across = self._grid
        size = np.full((along + 2 * self._stride, across + 2), np.nan)
        size[self._stride : -self._stride, 1:-1] = np.hypot(*moved_px.T).reshape(self._grid)
        around = np.stack(
            [
                size[self._stride * (1 + i) : self._stride * (1 + i) + along, 1 + j : 1 + j + across]
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
                if i or j
            ],
            axis=-1,
        )
        usual_px = masked_median(around, np.isfinite(around))
        limit_px = self._settings.skin_linear_px + self._settings.skin_softness * usual_px
        return np.asarray(np.hypot(*moved_px.T) <= limit_px.ravel())

    def _is_foreshown(self, stepwise_px: FloatArray, first_px: FloatArray) -> BoolArray:
        """(P,) whether one step in the fine picture goes the same way: what only the search finds is a chance likeness.

        A true displacement shows half and more of itself in one step, or at least what one step can find; what
        compression makes of flat cloth shows a fifth (simulated people, 540 and 1080 lines).
        """
        far_px = np.hypot(*stepwise_px.T)
        along_px = (first_px * stepwise_px).sum(axis=1) / np.maximum(far_px, 1e-9)
        needed_px = np.minimum(self._settings.skin_foreshown * far_px, self._settings.skin_linear_px)
        return np.asarray(along_px >= needed_px)

    def _found_stepwise(self, picture: ByteArray, turn: complex, shift: complex) -> FloatArray:
        moved = np.zeros((len(self.middles), 2))
        for level in self._levels:
            for _ in range(self._settings.skin_steps):
                moved = level.improved(picture, turn, shift, moved)
        return moved


class _Level:
    """The cut at one size, and what turns its change of brightness into displacement."""

    def __init__(
        self,
        picture: ByteArray,
        mine: ByteArray,
        axis: Axis,
        grid: tuple[int, int],
        shank_px: float,
        scale: float,
        settings: MotionSettings,
    ) -> None:
        length_px = abs(axis.far - axis.near)
        self._grid = grid
        self._scale = scale
        self._step = (axis.far - axis.near) / length_px / scale
        size = (length_px * scale, 2 * axis.half_width_px * scale)
        self._size = (max(grid[0], round(size[0])), max(grid[1], round(size[1])))
        # the middle of pixel 0 lies half a pixel inside
        self._origin = axis.near + self._step * (0.5 + 0.5j - 1j * size[1] / 2)
        along_px = min(settings.skin_window_along_shanks * shank_px, settings.skin_window_part_share * length_px)
        widths_px = (along_px, settings.skin_window_across_shanks * shank_px)
        self._windows = [
            _windows(length, count, width_px * scale)
            for length, count, width_px in zip(self._size, grid, widths_px, strict=True)
        ]
        self._columns, self._rows = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in self._size))
        self._cut = self._cut_out(picture, 1 + 0j, 0j)
        self._seen = (self._cut_out(mine, 1 + 0j, 0j) > 0).astype(np.float32)
        smooth = cv2.GaussianBlur(self._cut, (0, 0), settings.skin_blur_px)
        slopes = [cv2.Sobel(smooth, cv2.CV_32F, *order, scale=1 / 8) * self._seen for order in ((1, 0), (0, 1))]
        self._weights = np.stack([self._seen, *slopes])
        self._prior = (settings.skin_noise_levels / settings.skin_usual_px) ** 2
        self._solve()

    def _solve(self) -> None:
        seen, x, y = self._weights
        area, *slopes, xx, xy, yy = self._sums(np.stack([seen, x, y, x * x, x * y, y * y])).T
        area = np.maximum(area, 1e-6)
        self._mean = np.stack(slopes, axis=1) / area[:, None]
        about_zero = np.array([[xx, xy], [xy, yy]]).transpose(2, 0, 1)
        # a change of light in the whole window is no movement: slopes count from their mean
        texture = about_zero - area[:, None, None] * self._mean[:, :, None] * self._mean[:, None, :]
        self.strongest_texture: FloatArray = np.asarray(np.linalg.eigvalsh(texture)[:, -1], dtype=np.float64)
        self._inverse = np.linalg.inv(texture + self._prior * np.eye(2))
        # the sum of the squares of a Gaussian's weights is half the sum of its weights
        spread = self._inverse @ (texture / 2) @ self._inverse
        self.variance: FloatArray = np.asarray(np.einsum("pii->p", spread), dtype=np.float64) / 2 / self._scale**2

    def _sums(self, values: Float32Array) -> FloatArray:
        """(P, K) weighted sums over the windows of K pictures, (K, rows, columns)."""
        along, across = self._windows
        sums = np.matmul(np.matmul(across, values), along.T)
        return np.asarray(sums.transpose(2, 1, 0).reshape(-1, len(values)), dtype=np.float64)

    def _cut_out(self, picture: ByteArray, turn: complex, shift: complex) -> ByteArray:
        start, step = turn * self._origin + shift, turn * self._step
        mapping = np.array([[step.real, -step.imag, start.real], [step.imag, step.real, start.imag]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(picture, mapping, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]

    def _bent_cut(self, picture: ByteArray, turn: complex, shift: complex, moved: FloatArray) -> ByteArray:
        """The cut whose patches, (P, 2) in cut pixels, have been put back where they were."""
        field = [
            cv2.resize(part.reshape(self._grid).T.astype(np.float32), self._size, interpolation=cv2.INTER_LINEAR)
            for part in moved.T
        ]
        x, y = self._columns + field[0], self._rows + field[1]
        start, step = turn * self._origin + shift, turn * self._step
        map_x = np.float32(step.real) * x - np.float32(step.imag) * y + np.float32(start.real)
        map_y = np.float32(step.imag) * x + np.float32(step.real) * y + np.float32(start.imag)
        return cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]

    def misfit(self, picture: ByteArray, turn: complex, shift: complex, moved_px: FloatArray) -> FloatArray:
        """(P,) sum of squares of what a displacement leaves unexplained."""
        cut = self._bent_cut(picture, turn, shift, moved_px * self._scale)
        change = cv2.subtract(cut, self._cut, dtype=cv2.CV_32F) * self._seen
        return self._sums(np.asarray(change * change, dtype=np.float32)[None])[:, 0]

    def improved(self, picture: ByteArray, turn: complex, shift: complex, moved_px: FloatArray) -> FloatArray:
        """(P, 2) a better estimate than ``moved_px``, along and across, in pixels of the reference picture."""
        moved = moved_px * self._scale
        cut = self._bent_cut(picture, turn, shift, moved) if moved.any() else self._cut_out(picture, turn, shift)
        change = cv2.subtract(cut, self._cut, dtype=cv2.CV_32F)
        sums = self._sums(np.asarray(change * self._weights, dtype=np.float32))
        pull = sums[:, 1:] - self._mean * sums[:, :1]
        step = -(self._inverse @ (pull + self._prior * moved)[:, :, None])[:, :, 0]
        return np.asarray((moved + step) / self._scale)


def _windows(length: int, count: int, width_px: float) -> Float32Array:
    """(count, length) Gaussian windows at even distances."""
    middle = (np.arange(count) + 0.5) / count * length - 0.5
    away = (np.arange(length) - middle[:, None]) / max(width_px, 1.0)
    return np.exp(-0.5 * away**2).astype(np.float32)
