"""Points in groups of different sizes, as padded rows that numpy can work on at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionscan.motion.similarity import ComplexArray, RobustFit, biweight, masked_median
from motionscan.records import BoolArray, FloatArray

IntArray = NDArray[np.intp]


def members_of(group: IntArray, size: int) -> list[IntArray]:
    """Indices of the members of groups 0..size-1, where ``group`` (N,) names each point's group."""
    return [np.flatnonzero(group == number) for number in range(size)]


class Grouping:
    """G groups of some of N points; a point may be in several.

    Attributes:
        members: for each group the indices of its points.
        rows: (G, K) the same, padded with 0 to the largest group.
        mask: (G, K) True where ``rows`` is no padding.
        counts: (G,) points in each group.
    """

    def __init__(self, members: Sequence[IntArray]) -> None:
        self.members = members
        self.counts = np.array([len(indices) for indices in members])
        longest = max(1, int(self.counts.max(initial=0)))
        self.rows = np.zeros((len(members), longest), dtype=np.intp)
        for number, indices in enumerate(members):
            self.rows[number, : len(indices)] = indices
        self.mask = np.arange(longest) < self.counts[:, None]

    def gather(self, values: ComplexArray) -> ComplexArray:
        """(N,) values as (G, K) rows, zero in the padding."""
        return np.where(self.mask, values[self.rows], 0)

    def least(self, points: int, share: float) -> FloatArray:
        """(G,) how many points of each group must be trusted: so many, and so large a share of them."""
        return np.maximum(points, share * self.counts)

    def mean(self, values: ComplexArray) -> ComplexArray:
        """(G,) mean of the (N,) values of each group, 0 for empty ones."""
        return np.asarray(self.gather(values).sum(axis=1) / np.maximum(self.counts, 1))

    def robust_mean(
        self, values: ComplexArray, trusted: BoolArray, least: FloatArray, weight: FloatArray, fit: RobustFit
    ) -> ComplexArray:
        """(G,) mean of the trusted (N,) values, outliers from the group's median left out.

        One point that slips along an edge does not move its group; well textured points, which jitter less, count
        for more. NaN for groups with fewer trusted points than ``least`` (G,).
        """
        mask = self.mask & trusted[self.rows]
        rows = np.where(mask, values[self.rows], 0)
        middle = masked_median(rows.real, mask) + 1j * masked_median(rows.imag, mask)
        weights = weight[self.rows] * biweight(np.abs(rows - middle[:, None]), mask, fit)
        total = weights.sum(axis=1)
        enough = (mask.sum(axis=1) >= least) & (total > 0)
        return np.where(enough, (weights * rows).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)

    def fragility(self, weight: FloatArray) -> FloatArray:
        """(G,) variance of the weighted mean of each group in units of a point of weight 1; 0 when empty."""
        total = np.where(self.mask, weight[self.rows], 0).sum(axis=1)
        return np.where(total > 0, 1 / np.where(total > 0, total, 1.0), 0.0)

    def limited(self, weight: FloatArray, ratio: float) -> FloatArray:
        """(N,) weights with those above ``ratio`` times the median of their group cut down to that."""
        out = weight.copy()
        for members in self.members:
            if len(members):
                out[members] = np.minimum(weight[members], ratio * np.median(weight[members]))
        return out
