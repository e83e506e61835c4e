"""Every threshold of the project, once: unit, bounds, default and where the number comes from.

``Settings()`` gives the defaults; ``load_settings(path)`` reads a TOML file whose tables are the sections
below. Values outside their bounds and unknown names are refused.
"""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from motionscan.errors import SettingsError


def _number(default: float, low: float, high: float, unit: str, source: str) -> Any:
    return Field(default, ge=low, le=high, description=f"[{unit}] {source}", json_schema_extra={"unit": unit})


# fmt: off
class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VideoSettings(_Section):
    """Frames in."""

    max_pixels: int = _number(40_000_000, 10_000, 268_000_000, "px", "8K is 33 Mpx; larger is a mistake or an attack")
    max_duration_s: float = _number(14_400, 1, 10_000_000, "s", "from the first picture wanted; four hours, a whole evening at a bedside")
    max_frames: int = _number(1_000_000, 1, 1_000_000_000, "pictures", "four hours at 60 a second are 864,000")
    max_decoded_bytes: int = _number(4_000_000_000_000, 1_000_000, 1_000_000_000_000_000, "B", "four hours of 1080p at 60 a second are 2.7e12")
    max_frame_s: float = _number(20, 0.1, 3600, "s", "until the decoder gives one picture; longer is a file made to be slow, or a machine that is")
    ahead: int = _number(8, 1, 100, "pictures", "decoded while the last one is measured")
    slow_motion_rate_hz: float = _number(100, 60, 1000, "Hz", "phones film slow motion at 120 Hz or more")
    highest_rate_hz: float = _number(2000, 200, 100_000, "Hz", "a capture rate above that is a wrong tag")
    truncated_s: float = _number(0.5, 0.05, 60, "s", "pictures may end this much before the declared end")
    seek_margin_s: float = _number(1, 0, 10, "s", "pictures are reordered by less than this")
    max_read_errors: int = _number(100, 1, 100_000, "errors", "in a row without one packet: the rest is lost")
    earliest_year: int = _number(2000, 1970, 2100, "year", "an unset camera clock says 1904 or 1970")


class PoseSettings(_Section):
    """Where the body is."""

    interval_s: float = _number(0.5, 0.05, 5, "s", "landmarks say where, flow says how: a few pictures a second")
    interval_moving_s: float = _number(0.15, 0.03, 5, "s", "while the person moves much")
    moving_rel: float = _number(0.10, 0.01, 1, "shank lengths", "landmark step between two poses that counts as moving much")
    min_visibility: float = _number(0.5, 0, 1, "1", "below 0.3 the model invents people on a bare forearm (measured)")
    max_people: int = _number(3, 1, 10, "people", "kept apart so that others do not count as background")
    picture_side_px: int = _number(960, 256, 4096, "px", "the networks see 224 and 256 px squares")
    backlog: int = _number(8, 0, 100, "pictures", "measured so much later than decoded: the network needs the time of about 5")
    look_ahead_bytes: int = _number(200_000_000, 10_000_000, 4_000_000_000, "B", "pictures held while a pose is awaited")
    timeout_s: float = _number(60, 1, 600, "s", "a pose process that says nothing for so long is dead")
    keep_person_s: float = _number(3, 0, 60, "s", "a person lost for longer may be another one; choose afresh")
    same_person_rel: float = _number(0.5, 0.05, 2, "body sizes", "between two poses a point moves less than half a body")
    duplicate_rel: float = _number(0.1, 0, 1, "body sizes", "the network can see one person twice, 2 % apart (measured)")
    min_shank_rel: float = _number(0.02, 0, 0.5, "picture's long side", "a shank of 38 px at 1080p; smaller shows no twitch")
    max_segment_ratio: float = _number(5, 1.5, 50, "1", "torso, thigh and shank are alike within 1.3; the rest is perspective")
    person_share: float = _number(0.8, 0.1, 1, "1", "of the pictures that must show head or shoulders for a person to be in view; made up of a bare leg from near in up to half of them (measured)")
    min_torso_ratio: float = _number(0.95, 0.1, 2, "1", "torso over the longer of thigh and shank; 1.0-2.7 on whole people, 0.2-0.9 on most of what is made up of legs alone (measured)")
    min_head_ratio: float = _number(0.05, -1, 1, "torsos", "that the nose is beyond the shoulders; 0.08-0.54 on whole people, -0.5 to 0.3 on what is made up of legs alone (measured)")
    sides_still_rel: float = _number(0.15, 0.01, 1, "shank lengths", "legs so near the other legs' last place have changed names")
    sides_apart_ratio: float = _number(3, 1.5, 20, "1", "and so much farther from their own last place")


