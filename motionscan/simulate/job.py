"""Renders a scenario into a folder: the clip and its truth, whole or not at all."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionscan.errors import OutputError, SettingsError
from motionscan.simulate.catalogue import catalogue, samples
from motionscan.simulate.close_ups import close_ups
from motionscan.simulate.scenario import Scenario
from motionscan.simulate.truth import truth_of

ByteArray = NDArray[np.uint8]
FrameObserver = Callable[[int, int], Any]
"""Called with the frames done and the frames in all."""

TRUTH_SUFFIX = ".truth.json"


def listing(seed_set: int = 0) -> list[tuple[str, str]]:
    """Name and one-line description of every scenario, the samples first."""
    return [(name, one.about) for name, one in (samples() | catalogue(seed_set) | close_ups(seed_set)).items()]


def find(name: str, seed_set: int = 0) -> Scenario:
    """The scenario of that name.

    Raises:
        SettingsError: there is none.
    """
    known = samples() | catalogue(seed_set) | close_ups(seed_set)
    if name not in known:
        raise SettingsError(f"{name}: no such scenario; see `motionscan simulate --list`")
    return known[name]


def simulate(
    what: str | Scenario, folder: Path, observer: FrameObserver | None = None, seed_set: int = 0
) -> tuple[Path, Path]:
    """Write ``NAME.mp4`` and ``NAME.truth.json`` into the folder and return their paths.

    Raises:
        SettingsError: there is no scenario of that name.
        OutputError: the folder cannot be written.
    """
    scenario = find(what, seed_set) if isinstance(what, str) else what
    video, truth = folder / f"{scenario.name}.mp4", folder / f"{scenario.name}{TRUTH_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".motionscan-", dir=folder) as work:
            part = Path(work) / "clip.mp4"
            render_clip(scenario, part, observer)
            text = Path(work) / "truth.json"
            text.write_text(json.dumps(truth_of(scenario).as_json(), indent=1) + "\n", encoding="utf-8")
            os.replace(part, video)
            os.replace(text, truth)
    except OSError as error:
        reason = error.strerror or error.__class__.__name__
        raise OutputError(f"{folder}: cannot be written ({reason}); choose another folder or free space") from error
    return video, truth


def write_samples(folder: Path, observer: FrameObserver | None = None) -> list[tuple[Path, Path]]:
    """Write the sample clips that come with the project, each with its truth.

    Raises:
        OutputError: the folder cannot be written.
    """
    return [simulate(one, folder, observer) for one in samples().values()]


def render_clip(scenario: Scenario, path: Path, observer: FrameObserver | None = None) -> None:
    """Render and encode one clip to ``path``."""
    from motionscan.simulate.encode import encode

    encode(path, scenario.capture, _pictures(scenario, observer), scenario.duration_s)


def _pictures(scenario: Scenario, observer: FrameObserver | None) -> Iterator[tuple[float, ByteArray, ByteArray]]:
    from motionscan.simulate.render import Renderer
    from motionscan.simulate.sensor import Sensor, shots

    renderer = Renderer(scenario)
    timing_seed, noise_seed = np.random.SeedSequence([scenario.seed, 1]).spawn(2)
    taken = shots(scenario.capture, scenario.duration_s, np.random.default_rng(timing_seed))
    sensor = Sensor(scenario.capture, renderer.picture(0.0), np.random.default_rng(noise_seed))
    last_taken_s, last = -1.0, None
    for done, shot in enumerate(taken, start=1):
        if last is None or shot.taken_s != last_taken_s:
            last = sensor.expose(renderer.picture(shot.taken_s), shot)
            last_taken_s = shot.taken_s
        yield shot.shown_s, *last
        if observer is not None:
            observer(done, len(taken))
