"""Cameras that do what a test wants."""

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from motionscan.errors import CameraError
from motionscan.records import ByteArray, Frame
from motionscan.video.camera import Opened
from motionscan.video.sources import frame_of_bgr


def picture(index: int, size: tuple[int, int] = (64, 48)) -> ByteArray:
    """(h, w, 3) noise that moves on."""
    return np.random.default_rng(index % 50).integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)


class Act:
    """One connection of a camera: so many pictures, then it is lost, or ends."""

    def __init__(
        self,
        count: int,
        *,
        size: tuple[int, int] = (64, 48),
        refused: str = "",
        then: str = "lost",
        pause_s: float = 0.0,
    ) -> None:
        self.count = count
        self.size = size
        self.refused = refused
        self.then = then
        self.pause_s = pause_s


class ScriptedCamera:
    """A camera that plays one ``Act`` after another; every one is a connection of its own."""

    own_clock = False

    def __init__(self, acts: Sequence[Act], *, waits: bool = False, patience_s: float | None = None) -> None:
        self.name = "camera 7"
        self.waits = waits
        self.patience_s = patience_s
        self.closed = 0
        self.opened = 0
        self._acts = list(acts)
        self._index = 0

    def open(self) -> Opened:
        self.opened += 1
        self._act = self._acts.pop(0) if self._acts else Act(0, refused="camera 7: is gone")
        if self._act.refused:
            raise CameraError(self._act.refused)
        return Opened(*self._act.size, 30.0, "double")

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        for _ in range(self._act.count):
            time.sleep(self._act.pause_s)
            yield frame_of_bgr(picture(self._index, self._act.size), self._index, clock())
            self._index += 1
        if self._act.then == "lost":
            raise CameraError("camera 7: was unplugged")

    def close(self) -> None:
        self.closed += 1
