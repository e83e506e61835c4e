"""The annotated picture shows what was found and hides nothing."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from motionscan.body import landmark
from motionscan.outputs.clip import ClipOverlay
from motionscan.outputs.planes import Planes
from motionscan.outputs.text import fitted, sprite, width_of
from motionscan.outputs.wording import DISCLAIMER, PATTERN_INKS, finding_words, quiet_words
from motionscan.records import Motion
from motionscan.settings import ClipSettings
from tests.outputs.conftest import Case, make_case

SIZES = [(1920, 1080), (1080, 1920), (640, 360), (320, 240), (321, 241), (64, 48), (2, 2)]
LUMA = 90


def grey(width: int, height: int) -> Planes:
    half = ((height + 1) // 2, (width + 1) // 2)
    return (
        np.full((height, width), LUMA, np.uint8),
        np.full(half, 128, np.uint8),
        np.full(half, 128, np.uint8),
    )


def overlay_of(case: Case, **settings: object) -> ClipOverlay:
    return ClipOverlay(case.motion, case.analysis, ClipSettings.model_validate(settings))


def drawn(case: Case, index: int, **settings: object) -> Planes:
    size = case.motion.width_px, case.motion.height_px
    return overlay_of(case, **settings).draw(grey(*size), index)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_size_gives_even_planes_with_a_strip_below(width: int, height: int) -> None:
    """4:2:0 video must be even; the strip is added under the picture, so the picture keeps its height."""
    case = make_case(width, height)
    overlay = overlay_of(case)
    y, u, v = overlay.draw(grey(width, height), 150)
    assert y.shape == (overlay.height_px, overlay.width_px)
    assert u.shape == v.shape == (overlay.height_px // 2, overlay.width_px // 2)
    assert overlay.width_px % 2 == overlay.height_px % 2 == 0
    assert overlay.width_px - width in (0, 1)
    assert overlay.height_px >= height * (1 + ClipSettings().strip_fraction) - 2


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (320, 240)])
def test_a_foot_stays_visible_under_its_lines(width: int, height: int) -> None:
    """Of the foot's surroundings at most a fifth is covered by lines, even while an event lights up."""
    case = make_case(width, height)
    index = round(case.analysis.events[0].peak_s * 30)
    y = drawn(case, index)[0]
    foot = case.motion.landmarks_px[index, [landmark("right", joint) for joint in ("ankle", "heel", "toe")]]
    (left, top), (right, bottom) = foot.min(axis=0).astype(int), foot.max(axis=0).astype(int)
    around = y[top - 10 : bottom + 10, left - 10 : right + 10]
    assert 0 < np.mean(around != LUMA) < (1 / 5 if width > 320 else 1 / 3)


def test_pictures_are_not_changed_where_nothing_is_drawn(case: Case) -> None:
    picture = drawn(case, 0)[0][: case.motion.height_px]
    assert np.mean(picture != LUMA) < 0.03
    assert (picture[:100, :100] == LUMA).all()


