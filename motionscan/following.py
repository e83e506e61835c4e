"""One pass over a video that follows regions marked by hand or found by their movement."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

import numpy as np

from motionscan.errors import SettingsError
from motionscan.marks import Mark
from motionscan.motion.camera_notes import NO_BACKGROUND
from motionscan.motion.colour import is_only_skin
from motionscan.motion.layout import MarkedRegion
from motionscan.motion.regions import found_regions, narrowed
from motionscan.motion.shrinking import shrink_factor
from motionscan.motion.survey import Paths, Survey
from motionscan.motion.tracker import Tracker
from motionscan.progress import ProgressObserver, report
from motionscan.records import Motion, VideoInfo
from motionscan.settings import MotionSettings, Settings
from motionscan.video.ahead import read_ahead
from motionscan.video.reader import VideoReader

CLOSE_UP: Final = (
    "No legs were recognised: the regions were found by their movement alone, and what they are is not known. "
    "Film the whole leg, best the whole person, or name what moves with --region."
)


def measure_marked(
    reader: VideoReader,
    marked: tuple[MarkedRegion, ...],
    settings: Settings,
    observer: ProgressObserver | None = None,
) -> Motion:
    """Follow marked regions (at least one) and the camera through every picture of a video; no pose is asked for."""
    info = reader.info
    tracker = Tracker(info.width_px, info.height_px, settings.motion, marked)
    with closing(read_ahead(reader, settings.video.ahead)) as frames:
        for frame in frames:
            tracker.push(frame, None)
            report(observer, "measure", frame.index, frame.t_s, info.declared_duration_s)
    return tracker.finish()


def measure_by_hand(
    reader: VideoReader,
    marked: tuple[MarkedRegion, ...],
    settings: Settings,
    observer: ProgressObserver | None = None,
) -> Motion:
    """Follow regions marked by hand; of a box, what moves together in it. Two passes, like a close-up."""
    paths, _ = _survey(reader, settings, marked)
    scale = shrink_factor(reader.info.width_px, reader.info.height_px, settings.motion)
    return measure_marked(reader, narrowed(marked, paths, scale, settings.motion), settings, observer)


def measure_close_up(reader: VideoReader, settings: Settings, observer: ProgressObserver | None = None) -> Motion:
    """Find what moves by itself in a close-up, then follow it through every picture.

    Two passes: the first, over at most ``survey_s`` seconds, finds the regions. Where nothing moves by itself, the
    middle of the picture is followed, so that it can be said that nothing does.
    """
    paths, only_skin = _survey(reader, settings)
    found = found_regions(paths, reader.info.width_px, reader.info.height_px, settings.motion)
    motion = measure_marked(reader, found, settings, observer)
    apart = motion.camera_apart and not only_skin
    return replace(motion, notes=(CLOSE_UP,) if apart else (CLOSE_UP, NO_BACKGROUND), camera_apart=apart)


def _survey(reader: VideoReader, settings: Settings, marked: tuple[MarkedRegion, ...] = ()) -> tuple[Paths, bool]:
    """The first pass: paths of points all over the picture, and whether it mostly shows skin only."""
    s = settings.motion
    survey = Survey(s, marked, shrink_factor(reader.info.width_px, reader.info.height_px, s))
    skin: list[bool] = []
    start_s = None
    with closing(read_ahead(reader, settings.video.ahead)) as frames:
        for frame in frames:
            start_s = frame.t_s if start_s is None else start_s
            if frame.t_s - start_s > s.survey_s:
                break
            if frame.t_s - start_s >= len(skin):
                skin.append(is_only_skin(frame.rgb(s.skin_side_px), s))
            survey.push(frame)
    return survey.paths(), float(np.mean(skin)) > 0.5


def in_picture(marks: Sequence[Mark], info: VideoInfo, settings: MotionSettings) -> tuple[MarkedRegion, ...]:
    """Marks as regions of one video's picture; their diagonal stands in for the length of the shank.

    Raises:
        SettingsError: one of them reaches beyond the picture or is too small to be followed.
    """
    return tuple(_in_picture(mark, info, settings) for mark in marks)


def _in_picture(mark: Mark, info: VideoInfo, settings: MotionSettings) -> MarkedRegion:
    left, top, wide, high = mark.box_px(info.width_px, info.height_px)
    if min(wide, high) < settings.mark_min_px:
        raise SettingsError(
            f"region {mark.name}: {wide:.0f} x {high:.0f} pixels are too few to follow; "
            f"mark at least {settings.mark_min_px} x {settings.mark_min_px}"
        )
    side, part = mark.side_and_part
    outline = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]])
    return MarkedRegion(mark.name, side, part, "manual", outline, float(np.hypot(wide, high)))


def beside(motion: Motion, marked: Motion) -> Motion:
    """What a pose gave, with marked regions added; a marked region takes the place of one of the same name."""
    names = {region.id for region in marked.regions}
    kept = tuple(region for region in motion.regions if region.id not in names)
    return replace(motion, view=motion.view or marked.view, regions=kept + marked.regions)
