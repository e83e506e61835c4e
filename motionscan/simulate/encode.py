"""Writes the pictures as a phone would: H.264 or HEVC in mp4, true timestamps, rotation flag in the header."""

import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.scenario import Capture

ByteArray = NDArray[np.uint8]

TICKS_PER_S = 90_000
PRESET = {"h264": "superfast", "hevc": "ultrafast"}
ENCODER = {"h264": "libx264", "hevc": "libx265"}
AUDIO_RATE_HZ = 48_000
BT709 = 1
LIMITED_RANGE = 1
# where the display matrix lies in a track header box of version 0 and 1, and its 16.16 and 2.30 numbers
_MATRIX_OFFSET = {0: 48, 1: 60}
_ONE, _FAR = 1 << 16, 1 << 30
_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def encode(
    path: Path, capture: Capture, pictures: Iterable[tuple[float, ByteArray, ByteArray]], duration_s: float
) -> None:
    """Write upright pictures, each with its time in s, brightness (h, w) and colour (h/2, w/2, 2)."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = _video_stream(container, capture)
        sound = container.add_stream("aac", rate=AUDIO_RATE_HZ) if capture.audio else None
        for time_s, luma, chroma in pictures:
            frame = _frame(luma, chroma, capture.rotation_deg)
            frame.pts, frame.time_base = round(time_s * TICKS_PER_S), Fraction(1, TICKS_PER_S)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            _silence(container, sound, duration_s)
    if capture.rotation_deg:
        set_rotation(path, capture.rotation_deg)


def set_rotation(path: Path, rotation_deg: int) -> None:
    """Tell players to turn the picture clockwise: rewrite the display matrix of the first (video) track."""
    data = bytearray(path.read_bytes())
    box = data.index(b"tkhd", data.index(b"moov")) - 4
    at = box + _MATRIX_OFFSET[data[box + 8]]
    a, b, c, d = (value * _ONE for value in _TURNS[rotation_deg])
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, _FAR)
    path.write_bytes(data)


def _video_stream(container: Any, capture: Capture) -> Any:
    stream = container.add_stream(ENCODER[capture.codec], rate=Fraction(capture.rate_hz).limit_denominator(1001))
    turned = capture.rotation_deg in (90, 270)
    size = (capture.height_px, capture.width_px) if turned else (capture.width_px, capture.height_px)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = int(capture.bit_rate_mbps * 1e6)
    context = stream.codec_context
    context.time_base = Fraction(1, TICKS_PER_S)
    context.gop_size = round(capture.rate_hz)
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED_RANGE
    stream.options = {"preset": PRESET[capture.codec], "bf": "0", "x265-params": "log-level=none:bframes=0"}
    if capture.codec == "h264":
        del stream.options["x265-params"]
    return stream


def _frame(luma: ByteArray, chroma: ByteArray, rotation_deg: int) -> Any:
    # stored turned the other way, so that the flag turns it back
    turns = rotation_deg // 90
    planes = [np.rot90(plane, turns) for plane in (luma, chroma[..., 0], chroma[..., 1])]
    height, width = planes[0].shape
    packed = np.concatenate([np.ascontiguousarray(plane).ravel() for plane in planes])
    frame = av.VideoFrame.from_ndarray(packed.reshape(height * 3 // 2, width), format="yuv420p")
    frame.colorspace, frame.color_range = BT709, LIMITED_RANGE
    return frame


def _silence(container: Any, sound: Any, duration_s: float) -> None:
    size = 1024
    for index in range(int(duration_s * AUDIO_RATE_HZ / size)):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, size), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = AUDIO_RATE_HZ, index * size
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))
