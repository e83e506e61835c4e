"""The ways of finding what to measure, tried in order: the whole person, legs alone, then what moves by itself."""

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from motionscan.body import Side, Source
from motionscan.compression import as_compressed
from motionscan.following import beside, measure_by_hand, measure_close_up
from motionscan.motion.layout import MarkedRegion
from motionscan.motion.tracker import Tracker
from motionscan.naming import named
from motionscan.outputs.summary import Way
from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import built_as_a_person
from motionscan.pose.sampling import locate
from motionscan.pose.source import Person, PoseSource
from motionscan.pose.worker import PoseWorker
from motionscan.progress import ProgressObserver, report
from motionscan.records import BodyPose, Motion
from motionscan.scout import look_at, named_right, on_a_body, same_legs, scatter_rel, shown_in
from motionscan.settings import MotionSettings, Settings
from motionscan.video.ahead import read_ahead
from motionscan.video.reader import VideoReader
from motionscan.video.spread import spread_pictures


@dataclass(frozen=True, slots=True)
class Told:
    """What the user says of the legs."""

    side: Side | None = None
    """Which leg is filmed, or is nearer to the camera."""
    mirrored: bool = False
    """The picture is mirrored."""
    marked: tuple[MarkedRegion, ...] = ()
    """Regions marked by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One video measured, and how that came about."""

    motion: Motion
    ways: tuple[Way, ...]


def measure(
    reader: VideoReader,
    model_path: Path | None,
    settings: Settings,
    observer: ProgressObserver | None = None,
    told: Told | None = None,
) -> Measured:
    """Follow what is marked, and legs and camera, through every picture of a video.

    Legs are followed in the first way that finds them; when somebody without legs in view is all that is seen, the
    motion has no regions. Without a ``model_path`` only what is marked (at least one region) is followed.
    """
    measured = _measure(reader, model_path, settings, observer, told or Told())
    if reader.damage.truncated:
        return measured  # how much of the file was read is not known
    return replace(measured, motion=as_compressed(measured.motion, reader.info, settings.analysis))


def _measure(
    reader: VideoReader, model_path: Path | None, settings: Settings, observer: ProgressObserver | None, told: Told
) -> Measured:
    if not told.marked:
        if model_path is None:
            raise ValueError("without a pose model something must be marked")
        return _measure_legs(reader, model_path, settings, observer, told)
    by_hand = measure_by_hand(reader, told.marked, settings, observer)
    marked = Way(source="manual", tried="regions marked by hand", given_up_because=None)
    if model_path is None:
        return Measured(by_hand, (marked,))
    legs = _measure_legs(reader, model_path, settings, observer, told)
    return Measured(beside(legs.motion, by_hand), (marked, *legs.ways))


def _measure_legs(
    reader: VideoReader, model_path: Path, settings: Settings, observer: ProgressObserver | None, told: Told
) -> Measured:
    job = _Job(reader, model_path, settings, observer, told)
    with job.finder("pose") as finder:
        followed = job.followed("pose", finder, settings.legs.pose_patience_s)
        if followed.enough(settings.legs.sure_share) and job.beyond_doubt(followed.poses):
            taken = Way(source="pose", tried=f"{followed.looked} pictures", given_up_because=None)
            return Measured(followed.motion, (taken,))
        return job.scouted(finder, followed)


_NOTES: Final[dict[Source, tuple[str, ...]]] = {
    "legs": (
        "Only legs are in the picture, and they are found less exactly than those of a whole person; film hip and "
        "upper body as well where that is possible.",
    )
}
_NO_SIDE: Final = (
    "Which leg is the left one cannot be told from these pictures; name the filmed leg with --side, or film the "
    "whole person."
)
_SPREAD: Final = "{} pictures spread over the video"
_NOT_SEEN: Final[dict[Source, str]] = {"pose": "a person's legs", "legs": "legs alone"}


