"""How much of a file is decoded at most; nothing is believed of what its header declares."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import av

from motionscan.errors import TooMuch
from motionscan.settings import VideoSettings
from motionscan.video.opening import shown_name


class Meter:
    """Counts what was decoded of one file in one pass."""

    def __init__(self, path: Path, settings: VideoSettings) -> None:
        """Begin at zero."""
        self._name = shown_name(path)
        self._settings = settings
        self._frames = 0
        self._bytes = 0

    def counted(self, pictures: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The same pictures, as long as number, bytes and the time for each stay within the limits.

        Raises:
            TooMuch: they do not.
        """
        source = iter(pictures)
        while True:
            start_s = time.monotonic()
            picture = next(source, None)
            self._judge_wait(time.monotonic() - start_s)
            if picture is None:
                return
            self._count(picture)
            yield picture

    def judge_length(self, length_s: float) -> None:
        """Refuse what goes on for too long.

        Raises:
            TooMuch: it does.
        """
        limit_s = self._settings.max_duration_s
        if length_s > limit_s:
            raise TooMuch(
                f"{self._name}: goes on for more than {limit_s:g} s; choose a part with --start and --end, "
                "or raise video.max_duration_s in the settings"
            )

    def _judge_wait(self, wait_s: float) -> None:
        limit_s = self._settings.max_frame_s
        if wait_s > limit_s:
            raise TooMuch(
                f"{self._name}: one picture took {wait_s:.0f} s to decode, more than {limit_s:g} s; "
                "convert it to H.264 .mp4, or raise video.max_frame_s in the settings"
            )

    def _count(self, picture: av.VideoFrame) -> None:
        self._frames += 1
        self._bytes += sum(plane.buffer_size for plane in picture.planes)
        settings = self._settings
        for count, limit, words, name in (
            (self._frames, settings.max_frames, "pictures", "max_frames"),
            (self._bytes, settings.max_decoded_bytes, "bytes of pictures", "max_decoded_bytes"),
        ):
            if count > limit:
                raise TooMuch(
                    f"{self._name}: holds more than {limit} {words}; choose a part with --start and --end, "
                    f"or raise video.{name} in the settings"
                )
