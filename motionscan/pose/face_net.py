"""Faces by the network with which a pose bundle begins its search for persons: it answers with the box of a face.

MediaPipe goes on to the body from it and forgets faces whose body it cannot make out; here they are kept. Imported in
the pose process only. The network and its grid of anchors: Bazarevsky et al., BlazePose, arXiv:2006.10204.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from motionscan.pose.bundle import DETECTOR_NAME
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import FaceSettings

INPUT_PX: Final = 224
_CELLS: Final = ((28, 2), (14, 2), (7, 6))
"""Cells along a side of each grid, and anchors in each cell."""
_NUMBERS: Final = 12
"""For each anchor: the box (middle x, y, width, height in pixels of the input), then points of the body."""
_FACE_POINTS: Final = 11
"""The first of a person's landmarks: nose, eyes, ears, mouth."""
_SHOULDERS: Final = [11, 12]
_HIPS: Final = [23, 24]

Circle = tuple[float, float, float]
"""Middle x, y and radius in pixels."""


class FaceNet:
    """The network, ready to be asked."""

    def __init__(self, bundle: bytes, settings: FaceSettings) -> None:
        """Load it from the bytes of a ``.task`` bundle.

        Raises:
            KeyError: the bundle has no such network.
        """
        from ai_edge_litert.interpreter import Interpreter

        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            network = archive.read(DETECTOR_NAME)
        self._settings = settings
        self._interpreter = Interpreter(model_content=network, num_threads=1)
        self._interpreter.allocate_tensors()
        self._anchors = _anchors()

    def find(self, rgb: ByteArray) -> list[Circle]:
        """Every face in a picture (h, w, 3): looked for in all of it, and nearer by in squares along its long side."""
        found = [circle for left, top, square in _squares(rgb) for circle in self._in_square(square, left, top)]
        return joined([], sorted(found, key=lambda circle: circle[2]))

    def _in_square(self, square: ByteArray, left_px: float, top_px: float) -> Iterator[Circle]:
        size_px = square.shape[0]
        small = cv2.resize(square, (INPUT_PX, INPUT_PX), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        self._interpreter.set_tensor(self._interpreter.get_input_details()[0]["index"], small[None])
        self._interpreter.invoke()
        given = [self._interpreter.get_tensor(output["index"])[0] for output in self._interpreter.get_output_details()]
        boxes = next(output for output in given if output.shape[-1] == _NUMBERS)
        logits = next(output for output in given if output.shape[-1] == 1)[:, 0]
        limit = np.log(self._settings.min_score / (1 - self._settings.min_score))
        for number in np.flatnonzero(logits >= limit):
            x, y = self._anchors[number] + boxes[number, :2] / INPUT_PX
            side = boxes[number, 2:4].max() / INPUT_PX
            radius_px = float(self._settings.box_radius * side * size_px)
            yield float(x * size_px + left_px), float(y * size_px + top_px), radius_px


def head_of(points: list[list[float]], width_px: int, height_px: int, settings: FaceSettings) -> Circle:
    """The circle over the head of a person, given as landmarks relative to the picture's size."""
    places_px: FloatArray = np.array(points)[:, :2] * (width_px, height_px)
    face_px = places_px[:_FACE_POINTS]
    middle = face_px.mean(axis=0)
    torso_px = float(np.hypot(*(places_px[_SHOULDERS].mean(axis=0) - places_px[_HIPS].mean(axis=0))))
    by_face_px = settings.landmarks_radius * float(np.hypot(*(face_px - middle).T).max())
    return float(middle[0]), float(middle[1]), max(by_face_px, settings.torso_radius * torso_px)


def off_bodies(circles: list[Circle], persons: list[list[list[float]]], width_px: int, height_px: int) -> list[Circle]:
    """Without those on hips, knees or feet of a person, whose head is known from the landmarks."""
    if not persons:
        return circles
    legs_px = np.concatenate([np.array(points)[_HIPS[0] :, :2] for points in persons]) * (width_px, height_px)
    return [one for one in circles if np.hypot(*(legs_px - one[:2]).T).min() > one[2]]


def joined(heads: list[Circle], more: list[Circle]) -> list[Circle]:
    """``heads``, and of ``more`` those that are not known already; what comes first is believed more."""
    kept = list(heads)
    for x, y, radius in more:
        known = any(np.hypot(x - kx, y - ky) < max(radius, known_radius) for kx, ky, known_radius in kept)
        if not known:
            kept.append((x, y, radius))
    return kept


def _squares(rgb: ByteArray) -> Iterator[tuple[float, float, ByteArray]]:
    """Squares of a picture with the places of their corners: all of it between black bars, then overlapping parts."""
    height_px, width_px = rgb.shape[:2]
    long_px, short_px = max(height_px, width_px), min(height_px, width_px)
    whole = np.zeros((long_px, long_px, 3), np.uint8)
    left, top = (long_px - width_px) // 2, (long_px - height_px) // 2
    whole[top : top + height_px, left : left + width_px] = rgb
    yield -left, -top, whole
    count = 2 * int(np.ceil(long_px / short_px)) - 1
    for start in np.unique(np.linspace(0, long_px - short_px, count).astype(int)):
        across = width_px > height_px
        part = rgb[:, start : start + short_px] if across else rgb[start : start + short_px]
        if long_px > short_px:
            yield float(start if across else 0), float(0 if across else start), np.ascontiguousarray(part)


def _anchors() -> FloatArray:
    """(n, 2) middles of the anchors' cells, 0..1."""
    places = []
    for cells, anchors in _CELLS:
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        places.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), anchors, axis=0))
    return np.concatenate(places)
