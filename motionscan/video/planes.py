"""Pixels out of a decoded picture: luma without a scaler, the other planes and RGB when asked."""

from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, ColorTrc
from numpy.typing import NDArray

from motionscan.records import ByteArray
from motionscan.video.hdr import planes_to_sdr, rgb_to_sdr

_PACKED_LUMA: Final = frozenset(("gray", "nv12", "nv21", "nv16", "nv24"))
_HIGH_BITS: Final = {"p010le": 16, "p210le": 16, "p410le": 16, "p012le": 16, "p016le": 16}
"""Formats whose samples fill a 16-bit word from the top."""
_YUV420: Final = ("yuv420p", "yuvj420p")
HDR_TRANSFERS: Final = {int(ColorTrc.SMPTE2084): "pq", int(ColorTrc.ARIB_STD_B67): "hlg"}


def luma(picture: av.VideoFrame) -> ByteArray:
    """The brightness plane as stored, (h, w) uint8 in its own range; a read-only view where possible.

    Rows may be padded. Deeper samples are scaled to 8 bits.
    """
    name = picture.format.name
    if _is_8bit_planar(name):
        return _view(picture, 0)
    bits = _HIGH_BITS.get(name) or _planar_bits(name)
    if bits is None:
        return _view(picture.reformat(format="yuv420p"), 0)
    words = _rows(picture, 0, np.dtype("<u2"))
    # cv2 scales, rounds and saturates in one pass
    return np.asarray(cv2.convertScaleAbs(words, alpha=2.0 ** (8 - bits)), np.uint8)


def yuv420(picture: av.VideoFrame) -> tuple[ByteArray, ByteArray, ByteArray]:
    """Views of Y (h, w), U and V (ceil(h/2), ceil(w/2)), 8 bits, HDR brought to SDR; not to be written to."""
    if picture.format.name not in _YUV420:
        picture = picture.reformat(format="yuv420p")
    y, u, v = (_view(picture, index) for index in range(3))
    transfer = HDR_TRANSFERS.get(picture.color_trc)
    if transfer is None:
        return y, u, v
    return planes_to_sdr(y, u, v, transfer, picture.color_range == ColorRange.JPEG)


def rgb(picture: av.VideoFrame, max_side_px: int) -> ByteArray:
    """(h, w, 3) uint8 RGB copy as stored, long side at most ``max_side_px``; HDR brought to SDR."""
    scale = min(1.0, max_side_px / max(picture.width, picture.height))
    small = picture.reformat(
        width=max(1, round(picture.width * scale)),
        height=max(1, round(picture.height * scale)),
        format="rgb24",
    )
    pixels = np.asarray(small.to_ndarray(), np.uint8)
    transfer = HDR_TRANSFERS.get(picture.color_trc)
    return pixels if transfer is None else rgb_to_sdr(pixels, transfer)


def _is_8bit_planar(name: str) -> bool:
    return name in _PACKED_LUMA or (name.startswith(("yuv4", "yuvj4", "yuva4")) and name.endswith("p"))


def _planar_bits(name: str) -> int | None:
    """Bits of the samples of a planar little-endian format such as ``yuv420p10le``, None for others."""
    if not (name.endswith("le") and name.startswith(("yuv4", "gray"))):
        return None
    digits = name.removesuffix("le").removeprefix("gray").rpartition("p")[2]
    return int(digits) if digits.isdigit() else None


def _view(picture: av.VideoFrame, index: int) -> ByteArray:
    return _rows(picture, index, np.dtype(np.uint8))


def _rows(picture: av.VideoFrame, index: int, sample: np.dtype[Any]) -> NDArray[Any]:
    """A read-only (h, w) view: the decoder still predicts from this memory."""
    plane = picture.planes[index]
    words = plane.line_size // sample.itemsize
    rows: NDArray[Any] = np.frombuffer(plane, sample, count=words * plane.height)  # type: ignore[call-overload]
    rows = rows.reshape(plane.height, words)[:, : plane.width]
    rows.flags.writeable = False
    return rows
