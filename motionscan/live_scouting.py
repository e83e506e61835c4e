"""Looking for legs in a few pictures on the side, while measuring goes on."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Final, NoReturn, Self

import numpy as np

from motionscan.body import Source
from motionscan.errors import PoseError
from motionscan.pose.source import Person
from motionscan.pose.worker import PoseWorker
from motionscan.records import Frame
from motionscan.scout import look_at
from motionscan.settings import Settings

_SCOUT_EVERY_S: Final = 1.0


@contextmanager
def closing_worker(worker: PoseWorker) -> Iterator[None]:
    """End a worker that was started elsewhere."""
    with ExitStack() as stack:
        stack.push(worker)
        yield


class Scout:
    """Looks for legs in a few pictures on a thread of its own, while measuring goes on; use it in a ``with`` block."""

    def __init__(
        self, finder: Callable[[Source], AbstractContextManager[PoseWorker]], settings: Settings, waits: bool
    ) -> None:
        self._finder = finder
        self._waits = waits
        self._settings = settings
        self._kept: deque[Frame] = deque(maxlen=settings.live.scout_pictures)
        self._thread: threading.Thread | None = None
        self._found: Source | None = None
        self._unwanted = threading.Event()

    def __enter__(self) -> Self:
        """Nothing happens before pictures are kept."""
        return self

    def __exit__(self, *_: object) -> None:
        """End a look that goes on."""
        self._unwanted.set()
        if self._thread is not None:
            self._thread.join()

    def keep(self, frame: Frame) -> None:
        """Keep a small copy of a picture now and then."""
        if self._thread is None and (not self._kept or frame.t_s - self._kept[-1].t_s >= _SCOUT_EVERY_S):
            rgb = frame.rgb(self._settings.pose.picture_side_px)
            blank = np.broadcast_to(np.uint8(0), frame.luma.shape)
            self._kept.append(replace(frame, luma=blank, rgb=lambda _: rgb, planes=_no_planes))

    def finished(self, ways: tuple[Source, ...]) -> bool:
        """Whether enough pictures were looked at in these ways; begins to look once there are enough."""
        if self._thread is None:
            if len(self._kept) == self._kept.maxlen:
                self._thread = threading.Thread(target=self._look, args=(ways,), name="scout", daemon=True)
                self._thread.start()
            if self._thread is None or not self._waits:
                return False
            self._thread.join()
        return not self._thread.is_alive()

    def take(self) -> Source | None:
        """The first way that found legs; the next pictures are looked at anew."""
        self._thread = None
        self._kept.clear()
        return self._found

    def _look(self, ways: tuple[Source, ...]) -> None:
        limits = {"pose": self._settings.legs.pose_share, "legs": self._settings.legs.legs_share}
        self._found = None
        frames = list(self._kept)
        for way in ways:
            try:
                with self._finder(way) as finder:
                    poses = look_at(frames, _Interrupted(finder, self._unwanted), self._settings)
            except PoseError as error:
                logging.getLogger(__name__).warning("looking for legs failed: %s", error)
                return
            found = len(poses) - poses.count(None)
            if found > 0 and found >= limits[way] * len(frames):
                self._found = way
                return


class _Interrupted:
    """A ``PoseSource`` that sees nobody any more once its answers are unwanted."""

    def __init__(self, finder: PoseWorker, unwanted: threading.Event) -> None:
        self._finder = finder
        self._unwanted = unwanted
        self.submit = finder.submit
        self.answered = finder.answered

    def result(self) -> tuple[Person, ...]:
        return () if self._unwanted.is_set() else self._finder.result()


def _no_planes() -> NoReturn:
    raise ValueError("a picture kept for a look has no planes")
