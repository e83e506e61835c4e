"""Where heads are in every picture of a video, from looks at some of them.

A head seen at two looks goes straight from one place to the other; one that is lost stays covered where it was, and
one that appears is covered from the look before. Which pictures are looked at depends on their times alone.
"""

import math
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from motionscan.pose.source import TakesPictures, show
from motionscan.records import Frame, Head
from motionscan.settings import FaceSettings


class HeadSource(TakesPictures, Protocol):
    """What ``HeadWorker`` offers: every ``submit`` is followed by one ``heads``."""

    def heads(self) -> tuple[Head, ...]:
        """The heads in it."""


def with_heads(
    frames: Iterable[Frame], source: HeadSource, settings: FaceSettings
) -> Generator[tuple[Frame, tuple[Head, ...]]]:
    """Every frame in order with the heads to cover in it; frames come out up to two looks late.

    What lies before one look is handed out while the next picture is looked at.

    Raises:
        PoseError: the source stopped working.
    """
    course = _Course(settings)
    held: list[Frame] = []
    covered: list[tuple[Frame, tuple[Head, ...]]] = []
    due_s = -math.inf
    for frame, is_last in _with_last(frames):
        held.append(frame)
        if frame.t_s < due_s and len(held) < settings.held_pictures and not is_last:
            continue
        show(frame, source, settings.picture_side_px)
        yield from covered
        course.look(frame.t_s, source.heads())
        due_s = frame.t_s + (settings.interval_moving_s if course.moving else settings.interval_s)
        covered = [(one, course.at(one.t_s)) for one in held]
        held = []
    yield from covered


def _with_last(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Every frame, and whether it is the last one."""
    waiting: Frame | None = None
    for frame in frames:
        if waiting is not None:
            yield waiting, False
        waiting = frame
    if waiting is not None:
        yield waiting, True


class _Course:
    """The last look and the one before, and heads that were lost since."""

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self._from_s, self._to_s = -math.inf, -math.inf
        self._paths: list[tuple[Head, Head]] = []
        self._seen: list[tuple[Head, float]] = []
        """Heads to carry on, with the time at which each was seen last."""

    def look(self, t_s: float, heads: tuple[Head, ...]) -> None:
        """Take the heads seen at a time later than the last one."""
        lost = [(head, seen_s) for head, seen_s in self._seen if t_s - seen_s <= self._settings.hold_s]
        self._from_s, self._to_s = self._to_s, t_s
        self._paths = []
        for head in heads:
            before = min(lost, key=lambda one: _apart(one[0], head), default=None)
            if before is not None and _apart(before[0], head) <= self._settings.same_radii * head.radius_px:
                lost.remove(before)
                self._paths.append((before[0], head))
            else:
                self._paths.append((head, head))
        self._paths += [(head, head) for head, _ in lost]
        self._seen = [(head, t_s) for head in heads] + lost

    @property
    def moving(self) -> bool:
        """Whether a head has moved much since the look before."""
        limit = self._settings.moving_radii
        return any(_apart(first, second) > limit * second.radius_px for first, second in self._paths)

    def at(self, t_s: float) -> tuple[Head, ...]:
        """The heads at a time between the last two looks, larger where they move."""
        span_s = self._to_s - self._from_s
        share = (t_s - self._from_s) / span_s if 0 < span_s < math.inf else 1.0
        return tuple(_between(first, second, share, self._settings.moving_growth) for first, second in self._paths)


def _apart(one: Head, other: Head) -> float:
    return math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)


def _between(first: Head, second: Head, share: float, growth: float) -> Head:
    x_px = first.x_px + share * (second.x_px - first.x_px)
    y_px = first.y_px + share * (second.y_px - first.y_px)
    radius_px = max(first.radius_px, second.radius_px) + growth * _apart(first, second)
    return Head(x_px, y_px, radius_px, first.sure or second.sure)
