"""Plain words for what was measured. They describe movement; no disease has a place here."""

from motionscan.analysis.evidence import Evidence
from motionscan.analysis.stretch import Stretch
from motionscan.body import Part, Side
from motionscan.records import Finding, Pattern, Quality, Region
from motionscan.settings import AnalysisSettings

PATTERN_WORDS: dict[Pattern, str] = {
    "rhythmic_jerking": "rhythmic jerking",
    "rhythmic_oscillation": "rhythmic to-and-fro movement",
    "isolated_twitches": "isolated twitches",
    "irregular_jerks": "irregular jerks",
    "gross_movement": "large or slow movement",
    "indeterminate": "repeated movement that is neither clearly rhythmic nor clearly irregular",
}

NOT_ASSESSED = (
    "face, eyes and speech",
    "awareness and responsiveness",
    "reaction to touch or restraint",
    "muscle and brain activity",
    "cause of the movement",
)

CAVEATS = (
    "Describes movement only; it is not a diagnosis and not a medical device.",
    "A clip without a finding excludes nothing: most events happen while nobody films.",
    "Rhythmic movement is commonly voluntary or habitual.",
    "Amplitudes from a phone are approximate and relative to the length of the shank.",
    "Thresholds were set on simulated clips, not on patients.",
    "Jerking for more than five minutes, impaired awareness or new limb shaking on standing needs emergency care.",
)

_VOLUNTARY = "voluntary or habitual movement"


def region_words(side: Side | None, part: Part | None, name: str) -> str:
    """``left foot``, or the region's own name where side or part are unknown."""
    return f"{side} {part}" if side and part else name.replace("_", " ")


def reasons(stretch: Stretch, evidence: Evidence, settings: AnalysisSettings) -> tuple[str, ...]:
    """The measured values behind a pattern, each with the limit that it met."""
    said = [_event_reason(stretch, evidence)]
    if stretch.interval_cv is not None and stretch.frequency_hz is not None:
        said.append(
            f"intervals vary by {stretch.interval_cv:.2f} of their length (rhythm: at most {settings.regular_cv:.2f}; "
            f"random times stay above {stretch.random_cv:.2f} in {1 - settings.random_quantile:.1%} of cases)"
        )
    elif stretch.interval_cv is not None:
        said.append(
            f"intervals vary by {stretch.interval_cv:.2f} of their length (no rhythm from {settings.irregular_cv:.2f})"
        )
    if stretch.shape is not None:
        said.append(
            f"each movement fills {stretch.shape.duty:.2f} of its interval, rest fills "
            f"{stretch.shape.silent_fraction:.2f}, the way out is {stretch.shape.speed_ratio:.1f} times "
            "as fast as the way back"
        )
    if stretch.slowing is not None and stretch.slowing.slowing:
        said.append(
            f"intervals grow to {stretch.slowing.ratio:.1f} times their length (p = {stretch.slowing.p_value:.2g})"
        )
    if stretch.peak_db is not None:
        said.append(
            f"a line in the spectrum stands {stretch.peak_db:.0f} dB above its background "
            f"(limit {settings.peak_db:.0f})"
        )
    if stretch.site == "surface":
        still = "joint" if evidence.region.part else "region around them"
        said.append(f"patches of skin move while the {still} stays still")
    if not evidence.noise_known and stretch.pattern != "gross_movement":
        said.append("no still background to measure the noise on: amplitude limits are unverified")
    if not evidence.camera_apart:
        said.append("camera and limb can hardly be told apart, for there is too little else in the picture")
    return tuple(sentence for sentence in said if sentence)


def _event_reason(stretch: Stretch, evidence: Evidence) -> str:
    if stretch.amplitude_px is None:
        return ""
    if stretch.width_s is not None:
        return (
            f"repeated movements of {stretch.width_s:.2f} s each at half height, too slow for jerks, "
            f"median {stretch.amplitude_px:.1f} px"
        )
    if stretch.pattern == "gross_movement":
        return f"the part changed its place by up to {stretch.amplitude_px:.0f} px"
    size = f"median {stretch.amplitude_px:.1f} px"
    if stretch.site == "joint" and evidence.sigma_px > 0:
        size += f", {stretch.amplitude_px / evidence.sigma_px:.0f} times the noise floor"
    count = len(stretch.peaks)
    return f"{count} event{'s' if count != 1 else ''}, {size}" if count else f"amplitude {size.removeprefix('median ')}"


