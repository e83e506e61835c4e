"""A whole live run: what it keeps, and that it says what a scan of the same file says."""

import json
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from motionscan.errors import NoFrames
from motionscan.live import Live
from motionscan.live_parts import LOG, KeepingOptions, LiveOptions, Record
from motionscan.outputs.schema import summary_schema
from motionscan.outputs.summary import Summary
from motionscan.scan import scan_video
from motionscan.settings import LiveSettings, Settings, VideoSettings
from motionscan.video.reader import VideoReader
from motionscan.video.sources import FileSource
from tests.installed_model import MODEL, needs_model
from tests.live.doubles import Act, ScriptedCamera
from tests.live.films import beginning

pytestmark = needs_model
SAMPLES = Path(__file__).parents[2] / "sample_videos"
JERKS = SAMPLES / "sample_right_foot_jerks_3hz_front_steady.mp4"
TWITCHES = SAMPLES / "sample_left_shank_skin_twitches_bed_steady.mp4"
SETTINGS = Settings()
FILM_S = 9
SELDOM = Settings(live=LiveSettings(look_s=1))
"""For runs of which only what they keep is looked at: looks take the most computing."""
Entries = list[dict[str, Any]]


def options(record: Record = "events", **more: Any) -> LiveOptions:
    return LiveOptions(keeping=KeepingOptions(record=record, **more), model=MODEL)


def watch(video: Path, out: Path, chosen: LiveOptions, settings: Settings = SETTINGS) -> tuple[Summary, Entries]:
    """Watch a file as fast as it is measured, without drops."""
    entries: Entries = []
    source = FileSource(video, settings.video, realtime=False)
    return Live(source, out, settings, chosen, entries.append).run(), entries


