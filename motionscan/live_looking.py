"""Looks at the last seconds, one after another, and what they change."""

from collections.abc import Callable

from motionscan.analysis.followup import Change, FollowUp
from motionscan.live_judging import Judge
from motionscan.motion.pieces import cut
from motionscan.records import Analysis, Motion
from motionscan.settings import Settings


class Looks:
    """Has the last seconds judged now and then, and hands on every change of a finding.

    Attributes:
        judged: what was judged last, with its judgement.
        current: the open findings by their names, as they were told last.
    """

    def __init__(self, judge: Judge, settings: Settings, window_s: float, heed: Callable[[Change], None]) -> None:
        self._judge = judge
        self._every_s = settings.live.look_s
        self._window_s = window_s
        self._heed = heed
        self._follow_up = FollowUp(settings.live)
        self._asked: Motion | None = None
        self._looked_s = -float("inf")
        self.judged: tuple[Motion, Analysis] | None = None
        self.current: dict[str, Change] = {}

    def due(self, now_s: float) -> bool:
        """Whether it is time for the next look."""
        return now_s - self._looked_s >= self._every_s and not self._judge.busy

    def look(self, motion: Motion, now_s: float) -> None:
        """Have the last seconds of ``motion`` judged."""
        self._looked_s = now_s
        self._asked = cut(motion, now_s - self._window_s, float("inf"))
        self._judge.ask(self._asked)

    def take(self, wait: bool = False) -> None:
        """Take in the judgement that was asked for, if it is there."""
        analysis = self._judge.answer(wait)
        if analysis is None or self._asked is None:
            return
        self.judged = (self._asked, analysis)
        now_s = float(self._asked.t_s[-1])
        self._hand_on(self._follow_up.look(now_s, analysis.findings, analysis.events))

    def finish(self, now_s: float) -> None:
        """Close what is open: the run is over."""
        self._hand_on(self._follow_up.finish(now_s))

    def _hand_on(self, changes: list[Change]) -> None:
        for change in changes:
            if change.kind == "closed":
                self.current.pop(change.finding.id, None)
            else:
                self.current[change.finding.id] = change
            self._heed(change)
