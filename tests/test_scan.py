"""One video, start to finish: from a file to the folder that a person gets."""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import jsonschema
import numpy as np
import pandas as pd
import pytest

from motionscan.errors import MissingFile, NoFrames
from motionscan.outputs.schema import summary_schema
from motionscan.outputs.summary import Summary
from motionscan.records import FloatArray
from motionscan.scan import scan_video
from motionscan.settings import Settings
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario
from motionscan.simulate.skeleton import rest_joints, stage_of
from tests.installed_model import MODEL, needs_model

pytestmark = needs_model

FILES = {"summary.json", "annotated.mp4", "events.csv", "signals.csv"}
PHONE = Capture(width_px=960, height_px=540, bit_rate_mbps=2.0, noise_levels=1.0, audio=True)
JERKS = Movement("jerks", "right", "foot", 5.0, 3.0, 1.0, 7.4)
SCENARIO = Scenario("jerks", "right foot jerks", 8.0, Person(clothing="shorts"), (JERKS,), Camera(), PHONE, 11)
REAL_CLIPS = {
    "pose2sim_single_cam01.mp4": "duration_s",
    "pose2sim_single_cam02.mp4": "duration_s",
    "shotform_sample.mp4": "duration_s",
    "sports2d_demo.mp4": None,
    "tfjs_pose_1.mp4": "duration_s",
    "tfjs_pose_squats.mp4": "frame_rate_hz",
}
"""What is looked at, and the gate that must say why it cannot be judged."""


