"""The analysis alone on a recorded signal: a gyroscope at a wrist, turned into the path of a foot.

``MOTIONSCAN_SIGNALS`` names a folder with little-endian float64 files: ``gyroscope_time.bin`` (n) s,
``gyroscope_values.bin`` (n, 3) degrees/s, ``pred_tremor_time.bin`` (m) s and ``pred_tremor_values.bin`` (m, 4), windows
of 4 s and what a tremor detector said of them. Daily movement without tremor is irregular and must give no rhythm.

A window alone is shorter than a clip that can be judged, so each is judged within ``PIECE_S`` around it; a rhythm
counts if it covers at least ``OVERLAP_S`` of the window.
"""

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.signal import decimate, detrend

from motionscan.analysis.analyse import analyse
from motionscan.body import LANDMARKS
from motionscan.records import Analysis, FloatArray, Motion, RegionMotion
from motionscan.settings import Settings

FOLDER_VARIABLE: Final = "MOTIONSCAN_SIGNALS"
WINDOW_S: Final = 4.0
PIECE_S: Final = 12.0
OVERLAP_S: Final = 1.0
EVERY: Final = 3
"""Of the samples one is kept, after a filter: about the rate of a phone's camera."""
PX_PER_DEG: Final = 2.0
"""A foot of 115 px turns by a degree: its far end goes 2 px."""
NOISE_PX: Final = 0.05
SHANK_PX: Final = 250.0
CLUSTERS: Final = 12
SAID_COLUMN: Final = 2
"""Of the tremor detector's four values: its decision, checked against the band of tremors."""
REST_COLUMN: Final = 3
CONTROL_HZ: Final = 5.0
CONTROL_DEG: Final = 1.0
"""Windows with the arm at rest and such an oscillation added show that a rhythm would be found."""
RHYTHMS: Final = ("rhythmic_jerking", "rhythmic_oscillation")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The gyroscope and the windows."""

    t_s: FloatArray
    turn_deg_s: FloatArray
    """(n, 3)."""
    window_s: FloatArray
    """(m,) beginnings."""
    tremor: FloatArray
    """(m,) 1 where a tremor was said to be."""
    at_rest: FloatArray
    """(m,) 1 where the arm was said to be at rest."""


def load(folder: Path) -> Recording:
    """Read the four files."""
    time_s, values, window_s, said = (
        np.fromfile(folder / f"{name}.bin", "<f8")
        for name in ("gyroscope_time", "gyroscope_values", "pred_tremor_time", "pred_tremor_values")
    )
    columns = said.reshape(len(window_s), -1)
    return Recording(time_s, values.reshape(-1, 3), window_s, columns[:, SAID_COLUMN], columns[:, REST_COLUMN])


def piece(recording: Recording, window_s: float, added_deg: float = 0.0) -> Motion | None:
    """What a camera would have measured around a window; None where the recording has a gap."""
    start_s = piece_start_s(recording, window_s)
    inside = (recording.t_s >= start_s) & (recording.t_s < start_s + PIECE_S)
    t_s, turn = recording.t_s[inside], recording.turn_deg_s[inside]
    if len(t_s) < 10 or np.diff(t_s).max() > 0.1 or t_s[-1] - t_s[0] < 0.9 * PIECE_S:
        return None
    step_s = float(np.median(np.diff(t_s)))
    angle_deg = detrend(np.cumsum(turn, axis=0) * step_s, axis=0)
    _, _, axes = np.linalg.svd(angle_deg - angle_deg.mean(axis=0), full_matrices=False)
    seen = angle_deg @ axes[:2].T  # a camera sees two of the three axes: the larger ones
    seen[:, 0] += added_deg * np.sin(2 * np.pi * CONTROL_HZ * t_s)
    path_px = PX_PER_DEG * decimate(seen, EVERY, axis=0, ftype="fir")
    return _motion(t_s[::EVERY] - t_s[0], path_px, seed=round(window_s))


def piece_start_s(recording: Recording, window_s: float) -> float:
    """When the first sample of a window's piece was taken."""
    start_s = float(np.clip(window_s + WINDOW_S / 2 - PIECE_S / 2, recording.t_s[0], recording.t_s[-1] - PIECE_S))
    return float(recording.t_s[recording.t_s >= start_s][0])


