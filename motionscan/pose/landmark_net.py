"""The landmark network of a pose bundle, asked directly: squares of a picture in, landmarks out.

Imported in the pose process only. The bundle's other network, which looks for a face or a torso, is not needed.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from motionscan.pose.bundle import LANDMARKS_NAME
from motionscan.pose.pruning import with_outputs
from motionscan.pose.silhouette import Silhouette
from motionscan.pose.squares import DRAWN_OUT, SIDE, to_picture
from motionscan.records import BoolArray, ByteArray, FloatArray

INPUT_PX: Final = 256
POINTS: Final = 39
_NUMBERS: Final = 5
"""Per point: x, y and depth in pixels of the square, and the logits of visibility and presence."""
MAP_PX: Final = 64
"""Side of the heat map that the network gives for each point."""
_POINTS_OUTPUT, _MAPS_OUTPUT, _SILHOUETTE_OUTPUT = POINTS * _NUMBERS, POINTS * MAP_PX * MAP_PX, INPUT_PX * INPUT_PX
"""Outputs are told apart by how many numbers they hold."""
_OTHER_SIDE: Final = np.array([0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(np.arange(11, 33) - 11 ^ 1) + 11, *range(33, 39)])
"""Each point's counterpart on the other side of the body."""
_PEAK: Final = 0.5
"""Heat from which the middle of the heat is nearer to the point than the landmark itself."""
_REACH: Final = 3
"""How many cells of the heat map around a landmark are asked where exactly it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the network sees in n squares of one picture."""

    squares: FloatArray
    """(n, 5) as in ``squares``."""
    points_px: FloatArray
    """(n, 39, 2) in pixels of the picture."""
    visibility: FloatArray
    """(n, 39) 0..1."""
    heat: FloatArray
    """(n, 39) 0..1: the heat map of the point has a peak there; low where the network only guesses from the rest
    of the body."""

    def __getitem__(self, rows: Any) -> "Seen":
        """The rows that an index array or a slice names."""
        return Seen(self.squares[rows], self.points_px[rows], self.visibility[rows], self.heat[rows])


