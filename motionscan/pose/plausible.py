"""Which landmarks are seen, and whether they can be a person at all. Left and right are treated alike."""

import numpy as np

from motionscan.body import JOINTS, LANDMARKS, SIDES, landmark
from motionscan.pose.source import LEG_POINTS, SHOULDERS, Person
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import PoseSettings

_HIPS = [landmark(side, "hip") for side in SIDES]
_ENDS = [landmark(side, joint) for side in SIDES for joint in JOINTS[2:]]
_NOSE = 0


def seen(person: Person, width_px: int, height_px: int, min_visibility: float) -> BoolArray:
    """(33,) which landmarks are inside the picture and visible enough."""
    x_px, y_px = person.landmarks_px.T
    inside = (x_px >= 0) & (x_px <= width_px) & (y_px >= 0) & (y_px <= height_px)
    return np.asarray(inside & (person.visibility >= min_visibility))


def legs_visible(seen_points: BoolArray) -> bool:
    """Whether knee and ankle of at least one leg are seen."""
    legs = seen_points[LEG_POINTS]
    return any(legs[landmark(side, "knee")] and legs[landmark(side, "ankle")] for side in SIDES)


def size_px(person: Person, width_px: int, height_px: int) -> float:
    """How much of the picture a person takes: diagonal of the box round the part inside the picture."""
    limits = np.array([width_px, height_px])
    inside = np.clip(person.landmarks_px, 0, limits)
    return float(np.hypot(*np.ptp(inside[np.isfinite(inside).all(axis=1)], axis=0)))


def shank_px(legs_px: FloatArray) -> float:
    """Length of the shank in (10, 2) leg landmarks, the longer one's; NaN when neither is known."""
    lengths = [_distance(legs_px, landmark(s, "knee"), landmark(s, "ankle")) for s in SIDES]
    known = [length for length in lengths if np.isfinite(length)]
    return max(known, default=float("nan"))


def plausible(person: Person, seen_points: BoolArray, long_side_px: float, settings: PoseSettings) -> bool:
    """Whether the seen legs have lengths that a person's can have, whatever the perspective."""
    legs_px = np.where(seen_points[LEG_POINTS, None], person.landmarks_px[LEG_POINTS], np.nan)
    shank = shank_px(legs_px)
    if not shank >= settings.min_shank_rel * long_side_px:
        return False
    longest = np.nanmax([shank, *(_distance(legs_px, landmark(s, "hip"), landmark(s, "knee")) for s in SIDES)])
    feet = [_distance(legs_px, landmark(s, "ankle"), landmark(s, "toe")) for s in SIDES]
    torso = _torso_px(person, seen_points)
    limit = settings.max_segment_ratio
    too_long = any(part > limit * longest for part in (*feet, torso))  # NaN is no objection
    return not too_long and not longest > limit * torso


def built_as_a_person(points_px: FloatArray, settings: PoseSettings) -> bool:
    """Whether head, torso and legs of all 33 landmarks stand to each other as those of a person who is in view.

    Of legs without a body the network makes up one that is too short, or has its head between the legs. People who
    bend down or are seen from their feet are doubted too, so this alone decides nothing.
    """
    shoulders_px, up = points_px[list(SHOULDERS)].mean(axis=0), _hips_to_shoulders_px(points_px)
    torso = float(np.hypot(*up))
    legs_px = points_px[LEG_POINTS]
    thighs = [_distance(legs_px, landmark(side, "hip"), landmark(side, "knee")) for side in SIDES]
    head = float((points_px[_NOSE] - shoulders_px) @ up)
    long_enough = torso >= settings.min_torso_ratio * max(shank_px(legs_px), *thighs)
    return long_enough and head >= settings.min_head_ratio * torso**2


def stands_on_its_head(points_px: FloatArray) -> bool:
    """Whether the shoulders of all 33 landmarks lie below the hips: of a leg from near the network makes up one whose
    face are the toes."""
    across, down = _hips_to_shoulders_px(points_px)
    return bool(down > abs(across))


def _hips_to_shoulders_px(points_px: FloatArray) -> FloatArray:
    """(2,) the trunk of all 33 landmarks."""
    return np.asarray(points_px[list(SHOULDERS)].mean(axis=0) - points_px[LEG_POINTS[_HIPS]].mean(axis=0))


def lie_on_upper_body(legs_px: FloatArray, person: Person, seen_points: BoolArray, settings: PoseSettings) -> bool:
    """Whether most ankles, heels and toes (10, 2) are within the head, trunk and arms of somebody built as a person."""
    upper_px = person.landmarks_px[: LEG_POINTS.min()][seen_points[: LEG_POINTS.min()]]
    if not len(upper_px) or not built_as_a_person(person.landmarks_px, settings):
        return False
    ends_px = legs_px[_ENDS]
    inside = ((ends_px >= upper_px.min(axis=0)) & (ends_px <= upper_px.max(axis=0))).all(axis=1)
    return 2 * int(inside.sum()) > int(np.isfinite(ends_px).all(axis=1).sum())


def apart_rel(legs_px: FloatArray, others_px: FloatArray) -> float:
    """Mean distance of ankles, heels and toes (10, 2) that both know, in shank lengths, whatever the sides' names.

    NaN when nothing is known of both.
    """
    pairs = (legs_px, swapped(legs_px))
    apart_px = [np.hypot(*(named - others_px).T)[_ENDS] for named in pairs]
    known = [apart[np.isfinite(apart)] for apart in apart_px]
    nearest = min((float(apart.mean()) for apart in known if len(apart)), default=float("nan"))
    return nearest / shank_px(legs_px)


def _torso_px(person: Person, seen_points: BoolArray) -> float:
    """Middle of the shoulders to middle of the hips; NaN unless all four are seen."""
    hips, shoulders = LEG_POINTS[_HIPS], np.array(SHOULDERS)
    if not seen_points[hips].all() or not seen_points[shoulders].all():
        return float("nan")
    points = person.landmarks_px
    return float(np.hypot(*(points[shoulders].mean(axis=0) - points[hips].mean(axis=0))))


def _distance(legs_px: FloatArray, a: int, b: int) -> float:
    return float(np.hypot(*(legs_px[a] - legs_px[b])))


def in_one(legs_px: FloatArray) -> FloatArray:
    """Leg landmarks (10, 2) with both legs in the middle between them."""
    return np.tile(legs_px.reshape(len(SIDES), len(JOINTS), 2).mean(axis=0), (len(SIDES), 1))


def swapped(legs: FloatArray) -> FloatArray:
    """Leg landmarks (10, ...) with the sides' names exchanged."""
    return np.roll(legs, len(JOINTS), axis=0) if len(legs) == len(LANDMARKS) else legs
