"""Pictures as they come: from a camera, a stream or a file at its own speed, on a thread of their own."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from motionscan.errors import CameraError, InputError
from motionscan.records import Frame
from motionscan.settings import LiveSettings

Told = Callable[[str, str], None]
"""Is told what happened, ``("lost", "camera 0: ...")``, from the capturing thread."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a source says of itself once it is open."""

    width_px: int
    height_px: int
    rate_hz: float | None
    codec: str


class PictureSource(Protocol):
    """Something that gives pictures; used by one thread."""

    name: str
    """As it may be shown and written down: no folder, no password."""
    waits: bool
    """It gives the next picture when asked, so none is ever dropped."""
    own_clock: bool
    """Its times are those of a recording, not of the run's clock."""
    patience_s: float | None
    """How long it may be gone before the run ends; None: for ever."""

    def open(self) -> Opened:
        """Get ready.

        Raises:
            CameraError: not now; it may be tried again.
            InputError: never.
        """

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        """Each picture with its time on ``clock``, until the source ends.

        Raises:
            CameraError: it was lost; it may be opened again.
        """

    def close(self) -> None:
        """Let go; may be called at any time, also twice."""


class Capture:
    """Reads a source on its own thread and hands out the newest pictures; use it in a ``with`` block.

    Attributes:
        dropped: pictures that came faster than they were taken.
        taken: pictures handed out.
        reconnects: times that the source was found again.
        opened: what the source said last.
        connected: pictures are expected to come.
    """

    def __init__(self, source: PictureSource, settings: LiveSettings, told: Told) -> None:
        self._source = source
        self._settings = settings
        self._told = told
        self._waiting: deque[tuple[Frame, Opened]] = deque()
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._ended = False
        self._error: InputError | None = None
        self._start_s = time.monotonic()
        self._arrived_s = time.monotonic()
        self._recent: deque[float] = deque(maxlen=120)
        self.dropped = 0
        self.taken = 0
        self.reconnects = 0
        self.opened: Opened | None = None
        self.connected = False
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def __enter__(self) -> "Capture":
        """Start reading; the clock begins."""
        self._start_s = self._arrived_s = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading and let go of the source."""
        self.stop()
        self._thread.join(self._settings.stall_s)
        self._source.close()

    def stop(self) -> None:
        """End the pictures; those that wait are still handed out."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()

    def clock(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._start_s

    @property
    def rate_hz(self) -> float | None:
        """Measured rate of the pictures that came last; None before there are enough."""
        times = list(self._recent)
        if len(times) < 2 or times[-1] <= times[0]:
            return None
        return (len(times) - 1) / (times[-1] - times[0])

    @property
    def silent_s(self) -> float:
        """For how long no picture has come."""
        return time.monotonic() - self._arrived_s

    def frames(self) -> Iterator[tuple[Frame, Opened]]:
        """The pictures, newest wins, until the source has ended or ``stop`` was called.

        Raises:
            InputError: the source can never be used.
        """
        while True:
            with self._changed:
                while not self._waiting and not self._ended and not self._stop.is_set():
                    self._changed.wait(self._settings.stall_s)
                if not self._waiting:
                    if self._error is not None:
                        raise self._error
                    return
                item = self._waiting.popleft()
                self._changed.notify_all()
            self.taken += 1
            yield item

    # ------------------------------------------------------------ the capturing thread
    def _run(self) -> None:
        try:
            self._read_until_end()
        except InputError as error:
            self._error = error
        finally:
            self.connected = False
            self._source.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _read_until_end(self) -> None:
        pause_s, lost_s, said = self._settings.first_pause_s, None, ""
        while not self._stop.is_set():
            before = len(self._recent)
            try:
                self._read_once(lost_s is not None and self.opened is not None)
                return
            except CameraError as error:
                self.connected = False
                self._source.close()
                now_s = time.monotonic()
                if self._arrived_after(before, lost_s):
                    pause_s, lost_s, said = self._settings.first_pause_s, None, ""
                lost_s = now_s if lost_s is None else lost_s
                if str(error) != said:
                    said = str(error)
                    self._told("lost", said)
                if self._source.patience_s is not None and now_s - lost_s > self._source.patience_s:
                    if self.opened is None:
                        raise
                    self._told("gone", f"{self._source.name}: gone for {now_s - lost_s:.0f} s; taken as its end")
                    return
            self._stop.wait(pause_s)
            pause_s = min(2 * pause_s, self._settings.longest_pause_s)

    def _arrived_after(self, before: int, lost_s: float | None) -> bool:
        """Whether pictures have come since the source was lost."""
        return len(self._recent) != before or (lost_s is not None and self._arrived_s > lost_s)

    def _read_once(self, again: bool) -> None:
        opened = self._source.open()
        for frame in self._source.pictures(self.clock):
            if self._stop.is_set():
                return
            size = (frame.luma.shape[1], frame.luma.shape[0])
            if size != (opened.width_px, opened.height_px):
                opened = Opened(*size, opened.rate_hz, opened.codec)
            if self.opened is None or again:
                self.reconnects += again
                self._told("found" if again else "open", self._open_words(opened, again))
                again = False
            elif size != (self.opened.width_px, self.opened.height_px):
                self._told("resized", f"{self._source.name}: pictures are now {size[0]} x {size[1]}")
            self.opened, self.connected = opened, True
            self._put(frame, opened)

    def _open_words(self, opened: Opened, again: bool) -> str:
        rate = f" at {opened.rate_hz:.0f} Hz" if opened.rate_hz else ""
        how = "back" if again else "open"
        return f"{self._source.name}: {how}, {opened.width_px} x {opened.height_px}{rate}"

    def _put(self, frame: Frame, opened: Opened) -> None:
        self._recent.append(frame.t_s)
        self._arrived_s = time.monotonic()
        with self._changed:
            while self._source.waits and len(self._waiting) >= self._settings.queue and not self._stop.is_set():
                self._changed.wait(0.1)
            if len(self._waiting) >= self._settings.queue:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append((frame, opened))
            self._changed.notify_all()
