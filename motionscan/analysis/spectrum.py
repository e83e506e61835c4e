"""How fast: power spectral density, its red background, its peak, and the exact frequency of a rhythm."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import find_peaks
from scipy.signal.windows import dpss

from motionscan.records import FloatArray
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class SpectralPeak:
    """The peak of a spectrum that stands out most from its background."""

    frequency_hz: float
    excess_db: float


def multitaper_psd(trace: FloatArray, rate_hz: float, settings: AnalysisSettings) -> tuple[FloatArray, FloatArray]:
    """Power spectral density by Slepian tapers (Thomson 1982): frequencies (F,) in Hz and density (F,)."""
    tapers = _tapers(len(trace), settings.taper_bandwidth, settings.tapers)
    spectra = np.abs(np.fft.rfft(tapers * (trace - trace.mean()), axis=1)) ** 2
    return np.fft.rfftfreq(len(trace), 1 / rate_hz).astype(np.float64), spectra.mean(axis=0) / rate_hz


@lru_cache(maxsize=8)
def _tapers(length: int, bandwidth: float, count: int) -> FloatArray:
    """(count, length) Slepian tapers; the traces of one video mostly have one length, those of a live run do not."""
    return np.asarray(dpss(length, bandwidth, count))


def red_background(frequency_hz: FloatArray, density: FloatArray) -> FloatArray:
    """(F,) smooth background: log density as a parabola of log frequency, peaks trimmed step by step.

    A robust red-noise background after Mann and Lees (1996).
    """
    x, y = np.log(frequency_hz), np.log(np.maximum(density, 1e-30))
    keep = np.ones(len(x), dtype=bool)
    coefficients = np.polyfit(x, y, 2)
    for _ in range(8):
        rest = y - np.polyval(coefficients, x)
        limit = 1.5 * 1.4826 * np.median(np.abs(rest[keep] - np.median(rest[keep]))) + np.median(rest[keep])
        kept = rest < limit
        if kept.sum() < 8 or (kept == keep).all():
            break
        keep = kept
        coefficients = np.polyfit(x[keep], y[keep], 2)
    # between strong lines of a clean trace hardly a point is left to fit, and a parabola dives at its ends
    return np.asarray(np.maximum(np.exp(np.polyval(coefficients, x)), density.min()))


def spectral_peak(
    trace: FloatArray, rate_hz: float, limit_hz: float, settings: AnalysisSettings
) -> SpectralPeak | None:
    """The most outstanding peak of a gap-free trace; None when it is too short or flat."""
    if len(trace) < settings.spectrum_min_s * rate_hz or not np.ptp(trace) > 0:
        return None
    frequency_hz, density = multitaper_psd(trace, rate_hz, settings)
    high_hz = min(settings.spectrum_high_hz, limit_hz)
    band = (frequency_hz >= settings.spectrum_low_hz) & (frequency_hz <= high_hz)
    if band.sum() < 12:
        return None
    # what only rises towards the edge of the band is slow movement, no line
    tops = (density >= maximum_filter1d(density, 3))[band]
    excess = np.where(tops, density[band] / red_background(frequency_hz[band], density[band]), 0.0)
    if not tops.any():
        return None
    best = int(excess.argmax())
    guess_hz = float(frequency_hz[band][best])
    exact_hz = float(np.clip(refine_frequency(trace, rate_hz, guess_hz, settings), settings.spectrum_low_hz, high_hz))
    return SpectralPeak(exact_hz, float(10 * np.log10(excess[best])))


def refine_frequency(trace: FloatArray, rate_hz: float, guess_hz: float, settings: AnalysisSettings) -> float:
    """Frequency of the line nearest to a guess: Hann window, 16-fold zero padding, parabola on the logarithm.

    On simulated lines in 1/f^2 noise its error is 0.002 Hz at 10 s, where the multitaper maximum has 0.15 Hz.
    """
    size = 16 * len(trace)
    frequency_hz, power = hann_spectrum(trace, rate_hz, size)
    near = np.flatnonzero(np.abs(frequency_hz - guess_hz) <= min(settings.refine_hz, guess_hz / 2))
    best = int(near[power[near].argmax()])
    if best in (0, len(power) - 1):
        return float(frequency_hz[best])
    left, here, right = np.log(power[best - 1 : best + 2] + 1e-300)
    bend = left - 2 * here + right
    shift = float(np.clip((left - right) / (2 * bend), -1, 1)) if bend < 0 else 0.0
    return float(frequency_hz[best] + shift * (frequency_hz[1] - frequency_hz[0]))


def autocorrelation_peaks(trace: FloatArray, rate_hz: float, guess_hz: float) -> tuple[float, float]:
    """Height of the autocorrelation near one and near two periods of a guessed frequency, each -1..1."""
    level = trace - trace.mean()
    size = 1 << (2 * len(level) - 1).bit_length()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(level, size)) ** 2)[: len(level)]
    count = len(level) - np.arange(len(level))
    correlation = correlation / count / max(float(correlation[0]) / len(level), 1e-300)
    period = rate_hz / guess_hz
    return _peak_near(correlation, period), _peak_near(correlation, 2 * period)


def _peak_near(values: FloatArray, place: float) -> float:
    low, high = int(place * 0.8), int(place * 1.2) + 2
    part = values[max(low, 1) : min(high, len(values))]
    if len(part) < 3:
        return 0.0
    peaks, _ = find_peaks(part)
    return float(part[peaks].max()) if len(peaks) else 0.0


def band_power(trace: FloatArray, rate_hz: float, frequency_hz: float, half_width_hz: float) -> float:
    """Power (px^2) of a trace within a band around a frequency."""
    at_hz, power = hann_spectrum(trace, rate_hz)
    band = np.abs(at_hz - frequency_hz) <= half_width_hz
    return float(power[band].sum()) * 16 / (3 * len(trace) ** 2)


def hann_spectrum(trace: FloatArray, rate_hz: float, size: int | None = None) -> tuple[FloatArray, FloatArray]:
    """Frequencies (Hz) and squared amplitudes of a trace (G,) under a Hann window, drawn out by zeros to ``size``."""
    power = np.abs(np.fft.rfft((trace - trace.mean()) * np.hanning(len(trace)), size)) ** 2
    return np.fft.rfftfreq(size or len(trace), 1 / rate_hz).astype(np.float64), power
