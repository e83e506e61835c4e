"""Pictures that repeat the one before, as cameras and messengers insert to keep up a rate."""

import numpy as np
from scipy.ndimage import median_filter

from motionscan.records import BoolArray, FloatArray
from motionscan.settings import MotionSettings


def repeated_pictures(t_s: FloatArray, change: FloatArray, settings: MotionSettings) -> BoolArray:
    """Which pictures change far less from the one before than their neighbours do.

    Args:
        t_s: (T,) times.
        change: (T,) mean absolute difference from the picture before, grey levels; NaN for the first.
        settings: thresholds.
    """
    if len(t_s) < 3:
        return np.zeros(len(t_s), dtype=bool)
    known = np.nan_to_num(change, nan=np.inf)
    rate_hz = 1 / max(float(np.median(np.diff(t_s))), 1e-3)
    usual = median_filter(np.where(np.isinf(known), np.nanmedian(change), known), size=int(rate_hz) | 1, mode="nearest")
    return (known < settings.duplicate_ratio * usual) | (known < settings.duplicate_change)