class LegsSettings(_Section):
    """Where the legs are when nothing else of the person is seen. "measured" is on simulated people of seed set 0 and real clips, cut below the hips and knees."""

    scout_pictures: int = _number(12, 3, 100, "pictures", "spread over a video before another way of finding legs is chosen")
    pose_patience_s: float = _number(5, 0.5, 600, "s", "of video in which too few whole persons are seen before it is scouted")
    pose_share: float = _number(0.25, 0.01, 1, "1", "of the pictures with legs of a whole person, from which that way is kept")
    legs_share: float = _number(0.5, 0.1, 1, "1", "of the scouted pictures in which legs alone must be seen before they are believed")
    sure_share: float = _number(0.8, 0.01, 1, "1", "of the pictures that must show a person's legs, or legs alone are looked for as well")
    doubted_share: float = _number(0.5, 0.01, 1, "1", "of the pictures that may show a body that is not built as a person's, or legs alone are looked for as well")
    doubted_scatter_rel: float = _number(0.15, 0.02, 2, "shank lengths", "between a person's legs in one picture and in the next that is looked at, from which they may be made up; legs alone are looked for as well (measured: 0.01-0.12 on people in one place, 0.2-0.7 on those who walk)")
    same_legs_rel: float = _number(0.3, 0.05, 2, "shank lengths", "between ankles, heels and toes of a doubted person and of legs found alone, up to which they are the same (measured: 0.03-0.2 on whole people, 0.36 and more where the person is made up)")
    rival_share: float = _number(0.8, 0, 1, "1", "of the pictures in which legs are found alone that must show those of a doubted person, who is followed then; cut at the hips a fifth to a half (simulated)")
    search_sides: tuple[float, ...] = Field(default=(0.75, 1.2, 2.0, 3.2), min_length=1, max_length=8, description="[picture's long side] sizes of the squares searched; the body that the legs belong to would fill them", json_schema_extra={"unit": "picture's long side"})
    search_step: float = _number(0.42, 0.1, 1, "sides", "between the squares searched; 0.35 found the same legs in 67 of 67 pictures of accuracy sets 5 and 6, 0.25 as many as 0.35 (measured)")
    search_again_step: float = _number(0.35, 0.1, 1, "sides", "the same after a search that found nothing: one of 128 cuts was found only so (seed set 7)")
    search_turns: int = _number(4, 1, 16, "1", "turns of the squares searched, round the clock; the turns between at the next search")
    search_refined: int = _number(8, 1, 200, "squares", "of the search that are looked at again where they point to; 10 found the same (measured)")
    search_varied: int = _number(4, 1, 50, "squares", "the best so far, of which larger, smaller and turned ones are tried; found 14 of 16 pictures in which the same number of squares without that found 3 (measured)")
    search_kept: int = _number(3, 1, 50, "squares", "of those that are varied a second time and looked at again where they point to")
    search_verified: int = _number(3, 1, 20, "squares", "of those that are held against the squares around them")
    search_improved: int = _number(2, 0, 10, "1", "times that the square which found legs ask for is tried as well, as long as it shows them better")
    min_heat: float = _number(0.48, 0.1, 1, "1", "mean heat of the legs over the looks that verify them after a search; 0.48-0.84 on most legs, 0.1-0.4 on most of what is none, 0.43-0.48 on a zip, a face, a head and forearms (measured; 0.45 until 2026-11-27)")
    beyond_edge: float = _number(0.15, 0, 1, "shank lengths", "that a knee or toe may seem to be outside the picture; it is taken to be on its edge (knees cut at 0.1 and held by hand)")
    follow_heat: float = _number(0.42, 0.1, 1, "1", "the same where they were in the picture before")
    clear_heat: float = _number(0.5, 0, 1, "1", "the same by one look, below which it is not enough to follow them: 0.45-0.48 on a head and forearms that were taken for legs (cuts, seed set 6)")
    min_clear: float = _number(0.45, 0, 1, "1", "mean visibility of the legs over those looks; 0.5-0.95 on legs, mostly below 0.5 on what is none (measured)")
    follow_clear: float = _number(0.15, 0, 1, "1", "the same where they were in the picture before; a knee at the edge of a picture held by hand is called hidden as often as seen (measured)")
    max_spread: float = _number(0.24, 0.02, 1, "shank lengths", "between those looks; 0.03-0.23 on most legs, above 0.25 on most of what is none (measured)")
    follow_still: float = _number(0.2, 0, 1, "1", "middle over side, logarithm of size and turn together that a square must move by to be moved at all")
    follow_growth: float = _number(0.35, 0.02, 2, "1", "logarithm of the change of size between two pictures")
    laid_first: int = _number(3, 1, 100, "pictures", "after a search in which the legs are laid into the silhouette that the network draws; their median says by how much its landmarks are off")
    laid_every: int = _number(8, 1, 1000, "pictures", "later, between two in which that is done again, until enough is known")
    laid_later: int = _number(24, 1, 1000, "pictures", "the same once it is: asking costs as much as following five pictures; at 24 instead of 8 landmarks are as near (52 clips, legs-only seed sets 9 and 10)")
    laid_kept: int = _number(5, 1, 100, "1", "of these displacements, of which the median counts")
    laid_unmet_area: float = _number(0.03, 0.001, 1, "squared shank lengths", "of the silhouette left unmet, from which a leg is tried there; a foot has 0.1")
    laid_one_area: float = _number(0.035, 0, 1, "squared shank lengths", "that two legs may fill the silhouette better than one does where there is only one; -0.02 to 0.033 in most pictures of one leg, 0.06-0.37 of two (accuracy sets 5 and 6)")
    laid_thigh_share: float = _number(0.5, 0, 1, "1", "of a thigh that the silhouette must show, or its hip is not seen: guessed beside the limb")
    laid_misfit: float = _number(0.25, 0.01, 2, "squared shank lengths", "of squared difference from the silhouette that is left where legs are believed to be laid well; 0.02-0.2 (measured, seed sets 9 and 10)")
    half_widths: float = _number(1.3, 1, 5, "1", "thigh, shank and foot all so many times wider than usual for the length of a single leg that fills the silhouette: its hips may be knees (the least of the three 1.4-1.8 in nine close-ups in which they are, up to 1.2 in other close-ups of one leg; accuracy sets 2-8)")
    half_misfit: float = _number(0.1, 0.01, 1, "squared shank lengths", "of squared difference from the silhouette that a single leg may leave for that (0.04-0.08 in those nine, 0.1 and more where two legs are taken for one as wide)")
    laid_held: float = _number(0.08, 0.001, 1, "squared shank lengths", "that the displacement may cost; 0.003-0.05 where it brought landmarks nearer, 0.07 where the foot of a leg alone lay elsewhere, 0.12 where they were put on something else (legs-only seed sets 9 and 10, accuracy sets 5 and 6)")
    longest_pause: int = _number(10, 0, 1000, "pictures", "passed over between two searches that find nothing")
    sided_doubt: float = _number(0.2, 0, 0.5, "1", "share of the looks that may give the legs each other's names")
    sided_forward: float = _number(0.05, 0, 1, "shank lengths", "that toes are further down the leg than heels, or the reverse, to tell front from back")
    sided_turn: float = _number(2.5, 0.1, 20, "1", "sideward over downward length of the feet up to which they point to the camera")
    sided_apart: float = _number(0.3, 0, 2, "shank lengths", "between the legs, across them: nearer ones can be in either order")
    sided_heat: float = _number(0.6, 0.1, 1, "1", "mean heat of legs whose feet are seen well enough to tell where they point")
    sided_pictures: float = _number(0.3, 0.01, 1, "1", "share of the pictures that must tell which leg is the left one")
    sided_share: float = _number(0.7, 0.5, 1, "1", "of those pictures that must confirm it")


