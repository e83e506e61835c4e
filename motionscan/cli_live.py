"""The command that watches a camera."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from motionscan.cli_models import ModelName
from motionscan.cli_shared import (
    DONE,
    FAILED,
    STOPPED,
    TERMINATED,
    FacesOption,
    errors_in_one_line,
    settings_of,
    time_of,
)
from motionscan.errors import NoFrames, SettingsError

if TYPE_CHECKING:
    from motionscan.live_parts import KeepingOptions, LiveOptions
    from motionscan.live_window import Window
    from motionscan.settings import Settings
    from motionscan.video.camera import PictureSource

LIVE_OUT = Path("motionscan-live")
RecordName = Literal["events", "all", "none"]
SideName = Literal["left", "right"]
_WINDOW_S = (12.0, 120.0)
_AROUND_S = (0.0, 120.0)
_TOLD = ("opened", "updated", "closed")


def live(
    source: Annotated[
        str,
        typer.Argument(metavar="[SOURCE]", help="Camera number or path, rtsp:// or http:// stream, or a video file."),
    ] = "0",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder of this run; if not given, one named by the time."),
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Show the cameras and their modes, and leave.")] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Play a file at its own speed, as a camera would.")
    ] = False,
    window: Annotated[str, typer.Option(metavar="TIME", help="Judge the last so many seconds, 12s to 120s.")] = "20s",
    pre: Annotated[str, typer.Option(metavar="TIME", help="Keep so much before a finding.")] = "10s",
    post: Annotated[str, typer.Option(metavar="TIME", help="Keep so much after it.")] = "10s",
    record: Annotated[
        RecordName, typer.Option(help="Film findings and marks only, everything, or nothing.")
    ] = "events",
    on_finding: Annotated[
        str | None, typer.Option(metavar="CMD", help="Run this with each new finding as JSON on its standard input.")
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(metavar="-|FILE", help="Write a line of JSON for each finding opened, updated, closed."),
    ] = None,
    max_disk: Annotated[str, typer.Option(metavar="SIZE", help="Film no more when the run takes so much.")] = "5GB",
    width: Annotated[int | None, typer.Option(min=64, help="Ask the camera for this width.")] = None,
    height: Annotated[int | None, typer.Option(min=64, help="Ask the camera for this height.")] = None,
    fps: Annotated[float | None, typer.Option(min=1, help="Ask the camera for so many pictures a second.")] = None,
    side: Annotated[
        SideName | None, typer.Option(help="The leg that is filmed, or nearer: used where its side cannot be seen.")
    ] = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The camera mirrors its picture.")] = False,
    faces: FacesOption = "hide",
    model: Annotated[ModelName, typer.Option(help="Pose model: lite is faster, heavy more careful.")] = "full",
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Thresholds; see: motionscan schema --settings")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Watch a camera and keep what happens: a folder for each finding, a log, and a summary at the end.

    Ends with q, Ctrl-C, a closed window, or the end of the file or stream.
    """
    if show_list:
        _show_cameras()
        raise typer.Exit(DONE)
    from motionscan.live_parts import LiveOptions
    from motionscan.ways import Told

    if (width is None) != (height is None):
        raise typer.BadParameter("--width and --height go together", param_hint="--width")
    thresholds = settings_of(settings)
    keeping = _keeping(pre, post, record, max_disk)
    options = LiveOptions(_within(window, "--window", _WINDOW_S), keeping, model, Told(side, mirrored), faces)
    try:
        from motionscan.video.sources import source_of

        watched_source = source_of(
            source,
            thresholds.live,
            thresholds.video,
            realtime=realtime,
            size=(width, height) if width and height else None,
            rate_hz=fps,
        )
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="SOURCE") from error
    folder = out or LIVE_OUT / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    code = _watch(watched_source, folder, thresholds, options, headless, on_finding, jsonl, quiet)
    raise typer.Exit(code)


