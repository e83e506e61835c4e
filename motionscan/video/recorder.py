"""Records what a camera shows, beginning before it was asked to: the last seconds wait in memory, encoded.

The files are fragmented MP4: whatever was written plays, also when the program was killed in between.
"""

import errno
import io
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream

from motionscan.records import Frame
from motionscan.settings import ClipSettings, LiveSettings
from motionscan.video.encoders import choose_encoder

_TICKS_PER_S: Final = 60_000
"""Fits every encoder, MPEG-4's 16 bits too."""
_FRAGMENTED: Final = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "video_track_timescale": str(_TICKS_PER_S),
}
_WAITING: Final = 15
"""Pictures that may wait for the encoder, half a second and 20 MB of 720p; then measuring waits for it."""


class _Encoded(NamedTuple):
    data: bytes
    pts: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording that has ended."""

    path: Path
    start_s: float
    end_s: float
    """Times of its first and last picture."""
    count: int
    error: str | None
    """Why it ends early, None when it does not."""


class Recorder:
    """Encodes every picture of one size on its own thread; use it in a ``with`` block.

    ``push`` pictures in order. ``start`` begins a file with what is still in memory from ``since_s`` on (from the
    keyframe before it), ``stop`` ends it and tells ``ended`` from the recorder's thread.
    """

    def __init__(
        self,
        size: tuple[int, int],
        rate_hz: float | None,
        keep_s: float,
        clip: ClipSettings,
        live: LiveSettings,
        ended: Callable[[Recorded], None],
    ) -> None:
        self._size = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        self._rate_hz = rate_hz or clip.usual_rate_hz
        self._keep_ticks = round((keep_s + live.keyframe_s) * _TICKS_PER_S)
        self._keyframe_ticks = round(live.keyframe_s * _TICKS_PER_S)
        self._clip = clip
        self._ended = ended
        self._line: queue.Queue[Frame | Callable[[], None] | None] = queue.Queue(_WAITING)
        self._ring: deque[_Encoded] = deque()
        self._last_pts = -1
        self._key_pts: int | None = None
        self._file: _File | None = None
        self._failed: str | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def __enter__(self) -> Self:
        """Start encoding."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the recording in hand, and the thread."""
        self.stop()
        self._line.put(None)
        self._thread.join()

    def push(self, frame: Frame) -> None:
        """Take the next picture; waits while too many wait already."""
        self._line.put(frame)

    def start(self, path: Path, since_s: float) -> None:
        """Begin a file, in a folder that exists; one that is being written is ended first."""
        self._line.put(lambda: self._begin(path, round(since_s * _TICKS_PER_S)))

    def stop(self) -> None:
        """End the file, if there is one."""
        self._line.put(self._end)

    # ------------------------------------------------------------ the recorder's thread
    def _run(self) -> None:
        while (item := self._line.get()) is not None:
            try:
                if isinstance(item, Frame):
                    self._encode(item)
                else:
                    item()
            except (av.FFmpegError, OSError, ValueError) as error:
                if self._file is None:
                    self._say_once(error)
                else:
                    self._end(_words(error))

    def _say_once(self, error: Exception) -> None:
        if self._failed != str(error):
            self._failed = str(error)
            logging.getLogger(__name__).warning("recording failed: %s", error)

    def _encode(self, frame: Frame) -> None:
        if self._last_pts < 0:
            self._open_encoder()
        pts = round(frame.t_s * _TICKS_PER_S)
        if pts <= self._last_pts:
            return
        self._last_pts = pts
        picture = _picture(frame, self._size)
        picture.pts, picture.time_base = pts, Fraction(1, _TICKS_PER_S)
        if self._key_pts is None or pts - self._key_pts >= self._keyframe_ticks:
            picture.pict_type = av.video.frame.PictureType.I
        for packet in self._stream.encode(picture):
            assert packet.pts is not None
            self._keep(_Encoded(bytes(packet), packet.pts, packet.is_keyframe))

    def _open_encoder(self) -> None:
        encoder = choose_encoder()
        options = encoder.options(self._clip)
        if encoder.name == "libx264":
            options |= {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "scenecut": "0"}
        # a container that nothing is written to: an encoder that fits MP4 is had no other way
        self._holder = av.open(io.BytesIO(), "w", format="mp4", container_options=_FRAGMENTED)
        stream = self._holder.add_stream(
            encoder.name, rate=Fraction(self._rate_hz).limit_denominator(1001), options=options
        )
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        stream.codec_context.gop_size = 10 * round(self._rate_hz)  # keyframes are asked for, by time
        stream.thread_type = "SLICE"
        self._holder.start_encoding()
        self._stream = stream

    def _keep(self, encoded: _Encoded) -> None:
        if encoded.keyframe:
            self._key_pts = encoded.pts
        self._ring.append(encoded)
        self._drop_old(encoded.pts - self._keep_ticks)
        if self._file is not None:
            self._file.write(encoded)

    def _drop_old(self, before: int) -> None:
        """Drop whole groups of pictures that end before that time."""
        keys = [place for place, encoded in enumerate(self._ring) if encoded.keyframe and encoded.pts <= before]
        for _ in range(keys[-1] if keys else 0):
            self._ring.popleft()

    def _begin(self, path: Path, since: int) -> None:
        self._end()
        if self._last_pts < 0:
            self._open_encoder()
            self._last_pts = 0
        keys = [place for place, encoded in enumerate(self._ring) if encoded.keyframe]
        first = max((place for place in keys if self._ring[place].pts <= since), default=keys[0] if keys else 0)
        self._file = _File(path, self._stream, 1 / self._rate_hz)
        for encoded in list(self._ring)[first:]:
            self._file.write(encoded)

    def _end(self, error: str | None = None) -> None:
        file, self._file = self._file, None
        if file is not None:
            self._ended(file.close(error))


