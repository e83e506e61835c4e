"""From two-dimensional paths to one signed displacement: camera leakage off, baseline off, main direction."""

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from motionscan.analysis.clock import known_alike
from motionscan.records import FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


def capped_scale_px(region: RegionMotion, settings: AnalysisSettings) -> float:
    """Length to which least sizes of movement are relative: the shank's, up to a limit; 0 when unknown.

    From near, the same movement is larger in the picture and the noise is not.
    """
    return min(region.scale_px or 0.0, settings.zoom_px)


def fill_gaps(path: FloatArray) -> FloatArray:
    """(G, ...) with NaN bridged by straight lines, all zero where nothing was measured."""
    flat = path.reshape(len(path), -1).copy()
    index = np.arange(len(path))
    for column in flat.T:
        known = np.isfinite(column)
        column[~known] = np.interp(index[~known], index[known], column[known]) if known.any() else 0.0
    return flat.reshape(path.shape)


def without_baseline(
    path_px: FloatArray, grid_hz: float, settings: AnalysisSettings, smooth_s: float | None = None
) -> FloatArray:
    """(G, ...) path less its running median, smoothed by ``smooth_s`` or the general width; NaN stays NaN.

    A median, not a filter: jerks that fill less than half of the window keep their height and their sign, so that
    rest is zero between them.
    """
    filled = fill_gaps(path_px)
    flat = filled.reshape(len(filled), -1)
    window = min(len(flat) // 2 * 2 - 1, round(settings.baseline_s * grid_hz) | 1)
    if window < 3:
        return np.zeros_like(path_px)
    level = flat - gaussian_filter1d(_running_medians(flat, window), window / 8, axis=0, mode="nearest")
    smooth_s = settings.smooth_s if smooth_s is None else smooth_s
    if smooth_s > 0:
        level = gaussian_filter1d(level, smooth_s * grid_hz, axis=0, mode="nearest")
    return np.where(np.isfinite(path_px), level.reshape(path_px.shape), np.nan)


def _running_medians(columns: FloatArray, window: int) -> FloatArray:
    """(G, C) the median of each of C columns over an odd ``window`` around each moment.

    One behind the other, each with its ends drawn out, they are filtered in one call.
    """
    half = window // 2
    drawn_out = np.pad(columns, ((half, half), (0, 0)), mode="edge").T
    filtered = median_filter(drawn_out.ravel(), size=window, mode="nearest").reshape(drawn_out.shape)
    return np.asarray(filtered[:, half : len(columns) + half].T)


def shared_with_camera(
    paths_px: FloatArray, camera_px: FloatArray, settings: AnalysisSettings
) -> tuple[FloatArray, FloatArray]:
    """What each of P paths shares with the movement of the camera.

    A limb nearer to the lens than the background keeps some of the camera's movement (parallax), at the rhythm of the
    hand that holds it.

    Args:
        paths_px: (G, P, 2) baseline-free paths.
        camera_px: (G, 3) baseline-free camera.
        settings: thresholds.

    Returns:
        (G, P, 2) the shared movement, zero when it is no more than chance would share or more than the camera can
        leave in a limb, and (P,) its share of each path.
    """
    shared, share = np.zeros_like(paths_px), np.zeros(paths_px.shape[1])
    known = np.asarray(np.isfinite(paths_px).all(axis=2) & np.isfinite(camera_px[:, None]).all(axis=2))
    for columns in known_alike(known):
        moments = np.flatnonzero(known[:, columns[0]])
        if len(moments) < 20:
            continue
        camera = camera_px[moments]
        camera = camera[:, camera.std(axis=0) > 1e-6]
        if not camera.size:
            continue
        paths = paths_px[np.ix_(moments, columns)]
        gain, *_ = np.linalg.lstsq(camera, paths.reshape(len(moments), -1), rcond=None)
        fit = (camera @ gain).reshape(paths.shape)
        before = (paths**2).sum(axis=(0, 2))
        explained = 1 - ((paths - fit) ** 2).sum(axis=(0, 2)) / np.where(before > 0, before, np.inf)
        gains = np.linalg.norm(gain.reshape(-1, len(columns), 2), 2, axis=(0, 2))
        share[columns] = np.where((gains <= settings.camera_leak_gain) & (before > 0), explained, 0.0)
        leaks = share[columns] > settings.camera_leak_share
        shared[np.ix_(moments, columns)] = np.where(leaks[:, None], fit, 0.0)
    return shared, share


def main_direction(path_px: FloatArray) -> FloatArray:
    """(2,) unit vector along which a baseline-free path (G, 2) moves most, turned so that its jerks are positive."""
    return np.asarray(main_directions(path_px[:, None])[0])


def main_directions(paths_px: FloatArray) -> FloatArray:
    """(P, 2) the same of each of (G, P, 2) paths.

    The sign follows the skewness, so that a mirrored picture gives the same trace.
    """
    known = np.asarray(np.isfinite(paths_px).all(axis=2))
    paths = np.where(known[..., None], paths_px, 0.0).swapaxes(0, 1)
    _, vectors = np.linalg.eigh(paths.swapaxes(1, 2) @ paths)
    directions = vectors[..., -1]
    along = (paths @ directions[..., None])[..., 0]
    turned = np.where((along**3).sum(axis=1) < 0, -1.0, 1.0)[:, None] * directions
    return np.where(known.sum(axis=0)[:, None] < 4, [1.0, 0.0], turned)


def lengths(vectors: FloatArray) -> FloatArray:
    """(...) lengths of vectors (..., 2)."""
    return np.asarray(np.hypot(vectors[..., 0], vectors[..., 1]))


def median_of_known(values: FloatArray, axis: int) -> FloatArray:
    """The median along an axis of what is no NaN; NaN where all of it is."""
    ordered = np.sort(values, axis=axis)  # NaN last
    count = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis)
    return np.asarray(np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis))


def middle(values: FloatArray) -> FloatArray:
    """(G, ...) the median of (G, N, ...) over the N; NaN where none is known."""
    return median_of_known(values, 1)


def usual_place(path_px: FloatArray) -> FloatArray:
    """(...) where a path (G, ...) mostly is, its median; 0 where it is never known."""
    return np.asarray(np.nan_to_num(median_of_known(path_px, 0)))


def median_sizes(traces_px: FloatArray) -> FloatArray:
    """(P,) ``median_size`` of each of (G, P) traces."""
    return 1.4826 * median_of_known(np.abs(traces_px), 0)


def median_size(trace_px: FloatArray) -> float:
    """Robust standard deviation of a trace: that of its noise when it moves in less than half of the time."""
    known = trace_px[np.isfinite(trace_px)]
    return 1.4826 * float(np.median(np.abs(known))) if len(known) else float("nan")
