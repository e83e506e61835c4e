"""The phone's sensor: when pictures are taken, and what noise and light do to them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.layers import NEUTRAL_COLOUR, Canvas, Float32Array
from motionscan.simulate.scenario import Capture

FloatArray = NDArray[np.float64]
ByteArray = NDArray[np.uint8]

JITTER_LIMIT = 0.35  # of an interval: frames never swap
POOL = 3
POOL_MARGIN_PX = 128
NOISE_GRAIN_PX = 0.6  # phones smooth their noise a little
COLOUR_NOISE_SHARE = 0.5
LOW_LIGHT_BRIGHTNESS = 0.90  # the longer exposure makes up for most of the missing light
LOW_LIGHT_NOISE = 2.0
MIDDLE_GREY = 110.0
BLACK_LUMA = 16.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One stored picture: the time it is shown at and the time its content was taken at."""

    shown_s: float
    taken_s: float
    dark: bool


def shots(capture: Capture, duration_s: float, rng: np.random.Generator) -> list[Shot]:
    """Every stored picture in order; the first is at zero."""
    shown = _regular(capture, duration_s)
    step = np.append(np.diff(shown), 1 / capture.rate_hz)
    jitter = rng.normal(0, capture.jitter_ms / 1000, shown.size)
    shown = shown + np.clip(jitter, -JITTER_LIMIT * step, JITTER_LIMIT * step)
    shown -= shown[0]
    kept = shown[(rng.uniform(size=shown.size) >= capture.drop_share) | (np.arange(shown.size) == 0)]
    taken = kept
    if capture.duplicated_from_hz:
        taken = np.floor(kept * capture.duplicated_from_hz + 1e-6) / capture.duplicated_from_hz
    low = np.inf if capture.low_light_at_s is None else capture.low_light_at_s
    return [Shot(float(a), float(b), bool(b >= low)) for a, b in zip(kept, taken, strict=True)]


def _regular(capture: Capture, duration_s: float) -> FloatArray:
    if capture.low_light_at_s is None:
        return np.arange(round(duration_s * capture.rate_hz)) / capture.rate_hz
    first = np.arange(0, capture.low_light_at_s, 1 / capture.rate_hz)
    start = first[-1] + 1 / capture.rate_hz
    return np.concatenate([first, np.arange(start, duration_s, 1 / capture.low_light_rate_hz)])


class Sensor:
    """Turns composed pictures into bytes."""

    def __init__(self, capture: Capture, scene: Canvas, rng: np.random.Generator) -> None:
        self.capture = capture
        self.rng = rng
        height, width = scene.luma.shape
        self.rows_s = np.arange(height) / height * capture.readout_s
        self.luma_pool = _pool(height, width, 1, rng)
        self.chroma_pool = _pool(height // 2, width // 2, 2, rng)
        # shot noise grows with the root of the light; the picture at rest tells where it is bright
        light = cv2.GaussianBlur(scene.luma, (0, 0), 4) - BLACK_LUMA
        self.gain = np.sqrt(np.clip(light, 20, None) / MIDDLE_GREY).astype(np.float32) * capture.noise_levels
        self.work = np.empty_like(scene.luma)

    def expose(self, picture: Canvas, shot: Shot) -> tuple[ByteArray, ByteArray]:
        """(h, w) brightness and (h/2, w/2, 2) colour as bytes; the canvas is used up."""
        self._light(picture, shot)
        if not self.capture.noise_levels:
            return _bytes(picture.luma), _bytes(picture.chroma)
        strength = LOW_LIGHT_NOISE if shot.dark else 1.0
        cv2.multiply(self._draw(self.luma_pool, picture.luma.shape), self.gain, dst=self.work, scale=strength)
        luma = cv2.add(picture.luma, self.work, dtype=cv2.CV_8U)
        scale = strength * COLOUR_NOISE_SHARE * self.capture.noise_levels
        noise = self._draw(self.chroma_pool, picture.chroma.shape) * np.float32(scale)
        return np.asarray(luma, np.uint8), _bytes(picture.chroma + noise)

    def _light(self, picture: Canvas, shot: Shot) -> None:
        level = self.capture.brightness * (LOW_LIGHT_BRIGHTNESS if shot.dark else 1.0)
        rows = np.full(self.rows_s.size, level)
        if self.capture.flicker_mains_hz:
            beat = 2 * np.pi * 2 * self.capture.flicker_mains_hz * (shot.taken_s + self.rows_s)
            rows *= 1 + self.capture.flicker_depth * np.sin(beat)
        if np.all(rows == 1):
            return
        gain = rows.astype(np.float32)[:, None]
        picture.luma -= np.float32(BLACK_LUMA)
        picture.luma *= gain
        picture.luma += np.float32(BLACK_LUMA)
        picture.chroma -= np.float32(NEUTRAL_COLOUR)
        picture.chroma *= gain[::2, :, None]
        picture.chroma += np.float32(NEUTRAL_COLOUR)

    def _draw(self, pool: list[Float32Array], shape: tuple[int, ...]) -> Float32Array:
        field = pool[int(self.rng.integers(len(pool)))]
        top, left = (int(self.rng.integers(0, field.shape[axis] - shape[axis] + 1)) for axis in (0, 1))
        return field[top : top + shape[0], left : left + shape[1]]


def _pool(height: int, width: int, channels: int, rng: np.random.Generator) -> list[Float32Array]:
    shape = (height + POOL_MARGIN_PX, width + POOL_MARGIN_PX, channels)
    return [_grain(rng.standard_normal(shape, np.float32)) for _ in range(POOL)]


def _grain(noise: Float32Array) -> Float32Array:
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), NOISE_GRAIN_PX), np.float32)
    return np.asarray(soft / soft.std(), np.float32)


def _bytes(picture: Float32Array) -> ByteArray:
    rounded = np.rint(picture)
    return np.asarray(np.clip(rounded, 0, 255).astype(np.uint8))
