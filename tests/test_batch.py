"""A folder of videos, start to finish: what is done once stays done, and what fails costs a row."""

import csv
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from motionscan.outputs.schema import summary_schema
from tests.benchmark.batch import Killer, differences, short_clips
from tests.installed_model import MODEL, needs_model

ROOT = Path(__file__).parents[1]
pytestmark = [
    needs_model,
    pytest.mark.skipif(os.name == "nt", reason="kills processes as POSIX does"),
]


def batch(*arguments: str | Path, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command; it must end with that exit code."""
    done = subprocess.run(call(*arguments), env=environment(), capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == code, done.stderr
    return done


def call(*arguments: str | Path) -> list[str]:
    model = [] if "--index" in arguments else ["--model", MODEL]
    return [sys.executable, "-m", "motionscan", "batch", *map(str, arguments), *model]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"}


def rows(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "batch.csv").read_bytes().decode(), newline="")))


def written(out: Path) -> dict[str, int]:
    """When each summary was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("[!.]*/summary.json")}


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clips of a second, a person in each."""
    return short_clips(tmp_path_factory.mktemp("batch") / "clips", 4, 1.0)


@pytest.fixture(scope="session")
def calm(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves that nobody disturbs."""
    out = tmp_path_factory.mktemp("batch") / "calm"
    batch(clips, "-o", out, "-q")
    return out


