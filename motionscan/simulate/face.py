"""The head with a face that a person detector recognises."""

import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.figure import Painter, Piece
from motionscan.simulate.paint import Capsule, Patch, blob, darken, fill, lay, patch_around

FloatArray = NDArray[np.float64]

HEAD_LENGTH = 34.0  # half distance between the middles of the two round ends, stage units
HEAD_RADIUS = 52.0
EYE_WHITE = (236.0, 232.0, 226.0)
IRIS = (66.0, 50.0, 40.0)
LIPS = (0.80, 0.52, 0.50)  # relative to the skin


def head(painter: Painter) -> Piece:
    """Head upright, from the front or in profile; lying it is turned with the crown away from the trunk."""
    view = painter.person.view
    up = np.array([-1.0, 0.0]) if view == "bed" else np.array([0.0, -1.0])
    centre = painter.joints["head"]
    reach = painter.unit * HEAD_LENGTH
    skull = Capsule(
        centre - up * reach, centre + up * reach, painter.unit * (HEAD_RADIUS - 8), painter.unit * HEAD_RADIUS
    )
    patch = patch_around([skull], margin_px=30 * painter.unit)
    fill(patch, skull, painter.skin, 0.5 * painter.skin_texture(patch.alpha.shape))
    if view == "chair_side":
        forward = 1.0 if painter.person.near_side == "right" else -1.0
        _profile(patch, painter, centre, forward)
    else:
        _front_face(patch, painter, centre, up)
    return painter.piece(None, patch)


def _front_face(patch: Patch, painter: Painter, centre: FloatArray, up: FloatArray) -> None:
    right = np.array([-up[1], up[0]])

    def at(x: float, y: float) -> FloatArray:
        return np.asarray(centre + (right * x + up * y) * painter.unit)

    def radii(along: float, above: float) -> tuple[float, float]:
        size = np.abs(right) * along + np.abs(up) * above
        return float(size[0] * painter.unit), float(size[1] * painter.unit)

    hair = np.array(painter.hair)
    texture = 1 + painter.cloth_texture(patch.alpha.shape)[..., None]
    lay(patch, hair * texture, blob(patch, at(0, 62), radii(60, 34)))
    for x in (-50, 50):
        lay(patch, hair * texture, blob(patch, at(x, 34), radii(9, 36)))
        lay(patch, np.array(painter.skin) * 0.9, blob(patch, at(x * 1.06, 0), radii(9, 17)))
    for x in (-21, 21):
        lay(patch, hair * 0.9, blob(patch, at(x, 25), radii(14, 3.4)))
        lay(patch, np.array(EYE_WHITE), blob(patch, at(x, 11), radii(11, 6)))
        lay(patch, np.array(IRIS), blob(patch, at(x, 11), radii(5.4, 5.6)))
    darken(patch, blob(patch, at(0, -6), radii(5, 17)), -0.08)
    darken(patch, blob(patch, at(0, -19), radii(12, 5)), 0.28)
    lay(patch, np.array(painter.skin) * LIPS, blob(patch, at(0, -42), radii(20, 6)))
    darken(patch, blob(patch, at(0, -42), radii(19, 1.4)), 0.4)
    darken(patch, blob(patch, at(0, -58), radii(14, 3)), 0.10)


def _profile(patch: Patch, painter: Painter, centre: FloatArray, forward: float) -> None:
    def at(x: float, y: float) -> FloatArray:
        return np.asarray(centre + np.array([forward * x, -y]) * painter.unit)

    unit = painter.unit
    hair = np.array(painter.hair) * (1 + painter.cloth_texture(patch.alpha.shape)[..., None])
    nose = Capsule(at(44, 8), at(58, -12), 7 * unit, 9 * unit)
    fill(patch, nose, painter.skin)
    lay(patch, hair, blob(patch, at(-8, 58), (56 * unit, 34 * unit)))
    lay(patch, hair, blob(patch, at(-36, 22), (26 * unit, 52 * unit)))
    lay(patch, np.array(painter.skin) * 0.86, blob(patch, at(-6, 0), (10 * unit, 18 * unit)))
    lay(patch, np.array(painter.hair) * 0.9, blob(patch, at(36, 25), (12 * unit, 3.4 * unit)))
    lay(patch, np.array(EYE_WHITE), blob(patch, at(36, 12), (8 * unit, 5.5 * unit)))
    lay(patch, np.array(IRIS), blob(patch, at(39, 12), (4.4 * unit, 5.2 * unit)))
    lay(patch, np.array(painter.skin) * LIPS, blob(patch, at(38, -42), (13 * unit, 6 * unit)))
    darken(patch, blob(patch, at(38, -42), (12 * unit, 1.4 * unit)), 0.4)