def alternatives(stretch: Stretch, evidence: Evidence) -> tuple[str, ...]:
    """What else fits the measurements; a list, never a ranking."""
    frequency_hz = stretch.frequency_hz or 0.0
    if stretch.pattern in ("rhythmic_jerking", "rhythmic_oscillation"):
        fits = [_VOLUNTARY, "clonus", "tremor"]
        if 4 <= frequency_hz <= 7:
            fits.append("habitual leg bouncing")
        if 0.7 <= frequency_hz <= 2.5:
            fits.append("movement that follows the pulse")
        if stretch.pattern == "rhythmic_jerking":
            fits.append("continuous oscillation, if the jerks fill the interval")
        if evidence.camera_share > 0.25:
            fits.append("movement of the camera")
        return tuple(fits)
    if stretch.pattern == "isolated_twitches":
        return (_VOLUNTARY, "single jerks of another cause", "someone touching the limb or its support")
    if stretch.pattern == "irregular_jerks":
        return (_VOLUNTARY, "repositioning", "someone touching the limb or its support")
    if stretch.pattern == "indeterminate":
        return (_VOLUNTARY, "a rhythm with varying intervals", "irregular jerks", "movement that follows the pulse")
    return (_VOLUNTARY, "repositioning", "movement of the support")


def sentence(
    findings: tuple[Finding, ...], regions: tuple[Region, ...], quality: Quality, skin_judged: bool = True
) -> str:
    """One plain sentence for the whole clip."""
    by_id = {region.id: region for region in regions}
    told = [_told(finding, by_id[finding.region]) for finding in findings if finding.pattern != "gross_movement"]
    failed = [gate for gate in quality.gates if not gate.passed]
    if failed:
        why = "; ".join(_gate_words(gate.name, gate.value, gate.limit) for gate in failed)
        return f"Cannot judge rhythm or twitches: {why}." + _gross_note(findings, by_id)
    if told:
        return "; ".join(told).capitalize() + "." + _gross_note(findings, by_id)
    twitches = "no twitches" if skin_judged else "no twitches of a joint"
    skin = "" if skin_judged else " Cannot judge twitches of the skin."
    return f"No rhythmic movement and {twitches} were seen.{skin}" + _gross_note(findings, by_id)


def _gross_note(findings: tuple[Finding, ...], by_id: dict[str, Region]) -> str:
    moved = [by_id[f.region] for f in findings if f.pattern == "gross_movement"]
    names = ", ".join(region_words(r.side, r.part, r.id) for r in moved)
    return f" Large or slow movement of the {names}." if moved else ""


def _told(finding: Finding, region: Region) -> str:
    where = region_words(region.side, region.part, region.id)
    when = f"from {finding.start_s:.1f} to {finding.end_s:.1f} s"
    if finding.pattern in ("rhythmic_jerking", "rhythmic_oscillation") and finding.frequency_hz is not None:
        pace = f"at {finding.frequency_hz:.1f} per second"
        if finding.slowing and finding.frequency_start_hz and finding.frequency_end_hz:
            pace = f"slowing from {finding.frequency_start_hz:.1f} to {finding.frequency_end_hz:.1f} per second"
        return f"{where}: {PATTERN_WORDS[finding.pattern]} {when}, {pace}{_regularity(finding)}"
    count = f", {finding.event_count} event{'s' if finding.event_count != 1 else ''}" if finding.event_count else ""
    skin = " of the skin only" if finding.site == "surface" else ""
    word = (
        "isolated twitch"
        if finding.pattern == "isolated_twitches" and finding.event_count == 1
        else PATTERN_WORDS[finding.pattern]
    )
    return f"{where}: {word}{skin} {when}{count}"


def _regularity(finding: Finding) -> str:
    if finding.interval_cv is None:
        return ""
    word = (
        "very regular" if finding.interval_cv < 0.08 else "regular" if finding.interval_cv < 0.18 else "fairly regular"
    )
    return f", {finding.event_count} movements, {word}"


def _gate_words(name: str, value: float | None, limit: float | None) -> str:
    words = {
        "duration_s": "the clip lasts {value:.1f} s, at least {limit:.0f} s are needed",
        "frame_rate_hz": "{value:.1f} pictures a second, at least {limit:.0f} are needed",
        "visible_fraction": "a leg is visible in {value:.0%} of the pictures, {limit:.0%} are needed",
        "lost_fraction": "the legs could not be followed in {value:.0%} of the pictures (limit {limit:.0%})",
        "brightness": "the picture is too dark ({value:.0f} of 255, at least {limit:.0f})",
        "camera_shake_shanks": "the camera shakes by {value:.2f} shank lengths (limit {limit:.2f})",
    }
    if value is None or limit is None:
        return name.replace("_", " ") + " could not be measured"
    return words[name].format(value=value, limit=limit)
