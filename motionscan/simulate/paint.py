"""Textures and shaded shapes that figure and room are painted with; pixels, float32 RGB of 0..255."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.layers import Float32Array

FloatArray = NDArray[np.float64]
Rgb = tuple[float, float, float]

SHADE_EDGE = 0.62  # brightness of a round surface at its rim over that at its middle
LIGHT = np.array([-0.55, -0.83])  # the lamp hangs at the upper left


@dataclass(frozen=True, slots=True)
class Capsule:
    """A rounded bar between two points whose radius runs from one end to the other, with a belly between."""

    start: FloatArray
    end: FloatArray
    start_radius: float
    end_radius: float
    belly: float = 0.0
    """Extra radius at ``belly_at``, as of a calf."""
    belly_at: float = 0.35


@dataclass(slots=True, eq=False)
class Patch:
    """A box of the picture that is being painted; position and size are even."""

    x_px: int
    y_px: int
    rgb: Float32Array
    alpha: Float32Array

    @property
    def grid(self) -> tuple[FloatArray, FloatArray]:
        """(h, w) picture coordinates of the pixels."""
        h, w = self.alpha.shape
        y, x = np.mgrid[0:h, 0:w]
        return x + float(self.x_px), y + float(self.y_px)


def patch_around(capsules: Sequence[Capsule], margin_px: float = 4) -> Patch:
    """An empty patch that holds the shapes."""
    points = np.array([p for one in capsules for p in (one.start, one.end)])
    reach = max(max(one.start_radius, one.end_radius) + one.belly for one in capsules) + margin_px
    low = (np.floor((points.min(axis=0) - reach) / 2) * 2).astype(int)
    size = (np.ceil((points.max(axis=0) + reach - low) / 2) * 2).astype(int)
    w, h = int(size[0]), int(size[1])
    return Patch(int(low[0]), int(low[1]), np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32))


def capsule_depth(x: FloatArray, y: FloatArray, one: Capsule) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How far inside the shape each point lies (px), where across (-1..1) and where along (0..1) it lies."""
    axis = one.end - one.start
    length2 = max(float(axis @ axis), 1e-6)
    dx, dy = x - one.start[0], y - one.start[1]
    along = np.clip((dx * axis[0] + dy * axis[1]) / length2, 0, 1)
    across = (dx * -axis[1] + dy * axis[0]) / np.sqrt(length2)
    distance = np.hypot(dx - along * axis[0], dy - along * axis[1])
    belly = one.belly * np.exp(-(((along - one.belly_at) / 0.22) ** 2))
    radius = one.start_radius + (one.end_radius - one.start_radius) * along + belly
    return radius - distance, across / np.maximum(radius, 1e-6), along


def octaves(shape: tuple[int, ...], rng: np.random.Generator, layers: Sequence[tuple[float, float]]) -> Float32Array:
    """Sum of smoothed noises, each (width px, standard deviation); zero mean."""
    total = np.zeros(shape, np.float32)
    for sigma, weight in layers:
        total += weight * smooth_noise(shape, rng, sigma)
    return total


def smooth_noise(shape: tuple[int, ...], rng: np.random.Generator, sigma: float) -> Float32Array:
    """Gaussian-smoothed noise of unit standard deviation; wide ones are made small and enlarged."""
    shrink = max(1, int(sigma // 3))
    small = (max(4, shape[0] // shrink + 2), max(4, shape[1] // shrink + 2))
    noise = cv2.GaussianBlur(rng.standard_normal(small, np.float32), (0, 0), sigma / shrink)
    noise = np.asarray(noise / max(float(noise.std()), 1e-6), np.float32)
    if shrink > 1:
        noise = np.asarray(cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.ascontiguousarray(noise[: shape[0], : shape[1]], np.float32)


def fill(patch: Patch, one: Capsule, colour: Rgb | Float32Array, texture: Float32Array | float = 0.0) -> None:
    """Paint a round shaded shape over what the patch holds; ``texture`` (h, w) is a relative change."""
    x, y = patch.grid
    depth, across, _ = capsule_depth(x, y, one)
    cover = np.clip(depth + 0.5, 0, 1)
    axis = (one.end - one.start) / max(float(np.linalg.norm(one.end - one.start)), 1e-6)
    side = float(LIGHT @ np.array([-axis[1], axis[0]]))
    round_ = np.sqrt(np.clip(1 - across**2, 0, 1))
    shade = SHADE_EDGE + (1 - SHADE_EDGE) * round_ + 0.10 * side * across
    lay(patch, np.asarray(colour, np.float32) * (shade * (1 + texture))[..., None], cover)


def lay(patch: Patch, rgb: FloatArray | Float32Array, cover: FloatArray) -> None:
    """Put a colour over the patch with the given (h, w) opacity."""
    above = cover.astype(np.float32)
    total = above + patch.alpha * (1 - above)
    share = np.divide(above, total, out=np.zeros_like(above), where=total > 0)[..., None]
    patch.rgb = (patch.rgb * (1 - share) + rgb * share).astype(np.float32)
    patch.alpha = total


def darken(patch: Patch, mask: FloatArray | Float32Array, strength: float) -> None:
    """Darken (or lighten, where negative) the colours by the (h, w) mask of 0..1."""
    patch.rgb *= (1 - strength * mask[..., None]).astype(np.float32)


def strokes(patch: Patch, lines: Sequence[tuple[FloatArray, FloatArray]], width_px: float) -> Float32Array:
    """(h, w) soft mask 0..1 of straight strokes between picture points."""
    mask = np.zeros(patch.alpha.shape, np.uint8)
    shift = 4
    for start, end in lines:
        a, b = (
            tuple(round(float(v) * (1 << shift)) for v in point - [patch.x_px, patch.y_px]) for point in (start, end)
        )
        cv2.line(mask, a, b, 255, max(1, round(width_px)), cv2.LINE_AA, shift)
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(0.6, width_px / 4)), np.float32)


def blob(patch: Patch, centre: FloatArray, radii: tuple[float, float]) -> FloatArray:
    """(h, w) opacity of a sharp-edged upright ellipse."""
    x, y = patch.grid
    value = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    return np.asarray(np.clip((1 - value) * min(radii) + 0.5, 0, 1))
