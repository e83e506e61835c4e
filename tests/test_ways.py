"""Which way legs are found in, and that the summary says so."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from motionscan import scout, ways
from motionscan.marks import Mark
from motionscan.outputs.summary import Summary
from motionscan.pose import source
from motionscan.pose.person import PersonChooser
from motionscan.scan import scan_video
from motionscan.settings import MotionSettings, Settings
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario
from tests.benchmark.cuts import as_frames
from tests.installed_model import MODEL, needs_model
from tests.pose.conftest import standing

pytestmark = needs_model

PHONE = Capture(width_px=960, height_px=540, rate_hz=24, bit_rate_mbps=2.0, noise_levels=1.0)
JERKS = Movement("jerks", "right", "foot", 5.0, 3.0, 0.5, 6.3)
SCENARIO = Scenario("jerks", "right foot jerks", 7.0, Person(clothing="shorts"), (JERKS,), Camera(), PHONE, 11)
BELOW_KNEES = (250, 330, 500, 210)
"""What is kept of its pictures: left, top, width, height."""
ABOVE_HIPS = (300, 20, 360, 250)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(SCENARIO, tmp_path_factory.mktemp("clips"))[0]


def cut(video: Path, box: tuple[int, int, int, int], target: Path) -> Path:
    """The video with only that part of its pictures, at the same times."""
    left, top, width, height = box
    with av.open(f"file:{video}") as given, av.open(f"file:{target}", "w") as made:
        stream = made.add_stream("libx264", rate=24, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in given.decode(video=0):
            picture = frame.to_ndarray(format="rgb24")[top : top + height, left : left + width]
            kept = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            kept.pts, kept.time_base = frame.pts, frame.time_base
            made.mux(stream.encode(kept))
        made.mux(stream.encode())
    return target


@pytest.fixture(scope="module")
def legs_only(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    video = cut(whole, BELOW_KNEES, tmp_path_factory.mktemp("cut") / "legs.mp4")
    return scan_video(video, model=MODEL)


def test_the_movement_is_the_same_when_only_the_legs_are_filmed(legs_only: Summary) -> None:
    """The right foot, at its rate: with the side where it is known, never with the other one."""
    found = [finding for finding in legs_only.findings if finding.pattern == "rhythmic_jerking"]
    assert len(found) == 1
    assert found[0].region in ("right_foot", "leg_1_foot")
    assert found[0].frequency_hz == pytest.approx(3.0, abs=0.1)


def test_the_summary_says_which_way_was_taken_and_why(legs_only: Summary) -> None:
    assert legs_only.view == "legs_only"
    assert {region.source for region in legs_only.regions} == {"legs"}
    assert [way.source for way in legs_only.ways] == ["pose", "legs"]
    assert [way.given_up_because is None for way in legs_only.ways] == [False, True]


def test_sides_and_names_go_together(legs_only: Summary) -> None:
    for region in legs_only.regions:
        limb = region.id.removesuffix(f"_{region.part}")
        assert limb == region.side or (region.side is None and limb in ("leg_1", "leg_2"))


def test_a_whole_person_is_measured_at_the_first_try(whole: Path) -> None:
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert summary.view == "full_body"
    assert [way.source for way in summary.ways] == ["pose"]


def test_legs_that_were_near_only_at_first_are_followed_once_more_in_whole_pictures(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_px = []

    class GoneFar(ways.Tracker):
        def __init__(self, width_px: int, height_px: int, settings: MotionSettings) -> None:
            super().__init__(width_px, height_px, settings)
            limits_px.append(settings.measure_shank_px)

        gone_far = property(lambda _: True)  # type: ignore[assignment]

    monkeypatch.setattr(ways, "Tracker", GoneFar)
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert summary.view == "full_body"
    assert limits_px == [Settings().motion.measure_shank_px, np.inf]


def test_a_doubted_person_whose_legs_are_found_alone_in_the_same_place_stays_a_person(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doubt, as of somebody who bends down, costs time but neither the person nor the sides."""
    monkeypatch.setattr(ways, "built_as_a_person", lambda *_: False)
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert [(way.source, way.given_up_because) for way in summary.ways] == [("pose", None)]
    assert {region.side for region in summary.regions} == {"left", "right"}


