"""High dynamic range brought to what every screen shows: reference white becomes white, what is brighter is cut.

Curves of ITU-R BT.2100 (PQ, HLG) and BT.709; reference white after ITU-R BT.2408. Primaries are left alone.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.records import ByteArray, FloatArray

_WHITE_PQ_NITS: Final = 203.0
_WHITE_HLG_SIGNAL: Final = 0.75
_LIMITED: Final = (16.0, 219.0)
_FULL: Final = (0.0, 255.0)


def rgb_to_sdr(picture: ByteArray, transfer: str) -> ByteArray:
    """(h, w, 3) uint8 full-range R'G'B' in the given transfer ("pq", "hlg") as SDR."""
    return np.asarray(cv2.LUT(picture, _table(transfer, _FULL)[0]), np.uint8)


def planes_to_sdr(
    y: ByteArray, u: ByteArray, v: ByteArray, transfer: str, full_range: bool
) -> tuple[ByteArray, ByteArray, ByteArray]:
    """New 8-bit 4:2:0 planes in SDR; colour differences grow with the slope of the curve where they are."""
    values, slopes = _table(transfer, _FULL if full_range else _LIMITED)
    gain = cv2.LUT(np.ascontiguousarray(y[::2, ::2]), slopes)
    return np.asarray(cv2.LUT(y, values), np.uint8), _amplified(u, gain), _amplified(v, gain)


def _amplified(chroma: ByteArray, gain: cv2.typing.MatLike) -> ByteArray:
    codes = (chroma.astype(np.float32) - 128) * gain + 128
    return np.asarray(cv2.convertScaleAbs(np.maximum(codes, 0)), np.uint8)


@lru_cache
def _table(transfer: str, span: tuple[float, float]) -> tuple[ByteArray, NDArray[np.float32]]:
    """For each of 256 codes its SDR code (uint8) and the slope of the curve there (float32)."""
    low, width = span
    codes = np.arange(256)
    sdr = low + width * _curve(np.clip((codes - low) / width, 0, 1), transfer)
    slopes = np.gradient(sdr)
    return np.rint(sdr).astype(np.uint8), slopes.astype(np.float32)


def _curve(signal: FloatArray, transfer: str) -> FloatArray:
    """SDR signal 0..1 for an HDR signal 0..1."""
    light = _pq_light(signal) if transfer == "pq" else _hlg_light(signal)
    light = np.clip(light, 0, 1)
    dark = light < 0.018
    return np.where(dark, 4.5 * light, 1.099 * light**0.45 - 0.099)


def _pq_light(signal: FloatArray) -> FloatArray:
    power = signal ** (32 / 2523)
    nits = 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (16384 / 2610)
    return nits / _WHITE_PQ_NITS


def _hlg_light(signal: FloatArray) -> FloatArray:
    def scene(value: FloatArray) -> FloatArray:
        return np.where(value <= 0.5, value**2 / 3, (np.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12)

    return scene(signal) / scene(np.array(_WHITE_HLG_SIGNAL))
