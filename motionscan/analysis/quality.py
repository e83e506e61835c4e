"""Whether a clip can be judged: gates with their value, their limit, and what to do better."""

import numpy as np

from motionscan.analysis.clock import Clock
from motionscan.analysis.scene import Scene
from motionscan.analysis.spectrum import spectral_peak
from motionscan.analysis.trace import fill_gaps
from motionscan.records import FloatArray, Gate, Motion, Quality
from motionscan.settings import AnalysisSettings


def measure_quality(motion: Motion, clock: Clock | None, scene: Scene | None, settings: AnalysisSettings) -> Quality:
    """All gates of a clip; it is assessable when every one is passed."""
    gates = (
        _duration(motion, settings),
        _frame_rate(clock, settings),
        _visibility(motion, settings),
        _tracking(motion, settings),
        _brightness(motion, settings),
        _camera(motion, scene, settings),
    )
    peak = None
    if scene is not None and clock is not None:
        sway = fill_gaps(scene.camera_px[:, :2])
        peak = spectral_peak(sway[:, int(sway.std(axis=0).argmax())], clock.grid_hz, scene.limit_hz, settings)
    return Quality(
        assessable=all(gate.passed for gate in gates),
        gates=gates,
        frequency_limit_hz=scene.limit_hz if scene else None,
        camera_motion_px=camera_motion_px(motion.camera_px),
        camera_peak_hz=peak.frequency_hz if peak and peak.excess_db >= settings.peak_db else None,
    )


def camera_motion_px(camera_px: FloatArray) -> float | None:
    """Root mean square of the camera's path around its middle; None without a background."""
    known = camera_px[np.isfinite(camera_px).all(axis=1)]
    return float(np.sqrt(known.var(axis=0).sum())) if len(known) else None


def _gate(name: str, value: float | None, limit: float, passed: bool, advice: str) -> Gate:
    return Gate(name, value, limit, passed, None if passed else advice)


def _duration(motion: Motion, settings: AnalysisSettings) -> Gate:
    value = float(motion.t_s[-1] - motion.t_s[0]) if len(motion.t_s) else 0.0
    advice = "film for at least 30 seconds without a break"
    return _gate("duration_s", value, settings.min_duration_s, value >= settings.min_duration_s, advice)


def _frame_rate(clock: Clock | None, settings: AnalysisSettings) -> Gate:
    value = clock.frame_rate_hz if clock else None
    passed = value is not None and value >= settings.min_rate_hz
    return _gate(
        "frame_rate_hz", value, settings.min_rate_hz, passed, "film at 30 or 60 pictures a second, in good light"
    )


def visible_fractions(motion: Motion) -> dict[str, float]:
    """Share of the pictures in which each region was visible and followed."""
    return {region.id: float(region.visible.mean()) if len(region.visible) else 0.0 for region in motion.regions}


def _visibility(motion: Motion, settings: AnalysisSettings) -> Gate:
    value = max(visible_fractions(motion).values(), default=0.0)
    advice = "keep a whole leg in the picture, with the person's hip and upper body if possible"
    return _gate("visible_fraction", value, settings.min_visible, value >= settings.min_visible, advice)


def _tracking(motion: Motion, settings: AnalysisSettings) -> Gate:
    shares = visible_fractions(motion)
    good = [r for r in motion.regions if shares[r.id] >= settings.min_visible]
    value = min((_lost_share(r.joint_px) for r in good), default=1.0)
    advice = "hold the phone still, best on a stand, with a still background in view"
    return _gate("lost_fraction", value, settings.max_lost, value <= settings.max_lost, advice)


def _lost_share(path_px: FloatArray) -> float:
    """Share of the pictures without a part, from the first to the last that has it: legs come into view and leave."""
    shown = np.flatnonzero(np.isfinite(path_px).all(axis=1))
    return 1 - len(shown) / float(shown[-1] - shown[0] + 1) if len(shown) else 1.0


def _brightness(motion: Motion, settings: AnalysisSettings) -> Gate:
    value = float(np.median(motion.brightness)) if len(motion.brightness) else None
    passed = value is not None and value >= settings.min_brightness
    return _gate("brightness", value, settings.min_brightness, passed, "switch on more light")


def _camera(motion: Motion, scene: Scene | None, settings: AnalysisSettings) -> Gate:
    scale = next((r.scale_px for r in motion.regions if r.scale_px), None)
    value = None
    if scene is not None and scale and np.isfinite(scene.camera_px).any():
        value = float(np.nanstd(scene.camera_px, axis=0).max()) / scale
    passed = value is None or value <= settings.max_camera_px_rel
    advice = "put the phone on a stand or rest it against something"
    return _gate("camera_shake_shanks", value, settings.max_camera_px_rel, passed, advice)
