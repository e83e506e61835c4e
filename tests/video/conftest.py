"""Videos made for the test at hand."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from motionscan.settings import VideoSettings

Film = Callable[..., Path]
TICKS_PER_S = 90_000
QUIET = {"libx265": {"x265-params": "log-level=none"}, "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"}}


def scene(width_px: int, height_px: int, index: int) -> np.ndarray:
    """An upright picture: bright block at the top left, dark one at the bottom left, and a clock of grey."""
    picture = np.full((height_px, width_px), 100, np.uint8)
    picture[: height_px // 4, : width_px // 4] = 220
    picture[-height_px // 4 :, : width_px // 4] = 30
    picture[height_px // 2 :, width_px // 2 :] = 60 + index % 120
    return picture


@pytest.fixture
def settings() -> VideoSettings:
    return VideoSettings()


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Return a function that writes a video and gives its path."""

    def make(
        name: str = "clip.mp4",
        *,
        codec: str = "libx264",
        pixels: str = "yuv420p",
        size: tuple[int, int] = (160, 96),
        times_s: Iterable[float] = tuple(i / 30 for i in range(30)),
        rotation: float | None = None,
        mirror: bool = False,
        quarter_turns: int = 0,
        sound: str | None = None,
        metadata: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
        container: dict[str, str] | None = None,
        transfer: int | None = None,
        rate: int = 30,
        grain: bool = False,
    ) -> Path:
        path = tmp_path / name
        with av.open("file:" + str(path), "w", container_options=container or {}) as out:
            out.metadata.update(metadata or {})
            stream = out.add_stream(codec, rate=rate, options=QUIET.get(codec, {}) | (options or {}))
            stream.width, stream.height = size if quarter_turns % 2 == 0 else size[::-1]
            stream.pix_fmt = pixels
            if name.endswith((".mp4", ".mov", ".mkv")):
                stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
            if transfer is not None:
                stream.codec_context.color_trc, stream.codec_context.color_primaries = transfer, 9
                stream.codec_context.colorspace, stream.codec_context.color_range = 9, 1
            if rotation is not None:
                stream.set_display_rotation(rotation, hflip=mirror)
            voice = out.add_stream(sound, rate=48_000, layout="mono") if sound else None
            times = list(times_s)
            ticks = round(1 / stream.codec_context.time_base) if stream.codec_context.time_base else rate
            for index, t_s in enumerate(times):
                picture = scene(*size, index)
                if grain:
                    picture += np.random.default_rng(index).integers(0, 30, picture.shape, np.uint8)
                stored = np.rot90(picture, quarter_turns)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(stored), format="gray")
                frame = frame.reformat(format=pixels, dst_color_range=1)
                frame.pts, frame.time_base = round(t_s * ticks), Fraction(1, ticks)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
            if voice is not None:
                _speak(out, voice, times[-1])
        return path

    return make


def _speak(out, voice, length_s: float) -> None:
    """A tone that starts 0.5 s into the clip."""
    t_s = np.arange(int(48_000 * length_s)) / 48_000
    tone = (8000 * np.sin(2 * np.pi * 440 * t_s) * (t_s >= 0.5)).astype(np.int16)
    for start in range(0, len(tone), 1024):
        frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        out.mux(voice.encode(frame))
    out.mux(voice.encode(None))
