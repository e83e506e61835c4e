"""Which of the persons in a picture is the one whose legs are judged, and what of the legs is seen."""

import numpy as np

from motionscan.body import View
from motionscan.pose.plausible import (
    built_as_a_person,
    legs_visible,
    plausible,
    seen,
    size_px,
    stands_on_its_head,
    swapped,
)
from motionscan.pose.sides import SideKeeper
from motionscan.pose.source import LEG_POINTS, SHOULDERS, UPPER, Person
from motionscan.records import BodyPose, BoolArray, FloatArray
from motionscan.settings import PoseSettings


class PersonChooser:
    """Takes the largest person with legs visible, and stays with that person.

    When that person is not found for a while, nobody is; only after ``keep_person_s`` another may be chosen.
    """

    def __init__(self, settings: PoseSettings) -> None:
        """Start with nobody chosen."""
        self._settings = settings
        self._looked = 0
        self._upper_seen = 0
        self._chosen: Person | None = None
        self._chosen_s = float("-inf")
        self._sides = SideKeeper(settings)

    def choose(self, t_s: float, persons: tuple[Person, ...], width_px: int, height_px: int) -> BodyPose | None:
        """The chosen person's legs in the picture of that time and size; None when they are not seen.

        Times must not run backwards from call to call.
        """
        gate = self._settings.min_visibility
        masks = [seen(person, width_px, height_px, gate) for person in persons]
        self._looked += 1
        self._upper_seen += any(self._upper_body(*pair) for pair in zip(persons, masks, strict=True))
        usable = [self._usable(*pair, max(width_px, height_px)) for pair in zip(persons, masks, strict=True)]
        if self._chosen is None or t_s - self._chosen_s > self._settings.keep_person_s:
            number = self._largest(persons, usable, width_px, height_px)
            self._sides = SideKeeper(self._settings)
        else:
            number = self._same(persons, self._chosen, width_px, height_px)
        if number is None:
            return None
        self._chosen = persons[number]
        if not usable[number]:
            return None
        self._chosen_s = t_s
        own_px = self._settings.duplicate_rel * size_px(self._chosen, width_px, height_px)
        others = [
            other
            for at, other in enumerate(persons)
            if at != number and masks[at].any() and _step_px(other, self._chosen) > own_px
        ]
        return self._pose(t_s, self._chosen, masks[number], others)

    @property
    def person_seen(self) -> bool:
        """Whether somebody's head or shoulders were in nearly all pictures, with legs or without."""
        return 0 < self._looked * self._settings.person_share <= self._upper_seen

    def _upper_body(self, person: Person, seen_points: BoolArray) -> bool:
        built = built_as_a_person(person.landmarks_px, self._settings) and not stands_on_its_head(person.landmarks_px)
        return built and bool(seen_points[list(UPPER)].any())

    def _usable(self, person: Person, seen_points: BoolArray, long_side_px: int) -> bool:
        return legs_visible(seen_points) and plausible(person, seen_points, long_side_px, self._settings)

    def _largest(self, persons: tuple[Person, ...], usable: list[bool], width_px: int, height_px: int) -> int | None:
        numbers = [number for number, good in enumerate(usable) if good]
        return max(numbers, key=lambda number: size_px(persons[number], width_px, height_px), default=None)

    def _same(self, persons: tuple[Person, ...], last: Person, width_px: int, height_px: int) -> int | None:
        """The nearest to where the chosen person was; None when nobody is near."""
        limit_px = self._settings.same_person_rel * size_px(last, width_px, height_px)
        steps_px = [_step_px(person, last) for person in persons]
        near = [number for number, step_px in enumerate(steps_px) if step_px <= limit_px]
        return min(near, key=lambda number: steps_px[number], default=None)

    def _pose(self, t_s: float, person: Person, seen_points: BoolArray, others: list[Person]) -> BodyPose:
        legs_seen = seen_points[LEG_POINTS]
        legs_px = np.where(legs_seen[:, None], person.landmarks_px[LEG_POINTS], np.nan)
        visibility = np.where(legs_seen, person.visibility[LEG_POINTS], 0.0)
        exchanged = self._sides.exchanged(legs_px)
        if exchanged:
            legs_px, visibility = swapped(legs_px), swapped(visibility)
        view: View = "full_body" if seen_points[list(SHOULDERS)].any() else "legs_only"
        rest = tuple(_known(other.landmarks_px) for other in others)
        body_px, sided = _known(person.landmarks_px), person.sided
        if exchanged and sided is not None:
            sided = not sided
        return BodyPose(t_s, legs_px, visibility, body_px, rest, person.source, view, sided)


def _known(points_px: FloatArray) -> FloatArray:
    return points_px[np.isfinite(points_px).all(axis=1)]


def _step_px(person: Person, last: Person) -> float:
    """How far a person's points are from another's; the median, so that a waving arm does not count."""
    distance_px = np.hypot(*(person.landmarks_px - last.landmarks_px).T)
    known = distance_px[np.isfinite(distance_px)]
    return float(np.median(known)) if known.size else float("inf")