class MotionSettings(_Section):
    """How it moves. Lengths called "shanks" are multiples of the length of the shank in the picture."""

    measure_side_px: int = _number(1920, 320, 4096, "px", "larger pictures are made two, three or more times smaller: phone optics do not resolve more")
    measure_shank_px: int = _number(320, 100, 4096, "px", "longer shanks are tracked in a picture so many times smaller (of 65 near clips 1008 instead of 977 events were found and none instead of 17 false ones, set 2)")
    least_shank_px: int = _number(100, 30, 4096, "px", "shorter ones in such a picture: the legs have gone away since, and whole pictures are tracked instead")
    local_mean_px: int = _number(41, 9, 201, "px", "local mean taken off before tracking: brightness steps and flicker vanish")
    window_shanks: float = _number(0.07, 0.02, 0.3, "shanks", "side of the window that is tracked: about the width of an ankle")
    window_min_px: int = _number(13, 5, 51, "px", "smaller windows are noise")
    window_max_px: int = _number(25, 7, 101, "px", "larger windows straddle two body parts")
    reach_px: int = _number(8, 2, 50, "px", "that a point may go between two pictures; what went further is searched in the whole picture")
    pyramid_levels: int = _number(2, 0, 6, "levels", "reach of about 4 windows between two pictures")
    far_search_share: float = _number(0.2, 0, 1, "1", "of a part's points lost at once, from which they are searched further away")
    iterations: int = _number(12, 3, 60, "1", "Lucas-Kanade steps")
    epsilon_px: float = _number(0.005, 0.0001, 0.1, "px", "a tenth of the noise of one point")
    turned_rad: float = _number(0.05, 0.01, 1, "rad", "a part that has turned by more is followed in a picture turned back: half a window of 19 px is then off by half a pixel")
    astray_px: float = _number(3, 0.1, 20, "px", "from where a part's turn and shift take them must a quarter of its trusted points be, or they are not its points: 0.8-1.5 px on a foot turned by 0.3 (accuracy set 3), 4-32 px where a part had left the picture; half of a region found by its movement may rest")
    forward_backward_px: float = _number(0.5, 0.05, 5, "px", "a point that does not find its way back is lost")
    thigh_half_width_shanks: float = _number(0.15, 0.05, 0.5, "shanks", "somewhat less than half a thigh: no window on the edge")
    shank_half_width_shanks: float = _number(0.10, 0.05, 0.5, "shanks", "somewhat less than half a calf: no window on the edge")
    foot_margin_shanks: float = _number(0.05, 0, 0.5, "shanks", "the foot beyond the hull of ankle, heel and toe")
    body_margin_shanks: float = _number(0.35, 0, 2, "shanks", "what is so near a person's landmarks is not background")
    whole_shank_px: float = _number(100, 0, 1000, "px", "shorter shanks, as they are tracked: their parts are followed as a whole, outline and all. At 73 px points slid along black trousers (accuracy sets 2 and 3), at 115 px points resist a patting hand that drew a whole shank along")
    resting_share: float = _number(0.1, 0.01, 0.5, "1", "of the time in which even a part that jerks most of the time rests: what such a part jitters by then is its noise at least")
    whole_reach_shanks: float = _number(0.12, 0, 0.5, "shanks", "around the outline of such a part that may belong to it, where it is as bright as its inside")
    whole_edge_shanks: float = _number(0.04, 0, 0.5, "shanks", "around all that, so that its edges are seen")
    whole_apart_shanks: float = _number(0.1, 0, 0.5, "shanks", "around its neighbours that is left out: at 0 a moving foot drew a plain shank along by half its way, at 0.1 by a fiftieth (drawn legs)")
    whole_coarse_px: float = _number(2.5, 0.5, 20, "px", "Gaussian blur at first: an edge draws the part from about two blurs away")
    whole_fine_px: float = _number(0.8, 0.3, 5, "px", "the same in the end")
    whole_steps: int = _number(15, 1, 100, "steps", "at most, at each blur")
    whole_hold: float = _number(0.01, 0, 1, "1", "of what the best seen direction holds a part, added to all directions")
    whole_outlier: float = _number(4, 0.5, 100, "1", "times the usual error, from which a pixel counts half or less in the end: a hand that pats a shank draws it along by a fiftieth of its way (drawn legs)")
    whole_usual_error: float = _number(4, 0, 50, "grey levels", "the usual error is at least so large: coding noise")
    whole_likeness: float = _number(0.8, 0, 1, "1", "correlation of such a part with the picture where it is found")
    spacing_shanks: float = _number(0.035, 0.01, 0.3, "shanks", "one point in each square of this side")
    spacing_min_px: float = _number(7, 3, 100, "px", "nearer points see the same pixels")
    region_points: int = _number(110, 8, 1000, "points", "at most about so many in a region")
    background_columns: int = _number(16, 4, 64, "cells", "one background point in each cell of the picture")
    background_rows: int = _number(12, 4, 64, "cells", "the same")
    min_texture: float = _number(3e-5, 0, 1, "1", "least eigenvalue of the structure tensor, as cv2.cornerMinEigenVal gives it")
    texture_ratio: float = _number(1, 1, 100, "1", "weight of the best textured points over the median one: weak points count less, edges not more")
    weak_texture: float = _number(0.05, 0, 1, "1", "of the group's median texture, below which a point only adds jitter")
    hidden_overlap: float = _number(0.4, 0.1, 1, "1", "of a part covered by the other leg's: the less visible leg is hidden")
    min_points: int = _number(5, 3, 100, "points", "fewer do not hold a region")
    min_background_points: int = _number(12, 4, 500, "points", "fewer do not hold the camera")
    background_error_px: float = _number(0.2, 0.01, 5, "px", "standard error of the camera's shift by the background above which the background does not tell it (measured: 0.003-0.16 with texture, 0.25-8 on bare walls)")
    without_part_gain: float = _number(0.9, 0.1, 1, "1", "standard error of the camera's shift without one part over that of all, from which the part moves by itself (measured: 0.66-0.86 while a foot jerks, 0.9 and more at rest)")
    branch_share: float = _number(0.34, 0.1, 0.6, "1", "of the parts seen, which a part with those that it carries may be to be left out when the rest tells the camera (35 movements of legs before little background: still parts move at 12 instead of 13 % of the jerks; without this limit at 15 %)")
    background_told: float = _number(0.9, 0, 1, "1", "of the pictures in which the background must tell the camera's movement; else camera and limb count as hardly told apart")
    skin_width_share: float = _number(0.9, 0.2, 1, "1", "of the width of a part where its skin is watched: muscles lie at its sides as well (0.6 until 2026-11-27: whole bodies of sets 7-9 F1 0.92 instead of 0.89, of near views of sets 6-8 76 instead of 74 events and one false one instead of four; seen)")
    skin_window_along_shanks: float = _number(0.08, 0.005, 0.3, "shanks", "standard width of the Gaussian window of a patch, along the limb")
    skin_window_across_shanks: float = _number(0.035, 0.005, 0.3, "shanks", "the same across it: clear of the limb's edges")
    skin_window_part_share: float = _number(0.12, 0.02, 1, "1", "of the length of its part that the window is at most, along it: a foot has smaller muscles")
    strip_interval_s: float = _number(0.09, 0, 0.5, "s", "between looks at strips of background, which tell the noise of skin")
    skin_linear_px: float = _number(0.4, 0.05, 5, "px", "larger displacements are found in steps from coarse to fine")
    skin_pitch_shanks: float = _number(0.055, 0.005, 0.5, "shanks", "patches nearer to each other along the limb show the same skin")
    skin_softness: float = _number(2.5, 1, 20, "1", "times the middle one of its neighbours that a patch may move: skin is soft")
    skin_steps: int = _number(2, 1, 20, "1", "steps at each size")
    skin_blur_px: float = _number(0.7, 0.3, 5, "px", "Gaussian before the gradient is taken")
    skin_noise_levels: float = _number(2, 0.1, 20, "grey levels", "noise of a pixel that one picture has against another")
    skin_usual_px: float = _number(0.25, 0.01, 10, "px", "what cannot be seen for lack of texture is taken for less moved than this")
    skin_explained: float = _number(0.75, 0.05, 1, "1", "change of brightness that a large displacement may leave, over what one step leaves")
    skin_foreshown: float = _number(0.35, 0, 1, "1", "of a large displacement that one step must show (true ones 0.5-0.9, chance 0.05-0.25, simulated)")
    skin_reach_shanks: float = _number(0.025, 0.005, 0.5, "shanks", "skin does not move further over its muscle; what seems to has turned or slipped")
    skin_min_texture: float = _number(40, 0, 10000, "grey levels squared", "sum of squared gradients in a window, below which nothing is measured")
    min_patch_kept: float = _number(0.6, 0, 1, "1", "share of its points without which a patch of background is not measured")
    min_patch_points: int = _number(4, 1, 50, "points", "fewer do not make a patch of background")
    min_kept_fraction: float = _number(0.4, 0.05, 0.95, "1", "with fewer points kept a new reference picture is taken")
    stray_shanks: float = _number(0.3, 0.05, 2, "shanks", "tracked and seen landmarks further apart, by the median of the last looks: new reference picture")
    settle_shanks: float = _number(0.1, 0.02, 2, "shanks", "the same where a single pose has placed the landmarks, once as many as tell have been seen: patches of skin must lie on it")
    stray_looks: int = _number(5, 1, 50, "poses", "whose median tells; one pose of legs alone errs by as much as that limit (measured)")
    pose_memory_s: float = _number(1.6, 0.1, 30, "s", "a region not confirmed by a pose for so long is not visible")
    legs_memory_s: float = _number(8, 0.1, 30, "s", "the same for legs found alone, which are recognised less often: whether their points are found tells more")
    check_interval_s: float = _number(0.5, 0.05, 5, "s", "between two looks at marked regions, as often as at poses")
    mark_margin_units: float = _number(0.08, 0, 1, "units", "what is so near a marked region is not background: a radius of a patch of skin")
    mark_pitch_units: float = _number(0.13, 0.02, 0.5, "units", "between patches of skin of a marked region, so that neighbours are within patch_reach_shanks")
    mark_patches: int = _number(8, 1, 20, "patches", "at most so many along and across a marked region")
    mark_min_px: int = _number(20, 8, 500, "px", "sides of a marked region: fewer pixels hold no five points")
    mark_narrow_share: float = _number(0.12, 0.01, 1, "1", "of a marked region that must move together to be followed without the rest of it")
    mark_columns: float = _number(10, 2, 50, "squares", "along the shortest side of a marked region, one point in each")
    mark_inside: float = _number(0.5, 0.05, 1, "1", "share of a marked region in the picture below which it is not visible")
    survey_s: float = _number(60, 5, 600, "s", "of a close-up are looked at to find what moves by itself")
    survey_columns: int = _number(40, 10, 100, "squares", "along the picture's long side, one point in each: 32 px of 1280")
    survey_edge: float = _number(0.04, 0, 0.3, "1", "of the short side: no points so near the edge, where a shaking camera moved groups of them (simulated)")
    survey_min_pictures: int = _number(60, 10, 1000, "pictures", "fewer do not show what moves together")
    survey_slow_s: float = _number(0.25, 0.05, 2, "s", "Gaussian taken off the paths; keeps 70 % of 1 Hz")
    survey_leak: float = _number(0.3, 0, 1, "1", "gain of parallax: larger is no leak of the camera's movement")
    survey_reach: float = _number(1.6, 1, 5, "spacings", "points averaged with each: about nine")
    survey_apart: float = _number(0.8, 0, 2, "spacings", "points nearer than this share pixels: they cannot vouch for each other")
    survey_weak_texture: float = _number(0.002, 0, 1, "1", "of the picture's median texture: dark skin before a bright floor still has points")
    survey_join: float = _number(2.3, 1, 10, "spacings", "points nearer than this hang together")
    survey_percentile: float = _number(98, 50, 100, "%", "of a path's size: rare twitches count")
    survey_strength: float = _number(8, 2, 50, "1", "of that over the jitter that such points show")
    survey_agreement: float = _number(0.3, 0, 1, "1", "correlation of a point with its neighbours")
    survey_alike: float = _number(0.6, 0, 1, "1", "share of a point's movement that is its group's")
    survey_share: float = _number(0.3, 0, 1, "1", "of its group's strongest movement that a member must show")
    survey_points: int = _number(3, 2, 50, "points", "of a group: fewer are chance")
    survey_margin: float = _number(0.4, 0, 3, "spacings", "around the points of a group: half way to the next point")
    survey_middle: float = _number(0.5, 0.1, 0.9, "1", "of the picture's width and height is followed where nothing moves by itself")
    survey_regions: int = _number(3, 1, 10, "regions", "found at most")
    survey_stiller: float = _number(0.7, 0.1, 1, "1", "movement over that of the rest, below which a group is what stands still")
    skin_side_px: int = _number(160, 40, 1000, "px", "long side of the picture on which the colour of skin is looked for")
    skin_share: float = _number(0.9, 0.5, 1, "1", "of the picture in the colour of skin: there is no background to hold on to")
    skin_spread: float = _number(10, 1, 100, "levels", "of either colour difference over such a picture; a foot on a wooden floor has 14 and more (simulated)")
    close_up_unit: float = _number(0.5, 0.1, 2, "1", "of the picture's short side stands in for a shank: less than a foot or calf that fills it")
    fit_floor_px: float = _number(0.03, 0.001, 1, "px", "residuals below are noise, not outliers")
    fit_tuning: float = _number(4.685, 1, 20, "1", "Tukey's biweight, 95 % efficiency (Beaton and Tukey 1974)")
    fit_steps: int = _number(6, 1, 50, "1", "reweighting steps; more change nothing measurable")
    noise_min_px: float = _number(0.01, 0.0001, 1, "px", "a copied block of a compressed video shows no noise at all")
    duplicate_ratio: float = _number(0.15, 0, 1, "1", "change from the picture before over the usual change")
    duplicate_change: float = _number(0.02, 0, 5, "grey levels", "smaller changes are no change")


