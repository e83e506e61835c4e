"""The tables of the accuracy benchmark, as Markdown: measures against goals, by movement, by circumstances, and how far
the stated confidence and the smallest movement go.
"""

import itertools
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from tests.benchmark.judging import SURE, Judged
from tests.benchmark.movements import RHYTHMS

LONG_RUN_S: Final = 5.0
CLEAR_SIGMAS: Final = 6.0
STEADY_CV: Final = 0.15
RANDOM: Final = ("skin_twitches", "joint_twitches", "single", "irregular")
CONFIDENCE_EDGES: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SIGMA_EDGES: Final = (0.0, 3.0, 6.0, 12.0, 25.0, 50.0, np.inf)
BY: Final = ("view", "source", "camera", "recording")

Entries = Sequence[Judged]
Measure = Callable[[Entries], str]


def print_clips(entries: Entries, verbose: bool) -> None:
    """One line for every movement that went wrong, or for all."""
    for one in entries:
        score = one.score
        good = score.pattern in ("right", "clean") and not one.still_claims and one.side_right is not False
        if good and not verbose:
            continue
        details = [f"{one.amplitude_sigmas:.1f} sigma"] if one.amplitude_sigmas else []
        details += [f"df={score.frequency_error_hz:.3f}"] if score.frequency_error_hz is not None else []
        if one.movement and one.movement["events_countable"]:
            details.append(f"tp{one.true_positive} fp{one.false_positive} fn{one.false_negative}")
        found = score.found if one.view_found else "no legs found"
        print(f"{score.pattern:<13} {score.name:<58} {found} {' '.join(details)}")


def print_report(entries: Entries, naive: Entries) -> None:
    """All tables, with date and commit."""
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {_count(entries)} clips.\n")
    views = list(dict.fromkeys(str(one.truth["view"]) for one in entries))
    columns = [("all", entries), *((view, [e for e in entries if e.truth["view"] == view]) for view in views)]
    columns += [("naive way, all", naive)] if naive else []
    print("| measure | goal | " + " | ".join(title for title, _ in columns) + " |")
    print("|---|---|" + "---|" * len(columns))
    for name, goal, measure in MEASURES:
        print("| " + " | ".join([name, goal, *(measure(some) for _, some in columns)]) + " |")
    print("\n| movement | right | wrong | indeterminate | missed |" + (" naive right |" if naive else ""))
    print("|---|---|---|---|---|" + "---|" * bool(naive))
    for name in dict.fromkeys(one.group for one in entries):
        _print_group(name, [e for e in entries if e.group == name], [e for e in naive if e.group == name])
    for key in BY:
        print(f"\n| {key} | right | wrong | indeterminate | missed | legs found |\n|---|---|---|---|---|---|")
        for value in dict.fromkeys(str(one.truth[key]) for one in entries):
            mine = [one for one in entries if str(one.truth[key]) == value]
            found = f"{sum(one.view_found for one in mine)} of {len(mine)}"
            print(f"| {value} | " + " | ".join(_verdicts(mine)) + f" | {found} |")
    _print_calibration(entries)
    _print_limit(entries)


def _print_group(name: str, mine: Entries, naive: Entries) -> None:
    cells = [name, *_verdicts(mine)] + ([_verdicts(naive)[0]] if naive else [])
    print("| " + " | ".join(cells) + " |")


def _verdicts(mine: Entries) -> list[str]:
    good, bad = ("right", "clean"), ("wrong", "false")
    counts = [sum(one.score.pattern in words for one in mine) for words in (good, bad, ("indeterminate",), ("missed",))]
    return [f"{counts[0]} of {len(mine)}", *map(str, counts[1:])]


def _print_calibration(entries: Entries) -> None:
    claims = [claim for one in entries for claim in one.claims]
    print("\n| confidence | claims | mean confidence | right |\n|---|---|---|---|")
    for low, high in itertools.pairwise(CONFIDENCE_EDGES):
        inside = [c for c in claims if low <= c[0] < high or (high == 1.0 and c[0] == 1.0)]
        if inside:
            mean, share = (float(np.mean([c[k] for c in inside])) for k in (0, 1))
            print(f"| {low:g}-{high:g} | {len(inside)} | {mean:.2f} | {share:.2f} |")