def test_what_is_not_known_is_not_drawn(case: Case) -> None:
    nothing = dataclasses.replace(case.motion, landmarks_px=np.full_like(case.motion.landmarks_px, np.nan))
    y, u, _ = drawn(Case(nothing, case.analysis), 150)
    assert (y[: case.motion.height_px] == LUMA).all()
    assert (u[: case.motion.height_px // 2] == 128).all()


def test_the_moving_foot_has_the_colour_of_its_pattern(case: Case) -> None:
    """During the finding the foot's line is coloured, before it is grey."""
    heel, toe = (case.motion.landmarks_px[0, landmark("right", joint)] for joint in ("heel", "toe"))
    x, y = np.rint((heel + toe) / 4).astype(int)
    expected = PATTERN_INKS["rhythmic_jerking"]

    def redness(index: int) -> int:
        return int(drawn(case, index)[2][y - 1 : y + 2, x - 1 : x + 2].max())

    assert redness(0) == 128
    assert redness(150) > (128 + expected.v) / 2


def test_letters_stand_outside_of_the_knees(case: Case) -> None:
    y = drawn(case, 0)[0]
    for side, outward in (("left", 1), ("right", -1)):
        x, knee_y = case.motion.landmarks_px[0, landmark(side, "knee")].astype(int)  # type: ignore[arg-type]
        outside = y[knee_y - 5 : knee_y + 5, sorted((x + outward * 6, x + outward * 40))[0] :][:, :34]
        assert (outside > 200).any()


def test_letters_of_lying_legs_stand_above_and_below() -> None:
    """Beside the leg, never on it, however it lies."""
    case = make_case(640, 360)
    lying = case.motion.landmarks_px[..., ::-1] * (640 / 360, 360 / 640)
    case = Case(dataclasses.replace(case.motion, landmarks_px=lying), case.analysis)
    y = drawn(case, 0)[0]
    left, right = (lying[0, landmark(side, "knee")].astype(int) for side in ("left", "right"))  # type: ignore[arg-type]
    assert left[1] > right[1]
    assert (y[left[1] + 6 : left[1] + 40, left[0] - 10 : left[0] + 10] > 200).any()
    assert (y[right[1] - 40 : right[1] - 6, right[0] - 10 : right[0] + 10] > 200).any()


def test_a_region_without_a_skeleton_gets_a_box(case: Case) -> None:
    outline = case.motion.regions[0].patches_px
    region = dataclasses.replace(case.motion.regions[0], id="region_1", part=None, side=None, outline_px=outline)
    nothing = np.full_like(case.motion.landmarks_px, np.nan)
    motion = dataclasses.replace(case.motion, regions=(region,), landmarks_px=nothing)
    y = drawn(Case(motion, case.analysis), 0)[0]
    left, top = np.rint(region.patches_px.min(axis=0)).astype(int)
    assert y[top, left : left + 20].min() > LUMA
    assert (y[top + 10 : top + 20, left + 10 : left + 20] == LUMA).all()


def test_pictures_are_limited_in_height_on_request() -> None:
    case = make_case(1920, 1080)
    overlay = overlay_of(case, max_height_px=540)
    assert overlay.width_px == 960
    assert overlay.draw(grey(1920, 1080), 0)[0].shape == (overlay.height_px, 960)
    assert overlay.height_px < 540 * 1.6


def test_the_playhead_moves_and_the_rest_of_the_strip_stands(case: Case) -> None:
    overlay = overlay_of(case)
    strips = [overlay.draw(grey(640, 360), index)[0][360:].astype(int) for index in (120, 150)]
    changed = np.flatnonzero((strips[0] != strips[1]).any(axis=0))
    assert 0 < len(changed) < 20


@pytest.mark.parametrize("duration_s", [0.04, 5.0, 20.0, 31.0, 75.0])
def test_now_is_always_inside_the_strip(duration_s: float, new_case: Callable[..., Case]) -> None:
    """Long videos turn pages; the playhead is on each of them."""
    case = new_case(duration_s=duration_s)
    overlay = overlay_of(case)
    at = overlay._strip.layout
    for index in np.linspace(0, len(case.motion.t_s) - 1, 40).astype(int):
        window = overlay._strip._window(float(case.motion.t_s[index]))
        assert at.left <= window.x(case.motion.t_s[index]) <= at.right
        overlay.draw(grey(640, 360), int(index))


def test_the_strip_follows_those_who_move(case: Case) -> None:
    assert [row.region for row in overlay_of(case)._strip._rows] == ["right_foot"]
    still = make_case(found=False)
    assert len(overlay_of(still)._strip._rows) == 1


def test_nothing_measured_still_gives_a_clip(case: Case) -> None:
    empty = dataclasses.replace(case.analysis, traces_px={}, regions=(), events=(), findings=())
    drawn(Case(case.motion, empty), 10)
    blind = {region: np.full(len(case.motion.t_s), np.nan) for region in case.analysis.traces_px}
    drawn(Case(case.motion, dataclasses.replace(case.analysis, traces_px=blind)), 10)


def test_input_planes_are_left_alone(case: Case) -> None:
    planes = grey(640, 360)
    overlay_of(case).draw(planes, 150)
    assert all((plane == fresh).all() for plane, fresh in zip(planes, grey(640, 360), strict=True))


def test_words_say_what_moves_or_why_not() -> None:
    assert finding_words(make_case().analysis.findings[0]) == "right foot: rhythmic jerking 3.0 Hz"
    slowing = dataclasses.replace(
        make_case().analysis.findings[0], slowing=True, frequency_start_hz=4.0, frequency_end_hz=2.0
    )
    assert finding_words(slowing) == "right foot: rhythmic jerking, slowing 4.0 to 2.0 Hz"
    assert quiet_words(make_case(found=False).analysis) == "no finding"
    assert quiet_words(make_case(found=False, assessable=False).analysis) == "cannot be judged: too short"
    assert "diagnosis" in DISCLAIMER


def test_text_is_cut_to_its_room_and_rendered_once() -> None:
    assert width_of(fitted("right foot: rhythmic jerking", 20, 100), 20) <= 100
    assert fitted("foot", 20, 100) == "foot"
    assert sprite("foot", 20) is sprite("foot", 20)


def test_letters_are_legible_on_a_phone() -> None:
    """Shown 390 points wide, the words are at least 9 points high."""
    for width, height in ((1920, 1080), (1080, 1920), (320, 240)):
        layout = overlay_of(make_case(width, height))._strip.layout
        assert layout.text / width * 390 >= 9


def test_motion_without_camera_or_patches_is_drawn(case: Case) -> None:
    lost: Motion = dataclasses.replace(case.motion, camera_px=np.full_like(case.motion.camera_px, np.nan))
    region = dataclasses.replace(case.motion.regions[0], id="r", part=None, patches_px=np.zeros((0, 2)))
    drawn(Case(dataclasses.replace(lost, regions=(region,)), case.analysis), 5)


def test_a_clip_that_cannot_be_judged_says_so_even_while_something_moves() -> None:
    """A large movement may fill the whole clip; the reason must still be read."""
    case = make_case(1920, 1080, assessable=False)
    strip = overlay_of(case)._strip
    words = [words for words, _ in strip._header_words(list(case.analysis.findings))]
    assert words[0] == "cannot be judged: too short"
    assert len(words) == 2


def test_findings_at_the_same_time_are_said_side_by_side_or_counted() -> None:
    case = make_case(1920, 1080)
    first = case.analysis.findings[0]
    both = (first, dataclasses.replace(first, id="f2", region="left_foot"))
    third = (*both, dataclasses.replace(first, id="f3", region="left_shank"))
    for findings, said in ((both, 2), (third, 3)):
        analysis = dataclasses.replace(case.analysis, findings=findings)
        strip = overlay_of(Case(case.motion, analysis))._strip
        words = [words for words, _ in strip._header_words(list(findings))]
        assert len(words) == said
        assert "left foot" in words[1]
    assert words[2] == "+1"


def test_jerks_are_said_and_coloured_before_the_large_movement_beside_which_they_were_found(case: Case) -> None:
    """However sure it is that somebody sways: what is looked for is not hidden behind it."""
    jerks = case.analysis.findings[0]
    sways = dataclasses.replace(jerks, id="f2", pattern="gross_movement", event_ids=(), event_count=0, confidence=0.97)
    elsewhere = [dataclasses.replace(sways, id=f"f{n}", region=r.id) for n, r in enumerate(case.analysis.regions, 3)]
    analysis = dataclasses.replace(case.analysis, findings=(sways, *elsewhere, jerks))
    both, alone = Case(case.motion, analysis), case
    t_s = (jerks.start_s + jerks.end_s) / 2
    strip = overlay_of(both)._strip
    assert jerks.region in {row.region for row in strip._rows}
    assert np.array_equal(strip._header(t_s)[0][:, :200], overlay_of(alone)._strip._header(t_s)[0][:, :200])
    assert overlay_of(both)._skeleton._ink(jerks.region, t_s) == PATTERN_INKS[jerks.pattern]
