"""The path of the hand that holds the camera, as maps of picture positions over continuous time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.scenario import Camera

FloatArray = NDArray[np.float64]

DRIFT_BAND_HZ = (0.08, 1.4)
TREMOR_BAND_HZ = (8.0, 12.0)
WAVES = 7
TREMOR_ROLL_SHARE = 0.05  # of the roll is tremor


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
    """Sums of sinusoids; each row of the tables is amplitude, frequency and phase."""

    x: FloatArray
    y: FloatArray
    roll: FloatArray
    middle_px: FloatArray
    parallax: float

    def person_map(self, t_s: float) -> FloatArray:
        """(2, 3) map of the person's positions into the picture at ``t_s``; identity at time zero."""
        return self._map(t_s, 1.0)

    def background_map(self, t_s: float) -> FloatArray:
        """(2, 3) the same for what stands behind."""
        return self._map(t_s, 1.0 - self.parallax)

    def _map(self, t_s: float, share: float) -> FloatArray:
        x, y, roll = (_sum(waves, t_s) - _sum(waves, 0.0) for waves in (self.x, self.y, self.roll))
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        offset = self.middle_px - turn @ self.middle_px + share * np.array([x, y])
        return np.column_stack([turn, offset])


def camera_path(camera: Camera, width_px: int, height_px: int, rng: np.random.Generator) -> CameraPath:
    """A path drawn with ``rng``; a steady camera gives the identity throughout."""
    roll = np.deg2rad(camera.roll_deg)
    tables = [
        np.concatenate([_waves(rng, slow, DRIFT_BAND_HZ), _waves(rng, fast, TREMOR_BAND_HZ)])
        for slow, fast in (
            (camera.drift_px, camera.tremor_px),
            (camera.drift_px, camera.tremor_px),
            (roll, roll * TREMOR_ROLL_SHARE),
        )
    ]
    middle = np.array([width_px, height_px]) / 2 - 0.5
    return CameraPath(tables[0], tables[1], tables[2], middle, camera.parallax)


def _waves(rng: np.random.Generator, deviation: float, band_hz: tuple[float, float]) -> FloatArray:
    low, high = np.log(band_hz)
    frequency = np.exp(rng.uniform(low, high, WAVES))
    weight = rng.uniform(0.5, 1, WAVES) / np.sqrt(frequency)
    size = deviation * np.sqrt(2) * weight / np.sqrt((weight**2).sum())
    return np.stack([size, frequency, rng.uniform(0, 2 * np.pi, WAVES)], axis=1)


def _sum(waves: FloatArray, t_s: float) -> float:
    size, frequency, phase = waves.T
    return float((size * np.sin(2 * np.pi * frequency * t_s + phase)).sum())
