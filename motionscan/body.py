"""The body as data: landmarks, parts, sides and what hangs on what. Left and right are anatomical."""

from typing import Final, Literal

Side = Literal["left", "right"]
Part = Literal["foot", "shank", "thigh"]
View = Literal["full_body", "legs_only", "close_up"]
Source = Literal["pose", "legs", "motion", "manual"]

SIDES: Final[tuple[Side, ...]] = ("left", "right")
NUMBERED: Final = ("leg_1", "leg_2")
"""Names of the legs where sides are unknown; the first is further to the left in the picture."""
PARTS: Final[tuple[Part, ...]] = ("thigh", "shank", "foot")
JOINTS: Final = ("hip", "knee", "ankle", "heel", "toe")

LANDMARKS: Final = tuple(f"{side}_{joint}" for side in SIDES for joint in JOINTS)
"""The ten leg landmarks in the order of every (10, 2) array: left hip..toe, then right hip..toe."""

LANDMARK_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}

REGIONS: Final = tuple(f"{side}_{part}" for side in SIDES for part in PARTS)
"""Ids of the leg regions, proximal to distal on each side."""

SEGMENT_JOINTS: Final[dict[Part, tuple[str, str]]] = {
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "foot": ("ankle", "toe"),
}
"""The joint about which a part turns, and its far end."""

PARENT: Final[dict[Part, Part | None]] = {"thigh": None, "shank": "thigh", "foot": "shank"}

EDGES: Final = tuple(
    (LANDMARK_INDEX[f"{side}_{a}"], LANDMARK_INDEX[f"{side}_{b}"])
    for side in SIDES
    for a, b in (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"))
)
"""Lines of the drawn skeleton, as pairs of landmark indices."""


def limb_of(region: str, part: Part | None) -> str | None:
    """The leg that a region belongs to, by its id; None when it is no part of a leg.

    >>> limb_of("left_foot", "foot"), limb_of("leg_1_shank", "shank"), limb_of("region_1", None)
    ('left', 'leg_1', None)
    """
    return None if part is None else region.removesuffix(f"_{part}")


def landmark(side: Side, joint: str) -> int:
    """Index of a leg landmark: ``landmark("left", "knee") == 1``.

    >>> landmark("right", "hip")
    5
    """
    return LANDMARK_INDEX[f"{side}_{joint}"]
