"""Which pictures are looked at for a pose, while decoding goes on.

Which ones depends on times and poses alone, never on how fast anything ran: the first picture, then always the
first one at least an interval later. The interval is short while the legs move much.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from motionscan.body import JOINTS
from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import shank_px
from motionscan.pose.source import PoseSource, show
from motionscan.records import BodyPose, Frame
from motionscan.settings import PoseSettings


def locate(
    frames: Iterable[Frame], source: PoseSource, chooser: PersonChooser, settings: PoseSettings
) -> Iterator[tuple[Frame, BodyPose | None]]:
    """Every frame in order, with its pose where it was looked at and legs were found, else with None.

    Frames come out ``settings.backlog`` pictures late, so that a pose is known when its frame is due; while it is
    still awaited more are held back, at most ``settings.look_ahead_bytes`` of them.

    Raises:
        PoseError: the source stopped working.
    """
    line = _Line(source, chooser, settings)
    for frame in frames:
        line.append(frame)
        yield from line.finished(wait=False)
    yield from line.finished(wait=True)


class _Line:
    """Frames waiting in order; at most one of them is being looked at."""

    def __init__(self, source: PoseSource, chooser: PersonChooser, settings: PoseSettings) -> None:
        self._source = source
        self._chooser = chooser
        self._settings = settings
        self._held: deque[Frame] = deque()
        self._held_bytes = 0
        self._looked_at: Frame | None = None
        self._due_s = float("-inf")
        self._last: BodyPose | None = None

    def append(self, frame: Frame) -> None:
        self._held.append(frame)
        self._held_bytes += frame.luma.nbytes
        if self._looked_at is None:
            self._submit_due()

    def finished(self, *, wait: bool) -> Iterator[tuple[Frame, BodyPose | None]]:
        """The frames that need not wait any longer; with ``wait`` all of them."""
        while self._held and (wait or len(self._held) > self._settings.backlog):
            if self._held[0] is not self._looked_at:
                yield self._pop(), None
                continue
            full = self._held_bytes > self._settings.look_ahead_bytes
            if not (wait or full or self._source.answered()):
                return
            pose = self._answer()
            yield self._pop(), pose

    def _pop(self) -> Frame:
        frame = self._held.popleft()
        self._held_bytes -= frame.luma.nbytes
        return frame

    def _answer(self) -> BodyPose | None:
        """The pose of the frame looked at; the next due one is handed over at once."""
        frame = self._held[0]
        height_px, width_px = frame.luma.shape
        pose = self._chooser.choose(frame.t_s, self._source.result(), width_px, height_px)
        moving = moves_much(self._last, pose, self._settings.moving_rel)
        self._due_s = frame.t_s + (self._settings.interval_moving_s if moving else self._settings.interval_s)
        self._last, self._looked_at = pose, None
        self._submit_due()
        return pose

    def _submit_due(self) -> None:
        due = next((frame for frame in self._held if self._is_due(frame)), None)
        if due is not None:
            show(due, self._source, self._settings.picture_side_px)
            self._looked_at = due

    def _is_due(self, frame: Frame) -> bool:
        return frame.t_s >= self._due_s


def moves_much(last: BodyPose | None, pose: BodyPose | None, moving_rel: float) -> bool:
    """Whether a leg (the middle of its landmarks' steps) moved more than ``moving_rel`` shank lengths."""
    if last is None or pose is None:
        return False
    step_px = np.hypot(*(pose.legs_px - last.legs_px).T).reshape(-1, len(JOINTS))
    known = [leg_px[np.isfinite(leg_px)] for leg_px in step_px]
    return any(np.median(leg_px) > moving_rel * shank_px(pose.legs_px) for leg_px in known if leg_px.size)
