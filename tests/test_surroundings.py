"""A strange machine and a strange recording: a half-installed library, no home, nothing in the picture that moves."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionscan.scan import scan_video
from motionscan.settings import VideoSettings
from motionscan.simulate.encode import encode
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Camera, Capture, Person, Scenario
from motionscan.video.reader import VideoReader
from tests.benchmark.batch import short_clips
from tests.installed_model import MODEL, needs_model

ROOT = Path(__file__).parents[1]

PHONE = Capture(width_px=960, height_px=540, bit_rate_mbps=2.5)
HELD = Camera(drift_px=4.0, tremor_px=1.0, roll_deg=0.2, parallax=0.05)
STILL = {
    "noise": (Camera(), PHONE),
    "flicker": (Camera(), replace(PHONE, flicker_mains_hz=50.0, flicker_depth=0.06)),
    "shaken": (HELD, PHONE),
    "repeated": (Camera(), replace(PHONE, duplicated_from_hz=24.0)),
    "low_light": (HELD, replace(PHONE, low_light_at_s=4.0)),
}
STILL_S = 6.5
"""A little longer than a clip must be to be judged."""
PUMPED_HZ, PUMPED_SHARE = 1.3, 0.12
"""As where a camera's exposure swings around its aim."""


def run(arguments: list[str], *, ahead: Path | None = None, **environment: str) -> tuple[int, str]:
    """Exit code and error output of the command, with a folder ahead of the libraries."""
    path = os.pathsep.join(str(one) for one in (ahead, ROOT) if one)
    done = subprocess.run(
        [sys.executable, "-m", "motionscan", *arguments],
        env=os.environ | {"PYTHONPATH": path, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr


# ---------------------------------------------------------------- the machine
@pytest.mark.parametrize("arguments", [["scan"], ["pick"], ["batch", "-o", "results"]], ids=lambda one: one[0])
@pytest.mark.parametrize("left", ["", "raise ImportError('libGL.so.1: cannot open shared object file')"])
def test_a_library_that_does_not_load_is_one_line_with_the_cure(
    left: str, arguments: list[str], tmp_path: Path
) -> None:
    """What two packages of OpenCV leave of each other, and a system without its libraries."""
    (tmp_path / "ahead" / "cv2").mkdir(parents=True)
    (tmp_path / "ahead" / "cv2" / "__init__.py").write_text(left, encoding="utf-8")
    clip = next(short_clips(tmp_path / "clips", 1, 1.0).iterdir())
    out = ["-o", str(tmp_path / "out")] if arguments[0] != "pick" else []
    code, said = run([arguments[0], str(clip), *out], ahead=tmp_path / "ahead")
    assert code == 1
    (line,) = said.splitlines()
    assert "a library does not load" in line
    assert "pip install" in line
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


@needs_model
def test_no_home_no_locale_and_no_proxies_make_no_difference(tmp_path: Path) -> None:
    clip = next(short_clips(tmp_path / "clips", 1, 1.0).iterdir())
    renamed = clip.rename(clip.with_name("Füße im März.mp4"))
    strange = {"HOME": "/proc/none", "LC_ALL": "POSIX", "NO_PROXY": "*"}
    code, said = run(["scan", str(renamed), "-o", str(tmp_path / "out"), "--model", MODEL, "-q"], **strange)
    assert (code, said) == (0, "")
    assert (tmp_path / "out" / "Füße im März" / "summary.json").is_file()


# ---------------------------------------------------------------- the recording
@needs_model
@pytest.mark.parametrize("name", [*STILL, "exposure"])
def test_stillness_gives_no_finding_and_no_event_however_it_is_filmed(name: str, tmp_path: Path) -> None:
    """The whole way: drawn, filmed, stored, decoded, measured and judged."""
    camera, capture = STILL.get(name, (Camera(), PHONE))
    scenario = Scenario(name, "nothing moves", STILL_S, Person(), (), camera, capture, 21)
    video = simulate(scenario, tmp_path)[0]
    if name == "exposure":
        video = _pumped(video, tmp_path / "pumped.mp4")
    summary = scan_video(video, None, model=MODEL)
    assert summary.findings == ()
    assert summary.events == ()
    assert summary.quality.assessable


def _pumped(source: Path, path: Path) -> Path:
    """The same pictures, brighter and darker again and again."""
    with VideoReader(source, VideoSettings()) as reader:

        def pictures():  # type: ignore[no-untyped-def]
            for frame in reader:
                luma, *colours = frame.planes()
                gain = 1 + PUMPED_SHARE * np.sin(2 * np.pi * PUMPED_HZ * frame.t_s)
                yield frame.t_s, np.clip(luma * gain, 0, 255).astype(np.uint8), np.stack(colours, axis=-1)

        encode(path, PHONE, pictures(), STILL_S)
    return path