class AnalysisSettings(_Section):
    """What the movement is. "sigma" is the noise floor of the region, never taken from its own movement."""

    band_fraction: float = _number(0.4, 0.1, 0.5, "1/frame rate", "usable band, a fifth below Nyquist")
    grid_oversampling: float = _number(2, 1, 8, "1", "even clock over the frame rate, for peaks between pictures")
    grid_min_hz: float = _number(60, 30, 240, "Hz", "even clock of slow cameras")
    grid_max_hz: float = _number(240, 60, 1000, "Hz", "even clock of fast cameras")
    gap_intervals: float = _number(3, 1.5, 20, "frame intervals", "longer pauses between pictures are not bridged")
    variable_share: float = _number(0.1, 0.01, 1, "1", "jitter over the frame interval that makes a rate variable")
    smooth_s: float = _number(0.010, 0, 0.1, "s", "Gaussian; keeps 90 % of 7 Hz")
    baseline_s: float = _number(1.5, 0.3, 10, "s", "running median: blind to jerks of less than half of it")
    camera_leak_share: float = _number(0.08, 0, 1, "1", "share of a trace that the camera must explain to be taken off")

    parent_ratio_low: float = _number(2, 1, 10, "variance ratio", "parent's movement over its noise below which nothing is taken off")
    parent_ratio_high: float = _number(4, 2, 50, "variance ratio", "above which all of it is taken off")
    sharing_regions: int = _number(4, 2, 6, "regions", "whose common movement stands for that of the background where that is bare; fewer may all be one leg")
    camera_leak_gain: float = _number(2.0, 0.05, 10, "1", "times the camera's movement that a limb can keep; what moves further has leaked into the camera, not out of it (measured: parallax 0.01-0.3, errors of the camera 1-1.8, leaks 2.1-59)")
    camera_leak_rel: float = _number(0.015, 0, 0.2, "1", "of the camera's fast movement that similarity transforms leave in a limb")

    event_sigmas: float = _number(5, 2, 20, "sigma", "height of an event; 5 sigma passes once in millions of samples")
    zoom_px: float = _number(300, 50, 5000, "px", "length of a shank from which the least sizes of movement stay the same: codec noise does not grow with the zoom")
    event_min_px_rel: float = _number(0.0006, 0, 0.1, "shank lengths", "smaller movement is below codec noise; of a shank of at most zoom_px")
    event_share_of_p90: float = _number(0.25, 0, 1, "1", "height over the 90th percentile: no small bump between jerks")
    restless_share: float = _number(0.25, 0, 1, "1", "of the time in which a part changes its place, from which one or two quick movements between are no twitches")
    sure_lone_sigmas: float = _number(14, 2, 50, "sigma", "the same for events that happen only once or twice in a part")
    as_large_share: float = _number(0.5, 0.1, 1, "1", "of the height of the events that stand alone, from which others that do not are as large")
    both_ways_share: float = _number(0.25, 0, 1, "1", "of many events without rhythm that may go as far the other way (what noise and shaking make: half or more, jerks: none; kept measurements of sets 5-9, legs only and close-ups)")
    slips_share: float = _number(0.6, 0, 5, "1", "of lone events that their part may go half as far the other way (a part whose patches slip: 4, parts that jerk: none; the same measurements)")
    hidden_jerk_s: float = _number(0.15, 0.03, 0.3, "s", "width at half height up to which an event that a change of posture may have made is told where it keeps a rhythm with certain ones: jerks of a swaying leg had 0.05-0.10, steps 0.21-0.32 (accuracy sets 6 and 9)")
    sure_lone_events: int = _number(3, 1, 20, "events", "so many of one part vouch for each other")
    isolated_min_px_rel: float = _number(0.0015, 0, 0.1, "shank lengths", "height of an isolated event: nothing else vouches for it")
    isolated_window_s: float = _number(3, 0.5, 20, "s", "over which that median is taken")
    renewal_s: float = _number(0.2, 0, 2, "s", "around a new reference picture a patch of skin may jump")
    renewal_gain: float = _number(5, 1, 100, "1", "times its usual noise that a trace has meanwhile: only what stands out as much further is told then (at 2 two still clips of a low bit rate had false twitches, at 4 one; at 5, of 1681 kept measurements seven have true events more, and no finding is new; seen)")
    line_event_share: float = _number(0.4, 0.1, 0.9, "1", "height over the 98th percentile, where a spectral line vouches for the rhythm")
    line_event_sigmas: float = _number(1.5, 0.5, 5, "sigma", "height of an event in such a trace")
    noise_window_s: float = _number(1.5, 0.2, 10, "s", "over which the background tells how noisy the pictures are")
    event_prominence: float = _number(0.5, 0.05, 1, "of the height", "how far the trace falls between two events")
    event_gap_s: float = _number(0.10, 0.02, 1, "s", "nearer peaks are one event (10 Hz)")
    event_margin_s: float = _number(0.02, 0, 0.5, "s", "before and after an event in which the background is watched for jolts")
    event_edge_share: float = _number(0.5, 0.05, 0.9, "of the height", "onset and offset are at half height")
    sharp_s: float = _number(0.25, 0.05, 1, "s", "Gaussian that slow movement survives and jerks do not")
    sharp_share: float = _number(0.45, 0.1, 0.9, "of the height", "what that Gaussian must take from a jerk or twitch")
    quick_s: float = _number(0.12, 0.03, 0.5, "s", "Gaussian that takes off what is slower than jerks in a limb that is shifted about, whose baseline follows it too slowly (accuracy sets 5-10: seven clips more right, none less)")
    quick_jerk_s: float = _number(0.15, 0.03, 0.3, "s", "width at half height up to which what is left then is a jerk: 0.04-0.14 for jerks, taps and tremor of a swaying leg, 0.14-0.22 for steps (accuracy sets 5-10)")
    elsewhere_share: float = _number(0.5, 0.05, 5, "1", "of the height of quick movements, usually, that parts of other limbs move as well at the same moments, from which they are none of the limb: 0.04-0.22 where a swaying leg jerks, 0.94 where a swaying body did (12 and one, accuracy sets 13-15)")
    step_share: float = _number(0.5, 0.1, 1, "1", "of the slow movement of a limb that goes with quick ones in it, from which these are of its steps: 0.00-0.10 in a swaying leg that jerks (accuracy sets 5-10)")
    return_share: float = _number(0.7, 0.1, 5, "of the height", "how far from its place a part may be after a jerk")
    slow_jerk_s: float = _number(0.26, 0.1, 2, "s", "width at half height from which movements are too slow for jerks, twitches of a joint or tremor: steps, swaying, rocking; jerks and taps have 0.05-0.2, 231 lone jerks and twitches 0.057-0.157, steps 0.27 (measured, accuracy set 5)")
    slow_event_s: float = _number(0.6, 0.2, 5, "s", "longer events are movements, not jerks or twitches")
    isolated_sigmas: float = _number(8, 2, 20, "sigma", "the same over the median size of the trace around it, where events are rare")

    run_gap: float = _number(2.5, 1.5, 10, "median intervals", "a longer pause ends a run")
    run_events: int = _number(6, 4, 50, "events", "fewer let 5 % of random trains look regular (simulated)")
    run_share: float = _number(0.6, 0.1, 1, "1", "share of all events that the regular runs must hold")
    tall_quantile: float = _number(0.85, 0.5, 1, "quantile", "of the heights of a part's events that tells how high they are when most of them are bumps between the jerks")
    large_share: float = _number(0.35, 0, 1, "1", "of that height from which an event is no bump between jerks")
    certain_share: float = _number(0.5, 0, 1, "1", "of the events of a rhythm that the camera cannot have made, so that they vouch for the others")
    certain_beats: int = _number(2, 1, 50, "events", "so many of them are enough where the camera moves no more at the beats than between them: in 561 clips 7 rhythms had too few for half, all of them true, four of these with 2 or more (accuracy sets 13-15)")
    camera_beat_gain: float = _number(1.5, 1, 10, "1", "movement of camera and background at the beats over that halfway between, up to which they do not make the beats: 0.79-1.34 at those four rhythms")
    bout_events: int = _number(4, 3, 20, "events", "of a run too short to be a rhythm by itself, which counts where others share its rhythm")
    bout_cv: float = _number(0.15, 0.02, 0.5, "1", "CV of the intervals of such runs together: random trains of 8-40 jerks stay below in 0-2 of 10,000 (simulated)")
    bout_filled_cv: float = _number(0.1, 0.02, 0.5, "1", "the same where missed beats are filled in: of random trains of 8-18 jerks in 2-3 runs 0.0-0.3 % more pass for a rhythm, with 0.15 it would be 0.2-0.5 % (simulated)")
    regular_cv: float = _number(0.22, 0.05, 0.5, "1", "CV of intervals at most this is a rhythm, however many there are")
    irregular_cv: float = _number(0.45, 0.3, 1, "1", "CV of intervals at least this is no rhythm")
    sure_events: int = _number(10, 6, 50, "events", "from here on chance hardly makes a rhythm")
    filled_cv: float = _number(0.15, 0.05, 0.5, "1", "CV of a rhythm in which missed beats are filled in or bumps left out: halving what happens to be long makes chance look regular")
    skipped_cycles_share: float = _number(0.1, 0.01, 1, "1", "power at the rhythm over the strongest faster line; less means skipped cycles")
    line_cycles: float = _number(12, 4, 100, "cycles", "a line of fewer cycles may be made by a few tall events")
    line_power_share: float = _number(0.25, 0, 1, "1", "of its mean power that a movement too small for single events has in the median moment: it goes on")
    undecided_cv: float = _number(0.24, 0.1, 0.5, "1", "up to here a rhythm with varying intervals is not ruled out")
    irregular_quantile: float = _number(0.05, 0.001, 0.5, "1", "of random trains with the shortest interval seen as dead time")
    dead_time_share: float = _number(0.8, 0.1, 1, "1", "of the shortest interval seen, taken for the dead time")
    random_quantile: float = _number(0.001, 0.0001, 0.1, "1", "of the CV of random trains with that dead time, which a rhythm must stay below; jerks less random than that (CV 0.75 beyond the dead time) stay below in 1 of 200")
    dead_time_s: float = _number(0.28, 0, 1, "s", "between two jerks without rhythm; a twitch lasts 0.1-0.5 s (ultrasound)")
    most_dead_share: float = _number(0.45, 0.1, 0.9, "1", "of the mean interval: faster trains with so long a dead time would be rhythms by that alone")
    random_trains: int = _number(40000, 200, 100000, "1", "simulated for that quantile")
    multiples_alike: float = _number(0.6, 0.1, 1, "1", "mean cosine of the phases of intervals from which they may be multiples of one: pats of which 60 % are seen have 0.8 and more, 99 % of 12 random ones less than 0.7 (simulated)")
    missed_beats_share: float = _number(0.2, 0, 0.5, "1", "of the intervals may be double: one jerk too small to see")
    usual_interval: float = _number(0.35, 0.05, 0.5, "quantile", "of the intervals around one that is its usual length; below the median, as doubles come together")
    extra_beats_gain: float = _number(0.7, 0.1, 1, "1", "of the CV of all events that those must have which are left when bumps are left out: one bump between 20-30 beats of CV 0.1 makes 0.16-0.19 of it, a beat left out for its own irregularity takes less (simulated)")
    extra_beats_share: float = _number(0.1, 0, 0.5, "1", "of the events may be left out so; more is another rhythm")
    double_interval: float = _number(0.3, 0.05, 0.5, "1", "an interval this near to twice its usual length may hide a jerk")

    slowing_p: float = _number(0.01, 0.0001, 0.1, "1", "Kendall's test of intervals against time")
    slowing_ratio: float = _number(1.25, 1.05, 3, "1", "median interval of the last third over that of the first")

    spectrum_min_s: float = _number(6, 2, 60, "s", "below, noise makes peaks of 10-20 dB (simulated)")
    drift_s: float = _number(0.4, 0.1, 5, "s", "Gaussian taken off before a spectrum; half of 0.5 Hz stays")
    spectrum_low_hz: float = _number(0.5, 0.1, 2, "Hz", "lower end of the tested band")
    spectrum_high_hz: float = _number(12, 3, 60, "Hz", "upper end of the tested band, or band_fraction")
    taper_bandwidth: float = _number(2.5, 1, 10, "1", "time-bandwidth product of the tapers")
    tapers: int = _number(4, 1, 20, "tapers", "2 NW - 1")
    peak_db: float = _number(13, 3, 40, "dB", "excess over the red background that noise reaches in < 1 % (simulated)")
    acf_first: float = _number(0.5, 0, 1, "1", "first peak of the autocorrelation of a rhythm; 99 % of random trains below 0.56")
    acf_second: float = _number(0.35, 0, 1, "1", "its second peak")
    refine_hz: float = _number(0.7, 0.1, 3, "Hz", "how far around a first guess the exact frequency is sought")

    jerk_duty: float = _number(0.33, 0.05, 0.6, "1", "width of a jerk over its interval, above the trace's median; sinusoids have 0.31-0.35, fast jerks up to 0.32 (measured), so that rest and speed decide")
    jerk_sure_duty: float = _number(0.27, 0.05, 0.5, "1", "the same so short that it is a jerk however noisy the pauses are: 39 sinusoids of 3-8 Hz had 0.309 and more, small jerks mostly 0.18-0.26 (accuracy sets 5 and 6, legs-only set 9; 0.22 until 2026-11-27)")
    jerk_silent: float = _number(0.30, 0.05, 0.9, "1", "share of a run without movement; sinusoids have 0.08-0.19, jerks below 4.1 Hz 0.32 and more (measured)")
    swing_rebound: float = _number(0.65, 0.1, 2, "1", "way the other way between two movements over their height, from which there is no rest between them; 403 runs of jerks had at most 0.54, 106 of oscillations 0.69-1.07, nine more 0-0.61, of which eight of 8 sigma or less (kept measurements of 2026-11-27, seen)")
    jerk_speed_ratio: float = _number(1.25, 1, 5, "1", "way out over way back; 51 sinusoids had 0.86-1.03, 203 runs of jerks 1.08-2.5 (measured, sets seen before)")
    lopsided_speed_ratio: float = _number(1.12, 1, 5, "1", "the same of what hardly goes the other way in between: ten runs of jerks that noise or few pictures had made look filled had 1.16-1.30, of 118 runs of oscillations all but one had less, 114 at most 1.06, or went further the other way (kept measurements of sets 5-11, seen)")
    lopsided_rebound: float = _number(0.55, 0.1, 2, "1", "way the other way over the height up to which that is so; those jerks had 0.29-0.52")
    silent_speed_share: float = _number(0.15, 0.01, 0.5, "1", "of the 95th percentile of speed is rest")

    irregular_jerk_rate_hz: float = _number(0.8, 0.1, 5, "Hz", "joint jerks without rhythm that are many, not isolated")
    irregular_jerk_events: int = _number(10, 3, 100, "events", "the same: fewer may as well be twitches that came by chance (at 8, nine twitches made jerks of three of 12 clips of joint twitches, accuracy set 5)")

    patch_sigmas: float = _number(2.8, 2, 20, "sigma", "height of a skin event that comes again in the same patch")
    patch_clear_sigmas: float = _number(5, 2, 20, "sigma", "over the median size of the patch's trace around it, for the events that vouch for the others")
    patch_lone_sigmas: float = _number(4.5, 2, 20, "sigma", "the same for the others of a patch")
    seed_sigmas: float = _number(4, 2, 20, "sigma", "the same for an event whose like is looked for at other moments")
    seeds: int = _number(10, 1, 100, "events", "of a patch for which that is done, the highest")
    alike_sigmas: float = _number(4.8, 2, 20, "sigma", "how far what resembles an event must stand out (at 4.4 one still part more would twitch, at 4 four, of 1150 parts of accuracy set 5 and legs-only set 9)")
    alike_cosine: float = _number(0.7, 0, 1, "1", "between the movement of the patches around in both: what is large has some of every pattern (true twitches 0.73-0.98, large ones over chance ones 0.6, the same sets)")
    alike_height: float = _number(0.08, 0, 1, "1", "of the height of a twitch, below which what is like it is none: those of one muscle are 0.14 of the largest and more, a false one 0.04 (accuracy set 13; 0.25 and more were made)")
    alike_events: int = _number(3, 1, 20, "events", "like another that make them twitches (with two, ten still parts more of the same would twitch)")
    again_cosine: float = _number(0.93, 0, 1, "1", "the same cosine, between two clear twitches of much of the skin that vouch for each other (nine true events in five clips, two false in one of 1200; at 0.9 three more of either; all sets of 2026-11-27, seen)")
    patch_reach_shanks: float = _number(0.13, 0.01, 1, "shanks", "patches nearer than this overlap, and move together")
    patch_follow: float = _number(0.45, 0.05, 1, "1", "of its height over noise, along its direction: 0.6 and more in 95 % of twitches, 0.1-0.5 in slips (simulated)")
    patch_followers: int = _number(2, 0, 8, "patches", "that must follow so")
    skin_place_shanks: float = _number(0.05, 0.005, 1, "shanks", "from its usual place, where a part's skin looks different: it may be seen aslant")
    skin_bent_shanks: float = _number(0.006, 0.0005, 0.1, "shanks", "that a patch rests away from its place, where its part has turned or is half hidden")
    lone_patch_sigmas: float = _number(9, 2, 50, "sigma", "over the median size of the patch's trace around it, for twitches of the skin that happen only once or twice: at 9 one more clip of two twitches is told than at 14, and no false event; at 7 three false ones (374 clips, accuracy sets 13 and 14); sure_lone_sigmas where a key picture comes with them (a still clip had one of 9.0-9.5)")
    sure_patch_px_rel: float = _number(0.003, 0, 0.1, "shank lengths", "height of a twitch of the skin that happens only once or twice")
    patch_smooth_s: float = _number(0.02, 0, 0.1, "s", "Gaussian; keeps most of a twitch of 100 ms and takes off a third of the jitter")
    wide_patches: int = _number(5, 2, 30, "patches", "that show one twitch clearly: it need not come again (measured: 6 of 15 twitches that had been missed, none of 464 other events of skin at rest, sets 0 and 2)")
    wide_sigmas: float = _number(7.5, 2, 50, "sigma", "how clearly each must (8 until 2026-11-26: three twitches more and nothing else among 113 twitches and 4919 other moments of skin, accuracy set 5)")
    wide_patch_px_rel: float = _number(0.002, 0, 0.1, "shank lengths", "height of such a twitch in the patches that count")
    skin_jolt_share: float = _number(1, 0.05, 5, "1", "of a twitch's height seen in the background: a jolt moves the patches that it is held against as well. With 0.35, as for joints, 12 twitches fewer were found in 231 measured clips of skin twitches, and three false events fewer in 844 others")
    patch_min_px_rel: float = _number(0.0005, 0, 0.1, "shank lengths", "smaller movement is below codec noise")
    patch_share: float = _number(0.5, 0.1, 1, "1", "of a part's patches that move together are no twitch of the skin")
    twitch_min_s: float = _number(0.04, 0.01, 0.2, "s", "shorter is a single wrong picture")
    twitch_pictures: float = _number(1.8, 1, 5, "frame intervals", "width of a twitch that more than one picture shows")
    twitch_max_s: float = _number(0.3, 0.1, 2, "s", "width at half height: mechanical twitches last 0.1-0.5 s from end to end (ultrasound); what a codec shifts lasts until the next key picture (0.5 until 2026-11-27: of 1681 kept measurements two lose a false finding, one of them a still clip, and no true event is lost; seen)")
    merge_s: float = _number(0.15, 0.02, 1, "s", "events of neighbouring patches within this are one")
    surface_over_joint: float = _number(1.5, 1, 20, "1", "skin over joint movement for a twitch of the skin only")

    skin_outdoes_joint: float = _number(2, 1, 20, "1", "skin over joint movement from which the part's own displacement is the skin's")

    flesh_reach_rel: float = _number(0.025, 0.005, 0.5, "shank lengths", "flesh does not move further on a bone at rest")
    beside_share: float = _number(0.5, 0.05, 1, "of the height", "that a part beside a shank or a thigh moves at least when that moves further (measured: 1.3 and more, 0-0.5 where a hand passes or points slide, sets 2 and 3)")
    own_share: float = _number(0.2, 0, 1, "1", "of the height of an event, that the part moves in the picture; what moves less is held against something that moves")
    background_jitter: float = _number(1.0, 0, 5, "1", "times the background's median size that is taken for its jitter; what is beyond, by power, is a jolt")
    background_share: float = _number(0.35, 0.05, 1, "1", "of an event's height seen in the background: not the limb's")
    carried_share: float = _number(0.6, 0.1, 1, "1", "of the largest movement of a limb below which a part is carried along")
    passed_on_share: float = _number(0.3, 0.05, 1, "1", "of the other leg's movement that is passed on through the seat")
    echo_share: float = _number(0.4, 0.05, 1, "1", "of the other leg's simultaneous movement that is seen at its edge or felt through the seat")
    touching_share: float = _number(0.9, 0.1, 1, "1", "the same for regions that lie side by side in the picture")
    touching_shanks: float = _number(0.4, 0.01, 1, "shanks", "regions whose patches are nearer lie side by side")
    light_beat: float = _number(0.1, 0.01, 10, "grey levels", "amplitude of a beat of the mean brightness that can look like movement")
    sight_gain: float = _number(0.3, 0.01, 10, "grey levels per px", "of mean brightness that comes into view as the camera moves, at most (0.00-0.09 in hand-held clips; 3-4 would explain the beat of a lamp by the 0.1 px by which it seems to move a camera on a stand, accuracy set 13)")
    light_width_hz: float = _number(0.15, 0.02, 1, "Hz", "how near to that beat a small rhythm is taken for it")
    light_reach_rel: float = _number(0.006, 0.001, 0.1, "shank lengths", "larger movement is no beat of the light")
    light_step: float = _number(3, 0.5, 50, "grey levels", "sudden change of mean brightness that upsets every point")
    light_lag_s: float = _number(0.1, 0.01, 1, "s", "over which that change is taken")
    light_usual: float = _number(6, 1, 50, "1", "times the median change, above which a change is no beat of mains light")
    light_step_s: float = _number(0.25, 0.05, 2, "s", "around such a step nothing is an event")
    together_s: float = _number(0.12, 0.02, 1, "s", "events of two regions within this are the same")
    same_trace_r: float = _number(0.95, 0.5, 1, "1", "correlation of the traces of two parts that touch in the picture, from which their rhythms are one movement")
    same_rhythm_share: float = _number(0.05, 0, 0.5, "1", "difference of frequency within which two parts of a limb share a rhythm")
    together_share: float = _number(0.5, 0.1, 1, "1", "of a region's time in which another moves as well")

    gross_rel: float = _number(0.05, 0.01, 2, "shank lengths", "slow displacement that is a change of posture")
    gross_jerk_rel: float = _number(0.45, 0.05, 3, "shank lengths", "faster movement as large is walking or kicking")
    gross_low_hz: float = _number(0.6, 0.2, 2, "Hz", "below is slow movement")
    gross_window_s: float = _number(2.0, 0.5, 10, "s", "over which the displacement is taken")
    posture_reach_s: float = _number(0.5, 0.05, 5, "s", "before and after an event in which slow movement is watched")
    posture_gain: float = _number(4, 1, 50, "1", "times as far as slow movement takes a part in its time does a jerk go; a step does twice (reckoned), 3 to 8 told no sway, step or swing (accuracy sets 2 and 3)")
    carried_gain: float = _number(1, 0, 20, "1", "the same for the part with all that carries it: what a walking shank leaves in its foot is no jerk")
    sway_cycles_hz: float = _number(0.45, 0.1, 1, "Hz", "slower than clonic jerks: sway and breathing are no rhythm here")

    min_duration_s: float = _number(6, 2, 60, "s", "shorter clips hold too few events")
    min_rate_hz: float = _number(19.5, 5, 60, "Hz", "20, less rounding: slower cameras miss twitches of 100 ms")
    min_visible: float = _number(0.7, 0.1, 1, "1", "share of the pictures that shows a region")
    max_lost: float = _number(0.1, 0, 1, "1", "share of the pictures in which tracking was lost, from the first that showed a part to the last: who films needs a moment to point the camera")
    min_bits_per_pixel: float = _number(0.04, 0, 8, "bits", "an H.264 file with less is said to have lost small movements: 18 of 57 twitches of the skin were told in 12 videos of 0.025-0.037, 429 of 519 in 87 of 0.097 and more (accuracy sets 6-11)")
    newer_codec_gain: float = _number(2, 1, 5, "1", "times what a bit is worth in HEVC, VP9 and AV1: HEVC takes about half the bits of H.264 for the same quality (Ohm and others, IEEE Trans. Circuits Syst. Video Technol. 2012)")
    moving_camera_px: float = _number(0.3, 0, 10, "px", "from one picture to the next, from which a file of so few bits is not judged for twitches of the skin: 0.5 and more from the hand, 0.1 and less on a stand; in 16 such clips none of 7 true twitches was told, and 18 false ones (accuracy sets 13 and 14)")
    min_brightness: float = _number(25, 0, 128, "grey levels", "darker pictures have no texture left")
    max_camera_px_rel: float = _number(0.15, 0.01, 2, "shank lengths", "camera movement above 1 Hz that blurs and warps")

    no_background_confidence: float = _number(0.6, 0.05, 1, "1", "of the confidence that is left where camera and limb cannot be told apart; a judgement, not a measurement")
    coherence_alpha: float = _number(0.01, 0.0001, 0.1, "1", "of the threshold 1 - alpha^(1/(L-1)) for L averages")
    readout_s: float = _number(0.03, 0, 0.1, "s", "rolling shutter, top to bottom, of phones (14-32 ms)")