def _print_limit(entries: Entries) -> None:
    """Recall against the size of the movement in units of the noise floor."""
    print("\n| amplitude over noise | movements | found | skin twitches of such clips | skin twitches so high each |")
    print("|---|---|---|---|---|")
    moving = [one for one in entries if one.movement and one.movement["finding_required"] and one.amplitude_sigmas]
    for low, high in itertools.pairwise(SIGMA_EDGES):
        inside = [one for one in moving if low <= (one.amplitude_sigmas or 0) < high]
        right = sum(one.score.pattern == "right" for one in inside)
        skin = [one for one in inside if one.group == "skin_twitches"]
        hits, there = sum(o.true_positive for o in skin), sum(o.true_positive + o.false_negative for o in skin)
        each = _found_from(entries, low, high)
        print(f"| {low:g}-{high:g} | {len(inside)} | {right} | {hits} of {there} | {sum(each)} of {len(each)} |")


# ---------------------------------------------------------------- measures
def _patterns(entries: Entries) -> str:
    moving = [one for one in entries if one.movement]
    counts = [
        sum(one.score.pattern == word for one in moving) for word in ("right", "wrong", "indeterminate", "missed")
    ]
    return " / ".join(map(str, counts)) + f" of {len(moving)}"


def _frequency_errors(entries: Entries) -> list[float]:
    return [one.score.frequency_error_hz for one in entries if _long(one) and one.score.frequency_error_hz is not None]


def _long(one: Judged) -> bool:
    m = one.movement
    return bool(m and m["steady_run"] and not m["slowing"] and m["end_s"] - m["start_s"] >= LONG_RUN_S)


def _mean_error(entries: Entries) -> str:
    errors = _frequency_errors(entries)
    return f"{np.mean(errors):.3f} Hz (median {np.median(errors):.3f})" if errors else "-"


def _within(limit_hz: float) -> Measure:
    return lambda entries: _share(error <= limit_hz for error in _frequency_errors(entries))


def _clear_rhythms(entries: Entries) -> str:
    clear = [
        one
        for one in entries
        if one.group in RHYTHMS and one.movement and one.movement["interval_cv"] is not None
        and _sigmas(one) >= CLEAR_SIGMAS and (one.movement["slowing"] or one.movement["interval_cv"] <= STEADY_CV)
    ]  # fmt: skip
    return _share(one.rhythm_claimed for one in clear)


def _sigmas(one: Judged) -> float:
    """Unknown noise counts as clear: the naive way measures none, and legs that are not found are missed, not small."""
    return np.inf if one.amplitude_sigmas is None else one.amplitude_sigmas


def _random_as_rhythm(entries: Entries) -> str:
    return _share(one.rhythm_claimed for one in entries if one.group in RANDOM)


def _skin(clear: bool) -> Measure:
    def measure(entries: Entries) -> str:
        mine = [one for one in entries if one.group == "skin_twitches"]
        return _f1(one for one in mine if not clear or _sigmas(one) >= CLEAR_SIGMAS)

    return measure


def _found_from(entries: Entries, low: float, high: float = np.inf) -> list[bool]:
    """Of skin twitches that are themselves so many sigmas high, whatever the others of their clip: which are found."""
    skin = (one for one in entries if one.group == "skin_twitches")
    return [found for one in skin for sigmas, found in one.event_sigmas if low <= sigmas < high]


def _high_skin(entries: Entries) -> str:
    return _share(_found_from(entries, CLEAR_SIGMAS))


def _events(entries: Entries) -> str:
    return _f1(one for one in entries if one.group != "skin_twitches")


def _f1(entries: Iterable[Judged]) -> str:
    counts = [(one.true_positive, one.false_positive, one.false_negative) for one in entries]
    if not counts:
        return "-"
    tp, fp, fn = np.sum(counts, axis=0)
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return f"{precision:.2f}, {recall:.2f}, {2 * precision * recall / max(1e-9, precision + recall):.2f}"