def _watch(
    source: "PictureSource",
    folder: Path,
    settings: "Settings",
    options: "LiveOptions",
    headless: bool,
    on_finding: str | None,
    jsonl: str | None,
    quiet: bool,
) -> int:
    from motionscan.live import Live
    from motionscan.live_alerts import Command
    from motionscan.live_memory import keep_large_blocks_apart
    from motionscan.live_window import watched
    from motionscan.outputs.journal import Journal
    from motionscan.outputs.terminal import say

    to_stderr = jsonl == "-"
    with errors_in_one_line(), ExitStack() as stack:
        listeners: list[Callable[[dict[str, Any]], Any]] = []
        if jsonl is not None:
            journal = stack.enter_context(Journal(None if to_stderr else Path(jsonl)))
            listeners.append(lambda entry: journal.write(_finding_entry(entry)) if entry["event"] in _TOLD else None)
        if on_finding is not None:
            try:
                command = Command(on_finding, settings.live.command_s, lambda words: say(words, to_stderr=True))
            except SettingsError as error:
                raise typer.BadParameter(str(error), param_hint="--on-finding") from error
            stack.enter_context(command)
            listeners.append(_Alert(command.tell))
        window = _window(settings, headless, quiet, to_stderr, stack)

        def observer(entry: dict[str, Any]) -> None:
            words = _words(entry)
            if words and not quiet:
                say(words, to_stderr=to_stderr)
            if words and window is not None:
                window.note = words
            for listener in listeners:
                listener(entry)

        running = Live(source, folder, settings, options, observer)
        keep_large_blocks_apart()  # of the whole process, which is ours alone here
        with _signals() as caught:
            try:
                summary = watched(running, window, lambda: not caught)
            except NoFrames as error:
                if not caught:
                    raise
                say(str(error), to_stderr=True)
                return caught[0]
        if not quiet:
            say(f"{source.name}: {summary.sentence} [{folder}]", to_stderr=to_stderr)
        return caught[0] if caught else DONE
    return FAILED


def _window(settings: "Settings", headless: bool, quiet: bool, to_stderr: bool, stack: ExitStack) -> "Window | None":
    from motionscan.display import can_open_window
    from motionscan.live_window import Window
    from motionscan.outputs.terminal import say

    if headless:
        return None
    if not can_open_window():
        if not quiet:
            say("there is no display: going on without a window; end with Ctrl-C", to_stderr=to_stderr)
        return None
    return stack.enter_context(Window(settings))


class _Alert:
    """Tells a command of each finding that is opened or takes up another pattern."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._patterns: dict[str, str] = {}

    def __call__(self, entry: dict[str, Any]) -> None:
        """Take in one entry of the log."""
        if entry["event"] not in ("opened", "updated"):
            return
        finding = entry["finding"]
        if self._patterns.get(finding["id"]) != finding["pattern"]:
            self._patterns[finding["id"]] = finding["pattern"]
            self._tell(_finding_entry(entry))


def _finding_entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("event", "t_s", "at", "finding")}


def _words(entry: dict[str, Any]) -> str | None:
    """One line for people, where the entry is worth one."""
    from motionscan.outputs.wording import live_finding_words

    at = f"{entry['t_s']:7.1f} s  "
    if "finding" in entry:
        return at + live_finding_words(entry["event"], entry["finding"])
    if entry["event"] == "mark":
        return f"{at}mark: {entry['mark']}"
    if entry["event"] == "rate":
        return f"{at}{entry['rate_hz']:.1f} pictures a second"
    if entry["event"] in ("paused", "resumed"):
        return at + str(entry["event"])
    said: str | None = entry.get("said")
    return at + said if said and entry["event"] != "end" else None


@contextmanager
def _signals() -> Iterator[list[int]]:
    """The exit code of the first Ctrl-C or termination; the second one ends the program at once."""
    caught: list[int] = []

    def note(number: int, frame: object) -> None:
        if caught:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        caught.append(STOPPED if number == signal.SIGINT else TERMINATED)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keeping(pre: str, post: str, record: RecordName, max_disk: str) -> "KeepingOptions":
    from motionscan.live_parts import KeepingOptions
    from motionscan.sizes import parse_size

    try:
        max_bytes = parse_size(max_disk)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--max-disk") from error
    pre_s, post_s = _within(pre, "--pre", _AROUND_S), _within(post, "--post", _AROUND_S)
    return KeepingOptions(pre_s=pre_s, post_s=post_s, record=record, max_bytes=max_bytes)


def _within(text: str, option: str, limits: tuple[float, float]) -> float:
    seconds = time_of(text, option)
    if seconds is None or not limits[0] <= seconds <= limits[1]:
        raise typer.BadParameter(f"must be {limits[0]:g}s to {limits[1]:g}s", param_hint=option)
    return seconds


def _show_cameras() -> None:
    from motionscan.video.devices import cameras

    found = cameras()
    if not found:
        typer.echo("no camera was found; plug one in, or watch a stream or a file")
    for camera in found:
        typer.echo(f"{camera.number}  {camera.name}{f': {camera.problem}' if camera.problem else ''}")
        for mode in camera.modes:
            rates = ", ".join(f"{rate_hz:g}" for rate_hz in mode.rates_hz)
            typer.echo(f"     {mode.width_px} x {mode.height_px}  {mode.coding}{f'  {rates} Hz' if rates else ''}")