class ClipSettings(_Section):
    """The annotated clip."""

    crf: int = _number(20, 0, 51, "x264 crf", "visually close to the source")
    preset: str = Field(
        default="veryfast", pattern="^(ultrafast|superfast|veryfast|faster|fast|medium)$", description="x264 preset"
    )
    max_height_px: int | None = Field(
        default=None, ge=120, le=8192, description="[px] limit of the picture's height; none keeps it"
    )
    keyframe_interval_s: float = _number(2, 0.1, 60, "s", "jumping in a browser lands on keyframes")
    usual_rate_hz: float = _number(30, 1, 240, "Hz", "assumed where a video does not tell its rate")
    audio_bit_rate: int = _number(128_000, 16_000, 512_000, "bit/s", "usual for two channels of AAC; sound is always encoded anew")
    strip_fraction: float = _number(0.16, 0.05, 0.5, "1", "least height of the strip under the picture over the picture's; text may need more")
    strip_rows: int = _number(4, 1, 6, "regions", "more traces are too flat to read on a phone")
    strip_window_s: float = _number(20, 2, 120, "s", "at 5 Hz a cycle is still 10 px wide on a phone")
    text_fraction: float = _number(0.027, 0.01, 0.1, "1", "height of letters over the picture's width: 10 points on a 390 point phone")
    text_min_px: int = _number(11, 6, 60, "px", "the font is not legible below")
    line_fraction: float = _number(0.0025, 0.0005, 0.02, "1", "skeleton line over the picture's shorter side")
    line_shanks: float = _number(
        0.015, 0.002, 0.1, "shanks", "thinner lines for a small person, so that the foot shows between them"
    )
    flash_s: float = _number(0.15, 0, 2, "s", "least time that an event lights up, to be seen at playing speed")


