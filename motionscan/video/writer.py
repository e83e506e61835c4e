"""Writes pictures and their exact times to an MP4 that plays in browsers and on phones."""

from __future__ import annotations  # av.packet.Packet is generic to the type checker only

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from motionscan.errors import OutputError
from motionscan.records import ByteArray
from motionscan.settings import ClipSettings
from motionscan.video.encoders import Encoder, choose_encoder
from motionscan.video.opening import shown_name
from motionscan.video.probe import Colour
from motionscan.video.sound import Sound

_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class VideoWriter:
    """An MP4 in the making; the first picture stands at zero. Nothing stays when it is left by an error.

    The picture is padded to an even size by repeating its last column and row. Nothing of the source's
    metadata is copied.

    Args:
        path: file to write; its folder exists.
        width_px, height_px: size of the Y plane, odd sizes allowed.
        rate_hint_hz: about how many pictures a second will come, None when unknown; their times decide.
        audio_from: video whose sound is added.
        audio_start_s, audio_end_s: ``Frame.t_s`` of the first picture written, and where sound ends.
        colour: how the planes are to be read (``VideoReader.colour``).
        encoder: name of one of ``encoders.ENCODERS`` instead of the best one.

    Raises:
        OutputError: on any call, when the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        width_px: int,
        height_px: int,
        settings: ClipSettings,
        rate_hint_hz: float | None,
        audio_from: Path | None,
        audio_start_s: float = 0.0,
        audio_end_s: float | None = None,
        *,
        colour: Colour | None = None,
        encoder: str | None = None,
    ) -> None:
        self._path = path
        self._shape = (height_px, width_px)
        self._zero_s: float | None = None
        self._last_s = -math.inf
        self._last_pts = -1
        self._held: Packet[VideoStream] | None = None
        self._sound: Sound | None = None
        self._encoder = choose_encoder(encoder)
        rate_hz = rate_hint_hz or settings.usual_rate_hz
        self._interval_s = 1 / rate_hz
        with self._failing():
            self._output = _open_output(path, self._encoder)
            self._stream = self._add_pictures(settings, rate_hz, colour)
            if audio_from is not None:
                end_s = math.inf if audio_end_s is None else audio_end_s
                self._sound = Sound(audio_from, self._output, settings, audio_start_s, end_s)
            self._output.start_encoding()

    def _add_pictures(self, settings: ClipSettings, rate_hz: float, colour: Colour | None) -> VideoStream:
        rate = Fraction(rate_hz).limit_denominator(1001)
        stream = self._output.add_stream(self._encoder.name, rate=rate, options=self._encoder.options(settings))
        assert isinstance(stream, VideoStream)
        height_px, width_px = self._shape
        stream.width, stream.height = width_px + width_px % 2, height_px + height_px % 2
        stream.pix_fmt = "yuv420p"
        stream.thread_type = "AUTO"
        context = stream.codec_context
        context.time_base = Fraction(1, self._encoder.ticks_per_s)
        context.gop_size = max(1, round(settings.keyframe_interval_s * rate_hz))
        if colour is not None:
            context.color_range, context.colorspace = colour.range, colour.matrix
            context.color_primaries, context.color_trc = colour.primaries, colour.transfer
        return stream

    def write(self, y: ByteArray, u: ByteArray, v: ByteArray, t_s: float) -> None:
        """Add one picture; the arrays are free again on return.

        Args:
            y: (height_px, width_px) uint8; u, v: (ceil(height_px / 2), ceil(width_px / 2)) uint8.
            t_s: its time in seconds, larger than the one before.
        """
        if y.shape != self._shape:
            raise ValueError(f"picture of shape {y.shape} for a clip of {self._shape}")
        if self._zero_s is None:
            self._zero_s = t_s
        pts = round((t_s - self._zero_s) * self._encoder.ticks_per_s)
        if pts <= self._last_pts:
            raise ValueError(f"time {t_s} s does not follow {self._last_s} s")
        if self._last_pts >= 0:
            self._interval_s = t_s - self._last_s
        self._last_pts, self._last_s = pts, t_s
        with self._failing():
            self._mux(self._stream.encode(self._picture(y, u, v, pts)))
            if self._sound is not None:
                self._sound.advance(t_s - self._zero_s)

    def _picture(self, y: ByteArray, u: ByteArray, v: ByteArray, pts: int) -> av.VideoFrame:
        picture = av.VideoFrame(self._stream.width, self._stream.height, "yuv420p")
        for plane, pixels in zip(picture.planes, (y, u, v), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[call-overload]
            height_px, width_px = pixels.shape
            rows[:height_px, :width_px] = pixels
            rows[:height_px, width_px : plane.width] = pixels[:, -1:]
            rows[height_px:] = rows[height_px - 1]
        picture.pts = pts
        picture.time_base = Fraction(1, self._encoder.ticks_per_s)
        return picture

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        """Write packets, one behind: the last one must be told how long it lasts."""
        for packet in packets:
            if self._held is not None:
                self._output.mux(self._held)
            self._held = packet

    def __enter__(self) -> Self:
        """Hand out the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file, or remove it when there was an error."""
        if kind is None:
            self.close()
        else:
            self._abandon()

    def close(self) -> None:
        """Write what is pending and finish the file."""
        with self._failing():
            if self._zero_s is not None:
                self._finish(self._zero_s)
            self._output.close()
        if self._sound is not None:
            self._sound.close()

    def _finish(self, zero_s: float) -> None:
        self._mux(self._stream.encode(None))
        if self._held is not None:
            self._held.duration = round(self._interval_s * self._encoder.ticks_per_s)
            self._output.mux(self._held)
            self._held = None
        if self._sound is not None:
            self._sound.advance(self._last_s - zero_s + self._interval_s)
            self._sound.finish()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turn errors of the file system and the encoder into ours and leave no half file behind."""
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            self._abandon()
            raise OutputError(_cure(self._path, error)) from error

    def _abandon(self) -> None:
        for part in (self._sound, getattr(self, "_output", None)):
            if part is not None:
                with suppress(av.FFmpegError, OSError):  # what failed once may fail again on closing
                    part.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _open_output(path: Path, encoder: Encoder) -> OutputContainer:
    return av.open(
        "file:" + str(path.absolute()),
        "w",
        format="mp4",
        container_options={"movflags": "+faststart", "video_track_timescale": str(encoder.ticks_per_s)},
    )


def _cure(path: Path, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in _FULL:
        cause = "the disk is full; free some space"
    elif code in (errno.EACCES, errno.EPERM, errno.EROFS):
        cause = "no permission to write there; give yourself permission"
    elif code == errno.ENOENT:
        cause = "the folder does not exist; create it"
    else:
        cause = f"it cannot be written ({error.__class__.__name__}); free some space"
    return f"{shown_name(path)}: {cause} or choose another folder with -o"