@pytest.fixture(scope="module")
def jerks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A foot that jerks."""
    return beginning(JERKS, tmp_path_factory.mktemp("films") / "jerks.mp4", FILM_S)


@pytest.fixture(scope="module")
def run(jerks: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary, Entries]:
    """The same, watched from start to end."""
    out = tmp_path_factory.mktemp("live") / "run"
    summary, entries = watch(jerks, out, options())
    return out, summary, entries


def events(entries: Entries, *names: str) -> Entries:
    return [entry for entry in entries if entry["event"] in names]


# ---------------------------------------------------------------- what is found
@pytest.mark.parametrize("what", ["jerks", "twitches"])
def test_live_and_scan_find_the_same(
    what: str, jerks: Path, tmp_path: Path, run: tuple[Path, Summary, Entries]
) -> None:
    video, live = jerks, run[1]
    if what == "twitches":
        video = beginning(TWITCHES, tmp_path / "twitches.mp4", FILM_S)
        live, _ = watch(video, tmp_path / "run", options("none"), SELDOM)
    scanned = scan_video(video, model=MODEL)
    assert scanned.findings
    assert live.sentence == scanned.sentence
    assert [(f.pattern, f.region, f.event_count) for f in live.findings] == [
        (f.pattern, f.region, f.event_count) for f in scanned.findings
    ]
    for mine, its in zip(live.findings, scanned.findings, strict=True):
        assert mine.start_s == pytest.approx(its.start_s, abs=0.2)
        assert mine.end_s == pytest.approx(its.end_s, abs=0.2)
        assert mine.frequency_hz == pytest.approx(its.frequency_hz, abs=0.1)


def test_a_finding_is_opened_and_closed_once_and_keeps_its_name(run: tuple[Path, Summary, Entries]) -> None:
    told = events(run[2], "opened", "updated", "closed")
    assert told[0]["event"] == "opened"
    assert told[-1]["event"] == "closed"
    assert {entry["finding"]["id"] for entry in told} == {"l1"}
    assert {entry["finding"]["region"] for entry in told} == {"right_foot"}
    assert told[-1]["finding"]["frequency_hz"] == pytest.approx(3.0, abs=0.1)
    assert all(a["finding"]["event_count"] <= b["finding"]["event_count"] for a, b in pairwise(told))


# ---------------------------------------------------------------- what is kept
def test_the_folder_of_a_run_holds_log_summary_and_findings_and_nothing_else(
    run: tuple[Path, Summary, Entries],
) -> None:
    assert {path.name for path in run[0].iterdir()} == {LOG, "summary.json", "001_right_foot"}
    kept = {path.name for path in (run[0] / "001_right_foot").iterdir()}
    assert kept == {"summary.json", "annotated.mp4", "recording.mp4", "events.csv", "signals.csv"}


def test_summaries_keep_the_contract_and_say_that_they_are_live(run: tuple[Path, Summary, Entries]) -> None:
    for path in (run[0] / "summary.json", run[0] / "001_right_foot" / "summary.json"):
        summary = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(summary, summary_schema())
        assert summary["input"]["source"] == "live"
        assert summary["live"]["dropped_count"] == 0
        (finding,) = summary["findings"]
        assert finding["pattern"] == "rhythmic_jerking"
        assert finding["frequency_hz"] == pytest.approx(3.0, abs=0.1)


def test_recording_clip_and_table_of_an_episode_belong_together(run: tuple[Path, Summary, Entries]) -> None:
    folder = run[0] / "001_right_foot"
    times = {}
    for name in ("recording.mp4", "annotated.mp4"):
        with VideoReader(folder / name, VideoSettings()) as reader:
            times[name] = [frame.t_s for frame in reader]
    rows = (folder / "signals.csv").read_text(encoding="utf-8").splitlines()[1:]
    signal_s = [float(row.split(",")[0]) for row in rows]
    assert times["recording.mp4"] == pytest.approx(signal_s, abs=1e-3)
    assert times["annotated.mp4"] == pytest.approx(signal_s, abs=1e-3)


def test_a_face_is_hidden_unless_it_is_asked_for(run: tuple[Path, Summary, Entries], tmp_path: Path) -> None:
    """Above the legs, where nothing is drawn, the clip differs from the recording by the squares over the head only."""
    film = beginning(JERKS, tmp_path / "film.mp4", 7)
    watch(film, tmp_path / "shown", replace(options(), faces="show"), SELDOM)
    changed = {}
    for name, out in (("hidden", run[0]), ("shown", tmp_path / "shown")):
        pictures = []
        for film in ("recording.mp4", "annotated.mp4"):
            with VideoReader(out / "001_right_foot" / film, VideoSettings()) as reader:
                frame = next(iter(reader))
                pictures.append(frame.luma[: reader.info.height_px // 4].astype(float))
        changed[name] = float((np.abs(pictures[0] - pictures[1][: len(pictures[0])]) > 30).mean())
    assert changed["shown"] < 0.0005
    assert changed["hidden"] > 0.002


def test_the_log_tells_the_run_from_start_to_end(run: tuple[Path, Summary, Entries]) -> None:
    entries = [json.loads(line) for line in (run[0] / LOG).read_text(encoding="utf-8").splitlines()]
    names = [entry["event"] for entry in entries]
    assert names[0] == "start"
    assert names[-1] == "end"
    for name in ("open", "way", "rate", "opened", "closed", "kept"):
        assert name in names, name
    assert entries == json.loads(json.dumps(run[2]))
    assert events(entries, "rate")[0]["rate_hz"] == pytest.approx(30, abs=0.5)


def test_a_second_run_does_not_mix_with_the_first(run: tuple[Path, Summary, Entries]) -> None:
    with pytest.raises(Exception, match="holds an earlier run"):
        watch(JERKS, run[0], options())


# ---------------------------------------------------------------- cameras that misbehave
def test_marks_are_kept_with_their_time_and_recorded(tmp_path: Path) -> None:
    """A key that says "I felt it" counts, also when nothing is seen."""
    camera = ScriptedCamera([Act(40, then="end", pause_s=0.03)])
    entries: Entries = []
    live = Live(camera, tmp_path / "run", SETTINGS, options(), entries.append)
    threading.Timer(4.0, lambda: live.press("felt")).start()
    live.press("felt")
    summary = live.run()
    assert [mark.kind for mark in summary.live.marks][:1] == ["felt"]
    assert events(entries, "mark")
    folder = next(path for path in (tmp_path / "run").iterdir() if path.name.endswith("_mark"))
    kept = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert kept["live"]["marks"][0]["kind"] == "felt"
    assert (folder / "annotated.mp4").stat().st_size > 0


def test_a_camera_that_changes_its_size_goes_on_and_both_parts_are_kept(tmp_path: Path) -> None:
    camera = ScriptedCamera([Act(30, pause_s=0.02), Act(30, size=(96, 64), then="end", pause_s=0.02)])
    entries: Entries = []
    live = Live(camera, tmp_path / "run", SETTINGS, options("all"), entries.append)
    summary = live.run()
    assert summary.live.reconnect_count == 1
    sizes = set()
    for path in sorted((tmp_path / "run").glob("*/recording.mp4")):
        with VideoReader(path, VideoSettings()) as reader:
            sizes |= {frame.luma.shape for frame in reader}
    assert sizes == {(48, 64), (64, 96)}
    assert not list((tmp_path / "run").glob("*.unfinished"))


def test_a_run_in_which_no_picture_came_says_so_and_leaves_its_log(tmp_path: Path) -> None:
    camera = ScriptedCamera([Act(0, refused="camera 7: is busy")] * 3)
    live = Live(camera, tmp_path / "run", SETTINGS, options(), lambda entry: None)
    threading.Timer(3.0, live.stop).start()
    with pytest.raises(NoFrames, match="no picture came"):
        live.run()
    assert [path.name for path in (tmp_path / "run").iterdir()] == [LOG]


def test_the_disk_cap_stops_quiet_time_first_and_says_so(tmp_path: Path) -> None:
    camera = ScriptedCamera([Act(150, size=(320, 240), then="end", pause_s=0.03)])
    entries: Entries = []
    live = Live(camera, tmp_path / "run", SETTINGS, options("all", max_bytes=300_000), entries.append)
    live.run()
    said = [entry["said"] for entry in events(entries, "disk")]
    assert any("quiet time is no longer filmed" in words for words in said)
    for path in (tmp_path / "run").glob("*/recording.mp4"):
        with VideoReader(path, VideoSettings()) as reader:
            assert sum(1 for _ in reader) > 0