def _onsets(entries: Entries) -> str:
    errors = np.array([error for one in entries for error in one.onset_errors_s])
    if not errors.size:
        return "-"
    return f"{1000 * np.median(errors):+.0f} ms, {1000 * np.median(np.abs(errors)):.0f} ms"


def _slowing(entries: Entries) -> str:
    return _share(bool(one.score.slowing_right) for one in entries if one.group == "slowing")


def _slowing_false(entries: Entries) -> str:
    steady = [one for one in entries if one.group in RHYTHMS and one.group != "slowing"]
    return _share(one.score.slowing_right is False for one in steady if one.score.slowing_right is not None)


def _slowing_ends(entries: Entries) -> str:
    pairs = [
        (one.score.start_error_hz, one.score.end_error_hz) for one in entries if one.score.start_error_hz is not None
    ]
    return ", ".join(f"{value:.2f} Hz" for value in np.mean(np.array(pairs, float), axis=0)) if pairs else "-"


def _side(entries: Entries) -> str:
    return _share(one.side_right for one in entries if one.side_right is not None)


def _false_still(entries: Entries) -> str:
    return _rate([one for one in entries if one.still_s and not one.truth["null"]])


def _false_null(entries: Entries) -> str:
    return _rate([one for one in entries if one.still_s and one.truth["null"]])


def _rate(entries: Entries) -> str:
    minutes = sum(one.still_s for one in entries) / 60
    count = sum(one.still_claims for one in entries)
    return f"{count} in {minutes:.1f} min ({10 * count / minutes:.1f})" if minutes else "-"


def _sure_and_wrong(entries: Entries) -> str:
    return _share(not right for one in entries for confidence, right in one.claims if confidence > SURE)


def _brier(entries: Entries) -> str:
    claims = np.array([claim for one in entries for claim in one.claims], float).reshape(-1, 2)
    return f"{np.mean((claims[:, 0] - claims[:, 1]) ** 2):.3f} ({len(claims)} claims)" if len(claims) else "-"


def _speed(entries: Entries) -> str:
    pairs = [(one.took_s, one.still_s) for one in entries if one.took_s is not None and one.still_s]
    return f"{np.median([took / length for took, length in pairs]):.2f} s" if pairs else "-"


def _share(flags: Iterable[bool | None]) -> str:
    values = [bool(flag) for flag in flags]
    return f"{sum(values)} of {len(values)} ({100 * sum(values) / len(values):.1f} %)" if values else "-"


def _count(entries: Entries) -> int:
    return len({one.truth["name"] for one in entries})


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


MEASURES: Final[tuple[tuple[str, str, Measure], ...]] = (
    ("pattern right / wrong / indeterminate / missed", "", _patterns),
    ("frequency error, runs of 5 s or more: mean", "0.05 Hz", _mean_error),
    ("frequency within 0.1 Hz", "", _within(0.1)),
    ("frequency within 0.5 Hz", "100 %", _within(0.5)),
    ("rhythm called rhythm (CV 0.15 or less, 6 sigma or more)", "98 %", _clear_rhythms),
    ("irregular twitches and jerks called rhythm", "0.5 %", _random_as_rhythm),
    ("skin twitches of 6 sigma or more: precision, recall, F1", "F1 0.95", _skin(clear=True)),
    ("skin twitches, all: precision, recall, F1", "", _skin(clear=False)),
    ("skin twitches that are 6 sigma high each, found", "", _high_skin),
    ("other jerks and twitches: precision, recall, F1", "", _events),
    ("onset of events: median error, median of its size", "", _onsets),
    ("slowing recognised", "95 %", _slowing),
    ("steady rhythms called slowing", "1 %", _slowing_false),
    ("slowing: mean error of first and last frequency", "", _slowing_ends),
    ("side", "100 %", _side),
    ("claims on limbs that are still, in clips with movement (per 10 min)", "0", _false_still),
    ("claims in clips where no leg moves (per 10 min)", "0", _false_null),
    ("wrong claims among those of confidence over 0.8", "1 %", _sure_and_wrong),
    ("Brier score of the confidence", "", _brier),
    ("time to measure a second of video, median", "", _speed),
)
