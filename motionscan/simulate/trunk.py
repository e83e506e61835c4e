"""Neck, shirt and belt. From the front they carry what tells a chest from a back: collar, buttons, pocket, fly."""

import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.figure import Painter, Piece
from motionscan.simulate.paint import Capsule, Patch, blob, darken, fill, lay, patch_around, strokes

FloatArray = NDArray[np.float64]

SIDE_TRUNK = (74.0, 78.0)
FRONT_TRUNK = (88.0, 86.0)
BUTTONS = (-0.02, 0.17, 0.34, 0.53, 0.70)  # of the way from the chest to the hips; uneven as on a worn shirt
BUTTON = (232.0, 228.0, 218.0)
BELT = (54.0, 40.0, 32.0)
BUCKLE = (206.0, 190.0, 140.0)
COLLAR_LIGHT = 1.22


def torso(painter: Painter) -> Piece:
    """Shirt from the shoulders to the hips, and the neck."""
    chest, hips = _middle(painter, "shoulder"), _middle(painter, "hip")
    shapes = _shapes(painter, chest, hips)
    patch = patch_around(list(shapes.values()))
    fabric = painter.cloth_texture(patch.alpha.shape)
    for name, shape in shapes.items():
        if name == "throat":
            fill(patch, shape, painter.skin, painter.skin_texture(patch.alpha.shape))
        else:
            fill(patch, shape, painter.trousers if name == "pelvis" else painter.shirt, fabric)
    if painter.person.view != "chair_side":
        _front(patch, painter, chest, hips)
    return painter.piece(None, patch)


def _middle(painter: Painter, joint: str) -> FloatArray:
    return np.asarray((painter.joints[f"left_{joint}"] + painter.joints[f"right_{joint}"]) / 2)


def _shapes(painter: Painter, chest: FloatArray, hips: FloatArray) -> dict[str, Capsule]:
    """The round shapes, lowest first; from the front the trunk starts lower, so that the neck is seen."""
    joints = painter.joints
    neck, head = joints["neck"], joints["head"]
    yoke = (joints["left_shoulder"], joints["right_shoulder"])
    if painter.person.view == "chair_side":
        return {
            "throat": painter.capsule(neck + (head - neck) * 0.5, neck + (chest - neck) * 0.4, (33, 36)),
            "yoke": painter.capsule(*yoke, (42, 42)),
            "trunk": painter.capsule(chest, hips, SIDE_TRUNK),
        }
    return {
        "pelvis": painter.capsule(joints["left_hip"], joints["right_hip"], (56, 56)),
        "yoke": painter.capsule(*yoke, (38, 38)),
        "trunk": painter.capsule(chest + (hips - chest) * 0.24, hips - (hips - chest) * 0.2, FRONT_TRUNK),
        "throat": painter.capsule(head, neck + (chest - neck) * 0.7, (30, 31)),
    }


def _front(patch: Patch, painter: Painter, chest: FloatArray, hips: FloatArray) -> None:
    unit = painter.unit
    down = (hips - chest) / np.linalg.norm(hips - chest)
    left = np.array([down[1], -down[0]])  # the person's left

    def at(to_left: float, share: float) -> FloatArray:
        return np.asarray(chest + left * to_left * unit + (hips - chest) * share)

    _collar(patch, painter, [at(x, y) for x, y in ((-34, -0.14), (0, 0.06), (34, -0.14))])
    darken(patch, strokes(patch, [(at(-9, 0.05), at(-9, 0.86))], 2.4 * unit), 0.3)
    darken(patch, strokes(patch, [(at(9, 0.05), at(9, 0.86))], 2.0 * unit), 0.18)
    for share in BUTTONS:
        lay(patch, np.array(BUTTON), blob(patch, at(0, share + 0.1), (4.4 * unit, 4.4 * unit)))
    corners = [at(x, y) for x, y in ((24, 0.22), (62, 0.22), (62, 0.40), (43, 0.44), (24, 0.40))]
    darken(patch, strokes(patch, list(zip(corners, corners[1:] + corners[:1], strict=True)), 2.4 * unit), 0.3)
    _belt(patch, painter, [at(x, 0.90) for x in (-104, 0, 104)])
    darken(patch, strokes(patch, [(at(0, 0.94), at(3, 1.16))], 2.4 * unit), 0.35)


def _collar(patch: Patch, painter: Painter, points: list[FloatArray]) -> None:
    """Two flaps that meet below the throat."""
    light = np.clip(np.array(painter.shirt) * COLLAR_LIGHT, 0, 255)
    flaps = [(points[0], points[1]), (points[2], points[1])]
    inside = (patch.alpha > 0.5).astype(np.float64)
    lay(patch, light, strokes(patch, flaps, 17 * painter.unit) * inside)
    inward = (points[0] + points[2]) / 2 - points[1]
    edges = [(a - inward * 0.22, b - inward * 0.34) for a, b in flaps]
    darken(patch, strokes(patch, edges, 2.4 * painter.unit), 0.4)


def _belt(patch: Patch, painter: Painter, points: list[FloatArray]) -> None:
    inside = (patch.alpha > 0.5).astype(np.float64)
    lay(patch, np.array(BELT), strokes(patch, [(points[0], points[2])], 17 * painter.unit) * inside)
    lay(patch, np.array(BUCKLE), blob(patch, points[1], (11 * painter.unit, 11 * painter.unit)))
    lay(patch, np.array(BELT), blob(patch, points[1], (6 * painter.unit, 6 * painter.unit)))
