"""Points in groups of different sizes, as padded rows that numpy can work on at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionscan.motion.similarity import ComplexArray, masked_median
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

    def mean(self, values: ComplexArray) -> ComplexArray:
        """(G,) mean of the (N,) values of each group, 0 for empty ones."""
        return np.asarray(self.gather(values).sum(axis=1) / np.maximum(self.counts, 1))

    def median(self, values: ComplexArray, trusted: BoolArray, least: FloatArray) -> ComplexArray:
        """(G,) component-wise median of the trusted (N,) values; NaN for groups with fewer than ``least`` (G,).

        A median: one point that slips along an edge does not move its group.
        """
        mask = self.mask & trusted[self.rows]
        rows = np.where(mask, values[self.rows], 0)
        middle = masked_median(rows.real, mask) + 1j * masked_median(rows.imag, mask)
        return np.where((mask.sum(axis=1) >= least) & (self.counts > 0), middle, np.nan)

    def fragility(self, texture: FloatArray) -> FloatArray:
        """(G,) variance of the mean of each group, in units of that of one point of unit texture; 0 when empty."""
        inverse = np.where(self.mask, 1 / texture[self.rows], 0).sum(axis=1)
        return np.asarray(inverse / np.maximum(self.counts, 1) ** 2)