def scanned(video: Path, out: Path | None = None, **options: object) -> Summary:
    return scan_video(video, out, model=MODEL, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def jerks(clips: Path) -> Path:
    return simulate(SCENARIO, clips)[0]


@pytest.fixture(scope="session")
def folder(jerks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole scan."""
    out = tmp_path_factory.mktemp("out")
    scanned(jerks, out)
    return out / "jerks"


@pytest.fixture(scope="session")
def summary(folder: Path) -> dict[str, object]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def truth(jerks: Path) -> dict[str, object]:
    return json.loads(jerks.with_suffix(".truth.json").read_text(encoding="utf-8"))


def picture_times(path: Path) -> FloatArray:
    with av.open(str(path)) as container:
        return np.array([float(frame.pts * frame.time_base) for frame in container.decode(video=0)])


def the_rhythm(summary: Summary) -> tuple[str, str, float | None]:
    """Pattern, region and frequency of the one finding that is more than single twitches."""
    (found,) = (found for found in summary.findings if found.pattern != "isolated_twitches")
    return found.pattern, found.region, found.frequency_hz


# ---------------------------------------------------------------- what a person gets
def test_a_scan_leaves_its_four_files_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["jerks"]


def test_the_summary_keeps_to_its_schema(summary: dict[str, object]) -> None:
    jsonschema.validate(summary, summary_schema())


def test_the_finding_is_what_really_moved(summary, truth) -> None:
    (found,) = summary["findings"]
    (true,) = truth["movements"]
    assert (found["pattern"], found["region"]) == ("rhythmic_jerking", "right_foot")
    assert found["frequency_hz"] == pytest.approx(true["frequency_hz"], abs=0.05)
    assert found["start_s"] == pytest.approx(true["start_s"], abs=0.1)
    assert found["end_s"] == pytest.approx(true["end_s"], abs=0.1)
    assert found["amplitude_px"] == pytest.approx(true["amplitude_px"], rel=0.35)
    assert not found["slowing"]
    assert "ight foot" in summary["sentence"]
    assert summary["quality"]["assessable"]


def test_every_jerk_is_found_at_its_time(summary, truth) -> None:
    true_s = np.array([event["peak_s"] for event in truth["movements"][0]["events"]])
    seen_s = np.array([event["peak_s"] for event in summary["events"]])
    assert len(seen_s) == len(true_s)
    assert seen_s == pytest.approx(true_s, abs=0.05)


def test_the_input_is_described(summary, jerks) -> None:
    described = summary["input"]
    assert described["file_name"] == "jerks.mp4"
    assert (described["width_px"], described["height_px"], described["rotation_deg"]) == (960, 540, 0)
    assert described["frame_count"] == len(picture_times(jerks)) == 240
    assert described["duration_s"] == pytest.approx(8.0, abs=0.05)
    assert described["frame_rate_hz"] == pytest.approx(30, rel=0.01)
    assert summary["view"] == "full_body"


def test_the_signals_load_in_pandas_with_a_row_for_every_picture(folder: Path, jerks: Path) -> None:
    table = pd.read_csv(folder / "signals.csv")
    assert len(table) == 240
    camera = ["camera_x_px", "camera_y_px", "camera_roll_px", "tracked", "duplicate", "keyframe"]
    assert [table.columns[0], *table.columns[-6:]] == ["time_s", *camera]
    assert {"left_foot_px", "right_foot_px", "left_shank_px", "right_shank_px"} <= set(table.columns)
    assert table["time_s"].to_numpy() == pytest.approx(picture_times(jerks), abs=1e-3)
    moving, still = (table[name].std() for name in ("right_foot_px", "left_foot_px"))
    assert moving > 5 * still


def test_the_events_load_in_pandas(folder: Path, summary) -> None:
    table = pd.read_csv(folder / "events.csv")
    assert table["id"].tolist() == [event["id"] for event in summary["events"]]
    assert (table["findings"] == "f1").all()
    assert (table["onset_s"] < table["peak_s"]).all()


def test_the_clip_has_the_pictures_times_and_sound_of_the_source(folder: Path, jerks: Path) -> None:
    times, source = picture_times(folder / "annotated.mp4"), picture_times(jerks)
    assert len(times) == len(source)
    assert times == pytest.approx(source - source[0], abs=0.002)
    with av.open(str(folder / "annotated.mp4")) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert video.width == 960
        assert video.height >= 540
        assert len(container.streams.audio) == 1


def test_a_scan_that_writes_nothing_gives_the_same_summary(jerks, summary, tmp_path) -> None:
    made = scanned(jerks)
    assert list(tmp_path.iterdir()) == []
    again = json.loads(made.model_dump_json())
    for key in ("findings", "events", "regions", "quality", "sentence", "input", "view"):
        assert again[key] == summary[key]


def test_no_clip_is_written_when_none_is_wanted(jerks, tmp_path) -> None:
    scanned(jerks, tmp_path, clip=False, start_s=0.0, end_s=2.0)
    assert {path.name for path in (tmp_path / "jerks").iterdir()} == FILES - {"annotated.mp4"}


# ---------------------------------------------------------------- the same person, filmed otherwise
def test_a_turned_phone_gives_the_same_finding_and_an_upright_clip(clips, tmp_path) -> None:
    turned = replace(SCENARIO, name="turned", capture=replace(PHONE, rotation_deg=90, audio=False))
    video, _ = simulate(turned, clips)
    made = scanned(video, tmp_path)
    pattern, region, frequency_hz = the_rhythm(made)
    assert (pattern, region) == ("rhythmic_jerking", "right_foot")
    assert frequency_hz == pytest.approx(3.0, abs=0.15)
    assert (made.input.width_px, made.input.height_px, made.input.rotation_deg) == (960, 540, 90)
    with av.open(str(tmp_path / "turned" / "annotated.mp4")) as container:
        picture = next(container.decode(video=0))
        assert picture.rotation == 0
        assert picture.width == 960
        drawn = picture.to_ndarray(format="gray")[:540]
    with av.open(str(video)) as container:
        stored = next(container.decode(video=0))
        upright = np.rot90(stored.to_ndarray(format="gray"), stored.rotation // 90)
    assert np.abs(drawn.astype(float) - upright).mean() < 12  # the same picture, but for what is drawn on it


def test_a_mirrored_picture_is_the_other_foot(jerks, tmp_path) -> None:
    video = tmp_path / "mirrored.mp4"
    mirror(jerks, video)
    pattern, region, frequency_hz = the_rhythm(scanned(video))
    assert (pattern, region) == ("rhythmic_jerking", "left_foot")
    assert frequency_hz == pytest.approx(3.0, abs=0.15)


def mirror(source: Path, target: Path) -> None:
    """Encode the video with left and right exchanged."""
    with av.open(str(source)) as container, av.open(str(target), "w") as output:
        stream = output.add_stream("libx264", rate=30, options={"preset": "superfast", "crf": "16"})
        stream.width, stream.height, stream.pix_fmt = 960, 540, "yuv420p"
        for frame in container.decode(video=0):
            flipped = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(frame.to_ndarray(format="rgb24")[:, ::-1]), format="rgb24"
            )
            flipped.pts, flipped.time_base = frame.pts, frame.time_base
            output.mux(stream.encode(flipped))
        output.mux(stream.encode())


# ---------------------------------------------------------------- a part of it
def test_only_the_asked_stretch_is_looked_at(jerks, tmp_path) -> None:
    made = scanned(jerks, tmp_path, start_s=1.5, end_s=7.9)
    assert made.input.frame_count == pytest.approx(192, abs=1)
    assert all(event.onset_s >= 1.5 and event.offset_s <= 7.9 for event in made.events)
    _, region, frequency_hz = the_rhythm(made)
    assert region == "right_foot"
    assert frequency_hz == pytest.approx(3.0, abs=0.15)
    times = picture_times(tmp_path / "jerks" / "annotated.mp4")
    assert len(times) == made.input.frame_count
    assert times[0] == 0
    assert times[-1] == pytest.approx(6.4, abs=0.1)
    with av.open(str(tmp_path / "jerks" / "annotated.mp4")) as container:
        sound = container.streams.audio[0]
        assert float(sound.duration * sound.time_base) == pytest.approx(6.4, abs=0.15)


def test_a_stretch_that_is_too_short_says_so(jerks) -> None:
    made = scanned(jerks, start_s=2.0, end_s=4.0)
    assert not made.quality.assessable
    assert made.sentence.startswith("Cannot judge rhythm or twitches: the clip lasts")
    assert {found.pattern for found in made.findings} <= {"gross_movement"}


def test_a_stretch_without_pictures_is_an_error(jerks, tmp_path) -> None:
    with pytest.raises(NoFrames):
        scanned(jerks, tmp_path / "out", start_s=60.0)
    assert not list(tmp_path.rglob("*"))


def test_a_missing_video_is_an_error_and_leaves_nothing(tmp_path) -> None:
    with pytest.raises(MissingFile):
        scanned(tmp_path / "none.mp4", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_progress_is_told_for_every_picture_of_both_stages(jerks, tmp_path) -> None:
    seen: list[tuple[str, int]] = []
    scanned(jerks, tmp_path, end_s=1.0, observer=lambda progress: seen.append((progress.stage, progress.frames)))
    for stage in ("measure", "clip"):
        counts = [frames for name, frames in seen if name == stage]
        assert counts == list(range(1, len(counts) + 1))
        assert 29 <= len(counts) <= 31


def test_stopping_leaves_nothing_behind(jerks, tmp_path) -> None:
    def stop(progress) -> None:
        if progress.stage == "clip" and progress.frames > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scanned(jerks, tmp_path / "out", end_s=1.0, observer=stop)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_settings_are_heeded_and_kept_in_the_summary(jerks) -> None:
    strict = Settings.model_validate({"analysis": {"min_duration_s": 30.0}})
    made = scanned(jerks, settings=strict, end_s=1.0)
    assert made.settings["analysis"]["min_duration_s"] == 30.0
    gate = next(gate for gate in made.quality.gates if gate.name == "duration_s")
    assert gate.limit == 30.0


# ---------------------------------------------------------------- real people
@pytest.mark.skipif("MOTIONSCAN_CLIPS" not in os.environ, reason="MOTIONSCAN_CLIPS names no folder of real clips")
@pytest.mark.parametrize("name", REAL_CLIPS)
def test_nothing_is_found_on_real_people_who_neither_jerk_nor_twitch(name) -> None:
    made = scanned(Path(os.environ["MOTIONSCAN_CLIPS"]) / name)
    assert {found.pattern for found in made.findings} <= {"gross_movement"}, made.sentence
    gate = REAL_CLIPS[name]
    if gate is not None:
        assert not made.quality.assessable
        failed = {one.name: one for one in made.quality.gates if not one.passed}
        assert failed[gate].advice
        assert failed[gate].value is not None
        assert made.sentence.startswith("Cannot judge")


# ---------------------------------------------------------------- provenance
def test_the_summary_says_how_to_make_it_again(summary: dict[str, object], jerks: Path, tmp_path: Path) -> None:
    """The file by its hash, what computed, and everything that was asked for otherwise than usual."""
    assert summary["input"]["sha256"] == hashlib.sha256(jerks.read_bytes()).hexdigest()
    software = summary["software"]
    assert all(software["packages"][name] for name in ("ai-edge-litert", "av", "ffmpeg", "mediapipe", "numpy", "scipy"))
    assert {software["motionscan"], software["model_name"]} & {None, ""} == set()
    assert len(software["model_sha256"]) == 64
    assert (summary["options"], summary["settings_changed"]) == ({}, {})
    assert {"measure", "judge", "clip"} <= summary["timings_s"].keys()
    settings = Settings.model_validate({"pose": {"interval_s": 1.0}})
    asked = scanned(jerks, clip=False, end_s=1.0, side="left", settings=settings)
    assert asked.options == {"clip": False, "end_s": 1.0, "side": "left"}
    assert asked.settings_changed == {"pose": {"interval_s": 1.0}}


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="threads are counted by processors on Linux")
def test_the_same_input_gives_the_same_bytes_however_many_threads_work(jerks: Path, tmp_path: Path) -> None:
    """On one processor, on all, and with the thread counts of the libraries set otherwise."""
    processors = sorted(os.sched_getaffinity(0))
    given = {}
    for name, allowed, threads in (("one", processors[:1], "1"), ("all", processors, "3")):
        limits = {f"{library}_NUM_THREADS": threads for library in ("OMP", "OPENBLAS", "OPENCV_FOR")}
        subprocess.run(
            [sys.executable, "-c", f"import os, sys; os.sched_setaffinity(0, {allowed}); "
             f"os.execv(sys.executable, [sys.executable, '-m', 'motionscan', *sys.argv[1:]])",
             "scan", str(jerks), "-o", str(tmp_path / name), "--model", MODEL, "--no-clip", "--end", "4s", "-q"],
            env=os.environ | limits | {"PYTHONPATH": str(Path(__file__).parents[1])},
            check=True,
        )  # fmt: skip
        folder = tmp_path / name / "jerks"
        text = re.sub(r'"timings_s": \{[^}]*\}', "", (folder / "summary.json").read_text(encoding="utf-8"))
        given[name] = [text, *((folder / table).read_bytes() for table in ("events.csv", "signals.csv"))]
    assert given["one"] == given["all"]


# ---------------------------------------------------------------- privacy
SECRETS = {
    "location": "+47.3769+008.5417/",
    "com.apple.quicktime.location.ISO6709": "+47.3769+008.5417+408/",
    "com.apple.quicktime.make": "SecretMaker",
    "com.apple.quicktime.model": "SecretPhone 15",
    "title": "Secret Title Jane",
    "artist": "Secret Artist",
    "comment": "Secret Ward 7",
    "creation_time": "2024-03-02T10:11:12.000000Z",
}
TRACES = (b"47.3769", b"Secret", b"ISO6709", b"\xa9xyz", b"loci")


@pytest.fixture(scope="session")
def tagged(jerks: Path, clips: Path) -> Path:
    """The same video, with all that a phone writes about place, device and people, sound included."""
    path = clips / "secret" / "tagged.mov"
    path.parent.mkdir()
    with av.open(str(jerks)) as given, av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as made:
        made.metadata.update(SECRETS)
        streams = {stream.index: made.add_stream_from_template(stream) for stream in given.streams}
        for stream in streams.values():
            stream.metadata["title"] = "Secret Track"
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
    assert all(secret in path.read_bytes() for secret in (b"47.3769", b"Secret Title Jane", b"SecretPhone"))
    return path


@pytest.mark.parametrize("deidentify", [False, True])
def test_no_output_tells_where_with_what_or_of_whom_it_was_filmed(
    tagged: Path, tmp_path: Path, deidentify: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor where the file lay; without identity, sound and time of recording go too."""
    caplog.set_level("DEBUG")
    summary = scanned(tagged, tmp_path, end_s=2.0, deidentify=deidentify)
    for path in (tmp_path / "tagged").iterdir():
        content = path.read_bytes()
        assert not [trace for trace in (*TRACES, str(tagged.parent).encode()) if trace in content], path.name
        assert not (deidentify and b"2024-03-02" in content)
    assert str(tagged.parent) not in caplog.text
    assert summary.input.file_name == "tagged.mov"
    assert (summary.input.recorded_at is None) == deidentify
    with av.open(str(tmp_path / "tagged" / "annotated.mp4")) as clip:
        assert bool(clip.streams.audio) != deidentify
        assert not {"location", "title", "artist", "comment", "creation_time"} & clip.metadata.keys()


def test_a_face_is_not_shown_unless_it_is_asked_for(folder: Path, jerks: Path, tmp_path: Path) -> None:
    """Over the drawn head the clip is coarse squares; with ``show`` it is the video."""
    scanned(jerks, tmp_path, end_s=1.0, faces="show")
    joints = rest_joints(SCENARIO.person, stage_of(SCENARIO))
    x, y = (int(value) for value in joints["head"])
    radius = int(30 * stage_of(SCENARIO).unit_px)
    fine = {}
    for name, path in (("hidden", folder), ("shown", tmp_path / "jerks"), ("video", jerks.parent)):
        with av.open(str(path / ("annotated.mp4" if name != "video" else "jerks.mp4"))) as clip:
            picture = next(clip.decode(video=0)).to_ndarray(format="gray")[
                y - radius : y + radius, x - radius : x + radius
            ]
        steps = np.abs(np.diff(picture.astype(float), axis=1))
        fine[name] = float((steps > 3).mean())
    assert fine["shown"] > 0.7 * fine["video"]
    assert fine["hidden"] < 0.3 * fine["video"]
