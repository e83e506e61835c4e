"""Legs, or what moves by itself, followed in pictures that never end: the ways of ``ways.py``, chosen as one goes."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from motionscan.body import Source
from motionscan.errors import PoseError
from motionscan.following import CLOSE_UP
from motionscan.live_scouting import Scout, closing_worker
from motionscan.motion.camera_notes import NO_BACKGROUND
from motionscan.motion.colour import is_only_skin
from motionscan.motion.layout import MarkedRegion
from motionscan.motion.regions import found_regions
from motionscan.motion.shrinking import shrink_factor
from motionscan.motion.survey import Paths, Survey
from motionscan.motion.tracker import Tracker
from motionscan.outputs.summary import Way
from motionscan.pose.person import PersonChooser
from motionscan.pose.sampling import locate
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, Frame, Motion
from motionscan.settings import Settings
from motionscan.ways import CountedSource, Told, as_found

Say = Callable[[str, str], None]
"""Is told of a change, as ``("way", "legs are found")``."""

_WORDS: Final[dict[Source, str]] = {
    "pose": "a person's legs are followed",
    "legs": "legs alone are followed",
    "motion": "no legs are seen: what moves by itself is looked for; do not move the camera",
}
_SIDES_KEPT: Final = 600
_FAILING_S: Final = 60.0
"""A pose process that fails again so soon is given up."""
_WAYS_KEPT: Final = 12

_NOTHING: Final = Paths(np.zeros(1), np.full((1, 1), complex(np.nan, np.nan)), np.zeros(1), 1.0, (1, 1))
"""A survey in which no point was found: nothing moves by itself."""


class Follower:
    """Measures pictures of one size, one by one.

    Attributes:
        ways: what was tried, and why it was given up; the last one is in use.
    """

    def __init__(
        self,
        size: tuple[int, int],
        model_path: Path,
        settings: Settings,
        told: Told,
        say: Say,
        before_change: Callable[[], None],
        ready: PoseWorker | None = None,
        *,
        waits: bool = False,
    ) -> None:
        """Start in the first way.

        Args:
            before_change: is called before the way changes, while ``motion`` still gives what was measured.
            ready: finds persons and has been started; the follower ends it.
            waits: pictures come as fast as they are measured, so looking for legs is waited for.
        """
        self._size = size
        self._model_path = model_path
        self._settings = settings
        # a picture waits for its pose only; the others are not held back, because here it is not decoding that waits
        self._pose_settings = settings.pose.model_copy(update={"backlog": 0})
        self._told = told
        self._say = say
        self._before_change = before_change
        self._ready = ready
        self._waits = waits
        self._failed_s = -float("inf")
        self._tracker = Tracker(*size, settings.motion)
        self._source: Source = "pose"
        self._notes: tuple[str, ...] = ()
        self._apart = True
        self._sides: deque[bool | None] = deque(maxlen=_SIDES_KEPT)
        self._looks: deque[tuple[float, bool]] = deque()
        self._person_seen = False
        self._answers = 0
        self._seen_s = self._region_seen_s = 0.0
        self._checked_s = -float("inf")
        self._said = ""
        self.ways: list[Way] = []

    # ------------------------------------------------------------ what was measured
    def motion(self) -> Motion:
        """Everything measured since the way was chosen and not forgotten, its legs under their names."""
        return self._named(self._tracker.finish())

    def last(self) -> Motion:
        """The same of the last picture alone."""
        return self._named(self._tracker.last())

    def forget_before(self, t_s: float) -> None:
        """Drop what was measured before that time."""
        self._tracker.forget_before(t_s)

    def _named(self, motion: Motion) -> Motion:
        motion = replace(motion, person_seen=self._person_seen)
        if self._source == "motion":
            return replace(motion, notes=self._notes, camera_apart=motion.camera_apart and self._apart)
        return as_found(motion, self._source, self._sides, self._settings, self._told)

    # ------------------------------------------------------------ the loop
    def follow(self, frames: Iterator[Frame]) -> Generator[Frame, None, None]:
        """Measure every picture and hand it on; choose another way where one does not find enough."""
        way: Source | None = "pose"
        while way is not None:
            self._begin(way)
            try:
                way = yield from (self._follow_moving(frames) if way == "motion" else self._follow_legs(frames, way))
            except PoseError as error:
                if self._seen_s - self._failed_s < _FAILING_S:
                    raise
                self._failed_s = self._seen_s
                self._say("way", f"{error}; started again")

    def _begin(self, way: Source) -> None:
        self._track_anew()
        self._source = way
        self._looks.clear()
        self._sides.clear()
        self._answers = 0

    def _track_anew(self, marked: tuple[MarkedRegion, ...] = ()) -> None:
        """Leave what was measured to whoever waits for it, and begin with nothing."""
        self._before_change()
        self._tracker = Tracker(*self._size, self._settings.motion, marked)

    def _follow_legs(self, frames: Iterator[Frame], way: Source) -> Generator[Frame, None, Source | None]:
        """Until the pictures end, or legs are found in too few of them; gives the next way."""
        s = self._settings
        chooser = PersonChooser(s.pose)
        settled, start_s = False, None
        with self._finder(way) as finder, Scout(self._finder, s, self._waits) as scout:
            counted = CountedSource(finder)
            for frame, pose in locate(frames, counted, chooser, self._pose_settings):
                start_s = frame.t_s if start_s is None else start_s
                self._tracker.push(frame, pose)
                self._person_seen = chooser.person_seen
                self._note(frame, pose, counted.answers)
                if not settled and pose is not None and self._enough():
                    settled = self._settle(way)
                yield frame
                if self._tracker.gone_far:
                    self._track_anew()
                if self._enough():
                    continue
                scout.keep(frame)
                if frame.t_s - start_s < (s.live.lost_s if settled else s.legs.pose_patience_s):
                    continue
                following = self._elsewhere(way, scout)
                if following is not None:
                    return following
        return None

    def _elsewhere(self, way: Source, scout: Scout) -> Source | None:
        """The way to go on in when legs are not found in this one; None while that is not known."""
        if way == "legs":
            self._give_up(way, "legs alone are no longer seen")
            return "pose"
        if not scout.finished(("legs",)):
            return None
        found = scout.take()
        if found is None and self._person_seen:
            # somebody without legs in view is no close-up of a foot
            self._say_new("a person is seen, but no legs; have them in the picture")
            return None
        self._give_up(way, "a person's legs are seen in too few pictures")
        return found or "motion"

    def _follow_moving(self, frames: Iterator[Frame]) -> Generator[Frame, None, Source | None]:
        """Follow what moves by itself, and the middle of the picture as long as nothing does."""
        s = self._settings
        self._settle("motion")
        survey, found = Survey(s.motion), False
        self._tracker = Tracker(*self._size, s.motion, found_regions(_NOTHING, *self._size, s.motion))
        surveyed_s = scouted_s = None
        with Scout(self._finder, s, self._waits) as scout:
            for frame in frames:
                if surveyed_s is None or scouted_s is None:
                    surveyed_s = scouted_s = self._region_seen_s = frame.t_s
                self._tracker.push(frame, None)
                if not found:
                    survey.push(frame)
                yield frame
                if found and not self._regions_lost(frame):
                    continue
                if found:
                    self._give_up("motion", "what moved is no longer seen")
                    return "pose"
                if frame.t_s - scouted_s >= s.live.lost_s:
                    scout.keep(frame)
                    if scout.finished(("pose", "legs")):
                        scouted_s = frame.t_s
                        if (way := scout.take()) is not None:
                            self._give_up("motion", "legs are seen")
                            return way
                if frame.t_s - surveyed_s >= s.live.survey_s:
                    found = self._take_moving(survey, frame)
                    survey, surveyed_s = Survey(s.motion), frame.t_s
        return None

    def _regions_lost(self, frame: Frame) -> bool:
        """Whether none of the regions that are followed was seen for a while."""
        if frame.t_s - self._checked_s >= 1.0:
            self._checked_s = frame.t_s
            if any(region.visible.any() for region in self._tracker.last().regions):
                self._region_seen_s = frame.t_s
        return frame.t_s - self._region_seen_s >= self._settings.live.lost_s

    def _take_moving(self, survey: Survey, frame: Frame) -> bool:
        """Follow what the survey found to move by itself; False when nothing does."""
        s, paths = self._settings.motion, survey.paths()
        regions = found_regions(paths, *self._size, s)
        only_skin = is_only_skin(frame.rgb(s.skin_side_px), s)
        self._apart, self._notes = not only_skin, (CLOSE_UP, NO_BACKGROUND) if only_skin else (CLOSE_UP,)
        if regions[0].watch_skin:
            return False
        # regions lie in the first picture of the survey; meanwhile the camera may have moved
        steps = paths.places[:, -1] - paths.places[:, 0]
        step = complex(np.median(steps[np.isfinite(steps)])) if np.isfinite(steps).any() else 0j
        shift_px = np.array([step.real, step.imag]) * shrink_factor(*self._size, s)
        self._track_anew(tuple(replace(region, outline_px=region.outline_px + shift_px) for region in regions))
        self._say("way", f"{len(regions)} region{'s' * (len(regions) > 1)} found that move by themselves")
        return True

    # ------------------------------------------------------------ what is found
    @contextmanager
    def _finder(self, way: Source) -> Iterator[PoseWorker]:
        """What finds legs in that way."""
        ready = self._ready if way == "pose" else None
        if ready is not None:
            self._ready = None
            with closing_worker(ready):
                yield ready
            return
        legs = self._settings.legs if way == "legs" else None
        with PoseWorker(self._model_path, self._settings.pose, legs) as worker:
            yield worker

    def _note(self, frame: Frame, pose: BodyPose | None, answers: int) -> None:
        """Remember whether the picture that was looked at last shows legs."""
        if answers > self._answers:
            self._looks.append((frame.t_s, pose is not None))
        self._answers = answers
        self._seen_s = frame.t_s
        while self._looks and self._looks[0][0] < frame.t_s - self._settings.live.lost_s:
            self._looks.popleft()
        if pose is not None:
            self._sides.append(pose.sided)

    def _enough(self) -> bool:
        """Whether legs were found in enough of the last pictures."""
        found = sum(found for _, found in self._looks)
        return found > 0 and found >= self._settings.legs.pose_share * len(self._looks)

    def _settle(self, way: Source) -> bool:
        self.ways.append(Way(source=way, tried="the pictures as they come", given_up_because=None))
        self._say_new(_WORDS[way])
        return True

    def _say_new(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self._say("way", words)

    def _give_up(self, way: Source, why: str) -> None:
        tried = "the pictures as they come"
        if self.ways and self.ways[-1].given_up_because is None:
            self.ways.pop()
        self.ways = [*self.ways, Way(source=way, tried=tried, given_up_because=why)][-_WAYS_KEPT:]
