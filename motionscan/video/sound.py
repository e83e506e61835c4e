"""Sound of the source beside the pictures of the clip, copied as it is where MP4 can hold it."""

from __future__ import annotations  # av.packet.Packet is generic to the type checker only

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from motionscan.settings import ClipSettings, VideoSettings
from motionscan.video.opening import READ_ERRORS, open_container
from motionscan.video.probe import inspect

_COPIED: Final = frozenset(("aac", "mp3", "ac3", "alac", "opus"))
_ANY_SIZE: Final = VideoSettings(max_pixels=268_000_000)
"""The size of the source's pictures was judged when they were read."""

if TYPE_CHECKING:
    _Part: TypeAlias = Packet[AudioStream] | av.AudioFrame


class Sound:
    """The first sound track of a file, delivered in step with the pictures.

    ``start_s`` and ``end_s`` are seconds from the first picture of the source; the clip begins at ``start_s``.
    Damaged sound ends early, without a word: the clip is about pictures.
    """

    def __init__(
        self, path: Path, output: OutputContainer, settings: ClipSettings, start_s: float, end_s: float
    ) -> None:
        self._origin_s = inspect(path, _ANY_SIZE).origin_s
        self._source = open_container(path)
        self._output = output
        self._start_s = start_s
        self._end_s = end_s
        self._input: AudioStream | None = None
        self._waiting: tuple[float, _Part] | None = None
        if self._source.streams.audio:
            self._input = self._source.streams.audio[0]
            self._target, self._copies = self._add_stream(self._input, settings)
            self._parts = self._packets() if self._copies else self._decoded()

    def _add_stream(self, source: AudioStream, settings: ClipSettings) -> tuple[AudioStream, bool]:
        if source.codec_context.codec.canonical_name in _COPIED:
            return self._output.add_stream_from_template(source), True
        target = self._output.add_stream("aac", rate=source.rate)
        target.layout = "mono" if source.channels == 1 else "stereo"  # some files do not name their layout
        target.bit_rate = settings.audio_bit_rate
        return target, False

    def advance(self, until_s: float) -> None:
        """Write what sounds in the clip before ``until_s``."""
        if self._input is None:
            return
        while True:
            self._waiting = self._waiting or next(self._parts, None)
            if self._waiting is None or self._waiting[0] >= min(self._start_s + until_s, self._end_s):
                return
            t_s, part = self._waiting
            self._waiting = None
            if t_s >= self._start_s:
                self._write(part, t_s - self._start_s)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._input is not None and not self._copies:
            self._output.mux(self._target.encode(None))

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _write(self, part: _Part, t_s: float) -> None:
        if isinstance(part, av.AudioFrame):
            part.pts = round(t_s * part.sample_rate)
            self._output.mux(self._target.encode(part))
            return
        assert part.time_base is not None
        delay = 0 if part.dts is None or part.pts is None else part.pts - part.dts
        part.pts = round(t_s / part.time_base)
        part.dts = part.pts - delay
        part.stream = self._target
        self._output.mux(part)

    def _packets(self) -> Iterator[tuple[float, _Part]]:
        assert self._input is not None
        with suppress(*READ_ERRORS):
            for packet in self._source.demux(self._input):
                if packet.pts is not None and packet.size and packet.time_base:
                    yield float(packet.pts * packet.time_base) - self._origin_s, packet

    def _decoded(self) -> Iterator[tuple[float, _Part]]:
        assert self._input is not None
        with suppress(*READ_ERRORS):
            for packet in self._source.demux(self._input):
                for sound in self._decode(packet):
                    if sound.pts is not None and sound.time_base:
                        sound_s = float(sound.pts * sound.time_base) - self._origin_s
                        yield sound_s, sound

    def _decode(self, packet: Packet[AudioStream]) -> list[av.AudioFrame]:
        with suppress(*READ_ERRORS):
            return packet.decode()
        return []