class _Job:
    """One video and how to follow what is in it."""

    def __init__(
        self,
        reader: VideoReader,
        model_path: Path,
        settings: Settings,
        observer: ProgressObserver | None,
        told: Told,
    ) -> None:
        self._reader = reader
        self._model_path = model_path
        self._settings = settings
        self._observer = observer
        self._told = told

    def finder(self, source: Source) -> PoseWorker:
        """What finds legs in that way."""
        legs = self._settings.legs if source == "legs" else None
        return PoseWorker(self._model_path, self._settings.pose, legs)

    def followed(self, source: Source, finder: PoseWorker, patience_s: float = math.inf) -> "_Followed":
        """The video from start to end; ended early when legs are missing in the first ``patience_s``."""
        motion = self._settings.motion
        followed = self._followed(source, finder, patience_s, motion)
        if not followed.gone_far:
            return followed
        whole_pictures = motion.model_copy(update={"measure_shank_px": math.inf})
        return self._followed(source, finder, patience_s, whole_pictures)

    def _followed(
        self, source: Source, finder: PoseWorker, patience_s: float, motion_settings: MotionSettings
    ) -> "_Followed":
        """The same once, with pictures of the size that the first legs ask for."""
        reader, settings = self._reader, self._settings
        tracker = Tracker(reader.info.width_px, reader.info.height_px, motion_settings)
        counted = CountedSource(finder)
        chooser = PersonChooser(settings.pose)
        poses: list[BodyPose] = []
        given_up = False
        with closing(read_ahead(reader, settings.video.ahead)) as frames:
            for frame, pose in locate(frames, counted, chooser, settings.pose):
                tracker.push(frame, pose)
                if pose is not None:
                    poses.append(pose)
                report(self._observer, "measure", frame.index, frame.t_s, reader.info.declared_duration_s)
                missing = len(poses) < settings.legs.pose_share * counted.answers
                given_up = missing and frame.t_s >= patience_s
                if given_up:
                    break
        motion = replace(tracker.finish(), person_seen=chooser.person_seen)
        sides = [pose.sided for pose in poses]
        found = as_found(motion, source, sides, settings, self._told)
        return _Followed(found, tuple(poses), counted.answers, not given_up, tracker.gone_far)

    def built(self, poses: Sequence[BodyPose]) -> bool:
        """Whether most of them are built as a person, not made up of legs alone."""
        built = sum(built_as_a_person(pose.body_px, self._settings.pose) for pose in poses)
        return built > (1 - self._settings.legs.doubted_share) * len(poses)

    def beyond_doubt(self, poses: Sequence[BodyPose]) -> bool:
        """Whether that person stays in one place as well: made-up legs are somewhere else in each picture."""
        return self.built(poses) and scatter_rel(poses) <= self._settings.legs.doubted_scatter_rel

    def scouted(self, pose_finder: PoseWorker, followed: "_Followed") -> Measured:
        """Look at pictures from all over the video in every way, and follow it in the first that shows enough."""
        legs = self._settings.legs
        frames = spread_pictures(self._reader, legs.scout_pictures)
        persons = look_at(frames, pose_finder, self._settings)
        known = [pose for pose in persons if pose is not None]
        if shown_in(persons, legs.sure_share) and self.beyond_doubt(known):
            return self._taken("pose", pose_finder, len(frames), followed)
        given_up = _given_up("pose", persons, legs.pose_share)
        with self.finder("legs") as legs_finder:
            alone = look_at(frames, legs_finder, self._settings)
            found = shown_in(alone, legs.legs_share)
            if found and followed.motion.person_seen and on_a_body(frames, pose_finder, alone, self._settings):
                found, alone = False, [None] * len(frames)
            believed = self._same(persons, alone, followed) if found else self.built(known)
            if believed and shown_in(persons, legs.pose_share):
                return self._taken("pose", pose_finder, len(frames), followed)
            if found:
                return self._taken("legs", legs_finder, len(frames), None, given_up)
        ways = (given_up, _given_up("legs", alone, legs.legs_share))
        if followed.motion.person_seen or self._told.marked:
            # somebody without legs in view is no close-up of a foot
            return Measured(self.followed("pose", pose_finder).motion, ways)
        close_up = measure_close_up(self._reader, self._settings, self._observer)
        moving = Way(source="motion", tried="what moves by itself in a close-up", given_up_because=None)
        return Measured(close_up, (*ways, moving))

    def _same(self, persons: list[BodyPose | None], alone: list[BodyPose | None], followed: "_Followed") -> bool:
        """Whether the legs of doubted persons are those found alone, and seen about as often, when followed too."""
        legs = self._settings.legs
        seen, seen_alone = (1 - poses.count(None) / len(poses) for poses in (persons, alone))
        as_often = min(seen, followed.share) >= legs.rival_share * seen_alone
        return as_often and same_legs(persons, alone, legs.same_legs_rel)

    def _taken(
        self, source: Source, finder: PoseWorker, looked: int, followed: "_Followed | None", *given_up: Way
    ) -> Measured:
        """The video followed in that way, unless it was already."""
        taken = Way(source=source, tried=_SPREAD.format(looked), given_up_because=None)
        done = followed if followed is not None and followed.to_the_end else self.followed(source, finder)
        return Measured(done.motion, (*given_up, taken))


def _given_up(source: Source, poses: list[BodyPose | None], share: float) -> Way:
    found = len(poses) - poses.count(None)
    but = "but legs alone are found better" if shown_in(poses, share) else f"{share:.0%} are needed"
    why = f"{_NOT_SEEN[source]} in {found} of {len(poses)} pictures, {but}"
    return Way(source=source, tried=_SPREAD.format(len(poses)), given_up_because=why)


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """A video followed to its end, or to where it was given up."""

    motion: Motion
    poses: tuple[BodyPose, ...]
    """Of the pictures in which legs were found."""
    looked: int
    """In how many pictures they were looked for."""
    to_the_end: bool
    gone_far: bool
    """Legs that were near at first have gone too far away for the size at which the pictures were tracked."""

    @property
    def share(self) -> float:
        """Of the pictures in which legs were looked for, those in which they were found."""
        return len(self.poses) / max(1, self.looked)

    def enough(self, share: float) -> bool:
        """Whether legs were found in so large a share of the pictures."""
        return len(self.poses) > 0 and self.share >= share


def as_found(motion: Motion, source: Source, sides: Sequence[bool | None], settings: Settings, told: Told) -> Motion:
    """What was followed in one way, with its legs under their names and what the reader should know of that way.

    ``sides`` holds for each pose whether it confirms which leg is the left one.
    """
    right = source == "pose" or named_right(sides, settings)
    return _with_sides_said(named(_from(motion, source), right=right, side=told.side, mirrored=told.mirrored))


class CountedSource:
    """A ``PoseSource`` that counts its answers."""

    def __init__(self, source: PoseSource) -> None:
        self._source = source
        self.answers = 0
        self.submit = source.submit
        self.answered = source.answered

    def result(self) -> tuple[Person, ...]:
        """The oldest answer, counted."""
        self.answers += 1
        return self._source.result()


def _from(motion: Motion, source: Source) -> Motion:
    """The motion with its regions marked as found in that way, and what that means for the reader."""
    regions = tuple(replace(region, source=source) for region in motion.regions)
    return replace(motion, regions=regions, notes=motion.notes + _NOTES.get(source, ()))


def _with_sides_said(motion: Motion) -> Motion:
    """The named motion, with a note where a leg has no side."""
    unknown = any(region.part is not None and region.side is None for region in motion.regions)
    return replace(motion, notes=(*motion.notes, _NO_SIDE)) if unknown else motion
