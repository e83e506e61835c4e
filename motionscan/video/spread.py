"""A few pictures spread over a video, for a first look at what it shows."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from motionscan.records import Frame


class Video(Protocol):
    """What a ``VideoReader`` offers."""

    def __iter__(self) -> Iterator[Frame]:
        """Every picture."""

    def keyframes(self) -> Iterator[Frame]:
        """Those that can be decoded alone."""


def spread_pictures(video: Video, count: int) -> list[Frame]:
    """At most ``count`` pictures, evenly spread and in order.

    Keyframes where the video has enough of them, because they are had without decoding the rest.

    Raises:
        NoFrames: there is no picture.
    """
    found = _thinned(video.keyframes(), count)
    if len(found) < count:
        found = _thinned(video, count)
    last = len(found) - 1
    wanted = {round(number * last / max(1, count - 1)) for number in range(count)}
    return [found[place] for place in sorted(wanted)]


def _thinned(frames: Iterable[Frame], count: int) -> list[Frame]:
    """At least ``count`` of the frames, if there are so many, and fewer than twice that, evenly spread."""
    kept: list[Frame] = []
    step = 1
    for number, frame in enumerate(frames):
        if number % step:
            continue
        kept.append(frame)
        if len(kept) == 2 * count:
            kept, step = kept[::2], 2 * step
    return kept