class FaceSettings(_Section):
    """Heads that are covered in pictures. "measured" is on real clips and simulated people."""

    interval_s: float = _number(0.25, 0.03, 2, "s", "between two looks; a head goes straight between them")
    interval_moving_s: float = _number(0.08, 0.03, 2, "s", "while a head moves much")
    moving_radii: float = _number(0.25, 0.01, 5, "radii", "between two looks that count as moving much")
    held_pictures: int = _number(32, 1, 1000, "pictures", "wait for the next look at most, whatever their rate")
    picture_side_px: int = _number(960, 256, 4096, "px", "the network sees squares of 224 px")
    max_people: int = _number(5, 1, 20, "people", "whose heads are taken from their bodies")
    min_score: float = _number(0.5, 0.05, 0.95, "1", "of the network that looks for faces; 0.3-0.5 is given to hips and knees too (measured)")
    landmarks_radius: float = _number(2.2, 1, 5, "1", "head over the farthest of nose, eyes, ears and mouth from their middle; 2 reaches chin and crown (measured)")
    torso_radius: float = _number(0.25, 0, 1, "torsos", "head at least: head and neck are 0.18 and the torso 0.29 of the body's length (Drillis and Contini 1966)")
    box_radius: float = _number(0.6, 0.3, 2, "boxes", "head over the box of a face without a body; 0.5 reaches chin and crown (measured)")
    hold_s: float = _number(1.5, 0, 60, "s", "a head that is lost stays covered for so long")
    same_radii: float = _number(5, 0.5, 20, "radii", "between two looks, up to which two heads are one; somebody who walks past goes 3.6 (measured)")
    moving_growth: float = _number(0.3, 0, 2, "1", "larger by so much of the way between two looks: it may be no straight one")
    squares_across: int = _number(5, 2, 12, "squares", "across a head; a person was still recognised from 16 x 16 samples (Harmon and Julesz, Science 1973), so far fewer")


