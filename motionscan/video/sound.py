"""Sound of the source beside the pictures of the clip, encoded anew: damaged sound cannot stop the clip then."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from motionscan.settings import ClipSettings, VideoSettings
from motionscan.video.opening import READ_ERRORS, open_container
from motionscan.video.probe import inspect

_ANY_SIZE: Final = VideoSettings(max_pixels=268_000_000)
"""The size of the source's pictures was judged when they were read."""
_OVERLAP_S: Final = 0.005
"""What two pieces of sound may overlap: containers round times to 0.001 s, and the encoder's pieces last 0.01 s."""


class Sound:
    """The first sound track of a file, delivered in step with the pictures.

    ``start_s`` and ``end_s`` are seconds from the first picture of the source; the clip begins at ``start_s``.
    Damaged sound is left out, without a word: the clip is about pictures. It is decoded for that, also where MP4
    could hold it as it is: the muxer refuses some damaged packets, and the clip with them.
    """

    def __init__(
        self, path: Path, output: OutputContainer, settings: ClipSettings, start_s: float, end_s: float
    ) -> None:
        self._origin_s = inspect(path, _ANY_SIZE).origin_s
        self._source = open_container(path)
        self._output = output
        self._start_s = start_s
        self._end_s = end_s
        self._waiting: tuple[float, av.AudioFrame] | None = None
        self._target: AudioStream | None = None
        if self._source.streams.audio:
            track = self._source.streams.audio[0]
            self._target = output.add_stream("aac", rate=track.rate)
            self._target.layout = "mono" if track.channels == 1 else "stereo"  # some files do not name their layout
            self._target.bit_rate = settings.audio_bit_rate
            self._parts = _in_order(self._decoded(track))

    def advance(self, until_s: float) -> None:
        """Write what sounds in the clip before ``until_s``."""
        if self._target is None:
            return
        while True:
            self._waiting = self._waiting or next(self._parts, None)
            if self._waiting is None or self._waiting[0] >= min(self._start_s + until_s, self._end_s):
                return
            t_s, part = self._waiting
            self._waiting = None
            if t_s >= self._start_s:
                part.pts = round((t_s - self._start_s) * part.sample_rate)
                part.time_base = Fraction(1, part.sample_rate)
                self._output.mux(self._target.encode(part))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._target is not None:
            self._output.mux(self._target.encode(None))

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _decoded(self, track: AudioStream) -> Iterator[tuple[float, av.AudioFrame]]:
        """Pieces of sound with their seconds from the first picture; what cannot be decoded is left out."""
        with suppress(*READ_ERRORS):
            for packet in self._source.demux(track):
                with suppress(*READ_ERRORS):
                    for part in packet.decode():
                        if part.pts is not None and part.time_base:
                            yield float(part.pts * part.time_base) - self._origin_s, part


def _in_order(parts: Iterator[tuple[float, av.AudioFrame]]) -> Iterator[tuple[float, av.AudioFrame]]:
    """Leave out what a damaged packet makes of itself: another kind of sound, or sound that was over already."""
    kind: tuple[Any, ...] | None = None
    over_s = -float("inf")
    for t_s, part in parts:
        its_kind = part.format.name, part.layout.name, part.sample_rate
        kind = kind or its_kind
        if its_kind == kind and t_s >= over_s - _OVERLAP_S:
            over_s = t_s + part.samples / part.sample_rate
            yield t_s, part
