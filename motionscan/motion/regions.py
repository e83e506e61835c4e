"""Regions found by their movement: points of a close-up that move together, and otherwise than the rest."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.sparse.csgraph import connected_components

from motionscan.motion.layout import MarkedRegion
from motionscan.motion.outline import grown_hull
from motionscan.motion.shrinking import shrink_factor
from motionscan.motion.similarity import ComplexArray, RobustFit, fit_similarities, to_points
from motionscan.motion.survey import Paths, unit_px
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import MotionSettings

_BATCH = 256
"""Pictures fitted at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Points that move together."""

    points_px: FloatArray
    """(n, 2) in the first picture, as it is tracked."""
    strength: float
    """How far the movement stands out from the jitter of such points."""


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """What each point does by itself; N points, T pictures."""

    paths: ComplexArray
    """(N, T) camera and slow movement removed, averaged with its neighbours."""
    strength: FloatArray
    """(N,) size of the movement over the jitter."""
    agreement: FloatArray
    """(N,) correlation with the neighbours."""


def found_regions(paths: Paths, width_px: int, height_px: int, settings: MotionSettings) -> tuple[MarkedRegion, ...]:
    """The groups that move by themselves as regions of a picture of that size; its middle when nothing does."""
    scale = shrink_factor(width_px, height_px, settings)
    unit = unit_px(width_px, height_px, settings)
    margin = settings.survey_margin * paths.spacing_px
    outlines = [grown_hull(group.points_px, margin) * scale for group in find_groups(paths, settings)]
    found = bool(outlines)
    if not found:
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * settings.survey_middle
        outlines = [(1 + corners) * (width_px / 2, height_px / 2)]
    return tuple(
        MarkedRegion(f"region_{number}", None, None, "motion", outline, unit, watch_skin=not found)
        for number, outline in enumerate(outlines, 1)
    )


def narrowed(
    marked: tuple[MarkedRegion, ...], paths: Paths, scale: float, settings: MotionSettings
) -> tuple[MarkedRegion, ...]:
    """Regions marked by hand, less what in them does not move with the rest: a box round a foot holds floor too.

    A movement of a small part of a box leaves the box as it is: it may be a twitch of the skin.

    Args:
        marked: the regions as they were drawn.
        paths: a survey of the same video.
        scale: pixels of the marks per pixel of the survey.
        settings: thresholds.
    """
    groups = [group.points_px * scale for group in find_groups(paths, settings)]
    margin_px = settings.survey_margin * paths.spacing_px * scale
    return tuple(_narrowed(one, groups, margin_px, settings) for one in marked)


def _narrowed(one: MarkedRegion, groups: list[FloatArray], margin_px: float, settings: MotionSettings) -> MarkedRegion:
    outline = one.outline_px.astype(np.float32)
    low, high = one.outline_px.min(axis=0), one.outline_px.max(axis=0)
    inside = [points[((points >= low) & (points <= high)).all(axis=1)] for points in groups]
    moving = max(inside, key=len, default=np.empty((0, 2)))
    if len(moving) < settings.survey_points:
        return one
    area, shared = cv2.intersectConvexConvex(grown_hull(moving, margin_px).astype(np.float32), outline)
    if area < settings.mark_narrow_share * cv2.contourArea(outline):
        return one
    return replace(one, outline_px=np.asarray(shared[:, 0], dtype=np.float64))


def find_groups(paths: Paths, settings: MotionSettings) -> list[Group]:
    """The groups of points that move by themselves, the strongest first; empty when nothing does.

    The rest of the picture is the reference. Where the larger part of the picture is the limb, the rest is what
    moves less in the picture: a hand that holds a camera adds to both.
    """
    steady = _steady(paths)
    if len(steady.places) < settings.min_background_points or len(steady.t_s) < settings.survey_min_pictures:
        return []
    camera = _camera(steady, np.ones(len(steady.places), dtype=bool), settings)
    groups = _grouped(steady, camera, settings)
    if groups and _is_rather_the_rest(steady, groups[0], settings):
        camera = _camera(steady, groups[0], settings)
        groups = _grouped(steady, camera, settings)
    own = _own(steady, camera, settings)
    return [Group(to_points(steady.places[group, 0]), float(own.strength[group].max())) for group in groups]


def _steady(paths: Paths) -> Paths:
    """The points that were followed nearly all the time, gaps filled."""
    known = np.isfinite(paths.places)
    keep = (known.mean(axis=1) > 0.8) & known[:, 0]
    places = paths.places[keep]
    index = np.arange(places.shape[1])
    for row, seen in zip(places, known[keep], strict=True):
        if not seen.all():
            row[~seen] = np.interp(index[~seen], index[seen], row[seen])
    return Paths(paths.t_s, places, paths.texture[keep], paths.spacing_px, paths.size_px)


def _camera(paths: Paths, rest: BoolArray, settings: MotionSettings) -> tuple[ComplexArray, ComplexArray]:
    """(T,) turn and shift of the rest of the picture, robust against the points that move otherwise."""
    fit = RobustFit(settings.fit_floor_px, settings.fit_tuning, settings.fit_steps)
    places = paths.places[rest]
    alphas, betas = [], []
    for start in range(0, places.shape[1], _BATCH):
        target = places[:, start : start + _BATCH].T
        source = np.broadcast_to(places[:, 0], target.shape)
        everywhere = np.ones(target.shape, dtype=bool)
        weight = np.broadcast_to(np.minimum(paths.texture[rest], np.median(paths.texture[rest])), target.shape)
        alpha, beta, _ = fit_similarities(source, target, everywhere, weight, fit)
        alphas.append(alpha)
        betas.append(beta)
    return np.concatenate(alphas), np.concatenate(betas)


def _own(paths: Paths, camera: tuple[ComplexArray, ComplexArray], settings: MotionSettings) -> _Own:
    alpha, beta = camera
    beyond = (paths.places - beta) / alpha - paths.places[:, :1]
    fast = _without_slow(beyond, paths.t_s, settings)
    fast -= _leaked(fast, _without_slow((beta + (alpha - 1) * _middle(paths))[None], paths.t_s, settings)[0], settings)
    near = _near(paths, settings.survey_reach)
    share = near * np.minimum(paths.texture, np.median(paths.texture))
    share = share / share.sum(axis=1, keepdims=True)
    smooth = share @ fast
    # points nearer than a window see the same pixels
    others = near & ~_near(paths, settings.survey_apart)
    company = others @ fast / np.maximum(others.sum(axis=1, keepdims=True), 1)
    agreement = _correlation(fast, company)
    jitter = np.median(np.abs(fast), axis=1) * np.sqrt(paths.texture)
    expected = np.median(jitter) * np.sqrt((share**2 / paths.texture).sum(axis=1))
    size = np.percentile(np.abs(smooth), settings.survey_percentile, axis=1)
    return _Own(smooth, size / expected, agreement)


def _middle(paths: Paths) -> complex:
    return complex(paths.size_px[0] / 2, paths.size_px[1] / 2)


def _without_slow(values: ComplexArray, t_s: FloatArray, settings: MotionSettings) -> ComplexArray:
    """(..., T) less what a Gaussian in time leaves of it: posture and sway."""
    pictures = settings.survey_slow_s / max(float(np.median(np.diff(t_s))), 1e-3)
    slow = gaussian_filter1d(values.real, pictures, axis=-1) + 1j * gaussian_filter1d(values.imag, pictures, axis=-1)
    return np.asarray(values - slow)


def _leaked(fast: ComplexArray, camera: ComplexArray, settings: MotionSettings) -> ComplexArray:
    """(N, T) what points share with the camera because they are nearer or farther than the rest (parallax).

    A gain beyond that of parallax is no leak: it is the camera that took on the limb's movement.
    """
    both = np.stack([camera, camera.conj()])
    power = np.real(both @ both.conj().T)
    if power[0, 0] <= 0 or abs(np.linalg.det(power)) < 1e-12 * power[0, 0] ** 2:
        return np.zeros_like(fast)
    gain = fast @ both.conj().T @ np.linalg.inv(both @ both.conj().T)
    small = np.abs(gain).sum(axis=1, keepdims=True) <= settings.survey_leak
    return np.asarray(np.where(small, gain, 0) @ both)


def _near(paths: Paths, reach: float) -> BoolArray:
    """(N, N) which points lie within ``reach`` spacings of each other."""
    start = paths.places[:, 0]
    return np.abs(start[:, None] - start[None]) <= reach * paths.spacing_px


def _correlation(a: ComplexArray, b: ComplexArray) -> FloatArray:
    """(N,) correlation of rows."""
    shared = np.real((a * b.conj()).sum(axis=1))
    return np.asarray(shared / np.maximum(np.sqrt((np.abs(a) ** 2).sum(axis=1) * (np.abs(b) ** 2).sum(axis=1)), 1e-12))


def _grouped(paths: Paths, camera: tuple[ComplexArray, ComplexArray], settings: MotionSettings) -> list[BoolArray]:
    """(N,) members of each group."""
    own = _own(paths, camera, settings)
    near = _near(paths, settings.survey_join)
    free = (own.strength >= settings.survey_strength) & (own.agreement >= settings.survey_agreement)
    groups: list[BoolArray] = []
    while free.any() and len(groups) < settings.survey_regions:
        seed = int(np.argmax(np.where(free, own.strength, 0)))
        size, alike = _like(own.paths, own.paths[seed])
        together = free & (alike >= settings.survey_alike) & (size >= settings.survey_share)
        members = _around(seed, together, near)
        free &= ~members
        if members.sum() >= settings.survey_points:
            groups.append(members)
            # the same movement elsewhere is the same limb's, or its shadow
            free &= alike < settings.survey_alike
    return groups


def _like(paths: ComplexArray, template: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """(N,) size of the template's movement in each path, whatever its direction, and how much of the path it is."""
    axes = np.stack([template.real, template.imag])
    _, vectors = np.linalg.eigh(axes @ axes.T)
    course = vectors[:, -1] @ axes
    power = float(course @ course)
    gain = paths @ course / max(power, 1e-12)
    whole = np.sqrt((np.abs(paths) ** 2).sum(axis=1))
    return np.abs(gain), np.asarray(np.abs(gain) * np.sqrt(power) / np.maximum(whole, 1e-12))


def _around(seed: int, members: BoolArray, near: BoolArray) -> BoolArray:
    """(N,) the members that hang together with the seed."""
    chosen = np.flatnonzero(members | (np.arange(len(members)) == seed))
    _, label = connected_components(near[np.ix_(chosen, chosen)], directed=False)
    out = np.zeros(len(members), dtype=bool)
    out[chosen[label == label[np.searchsorted(chosen, seed)]]] = True
    return out


def _is_rather_the_rest(paths: Paths, group: BoolArray, settings: MotionSettings) -> bool:
    """Whether a group moves so much less in the picture than what is outside that it is what stands still."""
    sizes = []
    for members in (group, ~group):
        if members.sum() < settings.min_background_points:
            return False
        alpha, beta = _camera(paths, members, settings)
        middle = paths.places[members, 0].mean()
        path = _without_slow((alpha * middle + beta)[None], paths.t_s, settings)[0]
        sizes.append(float(np.sqrt((np.abs(path) ** 2).mean())))
    return sizes[0] < settings.survey_stiller * sizes[1]
