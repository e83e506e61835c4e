"""The surroundings of points, cut out of two pictures: less to go through than the pictures as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from motionscan.motion.grouping import IntArray
from motionscan.records import BoolArray, ByteArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """Pieces of a reference picture and of another one; piece n holds the surroundings of point n."""

    reference: ByteArray
    picture: ByteArray
    from_px: FloatArray
    """(N, 2) taken off places in the reference picture to have them in ``reference``."""
    to_px: FloatArray
    """(N, 2) the same for ``picture``."""
    low_px: FloatArray
    """(N, 2) and"""
    high_px: FloatArray
    """(N, 2) bounds of places in the picture whose window lies in their piece, or at the picture's own edge."""

    def holds(self, places_px: FloatArray) -> BoolArray:
        """(N,) whether places in the picture, (N, 2), are seen in their pieces."""
        return np.asarray(((places_px >= self.low_px) & (places_px <= self.high_px)).all(axis=1))


def cut_out(
    reference: ByteArray, picture: ByteArray, points_px: FloatArray, guess_px: FloatArray, side_px: int, reach_px: int
) -> Cutout:
    """What lies around points, (N, 2), and where they are guessed to be: a box around all, or a tile around each.

    Whichever has fewer pixels; windows of ``side_px`` have room to move by ``reach_px``.
    """
    shape = np.array(picture.shape[::-1])
    tile = np.minimum(side_px + 2 * reach_px, shape)
    both = np.concatenate([points_px, guess_px])
    low = np.clip(_corner(both.min(axis=0), tile), 0, shape - tile)
    high = np.clip(_corner(both.max(axis=0), tile), 0, shape - tile) + tile
    if np.prod(high - low) <= len(points_px) * np.prod(tile):
        box = slice(low[1], high[1]), slice(low[0], high[0])
        corners = np.broadcast_to(low, points_px.shape)
        pieces = (reference[box], picture[box])
        return _cutout(pieces, (corners, corners), np.zeros(points_px.shape), high - low, shape, side_px)
    corners_px = [np.clip(_corner(places, tile), 0, shape - tile) for places in (points_px, guess_px)]
    pieces = (_tiles(reference, corners_px[0], tile), _tiles(picture, corners_px[1], tile))
    # tiles lie below each other
    below = np.stack([np.zeros(len(points_px)), np.arange(len(points_px)) * tile[1]], axis=1)
    return _cutout(pieces, (corners_px[0], corners_px[1]), below, tile, shape, side_px)


def _corner(middle_px: FloatArray, size_px: IntArray) -> IntArray:
    return np.asarray(np.floor(middle_px).astype(np.intp) - size_px // 2)


def _tiles(picture: ByteArray, corners_px: IntArray, size_px: IntArray) -> ByteArray:
    views = sliding_window_view(picture, (int(size_px[1]), int(size_px[0])))
    return np.asarray(views[corners_px[:, 1], corners_px[:, 0]].reshape(-1, size_px[0]))


def _cutout(
    pieces: tuple[ByteArray, ByteArray],
    corners_px: tuple[IntArray, IntArray],
    place_px: FloatArray,
    size_px: IntArray,
    shape_px: IntArray,
    side_px: int,
) -> Cutout:
    """Pieces of one size whose corners, (N, 2) in either picture, lie at ``place_px`` in the cutout."""
    first, last = corners_px[1], corners_px[1] + size_px - 1
    return Cutout(
        *pieces,
        from_px=corners_px[0] - place_px,
        to_px=corners_px[1] - place_px,
        low_px=np.where(first > 0, first + side_px // 2, 0.0),
        high_px=np.where(last < shape_px - 1, last - side_px // 2, last.astype(np.float64)),
    )