@pytest.fixture(scope="session")
def folder(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have it: two clips, one of them twice, one damaged, one empty, and other things."""
    folder = tmp_path_factory.mktemp("batch") / "in"
    (folder / "night").mkdir(parents=True)
    shutil.copy(clips / "clip_00000.mp4", folder / "foot.mp4")
    shutil.copy(clips / "clip_00001.mp4", folder / "=1+1.mp4")
    shutil.copy(clips / "clip_00000.mp4", folder / "night" / "foot.mp4")
    (folder / "cut.mp4").write_bytes((clips / "clip_00002.mp4").read_bytes()[:2000])
    (folder / "empty.mov").touch()
    (folder / "notes.txt").write_text("not a video")
    (folder / "dangling.mp4").symlink_to("nowhere")
    return folder


@pytest.fixture(scope="session")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    out = tmp_path_factory.mktemp("batch") / "out"
    return out, batch(folder, "-o", out, "--recursive", "--jobs", "2", code=1)


@pytest.fixture
def out(done: tuple[Path, Any], tmp_path: Path) -> Path:
    """A copy of the results that a test may change."""
    shutil.copytree(done[0], tmp_path / "out")
    return tmp_path / "out"


# ---------------------------------------------------------------- one run
def test_every_video_has_its_row_and_every_failure_its_reason(done: tuple[Path, Any]) -> None:
    by_file = {row["file"]: row for row in rows(done[0])}
    assert set(by_file) == {"foot.mp4", "'=1+1.mp4", "night/foot.mp4", "cut.mp4", "empty.mov", "dangling.mp4"}
    assert "cut.mp4: " in by_file["cut.mp4"]["error"]
    assert "empty" in by_file["empty.mov"]["error"]
    assert "cannot be read" in by_file["dangling.mp4"]["error"]
    assert by_file["foot.mp4"]["sentence"]


def test_the_same_clip_under_two_names_is_done_once_and_flagged(done: tuple[Path, Any]) -> None:
    by_file = {row["file"]: row for row in rows(done[0])}
    assert by_file["night/foot.mp4"]["same_as"] == "foot.mp4"
    assert by_file["night/foot.mp4"]["sha256"] == by_file["foot.mp4"]["sha256"]
    assert not by_file["night/foot.mp4"]["sentence"]
    assert len(written(done[0])) == 2


def test_each_result_is_the_folder_of_a_scan(done: tuple[Path, Any], folder: Path, tmp_path: Path) -> None:
    """The same files, and the same summary but for the time it took."""
    scan = [sys.executable, "-m", "motionscan", "scan", folder / "foot.mp4", "-o", tmp_path, "--model", MODEL, "-q"]
    subprocess.run(scan, env=environment(), check=True)
    (mine,) = done[0].glob("foot-*")
    assert {path.name for path in mine.iterdir()} == {path.name for path in (tmp_path / "foot").iterdir()}
    summaries = [json.loads((place / "summary.json").read_text()) for place in (mine, tmp_path / "foot")]
    for summary in summaries:
        jsonschema.validate(summary, summary_schema())
        del summary["timings_s"]
    assert summaries[0] == summaries[1]
    assert (mine / "signals.csv").read_bytes() == (tmp_path / "foot" / "signals.csv").read_bytes()


def test_a_pipe_gets_plain_lines(done: tuple[Path, Any]) -> None:
    lines = done[1].stderr.splitlines()
    assert lines[0] == "6 videos found, 1 other files left out"
    assert any(line.startswith("foot.mp4: ") and "/4 videos" in line for line in lines)
    assert done[1].stdout.startswith("6 videos (4 scanned now, 1 other files left out)")
    assert not [line for line in lines if "\x1b" in line or "Traceback" in line]


def test_both_tables_hold_the_same(done: tuple[Path, Any]) -> None:
    table = pd.read_parquet(done[0] / "batch.parquet")
    assert [name.lstrip("'") for name in pd.read_csv(done[0] / "batch.csv")["file"]] == list(table["file"])
    assert table["duration_s"].dtype == float
    assert table["assessable"].dropna().map(type).eq(bool).all()


def test_nothing_else_is_left(done: tuple[Path, Any]) -> None:
    names = {path.name for path in done[0].iterdir()} - set(written(done[0]))
    assert names <= {"batch.csv", "batch.parquet", "index.html", "thumbnails", ".motionscan-batch"}


# ---------------------------------------------------------------- the next run
def test_a_second_run_does_only_what_is_missing(out: Path, folder: Path) -> None:
    before = written(out)
    lost = next(out.glob("foot-*"))
    shutil.rmtree(lost)
    again = batch(folder, "-o", out, "--recursive", code=1)
    after = written(out)
    assert "(1 scanned now" in again.stdout
    assert {name for name in before if after[name] != before[name]} == {lost.name}
    same = batch(folder, "-o", out, "--recursive", "-q", code=1)
    assert same.stdout == ""
    assert written(out) == after


def test_fresh_and_other_settings_do_all_again(out: Path, folder: Path) -> None:
    """In the same folders; what failed for its own reasons is tried again as well."""
    before = written(out)
    fresh = batch(folder / "foot.mp4", "-o", out, "--fresh", "--no-clip")
    assert "(1 scanned now" in fresh.stdout
    after = written(out)
    assert before.keys() == after.keys()
    assert sum(before[name] != after[name] for name in before) == 1
    assert "(0 scanned now" in batch(folder / "foot.mp4", "-o", out, "--no-clip").stdout
    assert "(1 scanned now" in batch(folder / "foot.mp4", "-o", out, "--no-clip", "--side", "left").stdout


def test_tables_and_page_come_from_the_summaries_alone(out: Path) -> None:
    """Also when all notes are gone: then names are those in the summaries, and failures are not known."""
    with_notes = rows(out)
    for name in ("batch.csv", "batch.parquet", "index.html"):
        (out / name).unlink()
    batch("--index", out)
    assert rows(out) == with_notes
    shutil.rmtree(out / ".motionscan-batch")
    batch("--index", out)
    assert {row["file"] for row in rows(out)} == {"'=1+1.mp4", "foot.mp4"}
    assert all(row["sentence"] for row in rows(out))
    assert (out / "index.html").is_file()


def test_a_damaged_summary_costs_a_row(out: Path) -> None:
    (damaged,) = out.glob("foot-*")
    (damaged / "summary.json").write_text("{")
    batch("--index", out)
    by_file = {row["file"]: row for row in rows(out)}
    assert "damaged" in by_file["foot.mp4"]["error"]
    assert by_file["'=1+1.mp4"]["sentence"]


def test_the_output_folder_may_lie_inside(clips: Path, tmp_path: Path) -> None:
    """Its clips are no videos to scan, however often it runs."""
    shutil.copy(clips / "clip_00000.mp4", tmp_path / "a.mp4")
    for scanned in (1, 0):
        done = batch(".", "-o", "out", "--recursive", cwd=tmp_path)
        assert done.stdout.startswith(f"1 videos ({scanned} scanned now")


# ---------------------------------------------------------------- stopped
def started(folder: Path, out: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        call(folder, "-o", out, "--jobs", "2", "-q"),
        env=environment(),
        stderr=subprocess.PIPE,
        preexec_fn=heeds_ctrl_c,
    )


def heeds_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def first_result(out: Path) -> None:
    end_s = time.monotonic() + 60
    while not written(out) and time.monotonic() < end_s:
        time.sleep(0.05)


def test_ctrl_c_ends_it_cleanly_and_the_next_run_goes_on(clips: Path, tmp_path: Path) -> None:
    """What stands in the table is not done again."""
    out = tmp_path / "out"
    process = started(clips, out)
    first_result(out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.decode() == "stopped; run the same command again to go on\n"
    there = written(out)
    assert 1 <= len(there) < 4
    assert not [path for path in out.glob(".motionscan-*") if path.name != ".motionscan-batch"]
    assert len(rows(out)) == 4
    noted = {row["folder"] for row in rows(out) if row["folder"]}
    batch(clips, "-o", out)
    assert len(written(out)) == 4
    after = written(out)
    assert all(after[name] == there[name] for name in noted)


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_after_random_kills_everything_is_there_once(clips: Path, calm: Path, tmp_path: Path, engine: str) -> None:
    """``kill -9`` of the batch and of its processes; the benchmark does it fifty times."""
    options = ["--jobs", "2", "--engine", engine, "-q"]
    killer = Killer(call(clips, "-o", tmp_path / "hit", *options), random.Random(5), longest_s=2.0)
    assert sum(killer.run(3).values()) == 3
    batch(clips, "-o", tmp_path / "hit", *options)
    assert differences(calm, tmp_path / "hit") == []
    assert len(written(tmp_path / "hit")) == 4


def test_a_time_limit_ends_a_video_and_is_remembered(clips: Path, tmp_path: Path) -> None:
    """With the same limit it is not tried again; with more time it is."""
    video, out = clips / "clip_00000.mp4", tmp_path / "out"
    late = batch(video, "-o", out, "--time-limit", "0.2s", code=1)
    assert "took longer than 0.2 s" in late.stderr
    assert "took longer than 0.2 s" in rows(out)[0]["error"]
    assert "(0 scanned now" in batch(video, "-o", out, "--time-limit", "0.2s", code=1).stdout
    batch(video, "-o", out)
    assert rows(out)[0]["error"] == ""


# ---------------------------------------------------------------- wrong use
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing-there"], "no such folder or file"),
        ([], "name a folder"),
        ([".", "--time-limit", "soon"], "no length of time"),
        ([".", "--scheduler", "tcp://127.0.0.1:1"], "needs --engine dask"),
    ],
)
def test_wrong_use_is_told_with_the_cure(arguments: list[str], words: str, tmp_path: Path) -> None:
    told = " ".join(batch(*arguments, code=2, cwd=tmp_path).stderr.replace("│", " ").split())
    assert words in told


def test_an_empty_folder_is_no_failure(tmp_path: Path) -> None:
    assert batch(tmp_path, "-o", tmp_path / "out").stdout.startswith("0 videos")
