"""What becomes of findings while time goes on: opened, updated, closed. Looks at the last seconds in, changes out.

Each look judges only a window that slides along. What it shows is matched with what was found before, and a finding
takes up another pattern only when looks agree on it for a while, and never one that it has given up before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from motionscan.records import Event, Finding, Pattern
from motionscan.settings import LiveSettings

Kind = Literal["opened", "updated", "closed"]
_Key = tuple[str, str]

_RHYTHMS: Final = ("rhythmic_jerking", "rhythmic_oscillation")
_SAME_S: Final = 0.12
"""Two looks place the peak of one event within this of each other."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is new about one finding; all times are those of the run."""

    kind: Kind
    t_s: float
    """Time of the last picture that was looked at."""
    finding: Finding
    """Its ``id`` stays the same through the run; ``end_s`` is the end so far; no ``event_ids`` while it is open."""


@dataclass(slots=True)
class _Open:
    """A finding that goes on."""

    shown: Finding
    last_s: float
    """When it was last seen to move."""
    peaks_s: list[float] = field(default_factory=list)
    given_up: set[Pattern] = field(default_factory=set)
    candidate: Pattern | None = None
    since_s: float = 0.0
    told_s: float = 0.0
    told_hz: float | None = None
    told_count: int = 0


class FollowUp:
    """Turns the findings of one look after another into changes."""

    def __init__(self, settings: LiveSettings) -> None:
        self._settings = settings
        self._open: list[_Open] = []
        self._done_s: dict[_Key, float] = {}
        self._seen: set[_Key] = set()
        self._count = 0

    @property
    def current(self) -> tuple[Finding, ...]:
        """The findings that are open."""
        return tuple(own.shown for own in self._open)

    def look(self, now_s: float, findings: Sequence[Finding], events: Sequence[Event]) -> list[Change]:
        """Take in what the last seconds show.

        Args:
            now_s: time of the last picture.
            findings: of ``analyse``, on the times of the run.
            events: of the same analysis.
        """
        changes = []
        seen_before, self._seen = self._seen, {_key(finding) for finding in findings}
        for finding in findings:
            peaks_s = sorted(event.peak_s for event in events if event.id in finding.event_ids)
            own = next((own for own in self._open if _key(own.shown) == _key(finding)), None)
            if own is not None:
                changes += self._go_on(own, finding, peaks_s, now_s)
            elif self._is_new(finding, peaks_s, now_s) and (finding.site != "surface" or _key(finding) in seen_before):
                # a twitch of the skin is near the noise: two looks must agree on it
                changes.append(self._begin(finding, peaks_s, now_s))
        return changes + self._close(now_s - self._settings.quiet_s, now_s)

    def finish(self, now_s: float) -> list[Change]:
        """Close everything: the run is over."""
        return self._close(float("inf"), now_s)

    def _is_new(self, finding: Finding, peaks_s: list[float], now_s: float) -> bool:
        """Whether it moves now, and is not the rest of what was closed already."""
        if finding.end_s <= now_s - self._settings.quiet_s:
            return False
        done_s = self._done_s.get(_key(finding), -float("inf"))
        return any(peak_s > done_s + _SAME_S for peak_s in peaks_s) if peaks_s else finding.start_s > done_s

    def _begin(self, finding: Finding, peaks_s: list[float], now_s: float) -> Change:
        self._count += 1
        done_s = self._done_s.get(_key(finding), -float("inf"))
        fresh_s = [peak_s for peak_s in peaks_s if peak_s > done_s + _SAME_S]
        start_s = max(finding.start_s, done_s) if len(fresh_s) == len(peaks_s) else fresh_s[0]
        shown = replace(finding, id=f"l{self._count}", start_s=start_s, event_ids=(), event_count=len(fresh_s))
        own = _Open(shown, finding.end_s, fresh_s, told_s=now_s, told_hz=finding.frequency_hz, told_count=len(fresh_s))
        self._open.append(own)
        return Change("opened", now_s, shown)

    def _go_on(self, own: _Open, finding: Finding, peaks_s: list[float], now_s: float) -> list[Change]:
        own.last_s = max(own.last_s, finding.end_s)
        last_s = own.peaks_s[-1] if own.peaks_s else own.shown.start_s - 2 * _SAME_S
        own.peaks_s += [peak_s for peak_s in peaks_s if peak_s > last_s + _SAME_S]
        turned = self._turns(own, finding.pattern, now_s)
        if finding.pattern == own.shown.pattern or turned:
            own.shown = replace(
                finding,
                id=own.shown.id,
                start_s=own.shown.start_s,
                end_s=own.last_s,
                event_ids=(),
                event_count=len(own.peaks_s),
            )
        else:
            own.shown = replace(own.shown, end_s=own.last_s, event_count=len(own.peaks_s))
        worth_telling = self._is_worth_telling(own, now_s) or turned
        return [Change("updated", now_s, own.shown)] if worth_telling else []

    def _turns(self, own: _Open, pattern: Pattern, now_s: float) -> bool:
        """Whether the finding takes up that pattern now."""
        shown = own.shown.pattern
        if pattern == shown or pattern in own.given_up:
            own.candidate = None
            return False
        if own.candidate != pattern:
            own.candidate, own.since_s = pattern, now_s
        wait_s = self._settings.doubt_s if shown in _RHYTHMS else self._settings.settle_s
        # that the window leaves the beginning of a rhythm behind is no doubt: the rhythm must go on otherwise
        if now_s - own.since_s < wait_s or (shown in _RHYTHMS and own.last_s < own.since_s):
            return False
        own.given_up.add(shown)
        own.candidate, own.told_s, own.told_hz = None, now_s, None
        return True

    def _is_worth_telling(self, own: _Open, now_s: float) -> bool:
        hz, told_hz = own.shown.frequency_hz, own.told_hz
        changed = hz is not None and (told_hz is None or abs(hz - told_hz) >= self._settings.changed_hz)
        goes_on = own.last_s > own.told_s and now_s - own.told_s >= self._settings.told_s
        # of twitches each one counts
        another = own.shown.pattern == "isolated_twitches" and len(own.peaks_s) > own.told_count
        if changed or goes_on or another:
            own.told_s, own.told_hz, own.told_count = now_s, hz, len(own.peaks_s)
            return True
        return False

    def _close(self, still_since_s: float, now_s: float) -> list[Change]:
        ending = [own for own in self._open if own.last_s <= still_since_s]
        self._open = [own for own in self._open if own.last_s > still_since_s]
        for own in ending:
            self._done_s[_key(own.shown)] = own.last_s
        return [Change("closed", now_s, own.shown) for own in ending]


def _key(finding: Finding) -> _Key:
    """What makes the findings of two looks the same one: the region, and whether skin, posture or joint moves."""
    if finding.pattern == "gross_movement":
        return finding.region, "gross"
    return finding.region, "surface" if finding.site == "surface" else "joint"
