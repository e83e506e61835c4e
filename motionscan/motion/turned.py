"""Parts that have turned, followed in a picture turned back by as much: a tracked window shifts, but does not turn."""

from itertools import compress
from typing import Final

import cv2
import numpy as np

from motionscan.motion.flow import there_and_back
from motionscan.motion.grouping import Grouping, IntArray
from motionscan.motion.similarity import ComplexArray, RobustFit, fit_similarities, to_complex, to_points
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

PASSES: Final = 2
"""The first finds most points, and with them by how much the part has really turned."""
AGREEING: Final = 0.25
"""Share of a part's trusted points that must agree where it is; the others may lie on what does not move with it."""


class TurnedParts:
    """The parts of one reference picture, each of points that are followed one by one and move as one."""

    def __init__(
        self, parts: Grouping, places: ComplexArray, weight: FloatArray, robust: RobustFit, settings: MotionSettings
    ) -> None:
        """Groups of (N,) points in the reference picture, with how much each counts."""
        self._parts = parts
        self._places = places
        self._weight = weight
        self._robust = robust
        self._settings = settings
        arms = parts.gather(places) - parts.mean(places)[:, None]
        self._levers = (
            np.where(parts.mask, arms.conj(), 0) / np.maximum((np.abs(arms) ** 2 * parts.mask).sum(axis=1), 1)[:, None]
        )

    def found(
        self,
        reference: ByteArray,
        picture: ByteArray,
        found_px: FloatArray,
        good: BoolArray,
        guess_px: FloatArray,
        side_px: int,
    ) -> tuple[FloatArray, BoolArray]:
        """The points, found once more where their part has turned by more than a tracked window can tell.

        Args:
            reference: (h, w) prepared picture that the points were chosen in.
            picture: (h, w) prepared picture to search.
            found_px: (N, 2) where they were found by windows that only shift.
            good: (N,) which of these can be trusted.
            guess_px: (N, 2) where they were thought to be: all that is known of a part whose points are lost.
            side_px: side of the tracked window.

        Returns:
            (N, 2) places in ``picture`` and (N,) whether each can be trusted.
        """
        found, good, guess = to_complex(found_px), good.copy(), to_complex(guess_px)
        for members in compress(self._parts.members, self._may_have_turned(found, good)):
            found[members], good[members] = self._found_turned(
                reference, picture, members, found[members], good[members], guess[members], side_px
            )
        return to_points(found), good

    def _may_have_turned(self, found: ComplexArray, good: BoolArray) -> BoolArray:
        """(R,) whether a part seems turned, outliers and all, or has lost many points at once."""
        trusted = self._parts.mask & good[self._parts.rows]
        count = np.maximum(trusted.sum(axis=1), 1)
        steps = np.where(trusted, self._parts.gather(found - self._places), 0)
        steps -= np.where(trusted, (steps.sum(axis=1) / count)[:, None], 0)
        lost = count < (1 - self._settings.far_search_share) * self._parts.counts
        turn = (self._levers * steps).sum(axis=1)
        return np.asarray(lost | (np.abs(turn) > self._settings.turned_rad / 2))

    def _found_turned(
        self,
        reference: ByteArray,
        picture: ByteArray,
        members: IntArray,
        found: ComplexArray,
        good: BoolArray,
        guess: ComplexArray,
        side_px: int,
    ) -> tuple[ComplexArray, BoolArray]:
        # where most are lost, the few that are left may be false ones
        few = good.mean() < self._settings.min_kept_fraction
        fit = (None if few else self._fit(members, found, good)) or self._fit(members, guess, np.ones_like(good))
        used = 1 + 0j
        for _ in range(PASSES):
            if fit is None or abs(np.angle(fit[0] / used)) < self._settings.turned_rad:
                break
            again, trusted = self._followed(reference, picture, self._places[members], *fit, side_px)
            if trusted.sum() < good.sum():
                break
            used, found, good = fit[0], again, trusted
            fit = self._fit(members, found, good)
        return found, good

    def _fit(self, members: IntArray, found: ComplexArray, good: BoolArray) -> tuple[complex, complex] | None:
        """Turn and shift of a part; None where too few of its points are trusted, or these disagree."""
        if good.sum() < self._settings.min_points:
            return None
        places = self._places[members]
        fits = fit_similarities(places[None], found[None], good[None], self._weight[members][None], self._robust)
        turn, shift = complex(fits[0][0]), complex(fits[1][0])
        return (turn, shift) if _agree(turn * places + shift, found, good, self._settings) else None

    def _followed(
        self,
        reference: ByteArray,
        picture: ByteArray,
        places: ComplexArray,
        turn: complex,
        shift: complex,
        side_px: int,
    ) -> tuple[ComplexArray, BoolArray]:
        """Points of a part followed in the picture laid as the reference picture is."""
        size, points_px = np.array(reference.shape[::-1]), to_points(places)
        room_px = side_px + self._settings.reach_px
        low = np.clip(np.floor(points_px.min(axis=0)) - room_px, 0, size - 1).astype(int)
        high = np.clip(np.ceil(points_px.max(axis=0)) + room_px, low + 1, size).astype(int)
        corner = complex(*low)
        start = turn * corner + shift
        matrix = np.array([[turn.real, -turn.imag, start.real], [turn.imag, turn.real, start.imag]])
        width, height = (int(side) for side in high - low)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        laid: ByteArray = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
        piece = np.ascontiguousarray(reference[low[1] : high[1], low[0] : high[0]])
        there, good = there_and_back(piece, laid, points_px - low, points_px - low, side_px, 0, self._settings)
        moved_px = to_points(turn * (to_complex(there) + corner) + shift)
        inside = ((moved_px >= 0) & (moved_px <= size - 1)).all(axis=1)
        return to_complex(moved_px), good & inside


def lost_looked_for(
    expected: ComplexArray, found: ComplexArray, good: BoolArray, guess: ComplexArray, settings: MotionSettings
) -> ComplexArray:
    """(N,) where to look next for the lost points of one part: where its turn and shift take them, ``expected``.

    The toes of a turning foot have gone elsewhere than its other points. Only where these do not agree where the part
    is, a lost point is looked for as far on from its last ``guess`` as they have gone.
    """
    if not good.any():
        return guess
    if _agree(expected, found, good, settings):
        return expected
    steps = (found - guess)[good]
    return guess + complex(np.median(steps.real), np.median(steps.imag))


def _agree(expected: ComplexArray, found: ComplexArray, good: BoolArray, settings: MotionSettings) -> bool:
    """Whether enough of the trusted points of one part, (N,), are about where it takes them."""
    return bool(np.quantile(np.abs(found - expected)[good], AGREEING) <= settings.astray_px)
