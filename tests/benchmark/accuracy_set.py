"""The clips of the accuracy benchmark as a table: what moves, and how it is filmed and stored.

Every row is dealt its circumstances from shuffled decks, so that each is met about as often with every movement. Seed
set 0 is for tuning, set 1 for reporting; they share the rows and the real recordings, nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np

from motionscan.body import Part, Side, View
from motionscan.simulate.catalogue import CLOTHES
from motionscan.simulate.scenario import Capture, Clothing, Person, PersonView, SkinTone
from motionscan.simulate.tables import HANDHELD, SHAKEN, STEADY
from tests.benchmark.backgrounds import Source
from tests.benchmark.making import Clip
from tests.benchmark.movements import RHYTHMS, Act, What

Item = TypeVar("Item")

CLIP_S: Final = 10.0
LONG_CLIP_S: Final = 14.0
LEAST_CYCLES: Final = 9
"""So many movements of a rhythm are filmed: slow ones for longer, as no regularity can be told from five."""
CAMERAS: Final = {"steady": STEADY, "handheld": HANDHELD, "shaken": SHAKEN}
_PHONE: Final = Capture()
_SMALL: Final = replace(_PHONE, width_px=1280, height_px=720, bit_rate_mbps=5.0)
RECORDINGS: Final = {
    "30fps": _PHONE,
    "24fps": replace(_PHONE, rate_hz=24.0),
    "25fps": replace(_PHONE, rate_hz=25.0),
    "60fps": replace(_SMALL, rate_hz=60.0, bit_rate_mbps=10.0),
    "120fps": replace(_SMALL, rate_hz=120.0, bit_rate_mbps=20.0),
    "variable": replace(_PHONE, jitter_ms=5.0),
    "low_light": replace(_PHONE, low_light_at_s=5.0),
    "duplicated": replace(_PHONE, duplicated_from_hz=24.0),
    "720p": _SMALL,
    "hevc_6mbit": replace(_PHONE, codec="hevc", bit_rate_mbps=6.0),
    "1mbit": replace(_SMALL, bit_rate_mbps=1.0),
    "hevc_1mbit": replace(_SMALL, codec="hevc", bit_rate_mbps=1.0),
    "messenger_0.3mbit": replace(_PHONE, width_px=848, height_px=480, bit_rate_mbps=0.3),
    "flicker": replace(_PHONE, rate_hz=25.0, flicker_mains_hz=60.0, flicker_depth=0.05),
}
CAMERA_DECK: Final = ("steady",) * 5 + ("handheld",) * 4 + ("shaken",)
RECORDING_DECK: Final = ("30fps",) * 5 + ("60fps", "variable", "720p", "low_light", "hevc_6mbit") * 2 + (
    "24fps", "25fps", "120fps", "duplicated", "1mbit", "hevc_1mbit", "messenger_0.3mbit", "flicker",
)  # fmt: skip
VIEW_DECK: Final[tuple[View, ...]] = ("full_body", "full_body", "legs_only", "close_up")
SOURCE_DECK: Final[tuple[Source, ...]] = ("person", "photo", "person", "standing", "person", "barefoot", "arms")
"""The last is a recording: a person stands on the left leg and moves the arms, so that leg alone can be known."""
PERSON_VIEWS: Final[tuple[PersonView, ...]] = ("chair_front", "chair_side", "bed")
SKINS: Final[tuple[SkinTone, ...]] = ("light", "medium", "brown", "dark")
BARE_SKIN: Final[tuple[Source, ...]] = ("person", "photo", "person", "barefoot")
"""Where skin can be seen to twitch."""
STANDING_ON: Final[Side] = "left"
REAL_NULLS: Final[tuple[Source, ...]] = ("cot", "arms", "passing", "players", "balance", "cot")


@dataclass(frozen=True, slots=True)
class Row:
    """So many clips of one movement; pairs are ranges."""

    what: What | None
    count: int
    quick: int
    """How many of them belong to the quick set."""
    rate_hz: tuple[float, float] = (1.0, 1.0)
    amplitude_px: tuple[float, float] = (1.0, 1.0)
    end_share: float | None = None
    """Last rate over the first."""
    cvs: tuple[float, ...] = (0.05,)
    parts: tuple[Part, ...] = ("foot", "foot", "shank")
    skin: bool = False
    runs: int = 1
    length_s: float = 0.16
    end_length_s: float | None = None
    amplitude_cv: float = 0.1
    label: str = ""


ROWS: Final = (
    Row("clonic", 30, 4, (0.5, 5.0), (0.5, 20), cvs=(0.03, 0.08, 0.12, 0.15, 0.08, 0.2, 0.05, 0.3)),
    Row("clonic", 6, 1, (2.0, 4.0), (0.3, 0.8), cvs=(0.05,), label="tiny"),
    Row("slowing", 8, 1, (3.8, 4.2), (2, 12), end_share=0.5, cvs=(0.05, 0.1), end_length_s=0.3, label="4to2"),
    Row("slowing", 8, 1, (2.9, 3.1), (2, 12), end_share=0.4, cvs=(0.05, 0.1), end_length_s=0.4, label="3to1.2"),
    Row("tremor", 12, 2, (3, 8), (0.6, 8)),
    Row("heel_bounce", 6, 1, (4.5, 6.5), (2, 8), parts=("shank",)),
    Row("tapping", 8, 1, (1, 3), (4, 16), cvs=(0.06, 0.12), parts=("foot",), length_s=0.35),
    Row("intermittent", 6, 1, (2, 4), (3, 12), runs=3),
    Row("clonic", 8, 1, (1.5, 4), (2, 12), label="two_limbs"),
    Row("skin_twitches", 22, 3, (0.3, 1.0), (0.8, 6), parts=("shank",), skin=True, amplitude_cv=0.4),
    Row("joint_twitches", 12, 1, (0.3, 1.0), (1, 10), parts=("foot",), amplitude_cv=0.4),
    Row("single", 6, 1, (0.1, 0.1), (2, 8), parts=("foot",)),
    Row("irregular", 10, 1, (1.2, 1.7), (3, 15), amplitude_cv=0.3),
    Row("sway", 4, 0, (0.2, 0.35), (5, 15), parts=("shank",)),
    Row("walking", 4, 1, (0.8, 1.0), (15, 20), parts=("shank",)),
    Row("swing", 5, 1, (0.85, 0.95), (6, 16), parts=("shank",)),
    Row("breathing", 6, 1, (0.2, 0.3), (2, 6)),
    Row("patting", 6, 1, (1.5, 3.5), (15, 40)),
    Row(None, 14, 2),
    Row(None, 6, 1, label="unmodified"),
)
NULL_RECORDINGS: Final = ("30fps", "flicker", "low_light", "duplicated", "60fps", "messenger_0.3mbit", "variable")


def accuracy_set(seed_set: int, real: bool, quick: bool = False) -> list[Clip]:
    """The clips of a seed set; without recordings (``real`` false) everybody in them is drawn."""
    clips = []
    for number, row in enumerate(ROWS):
        dealer = _Dealer(seed_set, number, row, real)
        made = [dealer.clip(place) for place in range(row.count)]
        clips += made[: row.quick] if quick else made
    return [clip for clip in clips if real or clip.source == "person"]


class _Dealer:
    """Deals circumstances to the clips of one row."""

    def __init__(self, seed_set: int, number: int, row: Row, real: bool) -> None:
        self.row, self.seed = row, 1_000_000 * seed_set + 10_000 * (number + 1)
        self.rng = np.random.default_rng([seed_set, number])
        self.real = real
        self.shift = 3 * number + seed_set  # rows begin at different places of the decks
        unmodified = row.label == "unmodified"
        sources: Sequence[Source] = REAL_NULLS if unmodified else BARE_SKIN if row.skin else SOURCE_DECK
        if row.label == "two_limbs":
            sources = [one for one in sources if one != "arms"]
        self.sources = self._deck(sources, shuffle=not unmodified)
        self.views = self._deck(VIEW_DECK)
        self.cameras = self._deck(CAMERA_DECK)
        self.recordings = self._deck(NULL_RECORDINGS if row.what is None else RECORDING_DECK)
        self.sizes = self._spread(*row.amplitude_px)
        self.rates = self._spread(*row.rate_hz)

    def clip(self, place: int) -> Clip:
        source = next(self.sources)
        view, held, recorded = next(self.views), next(self.cameras), next(self.recordings)
        if source not in ("person", "photo", "standing", "barefoot"):
            held, recorded = "steady", "as_recorded"
        if self.row.label in ("unmodified", "two_limbs") or self.row.what in ("breathing", "walking", "patting"):
            view = "full_body" if view == "close_up" else view
        if self.row.what == "breathing":
            view = "full_body"
        drawn: Side = "left" if self.rng.integers(2) else "right"
        side = STANDING_ON if source == "arms" else drawn
        acts = tuple(self._acts(place, side))
        group = self.row.what or ("unmodified" if self.row.label == "unmodified" else "still")
        words = (group, self.row.label if self.row.what else "", f"{place:02d}", source, view, held, recorded)
        return Clip(
            name="_".join(word for word in words if word).replace(".", "p"),
            group="two_limbs" if self.row.label == "two_limbs" else group,
            seed=self.seed + place,
            source=source,
            view=view,
            acts=acts,
            camera=CAMERAS[held],
            capture=RECORDINGS.get(recorded, _PHONE),
            person=self._person(side),
            near=side,
            duration_s=self._length_s(place),
            tags=(held, recorded),
        )

    def _length_s(self, place: int) -> float:
        if self.row.runs > 1:
            return LONG_CLIP_S
        return max(CLIP_S, 1.5 + LEAST_CYCLES / float(self.rates[place])) if self.row.what in RHYTHMS else CLIP_S

    def _acts(self, place: int, side: Side) -> Iterator[Act]:
        row = self.row
        if row.what is None:
            return
        rate, size = float(self.rates[place]), float(self.sizes[place])
        part = row.parts[place % len(row.parts)]
        end_s = self._length_s(place) - 0.5
        end_hz = None if row.end_share is None else rate * row.end_share
        cv = row.cvs[place % len(row.cvs)]
        act = Act(
            row.what, side, part, size, rate, 1.0, end_s, row.skin, end_hz, cv, row.amplitude_cv, row.length_s,
            row.end_length_s, row.runs,
        )  # fmt: skip
        yield act
        other: Side = "left" if side == "right" else "right"
        if row.label == "two_limbs":
            yield replace(act, side=other, rate_hz=rate * 1.37, amplitude_px=size * 0.7)
        if row.what == "walking":
            yield replace(act, side=other, later_s=0.5 / rate)
        if row.what == "breathing":
            yield Act("pulse", side, "shank", 0.08, 1.1, skin=True)

    def _person(self, side: Side) -> Person:
        view = PERSON_VIEWS[int(self.rng.integers(3 if self.row.what != "walking" else 1))]
        clothes: tuple[Clothing, ...] = ("bare",) if self.row.skin else CLOTHES[view]
        return Person(
            view=view,
            near_side=side,
            skin=SKINS[int(self.rng.integers(4))],
            clothing=clothes[int(self.rng.integers(len(clothes)))],
            footwear="barefoot" if self.rng.integers(2) else "shoes",
            colours=int(self.rng.integers(2)),
        )

    def _deck(self, cards: Sequence[Item], shuffle: bool = True) -> Iterator[Item]:
        """The cards again and again, shuffled anew each time; all of them before any comes again."""
        if not self.real and "photo" in cards:
            cards = [card for card in cards if card == "person"]
        while True:
            order: Any = self.rng.permutation(len(cards)) if shuffle else range(len(cards))
            yield from (cards[place] for place in order)

    def _spread(self, low: float, high: float) -> Any:
        """(count,) values spread evenly in ratio over the range, shaken and shuffled."""
        share = (np.arange(self.row.count) + self.rng.uniform(0, 1, self.row.count)) / self.row.count
        return self.rng.permutation(low * (high / low) ** share)