class BatchSettings(_Section):
    """Many videos. None of these changes a result."""

    memory_bytes: int = _number(6_000_000_000, 500_000_000, 1_000_000_000_000, "B", "address space of each process of a video")
    time_limit_s: float = _number(1800, 1, 1_000_000, "s", "for one video, unless --time-limit says otherwise")
    time_limit_lengths: float = _number(30, 1, 1000, "lengths of the video", "at least so many: a 1080p clip takes about 1 on one processor")
    tries: int = _number(2, 1, 10, "1", "a video whose process died so often is set aside")


class LiveSettings(_Section):
    """Watching a camera."""

    look_s: float = _number(0.35, 0.1, 5, "s", "between two looks at the last seconds; one takes about 0.15 s on one core (measured)")
    queue: int = _number(20, 1, 300, "pictures", "wait at most to be measured, then the oldest is dropped: 0.7 s at 30 Hz")
    stall_s: float = _number(3, 0.5, 60, "s", "without a picture: the camera has stalled")
    first_pause_s: float = _number(0.5, 0.05, 60, "s", "before a lost camera is opened again; doubled each time")
    longest_pause_s: float = _number(10, 0.1, 600, "s", "between two attempts to open it")
    gone_s: float = _number(60, 1, 86_400, "s", "that a network stream may be gone before the run ends; cameras are waited for")
    jump_s: float = _number(2, 0.1, 60, "s", "between two times of a stream: its clock was set anew")
    still_s: float = _number(3, 1, 30, "s", "in which the person holds still, so that the level bar knows its floor")
    quiet_s: float = _number(10, 1, 60, "s", "without movement that ends a finding; twitches come seconds apart")
    settle_s: float = _number(0.7, 0, 10, "s", "that another pattern must be seen before a finding takes it up")
    doubt_s: float = _number(4, 0, 30, "s", "the same before a finding that was a rhythm becomes less")
    changed_hz: float = _number(0.2, 0.01, 5, "Hz", "change of frequency that is worth telling")
    told_s: float = _number(5, 0.5, 600, "s", "between two updates of a finding that only goes on")
    lost_s: float = _number(10, 2, 600, "s", "without legs before all ways of finding them are tried again")
    scout_pictures: int = _number(4, 1, 20, "pictures", "a second apart, in which legs alone are looked for; each takes the network about a second")
    survey_s: float = _number(8, 3, 60, "s", "of a close-up are looked at to find what moves by itself")
    piece_s: float = _number(5, 1, 60, "s", "of measurements are put on the disk together")
    stretch_s: float = _number(600, 30, 7200, "s", "of a run are judged together at its end; longer runs in stretches")
    longest_s: float = _number(300, 20, 3600, "s", "of one recording; what lasts longer goes on in the next")
    keyframe_s: float = _number(1, 0.2, 5, "s", "what a killed run loses of its recording at most")
    quiet_share: float = _number(0.7, 0, 1, "1", "of the disk cap that time without finding or mark may fill")
    reserve_bytes: int = _number(50_000_000, 0, 100_000_000_000, "B", "left free on the disk, so that what was found can still be written")
    command_s: float = _number(10, 0.1, 600, "s", "that a command told of a finding may take before it is stopped")
    screen_hz: float = _number(12, 1, 60, "Hz", "pictures shown a second: enough to see who moved")
    screen_px: int = _number(600, 240, 4096, "px", "height of the picture shown; larger ones take time from measuring")
    raster_s: float = _number(60, 5, 3600, "s", "of events shown on the screen")


class Settings(_Section):
    """All sections."""

    video: VideoSettings = VideoSettings()
    pose: PoseSettings = PoseSettings()
    legs: LegsSettings = LegsSettings()
    motion: MotionSettings = MotionSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    clip: ClipSettings = ClipSettings()
    faces: FaceSettings = FaceSettings()
    batch: BatchSettings = BatchSettings()
    live: LiveSettings = LiveSettings()


# fmt: on
def load_settings(path: Path) -> Settings:
    """Read a TOML settings file.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or a value is unknown or out of bounds.
    """
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.__class__.__name__}); check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name}: not valid TOML ({error}); correct that line") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path.name}: {where}: {first['msg']}; see `motionscan schema --settings`") from error
