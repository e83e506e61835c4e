"""Decodes packet by packet, so that damage costs its packets and not the rest of the file."""

from __future__ import annotations  # av.packet.Packet is generic to the type checker only

from collections.abc import Iterator

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from motionscan.video.opening import READ_ERRORS


class Pictures:
    """The pictures of one stream from where the container stands, in presentation order.

    Attributes:
        bad_packets: packets that could not be read or decoded, so far.
        packets: packets read, so far.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, max_read_errors: int) -> None:
        self._container = container
        self._stream = stream
        self._max_read_errors = max_read_errors
        self.bad_packets = 0
        self.packets = 0
        self.last_error: Exception | None = None

    def __iter__(self) -> Iterator[av.VideoFrame]:
        """Read to the end; pictures known to be damaged are left out and counted."""
        for packet in self._read():
            for picture in self._decode(packet):
                if picture.is_corrupt:
                    self.bad_packets += 1
                else:
                    yield picture

    def _read(self) -> Iterator[Packet[VideoStream] | None]:
        """Yield packets, then None, which empties the decoder."""
        errors_in_a_row = 0
        source = self._container.demux(self._stream)
        while errors_in_a_row < self._max_read_errors:
            try:
                packet = next(source, None)
            except READ_ERRORS as error:
                self._count(error)
                errors_in_a_row += 1
                source = self._container.demux(self._stream)
                continue
            if packet is None or not packet.size:
                break
            errors_in_a_row = 0
            self.packets += 1
            yield packet
        yield None

    def _decode(self, packet: Packet[VideoStream] | None) -> list[av.VideoFrame]:
        try:
            return self._stream.codec_context.decode(packet)
        except READ_ERRORS as error:
            self._count(error)
            return []

    def _count(self, error: Exception) -> None:
        self.bad_packets += 1
        self.last_error = error
