"""Keys pressed during a run: pause, and marks that are kept with their time."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from motionscan.live_keeping import Keeper
from motionscan.outputs.summary import LiveMark, MarkKind

_MARKS: Final[dict[str, MarkKind]] = {"felt": "felt", "touched": "touched", "still": "still", "record": "recorded"}


class Keys:
    """Keys wait here until the next picture comes; other threads may press them.

    Attributes:
        marks: every mark of the run.
        paused: pictures are not measured.
        held: recording was asked for, and not ended.
    """

    def __init__(self, keeper: Keeper, tell: Callable[..., Any]) -> None:
        self._keeper = keeper
        self._tell = tell
        self._pressed: deque[str] = deque()
        self.marks: list[LiveMark] = []
        self.paused = False
        self.held = False

    def press(self, key: str) -> None:
        """Take a key: ``felt``, ``touched``, ``still``, ``record`` or ``pause``."""
        self._pressed.append(key)

    def heed(self, now_s: float) -> None:
        """Do what was asked for since the last picture."""
        while self._pressed:
            self._heed(self._pressed.popleft(), now_s)

    def _heed(self, key: str, now_s: float) -> None:
        if key == "pause":
            self.paused = not self.paused
            self._tell("paused" if self.paused else "resumed")
        elif key == "record" and self.held:
            self.held = False
            self._tell("record_end")
        elif key in _MARKS:
            self.held = self.held or key == "record"
            self._mark(LiveMark(t_s=round(now_s, 3), kind=_MARKS[key]), now_s)

    def _mark(self, mark: LiveMark, now_s: float) -> None:
        self.marks.append(mark)
        if mark.kind != "still":
            self._keeper.active("recording" if mark.kind == "recorded" else "mark", now_s, now_s)
        self._keeper.mark(mark)
        self._tell("mark", mark=mark.kind)