def joined(first: Seen, second: Seen) -> Seen:
    """Both, one after the other."""
    names = ("squares", "points_px", "visibility", "heat")
    return Seen(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


class LandmarkNet:
    """The network, ready to be asked."""

    def __init__(self, bundle: bytes) -> None:
        """Load it from the bytes of a ``.task`` bundle; one thread, because the parent keeps the other processors busy.

        Raises:
            KeyError: the bundle has no such network.
            ValueError: the network is not of the known kind.
        """
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            network = archive.read(LANDMARKS_NAME)
        known = _outputs(network)
        if not {_POINTS_OUTPUT, _MAPS_OUTPUT, _SILHOUETTE_OUTPUT} <= known.keys():
            raise ValueError("the bundle's landmark network has other outputs than those of a body")
        self._body = _Part(network, (known[_POINTS_OUTPUT], known[_MAPS_OUTPUT]))
        self._outline = _Part(network, (known[_SILHOUETTE_OUTPUT],))

    def look(self, pyramid: "Pyramid", squares: FloatArray, *, mirrored: bool = False) -> Seen:
        """What it sees in each of the (n, 5) squares; ``mirrored`` shows it their mirror images.

        What is said of a mirror image is turned back, the names of the sides with it.
        """
        cuts = (pyramid.cut(square) for square in squares)
        answers = [self._answer(np.asarray(cv2.flip(cut, 1)) if mirrored else cut) for cut in cuts]
        points, visibility, heat = (np.array([answer[k] for answer in answers], dtype=float) for k in range(3))
        if mirrored:
            points, visibility, heat = points[:, _OTHER_SIDE], visibility[:, _OTHER_SIDE], heat[:, _OTHER_SIDE]
            points[..., 0] = 1 - points[..., 0]
        return Seen(squares, to_picture(points, squares), visibility, heat)

    def silhouette(self, pyramid: "Pyramid", square: FloatArray, *, mirrored: bool = False) -> Silhouette:
        """The person in one (5,) square; costs twice as much as a look."""
        cut = pyramid.cut(square)
        (logits,) = self._outline.answer(np.asarray(cv2.flip(cut, 1)) if mirrored else cut)
        shown = _sigmoid(logits.reshape(INPUT_PX, INPUT_PX).astype(float))
        return Silhouette(square, shown[:, ::-1] if mirrored else shown, (pyramid.width_px, pyramid.height_px))

    def _answer(self, cut: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of one square: points as parts of its side, visibility, heat."""
        numbers, maps = self._body.answer(cut)
        numbers, maps = numbers.reshape(POINTS, _NUMBERS).astype(float), maps.reshape(MAP_PX, MAP_PX, POINTS)
        points, heat = _at_the_peak(numbers[:, :2] / INPUT_PX, maps)
        return points, _sigmoid(numbers[:, 3]) * _sigmoid(numbers[:, 4]), heat


def _outputs(network: bytes) -> dict[int, int]:
    """How many numbers each output holds, and its tensor."""
    from ai_edge_litert.interpreter import Interpreter

    details = Interpreter(model_content=network).get_output_details()
    return {int(np.prod(one["shape"])): one["index"] for one in details}


class _Part:
    """What of the network leads to some of its outputs."""

    def __init__(self, network: bytes, outputs: tuple[int, ...]) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._outputs = outputs
        self._interpreter = Interpreter(model_content=with_outputs(network, outputs), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]

    def answer(self, cut: FloatArray) -> tuple[FloatArray, ...]:
        """The outputs for one cut, in the order in which they were asked for."""
        self._interpreter.set_tensor(self._input, cut[None])
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(output) for output in self._outputs)


def _at_the_peak(points: FloatArray, maps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points moved to the middle of the heat around them, where there is a peak, and how high it is."""
    cells = np.clip((points * MAP_PX).astype(int), 0, MAP_PX - 1)
    steps = np.arange(-_REACH, _REACH + 1)
    columns = np.clip(cells[:, 0, None, None] + steps[None, None, :], 0, MAP_PX - 1)
    rows = np.clip(cells[:, 1, None, None] + steps[None, :, None], 0, MAP_PX - 1)
    near = _sigmoid(maps[rows, columns, np.arange(POINTS)[:, None, None]].astype(float))
    heat = near.max(axis=(1, 2))
    total = near.sum(axis=(1, 2))
    middle = np.stack([(near * (grid + 0.5)).sum(axis=(1, 2)) / total for grid in (columns, rows)], axis=-1) / MAP_PX
    return np.where(heat[:, None] >= _PEAK, middle, points), heat


class Pyramid:
    """A picture at several sizes, so that a square is never cut from one that is much too large."""

    def __init__(self, rgb: ByteArray) -> None:
        """Keep (h, w, 3) uint8 sRGB; smaller sizes are made when asked for."""
        self._levels = [rgb]
        self.height_px, self.width_px = rgb.shape[:2]

    def nearest(self, places_px: FloatArray) -> FloatArray:
        """(..., 2) the places of the picture that are nearest to these."""
        return np.clip(places_px, 0.0, (self.width_px, self.height_px))

    def shows(self, places_px: FloatArray) -> BoolArray:
        """(...) which of the places (..., 2) lie inside the picture."""
        return np.asarray(((places_px > 0) & (places_px < (self.width_px, self.height_px))).all(axis=-1))

    def cut(self, square: FloatArray) -> FloatArray:
        """(256, 256, 3) float32 in 0..1: the square upright."""
        level = max(0, int(np.log2(max(1.0, square[SIDE] / INPUT_PX))))
        while len(self._levels) <= level and min(self._levels[-1].shape[:2]) > 1:
            self._levels.append(_halved(self._levels[-1]))
        level = min(level, len(self._levels) - 1)
        matrix = _matrix(square, 2.0**level)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REPLICATE if square[DRAWN_OUT] else cv2.BORDER_CONSTANT
        cut = cv2.warpAffine(self._levels[level], matrix, (INPUT_PX, INPUT_PX), flags=flags, borderMode=border)
        return np.multiply(cut, np.float32(1 / 255), dtype=np.float32)


def _halved(rgb: ByteArray) -> ByteArray:
    """(h // 2, w // 2, 3) the mean of each four pixels; a sixth of the time of a Gaussian pyramid's step."""
    height, width = (side // 2 for side in rgb.shape[:2])
    even = rgb[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _matrix(square: FloatArray, shrink: float) -> FloatArray:
    """(2, 3) from pixels of the cut to pixels of a picture ``shrink`` times smaller."""
    corner, right, below = to_picture(np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]), square[None])[0]
    scale = 1 / INPUT_PX
    # pixel middles lie at half pixels, in the cut as in the picture
    columns = np.column_stack([(right - corner) * scale, (below - corner) * scale, corner])
    columns[:, 2] += 0.5 * (columns[:, 0] + columns[:, 1])
    columns /= shrink
    columns[:, 2] -= 0.5
    return columns


def _sigmoid(logits: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))))