def _motion(t_s: FloatArray, path_px: FloatArray, seed: int) -> Motion:
    """A right foot that takes the path; nothing else is seen but a still background."""
    rng, count = np.random.default_rng(seed), len(t_s)
    path_px = path_px + rng.normal(0, NOISE_PX, path_px.shape)
    region = RegionMotion(
        id="right_foot", side="right", part="foot", source="pose", joint_px=path_px, body_px=path_px,
        skin_px=np.zeros((count, 0, 2)), patches_px=np.zeros((0, 2)), noise_px=NOISE_PX, skin_noise_px=np.zeros(0),
        scale_px=SHANK_PX, visible=np.ones(count, bool), body_noise_px=NOISE_PX,
    )  # fmt: skip
    return Motion(
        t_s=t_s, width_px=1920, height_px=1080, view="full_body", camera_px=rng.normal(0, 0.01, (count, 3)),
        background_px=rng.normal(0, NOISE_PX, (count, CLUSTERS, 2)), brightness=np.full(count, 120.0),
        keyframe=np.arange(count) % 30 == 0, duplicate=np.zeros(count, bool),
        landmarks_px=np.full((count, len(LANDMARKS), 2), 500.0), regions=(region,),
    )  # fmt: skip


def rhythm_in(analysis: Analysis, from_s: float, to_s: float) -> bool:
    """Whether a rhythm is claimed for that time."""
    return any(
        f.pattern in RHYTHMS and min(f.end_s, to_s) - max(f.start_s, from_s) >= OVERLAP_S for f in analysis.findings
    )


def main(arguments: list[str]) -> int:
    """Judge every window and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark signals")
    parser.add_argument("--signals", default=os.environ.get(FOLDER_VARIABLE), help="folder of the recorded signal")
    parser.add_argument("--verbose", action="store_true", help="one line for every window that gives a rhythm")
    options = parser.parse_args(arguments)
    if not options.signals:
        parser.error(f"name a folder with --signals or in {FOLDER_VARIABLE}")
    recording = load(Path(options.signals))
    rows = judge_windows(recording, verbose=options.verbose)
    calm = (recording.at_rest > 0) & (recording.tremor == 0)
    resting = replace(recording, window_s=recording.window_s[calm], tremor=recording.tremor[calm])
    control = judge_windows(resting, CONTROL_DEG)
    added = f"arm at rest, {CONTROL_DEG:g} degree of {CONTROL_HZ:g} Hz added"
    print("| windows of 4 s | judged | cannot be judged | a rhythm | none |\n|---|---|---|---|---|")
    for name, mine in (
        ("without tremor", [row for row in rows if not row[0]]),
        ("with tremor", [row for row in rows if row[0]]),
        (added, control),
    ):
        judged, rhythm = sum(row[1] for row in mine), sum(row[2] for row in mine)
        share = f"{100 * (judged - rhythm) / judged:.1f} %" if judged else "-"
        print(f"| {name} | {judged} | {len(mine) - judged} | {rhythm} | {judged - rhythm} ({share}) |")
    return 0


def judge_windows(
    recording: Recording, added_deg: float = 0.0, *, verbose: bool = False
) -> list[tuple[bool, bool, bool]]:
    """For each window: a tremor was said, it could be judged, motionscan claims a rhythm."""
    rows, settings = [], Settings().analysis
    for window_s, tremor in zip(recording.window_s, recording.tremor, strict=True):
        motion = piece(recording, float(window_s), added_deg)
        analysis = analyse(motion, settings) if motion is not None else None
        assessable = analysis is not None and analysis.quality.assessable
        from_s = float(window_s) - piece_start_s(recording, float(window_s))
        rhythm = analysis is not None and assessable and rhythm_in(analysis, from_s, from_s + WINDOW_S)
        if verbose and rhythm and analysis is not None:
            print(f"{window_s:.1f} s, tremor {tremor:g}: {analysis.sentence}")
        rows.append((bool(tremor), assessable, rhythm))
    return rows