def test_a_doubted_person_gives_way_to_legs_found_elsewhere(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "built_as_a_person", lambda *_: False)
    monkeypatch.setattr(scout, "apart_rel", lambda *_: 1.0)
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert [way.source for way in summary.ways] == ["pose", "legs"]
    assert "legs alone are found better" in str(summary.ways[0].given_up_because)
    assert {region.source for region in summary.regions} == {"legs"}


def test_a_person_whose_legs_jump_about_is_doubted_and_stays_a_person_where_legs_alone_do_too(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of somebody who walks; who is made up has legs elsewhere than those that are found alone."""
    monkeypatch.setattr(ways, "scatter_rel", lambda _: 1.0)
    asked: list[object] = []
    monkeypatch.setattr(ways, "same_legs", lambda *given: bool(asked.append(given)) or scout.same_legs(*given))
    walking = scan_video(whole, model=MODEL, end_s=2.0)
    assert len(asked) == 1
    assert [(way.source, way.given_up_because) for way in walking.ways] == [("pose", None)]
    monkeypatch.setattr(scout, "apart_rel", lambda *_: 0.36)
    made_up = scan_video(whole, model=MODEL, end_s=2.0)
    assert [way.source for way in made_up.ways] == ["pose", "legs"]


def test_scatter_is_how_far_legs_go_from_picture_to_picture_in_shank_lengths() -> None:
    """Whatever their names, and whatever single picture is wrong."""
    still = standing(100, 50, 900).landmarks_px[source.LEG_POINTS]
    shank_px = float(np.hypot(*(still[1] - still[2])))
    along_px = np.array([shank_px, 0.0])
    places = [still, still + along_px, still + 1.2 * along_px, np.roll(still, 5, axis=0) + 1.4 * along_px]
    poses = [SimpleNamespace(legs_px=legs_px) for legs_px in places]
    assert scout.scatter_rel(poses) == pytest.approx(0.2, rel=0.01)  # type: ignore[arg-type]
    assert scout.scatter_rel(poses[:1]) == 0  # type: ignore[arg-type]


def test_a_person_who_is_seen_now_and_then_gives_way_to_legs_that_are_seen_always(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the picture ends at the hips: the person's legs are the right ones, but lost in most pictures."""
    looked: list[object] = []

    def seldom(frames, finder, settings):  # type: ignore[no-untyped-def]
        poses = scout.look_at(frames, finder, settings)
        looked.append(finder)
        return poses if len(looked) > 1 else [pose if place % 3 == 0 else None for place, pose in enumerate(poses)]

    monkeypatch.setattr(ways, "built_as_a_person", lambda *_: False)
    monkeypatch.setattr(ways, "look_at", seldom)
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert [way.source for way in summary.ways] == ["pose", "legs"]
    assert {region.side for region in summary.regions} == {"left", "right"}


def test_a_person_who_is_lost_when_followed_gives_way_to_legs_that_are_seen_always(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the few pictures that are looked at first show both as often."""
    monkeypatch.setattr(ways, "built_as_a_person", lambda *_: False)
    monkeypatch.setattr(ways._Followed, "share", property(lambda _: 0.5))
    summary = scan_video(whole, model=MODEL, end_s=2.0)
    assert [way.source for way in summary.ways] == ["pose", "legs"]


def test_which_leg_is_the_left_one_is_what_most_pictures_say() -> None:
    """Either way round; where few tell or they contradict each other it is not known."""
    settings = Settings()
    most = round(10 * settings.legs.sided_share)
    for right in (True, False):
        assert scout.named_right([right] * most + [not right] * (10 - most), settings) is right
        assert scout.named_right([right] * 5 + [not right] * 5, settings) is None
        assert scout.named_right([right] + [None] * 9, settings) is None
    assert scout.named_right([], settings) is None


def test_legs_seen_on_the_way_forth_count_on_the_way_back() -> None:
    """A finder that saw them in the first two of three pictures and passed over all of them afterwards."""
    answers = [(standing(100, 50, 800),), (standing(120, 50, 800),), (), (), (), ()]

    class Finder:
        def submit(self, *_: object) -> None:
            pass

        def answered(self) -> bool:
            return True

        def result(self) -> tuple[source.Person, ...]:
            return answers.pop(0)

    pictures = tuple(np.zeros((900, 1200, 3), np.uint8) for _ in range(3))
    poses = scout.look_at(as_frames(pictures), Finder(), Settings())
    assert [pose is not None for pose in poses] == [True, True, False]
    assert not answers


class Answering:
    """A finder that gives the same persons for every picture."""

    def __init__(self, *persons: source.Person) -> None:
        self._persons = persons

    def submit(self, *_: object) -> None:
        pass

    def answered(self) -> bool:
        return True

    def result(self) -> tuple[source.Person, ...]:
        return self._persons


@pytest.mark.parametrize(("x_px", "y_px", "lie"), [(380, 100, True), (380, 520, False), (20, 100, False)])
def test_legs_on_the_upper_body_of_somebody_in_view_are_none(x_px: int, y_px: int, lie: bool) -> None:
    """Made up of a sleeve or a face; below that body, or beside it, they stand."""
    picture = as_frames((np.zeros((900, 1200, 3), np.uint8),) * 3)
    small = PersonChooser(Settings().pose).choose(0, (standing(x_px, y_px, 240),), 1200, 900)
    assert small is not None
    assert scout.on_a_body(picture, Answering(standing(100, 50, 800)), [small] * 3, Settings()) is lie
    assert not scout.on_a_body(picture, Answering(), [small] * 3, Settings())


def test_where_no_legs_are_every_way_is_given_up(whole: Path, tmp_path: Path) -> None:
    """A person cut at the hips has none, and none are made up."""
    summary = scan_video(cut(whole, ABOVE_HIPS, tmp_path / "torso.mp4"), model=MODEL)
    assert summary.regions == ()
    assert summary.view is None
    assert all(way.given_up_because for way in summary.ways)
    assert not summary.quality.assessable


@pytest.fixture(scope="module")
def marks(whole: Path) -> tuple[Mark, ...]:
    """Boxes round the right foot and the left knee."""
    legs_px = json.loads(whole.with_suffix(".truth.json").read_text(encoding="utf-8"))["legs_px"]
    ankle, toe, knee = (np.array(legs_px[name]) for name in ("right_ankle", "right_toe", "left_knee"))
    low, high = np.minimum(ankle, toe) - 12, np.maximum(ankle, toe) + 12
    return Mark("right_foot", *low, *(high - low)), Mark("knee_cap", *(knee - 15), 30, 30)


def test_marked_regions_stand_beside_the_legs_and_in_place_of_those_of_their_name(
    whole: Path, marks: tuple[Mark, ...]
) -> None:
    summary = scan_video(whole, model=MODEL, marks=marks, with_pose=True)
    sources = {region.id: region.source for region in summary.regions}
    assert sources.pop("right_foot") == "manual"
    assert sources.pop("knee_cap") == "manual"
    assert set(sources.values()) == {"pose"}
    assert {"left_foot", "left_shank", "right_shank"} <= set(sources)
    assert [way.source for way in summary.ways] == ["manual", "pose"]
    assert summary.view == "full_body"
    (found,) = (finding for finding in summary.findings if finding.pattern == "rhythmic_jerking")
    assert found.region == "right_foot"
    assert found.frequency_hz == pytest.approx(3.0, abs=0.1)


def test_marked_regions_alone_need_no_model(whole: Path, marks: tuple[Mark, ...]) -> None:
    summary = scan_video(whole, model="heavy", marks=marks)
    assert {region.id: region.source for region in summary.regions} == {"right_foot": "manual", "knee_cap": "manual"}
    assert [way.source for way in summary.ways] == ["manual"]
    assert [finding.region for finding in summary.findings] == ["right_foot"]


@pytest.mark.skipif("MOTIONSCAN_CLIPS" not in os.environ, reason="MOTIONSCAN_CLIPS does not name the real clips")
def test_a_real_person_cut_at_the_hips_is_found(tmp_path: Path) -> None:
    video = cut(Path(os.environ["MOTIONSCAN_CLIPS"]) / "tfjs_pose_squats.mp4", (0, 560, 720, 720), tmp_path / "cut.mp4")
    summary = scan_video(video, model=MODEL)
    assert summary.view == "legs_only"
    assert summary.ways[-1].given_up_because is None
