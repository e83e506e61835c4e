"""What the legs of a measured video are called: by their side where it is known, else ``leg_1`` and ``leg_2``.

A leg that is seen alone is ``leg_1``.
"""

from dataclasses import replace

import numpy as np

from motionscan.body import JOINTS, LANDMARKS, NUMBERED, PARTS, SIDES, Side, landmark
from motionscan.records import FloatArray, Motion, RegionMotion


def named(motion: Motion, *, right: bool | None, side: Side | None, mirrored: bool) -> Motion:
    """The motion with its legs under the right names.

    Args:
        right: the leg called left is the left one, or is the other one; None when that is not known.
        side: which leg is filmed, or nearer, as the user says; it counts where one leg is seen or sides are not known.
        mirrored: the user says that the picture is mirrored, as selfie cameras do.
    """
    filmed = _filmed(motion)
    if side is not None and filmed is not None and (right is None or len(_legs(motion)) == 1):
        return motion if filmed == side else _exchanged(motion)
    if right is not None:
        return _exchanged(motion) if right == mirrored else motion
    seen = _legs(motion)
    in_order = seen[0] == SIDES[0] if len(seen) == 1 else _left_first(motion.landmarks_px)
    ordered = motion if in_order else _exchanged(motion)
    names = dict(zip(SIDES, NUMBERED, strict=True))
    return replace(ordered, regions=tuple(_renamed(r, names[r.side], None) if r.side else r for r in ordered.regions))


def _exchanged(motion: Motion) -> Motion:
    """Left becomes right and right becomes left."""
    other: dict[Side, Side] = {"left": "right", "right": "left"}
    regions = [_renamed(r, other[r.side], other[r.side]) if r.side else r for r in motion.regions]
    regions.sort(key=lambda r: (SIDES.index(r.side), PARTS.index(r.part)) if r.side and r.part else (len(SIDES), 0))
    landmarks_px = np.roll(motion.landmarks_px, len(LANDMARKS) // 2, axis=1)
    return replace(motion, landmarks_px=landmarks_px, regions=tuple(regions))


def _renamed(region: RegionMotion, limb: str, side: Side | None) -> RegionMotion:
    return replace(region, id=f"{limb}_{region.part}", side=side)


def _legs(motion: Motion) -> list[Side]:
    """The sides that have regions."""
    return [side for side in SIDES if any(region.side == side for region in motion.regions)]


def _filmed(motion: Motion) -> Side | None:
    """The leg that is seen in more pictures, on a draw the one that is larger; None when there is none."""

    def how_well(side: Side) -> tuple[float, float]:
        seen = sum(float(region.visible.mean()) for region in motion.regions if region.side == side)
        return seen, _shank_px(motion.landmarks_px, side)

    return max(_legs(motion), key=how_well, default=None)


def _shank_px(landmarks_px: FloatArray, side: Side) -> float:
    ends = landmarks_px[:, landmark(side, "knee")] - landmarks_px[:, landmark(side, "ankle")]
    lengths = np.hypot(*ends.T)
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if len(known) else 0.0


def _left_first(landmarks_px: FloatArray) -> bool:
    """Whether the leg named left is the one further to the left in the picture."""
    x_px = landmarks_px[..., 0].reshape(-1, len(SIDES), len(JOINTS))
    middle = [np.nanmedian(x_px[:, number]) if np.isfinite(x_px[:, number]).any() else 0.0 for number in (0, 1)]
    return bool(middle[0] <= middle[1])
