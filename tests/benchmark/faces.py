"""``python -m tests.benchmark faces``: in how many pictures every face is covered, and no foot is.

Drawn people: the face is where it was drawn. Real clips: the reference is every third picture looked at by itself,
persons and the network for faces together; so it shows what is lost between looks, not what neither sees.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from motionscan.covering import frames_with_heads
from motionscan.pose.models import ensure_model
from motionscan.pose.source import show
from motionscan.pose.worker import HeadWorker
from motionscan.records import FloatArray, Frame, Head
from motionscan.settings import Settings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.job import simulate
from motionscan.simulate.render import Renderer
from motionscan.simulate.scenario import Scenario
from motionscan.simulate.skeleton import apply, legs_px
from motionscan.video.reader import VideoReader

FACE_UNITS: Final = 45.0
"""Radius of eyes, nose and mouth around the middle of a drawn head, in units of its stage."""
PROFILE_UNITS: Final = 22.0
"""How far before the middle of the head they lie in profile."""
FACE_OF_HEAD: Final = 0.6
"""The same over the radius of a head that was found."""
ENOUGH: Final = 0.98
"""Share of a face that must be covered."""
SETTINGS: Final = Settings()
SURE: Final = SETTINGS.faces.model_copy(update={"min_score": 0.8})
"""Of what the network gives less to, eight of nine that were looked at were hips, knees or a back."""


def main(arguments: list[str]) -> int:
    """Print one row a clip."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark faces", description=__doc__)
    parser.add_argument("--clips", default=os.environ.get("MOTIONSCAN_CLIPS"), help="folder of real clips")
    parser.add_argument("--model", default="lite", choices=("lite", "full", "heavy"))
    parser.add_argument("--drawn", type=int, default=12, help="how many drawn people, from all over the catalogue")
    parser.add_argument("--only", default="", help="clips whose name contains this")
    parser.add_argument("--seed-set", type=int, default=0)
    options = parser.parse_args(arguments)
    model = ensure_model(options.model)
    total = np.zeros(2, int)
    print("| clip | pictures with a face | all covered | with a foot covered |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="motionscan-faces-") as folder:
        for scenario in _spread(list(catalogue(options.seed_set).values()), options.drawn):
            if options.only not in scenario.name:
                continue
            video, _ = simulate(scenario, Path(folder))
            total += _row(scenario.name, _drawn(scenario, video, model))
    for video in sorted(Path(options.clips).glob("*.mp4")) if options.clips else ():
        if options.only not in video.name:
            continue
        total += _row(video.name, _real(video, model))
    print(f"{total[1]} of {total[0]} pictures with a face: {100 * total[1] / max(1, total[0]):.2f} %")
    return int(total[1] < 0.99 * total[0])


def _spread(scenarios: list[Scenario], count: int) -> list[Scenario]:
    places = np.linspace(0, len(scenarios) - 1, count).round().astype(int)
    return [replace(scenarios[place], duration_s=4.0) for place in places]


def _row(name: str, pictures: Iterator[tuple[bool, bool, bool]]) -> FloatArray:
    rows = np.array([row for row in pictures if row[0]]).reshape(-1, 3)
    faces, covered, feet = len(rows), int(rows[:, 1].sum()), int(rows[:, 2].sum())
    print(f"| {name} | {faces} | {covered} | {feet} |", flush=True)
    return np.array([faces, covered])


def _drawn(scenario: Scenario, video: Path, model: Path) -> Iterator[tuple[bool, bool, bool]]:
    renderer = Renderer(scenario)
    person, unit_px = scenario.person, renderer.stage.unit_px
    forward = (1 if person.near_side == "right" else -1) * (person.view == "chair_side")
    ahead = np.array([forward * PROFILE_UNITS * unit_px, 0.0])
    for frame, heads in _covered(video, model):
        joints, mapping = renderer.joints_at(frame.t_s), renderer.camera.person_map(frame.t_s)
        x, y = apply(mapping, joints["head"] + ahead)
        face = Head(float(x), float(y), FACE_UNITS * unit_px)
        feet = [apply(mapping, place) for place in legs_px(joints)[[2, 3, 4, 7, 8, 9]]]
        yield True, _is_covered(face, heads), any(_holds(head, *foot) for head in heads for foot in feet)


def _real(video: Path, model: Path) -> Iterator[tuple[bool, bool, bool]]:
    with HeadWorker(model, SETTINGS.pose, SURE) as source:
        for frame, heads in _covered(video, model):
            if frame.index % 3:
                continue
            show(frame, source, SETTINGS.faces.picture_side_px)
            faces = [replace(head, radius_px=FACE_OF_HEAD * head.radius_px) for head in source.heads()]
            yield bool(faces), all(_is_covered(face, heads) for face in faces), False


def _covered(video: Path, model: Path) -> Iterator[tuple[Frame, tuple[Head, ...]]]:
    with (
        VideoReader(video, SETTINGS.video) as reader,
        frames_with_heads(reader, model, SETTINGS) as frames,
    ):
        yield from frames


def _is_covered(face: Head, heads: Sequence[Head]) -> bool:
    """Whether nearly all of a face lies under heads that were found."""
    y, x = np.mgrid[-1:1:41j, -1:1:41j]
    inside = x**2 + y**2 <= 1
    x, y = face.x_px + face.radius_px * x[inside], face.y_px + face.radius_px * y[inside]
    under = np.zeros(x.shape, bool)
    for head in heads:
        under |= (x - head.x_px) ** 2 + (y - head.y_px) ** 2 <= head.radius_px**2
    return bool(under.mean() >= ENOUGH)


def _holds(head: Head, x_px: float, y_px: float) -> bool:
    return bool((x_px - head.x_px) ** 2 + (y_px - head.y_px) ** 2 <= head.radius_px**2)
