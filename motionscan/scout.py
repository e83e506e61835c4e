"""A few pictures from all over a video: what a way of finding legs shows in them, and whether to believe it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import apart_rel, lie_on_upper_body, seen
from motionscan.pose.source import Person, PoseSource, show
from motionscan.records import BodyPose, Frame
from motionscan.settings import Settings


def look_at(frames: list[Frame], finder: PoseSource, settings: Settings) -> list[BodyPose | None]:
    """The legs in each of a few pictures far apart; None where none are found.

    The pictures are gone through forth and back, so that what was found in the last one helps with the first. What was
    seen on the way forth counts where a picture is passed over on the way back.
    """
    order = [*range(len(frames)), *reversed(range(len(frames)))]
    for number in order:
        show(frames[number], finder, settings.pose.picture_side_px)
    found: dict[int, BodyPose | None] = {}
    for number in order:
        height_px, width_px = frames[number].luma.shape
        chooser = PersonChooser(settings.pose)
        pose = chooser.choose(frames[number].t_s, finder.result(), width_px, height_px)
        found[number] = pose or found.get(number)
    return [found[number] for number in range(len(frames))]


def named_right(sides: Sequence[bool | None], settings: Settings) -> bool | None:
    """Whether the leg called left is the left one, by what each picture says; None when too few agree on either."""
    told = [side for side in sides if side is not None]
    limits = settings.legs
    if not told or len(told) < limits.sided_pictures * len(sides):
        return None
    confirmed = sum(told) / len(told)
    if limits.sided_share <= max(confirmed, 1 - confirmed):
        return confirmed > 0.5
    return None


def shown_in(poses: Sequence[BodyPose | None], share: float) -> bool:
    """Whether legs were found in so large a share of the pictures."""
    found = len(poses) - list(poses).count(None)
    return found > 0 and found >= share * len(poses)


def same_legs(persons: list[BodyPose | None], alone: list[BodyPose | None], limit_rel: float) -> bool:
    """Whether the legs of whole persons are those that are found alone, in most pictures that show both."""
    pairs = [(one.legs_px, two.legs_px) for one, two in zip(persons, alone, strict=True) if one and two]
    near = [apart_rel(*pair) <= limit_rel for pair in pairs]
    return 2 * sum(near) > len(near)


def scatter_rel(poses: Sequence[BodyPose]) -> float:
    """How far legs are from where they were a picture earlier, in shank lengths: the median; 0 where that is unknown.

    Of somebody who is there it is as far as that person moved; what a network makes up is somewhere else each time.
    """
    steps = np.array([apart_rel(one.legs_px, two.legs_px) for one, two in pairwise(poses)])
    known = steps[np.isfinite(steps)]
    return float(np.median(known)) if len(known) else 0.0


def on_a_body(
    frames: Sequence[Frame], finder: PoseSource, alone: Sequence[BodyPose | None], settings: Settings
) -> bool:
    """Whether legs found alone lie on the upper body of somebody in view, in most of the pictures that show them.

    A sleeve, a zip or a face in profile can pass for legs; where a person is seen there, they are none.
    """
    shown = [(frame, legs) for frame, legs in zip(frames, alone, strict=True) if legs is not None]
    for frame, _ in shown:
        show(frame, finder, settings.pose.picture_side_px)
    lying = [_lies_on_anybody(legs, finder.result(), frame, settings) for frame, legs in shown]
    return 2 * sum(lying) > len(lying)


def _lies_on_anybody(legs: BodyPose, persons: tuple[Person, ...], frame: Frame, settings: Settings) -> bool:
    height_px, width_px = frame.luma.shape
    gate = settings.pose.min_visibility
    return any(
        lie_on_upper_body(legs.legs_px, person, seen(person, width_px, height_px, gate), settings.pose)
        for person in persons
    )
