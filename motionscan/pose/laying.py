"""Where legs found alone are, by the silhouette: asked now and then, because it costs more than landmarks."""

from collections import deque
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from motionscan.body import SIDES, landmark
from motionscan.pose.landmark_net import LandmarkNet, Pyramid
from motionscan.pose.legs_evidence import Legs, back_in, together
from motionscan.pose.plausible import shank_px
from motionscan.pose.silhouette import Laid, laid_into, reaching_on
from motionscan.pose.squares import about_the_legs, carried, varied
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import LegsSettings

_TURNED: Final = np.array([about_the_legs(1.0, 0.5), about_the_legs(1.0, -0.5)])
"""How the squares differ whose silhouettes are joined. One of them is looked at mirrored: so a mirrored picture gives
the same two. (Ankles, heels and toes from the side: 0.056 shanks off, 0.070 by the square itself seen both ways.)"""
_HIPS: Final = np.array([landmark(side, "hip") for side in SIDES])


class _Said(NamedTuple):
    """What one look at the silhouette said."""

    one: bool
    """There is only one leg."""
    moved: FloatArray
    """(10, 2) by how much the landmarks are off where one look puts them, in shank lengths."""
    thighs: BoolArray
    """(2,) which thighs are there."""


class Laying:
    """Moves landmarks to where the silhouette shows the legs, by the median of what it said lately.

    How far the network is off changes with the view, not from picture to picture.
    """

    def __init__(self, net: LandmarkNet, settings: LegsSettings) -> None:
        """Start without a past."""
        self._net = net
        self._settings = settings
        self._said: deque[_Said] = deque(maxlen=settings.laid_kept)
        self._pictures = 0

    def forget(self) -> None:
        """The legs were searched anew: what was said of the old ones does not count."""
        self._said.clear()
        self._pictures = 0

    @property
    def due(self) -> bool:
        """Whether the silhouette is to be asked in the next picture."""
        s = self._settings
        every = s.laid_every if len(self._said) < s.laid_kept else s.laid_later
        return self._pictures < s.laid_first or self._pictures % every == 0

    def laid(self, pyramid: Pyramid, legs: Legs) -> Legs:
        """The legs of the next picture where the silhouette puts them, in this picture or lately."""
        if self.due:
            self._ask(pyramid, legs)
        self._pictures += 1
        if not self._said:
            return legs
        one = 2 * sum(said.one for said in self._said) > len(self._said)
        alike = [said for said in self._said if said.one == one]
        legs = together(legs) if one else legs
        laid_px = legs.plain_px + shank_px(legs.plain_px) * np.median([said.moved for said in alike], axis=0)
        visibility = legs.visibility.copy()
        visibility[_HIPS[2 * np.sum([said.thighs for said in alike], axis=0) < len(alike)]] = 0
        return replace(legs, points_px=back_in(laid_px, pyramid, self._settings), visibility=visibility)

    def _ask(self, pyramid: Pyramid, legs: Legs) -> None:
        laid = self._laid(pyramid, legs.square, legs.points_px)
        if laid is not None and laid.half:
            # near a single lower leg the network takes knees for hips
            further_px = reaching_on(legs.points_px)
            longer = self._laid(pyramid, carried(legs.square, legs.points_px, further_px), further_px)
            if longer is not None and longer.one and not longer.half and longer.one_cost < laid.one_cost:
                laid = longer
        if laid is not None:
            plain_px = (together(legs) if laid.one else legs).plain_px
            self._said.append(_Said(laid.one, (laid.legs_px - plain_px) / shank_px(plain_px), laid.thighs))

    def _laid(self, pyramid: Pyramid, square: FloatArray, legs_px: FloatArray) -> Laid | None:
        one, other = varied(square[None], _TURNED)
        silhouettes = self._net.silhouette(pyramid, one), self._net.silhouette(pyramid, other, mirrored=True)
        return laid_into(silhouettes, legs_px, shank_px(legs_px), self._settings)