class _File:
    """A fragmented MP4 in the making."""

    def __init__(self, path: Path, stream: VideoStream, interval_s: float) -> None:
        self._path = path
        self._interval = round(interval_s * _TICKS_PER_S)
        self._held: _Encoded | None = None
        self._first: int | None = None
        self._written = 0
        self._last = 0
        options = _FRAGMENTED | {"flush_packets": "1"}
        self._output: OutputContainer = av.open(
            "file:" + str(path.absolute()), "w", format="mp4", container_options=options
        )
        self._stream = self._output.add_stream_from_template(stream)

    def write(self, encoded: _Encoded) -> None:
        """Write one behind, because each must be told how long it lasts."""
        held, self._held = self._held, encoded
        if held is not None:
            self._mux(held, encoded.pts - held.pts)

    def _mux(self, encoded: _Encoded, duration: int) -> None:
        if self._first is None:
            self._first = encoded.pts
        packet = av.Packet(encoded.data)
        packet.stream = self._stream
        packet.time_base = Fraction(1, _TICKS_PER_S)
        packet.pts = packet.dts = encoded.pts - self._first
        packet.duration, packet.is_keyframe = duration, encoded.keyframe
        self._output.mux(packet)
        self._written += 1
        self._last = encoded.pts

    def close(self, error: str | None) -> Recorded:
        """Write what is held and finish; what cannot be written any more is left out."""
        try:
            if self._held is not None and error is None:
                self._mux(self._held, self._interval)
        except (av.FFmpegError, OSError) as late:
            error = _words(late)
        try:
            self._output.close()
        except (av.FFmpegError, OSError) as late:
            error = error or _words(late)
        with suppress(OSError):
            if error is not None and not self._written:
                self._path.unlink(missing_ok=True)
        first = self._first or 0
        return Recorded(self._path, first / _TICKS_PER_S, self._last / _TICKS_PER_S, self._written, error)


def _picture(frame: Frame, size: tuple[int, int]) -> av.VideoFrame:
    picture = av.VideoFrame(*size, "yuv420p")
    for plane, pixels in zip(picture.planes, frame.planes(), strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[call-overload]
        height, width = pixels.shape
        rows[:height, :width] = pixels
        rows[:height, width : plane.width] = pixels[:, -1:]
        rows[height:] = rows[height - 1]
    return picture


def _words(error: Exception) -> str:
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "the disk is full" if full else f"it cannot be written ({error.__class__.__name__})"
