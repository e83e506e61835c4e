"""The window of a live run: shows what is measured and takes keys. Measuring goes on in a thread of its own."""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

import cv2

from motionscan.live import Live
from motionscan.live_parts import View
from motionscan.outputs.screen import Moment, Screen
from motionscan.outputs.summary import Summary
from motionscan.settings import Settings

TITLE: Final = "motionscan live"
_KEYS: Final = {" ": "pause", "m": "felt", "t": "touched", "r": "record", "s": "still"}
_ESCAPE: Final = 27
_WAIT_S: Final = 0.1


class Window:
    """A window on the screen; use it in a ``with`` block, on the main thread."""

    def __init__(self, settings: Settings) -> None:
        self._screen = Screen(settings.clip, settings.live)
        self._every_s = 1 / settings.live.screen_hz
        self._shown: View | None = None
        self._shown_s = 0.0
        self.note = ""

    def __enter__(self) -> Self:
        """Nothing is opened before there is a picture to show."""
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # fonts that OpenCV's wheel lacks
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        cv2.destroyAllWindows()
        cv2.waitKey(1)

    def turn(self, live: Live) -> bool:
        """Show what is new and hand over keys; False when the user wants to end. Takes about one picture's time."""
        view = live.view()
        if view is None:
            time.sleep(self._every_s)  # without a window waitKey does not wait
            return True
        if view is not self._shown:
            if self._shown is None:
                cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)
            self._shown = view
            cv2.imshow(TITLE, self._screen.drawn(self._moment(view)))
        spent_s = time.monotonic() - self._shown_s
        pressed = cv2.waitKey(max(1, round(1000 * (self._every_s - spent_s))))
        self._shown_s = time.monotonic()
        if pressed >= 0:
            key = chr(pressed & 0xFF)
            if key == "q" or pressed & 0xFF == _ESCAPE:
                return False
            if key in _KEYS:
                live.press(_KEYS[key])
            if key == "s":
                self._screen.hold_still(view.frame.t_s)
        return _is_open()

    def _moment(self, view: View) -> Moment:
        return Moment(
            t_s=view.frame.t_s,
            planes=view.frame.planes(),
            now=view.now,
            motion=view.motion,
            analysis=view.analysis,
            findings=tuple(change.finding for change in view.findings),
            marks=view.marks,
            rate_hz=view.rate_hz,
            dropped=view.dropped,
            recording=view.recording,
            paused=view.paused,
            note=self.note,
        )


def _is_open() -> bool:
    try:
        return cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1
    except cv2.error:  # where the last window has been closed, OpenCV's Qt knows of none
        return False


def watched(live: Live, window: Window | None, wanted: Callable[[], bool]) -> Summary:
    """Run ``live`` on a thread of its own until it ends, the window is closed, or it is no longer ``wanted``.

    Raises:
        MotionscanError: as ``Live.run``.
    """
    failure: list[BaseException] = []

    def run() -> None:
        try:
            live.run()
        except BaseException as error:  # noqa: BLE001 - handed over to the main thread
            failure.append(error)

    thread = threading.Thread(target=run, name="measuring")
    thread.start()
    try:
        _look_after(live, thread, window, wanted)
    finally:
        live.stop()
        thread.join()
    if failure:
        raise failure[0]
    assert live.summary is not None
    return live.summary


def _look_after(live: Live, thread: threading.Thread, window: Window | None, wanted: Callable[[], bool]) -> None:
    """Show what is measured, as long as it is wanted; then let it finish."""
    while thread.is_alive():
        live.watch_over()
        if window is None:
            thread.join(_WAIT_S)
            going_on = wanted()
        else:
            going_on = window.turn(live) and wanted()
        if not going_on:
            live.stop()
            break
    if window is not None:
        cv2.destroyAllWindows()
        cv2.waitKey(1)
    thread.join()
