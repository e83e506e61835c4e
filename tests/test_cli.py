"""The command line as scripts and people meet it: exit codes, streams, one line per failure."""

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest

from motionscan.outputs.schema import summary_schema
from motionscan.pose.models import list_models

ROOT = Path(__file__).parents[1]
MARKED = ("--region", "toe=10%,20%,50%,50%")
"""Where nobody is there, looking for legs takes seconds; what is marked is followed at once."""
HEAVY = ("av", "cv2", "mediapipe", "pandas", "scipy", "numpy", "PIL")

needs_model = pytest.mark.skipif(
    not any(model.name == "full" and model.state == "ready" for model in list_models()),
    reason="no pose model is here; run: motionscan models fetch",
)


def motionscan(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "motionscan.cli", *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", "PYTHONUTF8": "1"}


def quick_settings(folder: Path) -> str:
    """Legs are looked for in as few pictures as may be, which takes a second each."""
    (folder / "quick.toml").write_text("[legs]\nscout_pictures = 3\n", encoding="utf-8")
    return "quick.toml"


def write_video(path: Path, seconds: float = 1.0, rate: int = 20) -> Path:
    """A small clip of still noise: nobody in it, nothing moves."""
    picture = np.random.default_rng(1).integers(0, 255, (96, 128), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for index in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


# ---------------------------------------------------------------- without a video
@pytest.mark.parametrize(
    "arguments", [["--help"], ["scan", "--help"], ["batch", "--help"], ["--version"], ["schema", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Help is there at once because what is slow to import is imported by the commands that need it."""
    code = (
        "import sys; from motionscan.cli import main\n"
        f"sys.argv = ['motionscan', *{arguments!r}]\n"
        "try: main()\n"
        f"except SystemExit as end: print('LOADED', end.code, [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "LOADED 0 []"


def test_help_shows_examples_and_exit_codes(tmp_path: Path) -> None:
    text = " ".join(motionscan("scan", "--help", cwd=tmp_path).stdout.split())
    assert "motionscan scan foot.mp4" in text
    assert "0 done, 1 a video failed" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["scna", "a.mp4"],
        ["scan"],
        ["scan", "a.mp4", "--nonsense"],
        ["scan", "a.mp4", "--start", "soon"],
        ["scan", "a.mp4", "--start", "0:05", "--end", "3s"],
        ["scan", "a.mp4", "--model", "huge"],
        ["scan", "a.mp4", "--json", "file.json"],
        ["scan", "a.mp4", "-q", "-v"],
        ["scan", "a.mp4", "--settings", "missing.toml"],
        ["models", "fetch", "huge"],
        ["simulate", "no_such_scenario"],
        ["simulate"],
    ],
)
def test_wrong_use_is_exit_code_2_and_writes_nothing(arguments: list[str], tmp_path: Path) -> None:
    done = motionscan(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "Error" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_value_in_a_settings_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[clip]\ncrf = 99\n")
    done = motionscan("scan", "a.mp4", "--settings", "mine.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "clip.crf" in done.stderr


def test_schema_prints_the_published_schema(tmp_path: Path) -> None:
    assert json.loads(motionscan("schema", cwd=tmp_path).stdout) == summary_schema()
    settings = json.loads(motionscan("schema", "--settings", cwd=tmp_path).stdout)
    assert settings["$defs"]["ClipSettings"]["properties"]["crf"]["unit"]


def test_version_says_what_it_is_not(tmp_path: Path) -> None:
    done = motionscan("--version", cwd=tmp_path)
    assert done.stdout.startswith("motionscan ")
    assert "not a medical device" in done.stdout


def test_models_and_scenarios_can_be_listed(tmp_path: Path) -> None:
    assert {line.split()[0] for line in motionscan("models", "list", cwd=tmp_path).stdout.splitlines()} == {
        "lite",
        "full",
        "heavy",
    }
    assert motionscan("simulate", "--list", cwd=tmp_path).stdout.count("\n") > 10


# ---------------------------------------------------------------- bad videos
def test_each_bad_file_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("dear diary\n" * 100)
    (tmp_path / "folder.mp4").mkdir()
    names = ["missing.mp4", "empty.mp4", "text.mp4", "folder.mp4", "a\x1b[31m\nb.mp4"]
    done = motionscan("scan", *names, "--json", "-", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(lines) == len(names), done.stderr
    assert all(line.startswith(f"{name}: ") for name, line in zip(names[:4], lines, strict=False))
    assert "unexpected" not in done.stderr
    assert "\x1b" not in done.stderr
    assert not list(tmp_path.glob("motionscan-out/*"))


def test_quiet_still_says_what_failed(tmp_path: Path) -> None:
    done = motionscan("scan", "missing.mp4", "-q", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("missing.mp4: ")


# ---------------------------------------------------------------- good videos
@needs_model
def test_good_videos_are_done_beside_bad_ones(tmp_path: Path) -> None:
    """JSON lines on stdout for those that worked, everything else on stderr, whole folders, exit code 1."""
    write_video(tmp_path / "a.mp4")
    write_video(tmp_path / "a.mov")
    (tmp_path / "bad.mp4").write_text("no")
    options = ("-o", "out", "--json", "-", *MARKED)
    done = motionscan("scan", "bad.mp4", "a.mp4", "a.mov", *options, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    summaries = [json.loads(line) for line in done.stdout.splitlines()]
    for summary in summaries:
        jsonschema.Draft202012Validator(summary_schema()).validate(summary)
    assert [summary["input"]["file_name"] for summary in summaries] == ["a.mp4", "a.mov"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a_mov", "a_mp4"]
    files = {"summary.json", "annotated.mp4", "events.csv", "signals.csv"}
    assert {path.name for path in (tmp_path / "out" / "a_mp4").iterdir()} == files
    assert len(done.stderr.splitlines()) == 3, done.stderr


@needs_model
def test_one_plain_line_per_video_and_no_clip_on_request(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4")
    done = motionscan("scan", "a.mp4", "--no-clip", "-o", "out", "--settings", quick_settings(tmp_path), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "out" / "a" / "summary.json").read_text(encoding="utf-8"))
    assert done.stdout == f"a.mp4: {summary['sentence']} [{Path('out') / 'a'}]\n"
    assert not (tmp_path / "out" / "a" / "annotated.mp4").exists()


@needs_model
@pytest.mark.skipif(os.name == "nt", reason="no POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_leaves_nothing(number: int, code: int, tmp_path: Path) -> None:
    write_video(tmp_path / "long.mp4", seconds=12, rate=30)
    command = [sys.executable, "-m", "motionscan.cli", "scan", "long.mp4", "-o", "out", *MARKED]
    heard = partial(signal.signal, number, signal.SIG_DFL)  # a shell starts its background jobs deaf to SIGINT
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )
    waited_until = time.monotonic() + 120  # busy machines
    while running.poll() is None and not list(tmp_path.glob("out/.motionscan-*")):
        assert time.monotonic() < waited_until
        time.sleep(0.05)
    time.sleep(0.2)
    running.send_signal(number)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == code, errors
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("out/*"))
    assert not list(tmp_path.glob("out/.*"))
