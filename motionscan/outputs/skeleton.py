"""The legs on the picture: thin lines in the colour of what each region does, and L/R, or 1/2, beside the knees."""

from typing import Final

import numpy as np

from motionscan.body import EDGES, LANDMARKS, NUMBERED, SIDES, landmark, limb_of
from motionscan.outputs.planes import Ink, Planes, ink, polylines
from motionscan.outputs.text import sprite, stamp
from motionscan.outputs.wording import PATTERN_INKS, prominence, region_words
from motionscan.records import Analysis, FloatArray, Motion, RegionMotion
from motionscan.settings import ClipSettings

_QUIET: Final = ink(205, 205, 205)
_DARK: Final = ink(0, 0, 0)
_WHITE: Final = ink(255, 255, 255)
_LABEL_TO_TEXT: Final = 1.3
"""L and R are larger than the words of the strip: they are looked for in passing."""


def _part_of(a: int, b: int) -> tuple[int, str]:
    """Number of the leg, and the part of it."""
    side, first = LANDMARKS[a].split("_")
    second = LANDMARKS[b].split("_")[1]
    return int(side != SIDES[0]), _PART_OF_LINE.get((first, second), "foot")


_PART_OF_LINE: Final = {("hip", "knee"): "thigh", ("knee", "ankle"): "shank"}
_PART_OF_EDGE: Final = {(a, b): _part_of(a, b) for a, b in EDGES}


_SIGNS: Final = {"left": "L", "right": "R", "leg_1": "1", "leg_2": "2"}


class Skeleton:
    """Draws the legs of one video; made once, used for every picture."""

    def __init__(self, motion: Motion, analysis: Analysis, settings: ClipSettings, scale: float, text_px: int):
        """Prepare the drawing.

        Args:
            scale: pixels of the drawn picture per pixel of the measured one.
            text_px: height of the letters of the strip.
        """
        self._motion = motion
        self._analysis = analysis
        self._scale = scale
        ends = [max(event.offset_s, event.onset_s + settings.flash_s) for event in analysis.events]
        self._lit_s = np.array([[event.onset_s for event in analysis.events], ends])
        self._line_px = _line_width(motion, settings, scale)
        self._label_px = round(_LABEL_TO_TEXT * text_px)
        self._legs = _names(motion)
        self._outward = _outward(motion.landmarks_px)
        self._marked = {region.id: region for region in motion.regions if region.outline_px is not None}

    def draw(self, planes: Planes, index: int) -> None:
        """Draw the legs of picture ``index`` onto ``planes``; what is NaN is not drawn."""
        t_s = float(self._motion.t_s[index])
        flashing = self._flashing(t_s)
        shapes = self._shapes(index)
        for region, lines in shapes.items():
            self._outline(planes, lines, region in flashing)
        for region, lines in shapes.items():
            polylines(planes, lines, self._ink(region, t_s), self._line_px)
        self._labels(planes, index)

    def _shapes(self, index: int) -> dict[str, list[FloatArray]]:
        """Lines of each region, in pixels of the drawn picture."""
        points = self._motion.landmarks_px[index] * self._scale
        shapes: dict[str, list[FloatArray]] = {}
        for edge, (leg, part) in _PART_OF_EDGE.items():
            line = points[list(edge)]
            if np.isfinite(line).all():
                shapes.setdefault(f"{self._legs[leg]}_{part}", []).append(line)
        for name, marked in self._marked.items():
            shapes[name] = [self._marked_outline(marked, index)]
        return shapes

    def _marked_outline(self, region: RegionMotion, index: int) -> FloatArray:
        """(n + 1, 2) closed outline of a region without landmarks, gone along with camera and region."""
        assert region.outline_px is not None
        moved = np.nan_to_num(self._motion.camera_px[index, :2]) + np.nan_to_num(region.body_px[index])
        return np.asarray((region.outline_px[[*range(len(region.outline_px)), 0]] + moved) * self._scale)

    def _outline(self, planes: Planes, lines: list[FloatArray], flashing: bool) -> None:
        """A rim that shows on any background; it lights up during an event, no wider: the foot must be seen."""
        rims_px = max(2 if flashing else 1, self._line_px // 2 * 2)
        polylines(planes, lines, _WHITE if flashing else _DARK, self._line_px + rims_px, chroma=flashing)

    def _ink(self, region: str, t_s: float) -> Ink:
        active = [f for f in self._analysis.findings if f.region == region and f.start_s <= t_s <= f.end_s]
        if not active:
            return _QUIET
        return PATTERN_INKS[max(active, key=prominence).pattern]

    def _flashing(self, t_s: float) -> set[str]:
        onsets_s, ends_s = self._lit_s
        lit = np.flatnonzero((onsets_s <= t_s) & (t_s <= ends_s))
        return {self._analysis.events[place].region for place in lit}

    def _labels(self, planes: Planes, index: int) -> None:
        for side, name in zip(SIDES, self._legs, strict=True):
            knee = self._motion.landmarks_px[index, landmark(side, "knee")] * self._scale
            if np.isfinite(knee).all():
                self._label(planes, _SIGNS[name], knee + self._outward[side] * self._label_px)
        for region in self._marked.values():
            outline = self._marked_outline(region, index)
            above = outline.min(axis=0) + np.array([0.5 * np.ptp(outline[:, 0]), -0.7 * self._label_px])
            self._label(planes, region_words(region.id), above)

    def _label(self, planes: Planes, words: str, middle: FloatArray) -> None:
        rim = max(1, self._label_px // 10)
        shadow, body = sprite(words, self._label_px, rim), sprite(words, self._label_px)
        room = np.array(planes[0].shape[::-1]) - shadow.shape[::-1]
        corner = np.maximum(0, np.minimum(middle - np.array(shadow.shape[::-1]) / 2, room))
        left, top = (2 * int(value // 2) for value in corner)
        stamp(planes, shadow, left, top, _DARK)
        stamp(planes, np.pad(body, rim), left, top, _WHITE)


def _names(motion: Motion) -> tuple[str, ...]:
    """What the two legs are called, in the order of the landmarks."""
    numbered = any(limb_of(region.id, region.part) in NUMBERED for region in motion.regions)
    return NUMBERED if numbered else SIDES


def _line_width(motion: Motion, settings: ClipSettings, scale: float) -> int:
    """Pixels of a line: thin on a small picture, and thin on a small person."""
    shorter = min(motion.width_px, motion.height_px)
    shanks = [region.scale_px for region in motion.regions if region.scale_px]
    width = settings.line_fraction * shorter
    if shanks:
        width = min(width, settings.line_shanks * max(shanks))
    return max(1, round(width * scale))


def _outward(landmarks_px: FloatArray) -> dict[str, FloatArray]:
    """Which way from the knee each letter stands: across the legs, away from the other one, the same all the time."""
    along = _median([landmarks_px[:, landmark(s, "ankle")] - landmarks_px[:, landmark(s, "hip")] for s in SIDES])
    apart = _median([landmarks_px[:, landmark("left", "knee")] - landmarks_px[:, landmark("right", "knee")]])
    length = float(np.hypot(*along))
    across = np.array([along[1], -along[0]]) / length if length > 0 else np.array([1.0, 0.0])
    left = across if across @ apart >= 0 else -across
    return {"left": left, "right": -left}


def _median(vectors: list[FloatArray]) -> FloatArray:
    """(2,) the middle of all vectors that are known; zero when none is."""
    known = np.concatenate(vectors)
    known = known[np.isfinite(known).all(axis=1)]
    return np.median(known, axis=0) if len(known) else np.zeros(2)
