"""The named scenarios: every movement, view, way of holding the phone and way of recording that must be survived.

Seed set 0 has round rates and sizes and is for tuning; any other set draws rates, sizes, people and noise anew
from around the same values and is for reporting.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, get_args

import numpy as np

from motionscan.body import Part, Side
from motionscan.simulate.scenario import (
    Camera,
    Capture,
    Clothing,
    Footwear,
    Kind,
    Movement,
    Person,
    PersonView,
    Scenario,
    SkinTone,
)
from motionscan.simulate.tables import (
    CAMERA_NAME,
    CAMERA_TEXT,
    CAPTURE_NAME,
    CHANGES,
    HANDHELD,
    JERKS,
    OSCILLATIONS,
    OTHERS,
    PHONE,
    RECORDINGS,
    STILL,
    TWITCHES,
    Row,
)

DURATION_S: Final = 12.0
RUN_S: Final = (1.5, 10.8)
RATE_SPREAD: Final = 0.12  # of the rate and
SIZE_SPREAD: Final = 0.25  # of the amplitude lie between the seed sets
AMPLITUDE_PX: Final = (0.5, 20.0)
COLOUR_SETS: Final = 4
# from the side the pose network takes one leg in trousers for the other, on drawn people at least
CLOTHES: Final[dict[PersonView, tuple[Clothing, ...]]] = {
    "chair_front": ("trousers", "shorts", "bare"),
    "chair_side": ("shorts", "bare"),
    "bed": ("trousers", "shorts", "bare"),
}
SAMPLE_PREFIX: Final = "sample_"

_VIEW_NAME: Final = {"chair_front": "front", "chair_side": "side", "bed": "bed"}
_KIND_TEXT: Final[dict[Kind, str]] = {
    "jerks": "jerks",
    "tremor": "tremor",
    "heel_bounce": "heel bounce, toes on the floor",
    "joint_twitches": "isolated twitches of the joint",
    "skin_twitches": "skin twitches without joint movement",
    "irregular_jerks": "jerks without rhythm",
    "slow_voluntary": "slow voluntary movement",
}
_RHYTHMIC: Final = ("jerks", "tremor", "heel_bounce")


PATCH_MIDDLE: Final[dict[Part, tuple[float, float]]] = {"shank": (0.38, 0.0), "thigh": (0.62, 0.0), "foot": (0.45, 0.0)}


def catalogue(seed_set: int = 0) -> dict[str, Scenario]:
    """All scenarios by name."""
    draw = Drawing(seed_set)
    rows = (*JERKS, *RECORDINGS, *CHANGES, *OSCILLATIONS, *TWITCHES, *OTHERS)
    moving = (draw.moving(row) for row in rows)
    still = (draw.still(*row) for row in STILL)
    return _by_name((*moving, *still))


def samples() -> dict[str, Scenario]:
    """The few small clips that come with the project."""
    draw = Drawing(0, first_seed=9000)
    small = replace(PHONE, width_px=1280, height_px=720, bit_rate_mbps=1.2, noise_levels=1.0)
    rows = (
        Row("jerks", 3, 4, capture=small),
        Row("skin_twitches", 0.6, 3.0, "bed", "left", "shank", capture=small),
        Row("jerks", 4, 5, "chair_side", "left", camera=HANDHELD, capture=small, end_rate_hz=2),
    )
    clips = [draw.moving(row) for row in rows] + [draw.still("chair_front", HANDHELD, small)]
    return _by_name(replace(clip, name=SAMPLE_PREFIX + clip.name) for clip in clips)


def _by_name(scenarios: Iterable[Scenario]) -> dict[str, Scenario]:
    named: dict[str, Scenario] = {}
    for one in scenarios:
        name, count = one.name, 2
        while name in named:
            name, count = f"{one.name}_{count}", count + 1
        named[name] = replace(one, name=name)
    return named


class Drawing:
    """Makes scenarios from rows, each with the next seed and the next person."""

    def __init__(self, seed_set: int, first_seed: int = 1) -> None:
        self.seed_set = seed_set
        self.index = first_seed - 1
        self.rng = np.random.default_rng([seed_set, first_seed])

    def moving(self, row: Row) -> Scenario:
        """A person of whom one region moves."""
        rate, size = self._varied(row.rate_hz, RATE_SPREAD), self._varied(row.amplitude_px, SIZE_SPREAD)
        if row.kind != "slow_voluntary":
            size = float(np.clip(size, *AMPLITUDE_PX))
        end = None if row.end_rate_hz is None else self._varied(row.end_rate_hz, RATE_SPREAD / 2)
        movement = Movement(
            row.kind,
            row.side,
            row.part,
            amplitude_px=size,
            rate_hz=rate,
            start_s=RUN_S[0],
            end_s=RUN_S[1],
            end_rate_hz=end,
            times_s=row.times_s,
            patch=PATCH_MIDDLE[row.part],
        )
        words = [movement.region, row.label, *_movement_words(movement)]
        return self._scenario(words, _about(movement), row.view, row.side, (movement,), row.camera, row.capture)

    def still(self, view: PersonView, camera: Camera, capture: Capture) -> Scenario:
        """A person who does not move."""
        return self._scenario(["still"], "nobody moves", view, "right", (), camera, capture)

    def _scenario(
        self,
        words: list[str],
        about: str,
        view: PersonView,
        side: Side,
        movements: tuple[Movement, ...],
        camera: Camera,
        capture: Capture,
    ) -> Scenario:
        self.index += 1
        recorded = CAPTURE_NAME.get(capture, "")
        name = "_".join(word for word in (*words, _VIEW_NAME[view], CAMERA_NAME[camera], recorded) if word).replace(
            ".", "p"
        )
        text = ", ".join(
            part
            for part in (about, f"{_VIEW_NAME[view]} view", CAMERA_TEXT[camera], recorded.replace("_", " "))
            if part
        )
        seed = 100_000 * self.seed_set + self.index
        bare = any(one.kind == "skin_twitches" for one in movements)
        person = self._person(view, side, bare, bare and movements[0].part == "foot")
        return Scenario(name, text, DURATION_S, person, movements, camera, capture, seed)

    def _person(self, view: PersonView, side: Side, bare: bool, barefoot: bool) -> Person:
        clothes: tuple[Clothing, ...] = ("bare",) if bare else CLOTHES[view]
        feet: tuple[Footwear, ...] = ("barefoot",) if barefoot else ("shoes", "barefoot")
        pick: Callable[[int], int] = lambda count: int(self.rng.integers(count))  # noqa: E731
        tones: tuple[SkinTone, ...] = get_args(SkinTone)
        return Person(
            view=view,
            near_side=side,
            skin=tones[pick(len(tones))],
            clothing=clothes[pick(len(clothes))],
            footwear=feet[pick(len(feet))],
            texture=float(np.round(self.rng.uniform(0.8, 1.2), 2)),
            colours=pick(COLOUR_SETS),
        )

    def _varied(self, value: float, spread: float) -> float:
        if self.seed_set == 0:
            return float(value)
        return float(np.round(value * (1 + self.rng.uniform(-spread, spread)), 2))


def _movement_words(movement: Movement) -> list[str]:
    if movement.kind not in _RHYTHMIC:
        return [movement.kind]
    if movement.end_rate_hz is not None:
        return [f"slowing_jerks_{movement.rate_hz:g}_to_{movement.end_rate_hz:g}hz"]
    return [f"{movement.kind}_{movement.rate_hz:g}hz"]


def _about(movement: Movement) -> str:
    where = movement.region.replace("_", " ")
    size = f"{movement.amplitude_px:g} px"
    if movement.kind not in _RHYTHMIC:
        return f"{where}: {_KIND_TEXT[movement.kind]}, {size}"
    if movement.end_rate_hz is not None:
        return f"{where}: jerks slowing from {movement.rate_hz:g} to {movement.end_rate_hz:g} Hz, {size}"
    return f"{where}: {_KIND_TEXT[movement.kind]} at {movement.rate_hz:g} Hz, {size}"
