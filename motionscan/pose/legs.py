"""Finds legs without a person: the landmark network asked about many squares of the picture, then followed.

A square is believed when the heat maps of knee, ankle, heel and toe have peaks, and when other squares around it,
some of them mirrored, show the same legs in the same places. Chairs and hands pass the first test at times, a raised
forearm now and then both. Where exactly the legs are is then told, now and then, by the silhouette that the network
draws.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from motionscan.pose.landmark_net import LandmarkNet, Pyramid, Seen, joined
from motionscan.pose.laying import Laying
from motionscan.pose.legs_evidence import Legs, agreed, heat_of_legs, named_as, weight
from motionscan.pose.squares import (
    about_the_legs,
    carried,
    disagreement,
    extent_px,
    grid,
    next_squares,
    varied,
    with_both_edges,
)
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import LegsSettings

_SHIFTS: Final = np.array(
    [[0.05, 0.0, 1.10, 0.10], [-0.05, 0.03, 0.92, -0.10], [0.0, -0.05, 1.0, 0.15], [0.0, 0.05, 1.05, -0.15]]
)
"""How the other squares differ that must show the same legs: as much as the network bears."""
_NEAR: Final = np.array([about_the_legs(*change) for change in ((1.0, 0.5), (1.0, -0.5), (0.8, 0.0), (1.25, 0.0))])
_WIDELY: Final = np.concatenate([_NEAR, [about_the_legs(1.2, 0.9), about_the_legs(1.2, -0.9)]])
"""How squares are varied in search of better ones. The next square that a square asks for is often no better, and
the best one is in between what the grid has."""


class LegsFinder:
    """Finds the legs in pictures that come one after another.

    A search over the whole picture is made for the first one, and again when the legs are lost; after one that finds
    nothing ever more pictures are passed over until the next, which is denser and tries the turns between.
    """

    def __init__(self, net: LandmarkNet, settings: LegsSettings) -> None:
        """Start without a past."""
        self._net = net
        self._settings = settings
        self._best: Legs | None = None
        """As they were seen best since the last search: their square is carried along, because one square after
        another that the network asks for wanders off."""
        self._last: Legs | None = None
        self._laying = Laying(net, settings)
        self._pause = 0
        self._failures = 0

    def find(self, rgb: ByteArray) -> Legs | None:
        """The legs in the next picture (h, w, 3); None when none are seen."""
        pyramid = Pyramid(rgb)
        legs = self._follow(pyramid) if self._last is not None else None
        if legs is None:
            legs = self._search_when_due(pyramid)
            self._best = legs or self._best
            self._laying.forget()
        if legs is None:
            return None
        self._last = legs if self._last is None else named_as(legs, self._last)
        return self._laying.laid(pyramid, self._last)

    def _follow(self, pyramid: Pyramid) -> Legs | None:
        """The legs near where they were last seen; by one look where that will do, by ever more where it does not."""
        assert self._last is not None
        assert self._best is not None
        square = _carried(self._best, self._last, pyramid, self._settings)
        look = self._net.look(pyramid, square[None])
        legs = None if self._laying.due else agreed(look, pyramid, self._settings, followed=True)
        if legs is not None and legs.evidence >= self._settings.clear_heat:
            # one look does not tell sides: two give the legs each other's names now and then
            legs = replace(named_as(legs, self._last), sided=self._last.sided)
        else:
            looks = self._both_ways(pyramid, look)
            legs = (
                agreed(looks, pyramid, self._settings, followed=True)
                or self._held_against_others(pyramid, looks)
                or self._around(pyramid, square[None])
            )
            if legs is not None and legs.evidence > self._best.evidence:
                self._best = legs
        return legs if legs is not None and _near(legs, self._last, self._settings) else None

    def _around(self, pyramid: Pyramid, square: FloatArray) -> Legs | None:
        """The legs in the best of the squares around a (1, 5) one: a tenth of what a search costs."""
        seen = self._net.look(pyramid, varied(square, _WIDELY))
        legs = self.verified(pyramid, self._asked(seen, pyramid, 1)[0])
        self._best = legs or self._best
        return legs

    def _search_when_due(self, pyramid: Pyramid) -> Legs | None:
        if self._pause > 0:
            self._pause -= 1
            return None
        legs = self.search(pyramid)
        self._failures = 0 if legs is not None else self._failures + 1
        self._pause = min(3**self._failures - 1, self._settings.longest_pause)
        return legs

    def search(self, pyramid: Pyramid) -> Legs | None:
        """The legs anywhere in a picture.

        A cut body is seen better at times when the edge of the picture is drawn out than beside black (knees placed
        0.115 instead of 0.137 shanks off from the front, 0.145 instead of 0.171 from the side; simulated people cut
        at the knees, seed set 5), so that the best squares are looked at in both ways.
        """
        s = self._settings
        turns = (np.arange(s.search_turns) + 0.5 * (self._failures % 2)) * 2 * np.pi / s.search_turns
        step = s.search_again_step if self._failures else s.search_step
        squares = grid(pyramid.width_px, pyramid.height_px, s.search_sides, step, turns)
        seen = self._net.look(pyramid, squares)
        seen = self._and(seen, pyramid, with_both_edges(self._asked(seen, pyramid, s.search_refined)))
        seen = self._and(seen, pyramid, varied(self._asked(seen, pyramid, s.search_varied), _WIDELY))
        seen = self._and(seen, pyramid, varied(self._asked(seen, pyramid, s.search_kept), _NEAR))
        seen = self._and(seen, pyramid, with_both_edges(self._asked(seen, pyramid, s.search_kept)))
        asked = self._asked(seen, pyramid, s.search_verified)
        candidates = np.concatenate([with_both_edges(asked[:1]), asked[1:]])
        looks = [self._both_ways(pyramid, self._net.look(pyramid, square[None])) for square in candidates]
        looks.sort(key=lambda look: -heat_of_legs(look, pyramid, s).mean())
        found = (self._held_against_others(pyramid, look) for look in looks)
        legs = next((legs for legs in found if legs is not None), None)
        return legs and self._improved(pyramid, legs)

    def _improved(self, pyramid: Pyramid, legs: Legs) -> Legs:
        """The legs as the squares that they ask for show them, as long as these show them better."""
        for _ in range(self._settings.search_improved):
            better = self.verified(pyramid, legs.asked)
            if better is None or better.evidence <= legs.evidence:
                break
            legs = better
        return legs

    def _and(self, seen: Seen, pyramid: Pyramid, squares: FloatArray) -> Seen:
        """What was seen, and what is seen in these squares as well."""
        return joined(seen, self._net.look(pyramid, squares))

    def _asked(self, seen: Seen, pyramid: Pyramid, count: int) -> FloatArray:
        """The squares that those with the most evidence for legs ask for."""
        best = seen[np.argsort(-weight(seen, pyramid, self._settings))[:count]]
        return next_squares(best.squares, best.points_px)

    def verified(self, pyramid: Pyramid, square: FloatArray) -> Legs | None:
        """The legs in one (5,) square, when the squares around it and their mirror images show them too."""
        look = self._net.look(pyramid, square[None])
        return self._held_against_others(pyramid, self._both_ways(pyramid, look))

    def _both_ways(self, pyramid: Pyramid, look: Seen) -> Seen:
        """A look at a square, and one at its mirror image."""
        return joined(look, self._net.look(pyramid, look.squares, mirrored=True))

    def _held_against_others(self, pyramid: Pyramid, looks: Seen) -> Legs | None:
        """The legs of two looks at one square, when the squares around it show them too."""
        around = varied(looks.squares[:1], _SHIFTS)
        others = joined(self._net.look(pyramid, around), self._net.look(pyramid, around[:2], mirrored=True))
        return agreed(joined(looks, others), pyramid, self._settings)


def _carried(best: Legs, last: Legs, pyramid: Pyramid, settings: LegsSettings) -> FloatArray:
    """(5,) the square in which legs were seen best, moved to where they were seen last.

    It stays while that is about the same place: the network errs, and its square with it. What is outside the picture
    is guessed further away the larger the square, so that squares carried along by it grow.
    """
    shown = pyramid.shows(best.points_px) & pyramid.shows(last.points_px)
    if not shown.any():
        return best.square
    square = carried(best.square, best.points_px[shown], last.points_px[shown])
    still = disagreement(square[None], best.square[None])[0] < settings.follow_still
    return best.square if still else square


def _near(legs: Legs, last: Legs, settings: LegsSettings) -> bool:
    """Whether these are the legs of the picture before, as far as size tells."""
    growth = abs(np.log(extent_px(legs.points_px) / extent_px(last.points_px)))
    return bool(growth <= settings.follow_growth)
