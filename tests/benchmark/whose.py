"""Whose a found region is, where it does not say: numbered legs and regions found by movement, by where they lie."""

import warnings
from dataclasses import replace
from typing import Any, Final

import numpy as np

from motionscan.body import JOINTS, LANDMARKS, NUMBERED, SEGMENT_JOINTS, SIDES, Side
from motionscan.records import Analysis, FloatArray, Motion, RegionMotion

NEAR_REL: Final = 0.75
"""A found region is the moving part when its middle is so near it, in lengths of that part."""
ELSEWHERE: Final = "elsewhere"


def with_true_names(analysis: Analysis, motion: Motion, truth: dict[str, Any]) -> Analysis:
    """The analysis with every region that has no side named as what it lies on; a side that is said stays."""
    names = true_names(motion, truth)
    return replace(
        analysis,
        findings=tuple(replace(finding, region=names[finding.region]) for finding in analysis.findings),
        events=tuple(replace(event, region=names[event.region]) for event in analysis.events),
    )


def true_names(motion: Motion, truth: dict[str, Any]) -> dict[str, str]:
    """What each region of a measurement should be called."""
    names = {region.id: region.id for region in motion.regions}
    unknown = [region for region in motion.regions if region.part and region.side is None]
    legs = true_sides(motion, truth) if unknown else {}
    names |= {r.id: f"{legs[r.id.removesuffix(f'_{r.part}')]}_{r.part}" for r in unknown}
    if truth["movements"]:
        names |= {r.id: _nearest(r, truth) for r in motion.regions if r.part is None}
    return names


def _nearest(region: RegionMotion, truth: dict[str, Any]) -> str:
    """The region of the first movement that it lies on."""
    return next((str(m["region"]) for m in truth["movements"] if is_near(region.outline_px, m, truth)), ELSEWHERE)


def is_near(outline_px: Any, movement: dict[str, Any], truth: dict[str, Any]) -> bool:
    """Whether a region (n, 2) lies on the part that moves."""
    start, end = (
        np.array(truth["legs_px"][f"{movement['side']}_{joint}"]) for joint in SEGMENT_JOINTS[movement["part"]]
    )
    middle, axis = np.mean(outline_px, axis=0), end - start
    along = np.clip((middle - start) @ axis / (axis @ axis), 0, 1)
    return bool(np.hypot(*(middle - start - along * axis)) <= NEAR_REL * np.hypot(*axis))


def true_sides(motion: Motion, truth: dict[str, Any]) -> dict[str, Side]:
    """Which leg each numbered one lies on, by its landmarks; both may lie on the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a leg that was never seen
        found_px = np.nanmedian(motion.landmarks_px, axis=0).reshape(len(SIDES), len(JOINTS), 2)
    true_px = np.array([truth["legs_px"][name] for name in LANDMARKS]).reshape(found_px.shape)
    return {leg: SIDES[_nearest_leg(mine_px, true_px)] for leg, mine_px in zip(NUMBERED, found_px, strict=True)}


def _nearest_leg(found_px: FloatArray, true_px: FloatArray) -> int:
    """Index of the leg of (2, 5, 2) whose landmarks those of a found one (5, 2) are nearest to."""
    apart = np.hypot(*np.moveaxis(true_px - found_px, -1, 0))
    known = np.isfinite(apart).all(axis=0)
    return int(apart[:, known].sum(axis=1).argmin())
