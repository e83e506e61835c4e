"""The commands, thin: parse, call, show. What is heavy is imported by the command that needs it."""

import json
import logging
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from motionscan.cli_batch import EXAMPLES as BATCH_EXAMPLES
from motionscan.cli_batch import batch
from motionscan.cli_live import live
from motionscan.cli_models import ModelName, models_app
from motionscan.cli_regions import marks_of_options, pick
from motionscan.cli_shared import (
    DONE,
    EXIT_CODES,
    FAILED,
    STOPPED,
    TERMINATED,
    DeidentifyOption,
    FacesOption,
    check_faces,
    errors_in_one_line,
    settings_of,
    time_of,
)
from motionscan.errors import MotionscanError, SettingsError, does_not_load, unexpected

if TYPE_CHECKING:
    from motionscan.outputs.summary import Summary

DEFAULT_OUT = Path("motionscan-out")

SideName = Literal["left", "right"]

app = typer.Typer(
    name="motionscan",
    help="Describes how legs and feet move in a phone video: rhythmic jerking, isolated twitches, or neither.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models")


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app(prog_name="motionscan")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except (ImportError, AttributeError) as error:
        if not does_not_load(error):
            raise
        typer.echo(unexpected(error), err=True)
        sys.exit(FAILED)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    if version:
        from motionscan.outputs.software import motionscan_version

        typer.echo(f"motionscan {motionscan_version()} (describes movement; not a medical device)")
        raise typer.Exit(DONE)


# ---------------------------------------------------------------- scan
@app.command(
    epilog="Examples:\n\n"
    "motionscan scan foot.mp4\n\n"
    "motionscan scan foot.mp4 night.mov -o results --start 2s --end 0:15\n\n"
    "motionscan scan foot.mp4 --no-clip --json - | python -m json.tool\n\n"
    "motionscan scan toes.mp4 --region big_toe=10%,20%,30%,15%\n\n" + EXIT_CODES
)
def scan(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", help="Videos of legs or feet.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Each video gets a folder of its own in it.")
    ] = DEFAULT_OUT,
    no_clip: Annotated[bool, typer.Option("--no-clip", help="Write no annotated video; takes less time.")] = False,
    start: Annotated[str | None, typer.Option(metavar="TIME", help="Begin here: 2s, 1.5, 0:15 or 1:02:03.")] = None,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="Stop here.")] = None,
    side: Annotated[
        SideName | None, typer.Option(help="The leg that is filmed, or nearer: used where its side cannot be seen.")
    ] = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="A selfie camera mirrored the picture.")] = False,
    faces: FacesOption = "hide",
    deidentify: DeidentifyOption = False,
    model: Annotated[ModelName, typer.Option(help="Pose model: lite is faster, heavy more careful.")] = "full",
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Thresholds; see: motionscan schema --settings")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=X,Y,W,H", help="Follow this region of the first picture; pixels, or 10%,20%,30%,15%."
        ),
    ] = None,
    region_file: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Follow the regions that motionscan pick saved.")
    ] = None,
    with_pose: Annotated[
        bool, typer.Option("--with-pose", help="Look for a body beside the regions, not regions only.")
    ] = False,
    isolate: Annotated[
        bool, typer.Option("--isolate", help="Scan in a process of its own, with limits of memory and time.")
    ] = False,
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="-", help="Print the summary as JSON; several as JSON lines.")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say what led to each finding.")] = False,
) -> None:
    """Say how the legs move: a summary, an annotated video and tables for each VIDEO."""
    start_s, end_s = _stretch(start, end)
    _check_flags(json_to, quiet, verbose)
    check_faces(faces, deidentify)
    _log_level(quiet, verbose)
    options: dict[str, Any] = {"clip": not no_clip, "start_s": start_s, "end_s": end_s, "model": model}
    options |= {"settings": settings_of(settings), "side": side, "mirrored": mirrored}
    options |= {"faces": faces, "deidentify": deidentify}
    options |= {"marks": marks_of_options(region or [], region_file), "with_pose": with_pose}
    from motionscan.outputs.names import folder_names

    failed = False
    for video, name in zip(videos, folder_names(videos), strict=True):
        summary = _scan_one(video, out, name, options, quiet, verbose, isolate)
        if summary is None:
            failed = True
            continue
        _show(summary, video, out / name, json_to is not None, len(videos), quiet, verbose)
    raise typer.Exit(FAILED if failed else DONE)


def _scan_one(
    video: Path, out: Path, name: str, options: dict[str, Any], quiet: bool, verbose: bool, isolate: bool
) -> "Summary | None":
    """Scan one video; a failure is one line and None, so that the others go on."""
    from motionscan.outputs.terminal import say, video_progress

    try:
        if isolate:
            from motionscan.isolated import scan_isolated

            return scan_isolated(video, out, name, **options)
        from motionscan.scan import scan_video

        with video_progress(video.name, wanted=not quiet) as observer:
            summary: Summary = scan_video(video, out, folder_name=name, observer=observer, **options)
        return summary
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--region") from error
    except MotionscanError as error:
        say(_one_line(video, str(error)), to_stderr=True)
    except KeyboardInterrupt:
        say("stopped; nothing half-written was left", to_stderr=True)
        raise typer.Exit(STOPPED) from None
    except Exception as error:  # noqa: BLE001 - last line of defence: the other videos are still done
        if verbose:
            traceback.print_exc()
        say(f"{video.name}: {unexpected(error)} (-v shows where)", to_stderr=True)
    return None


def _one_line(video: Path, message: str) -> str:
    """``file: message``, without naming the file twice."""
    return message if message.startswith(video.name) else f"{video.name}: {message}"


def _show(summary: "Summary", video: Path, folder: Path, as_json: bool, count: int, quiet: bool, verbose: bool) -> None:
    from motionscan.outputs.terminal import say
    from motionscan.outputs.wording import detail_lines

    if as_json:
        typer.echo(summary.model_dump_json(indent=2 if count == 1 else None))
    if quiet:
        return
    say(f"{video.name}: {summary.sentence} [{folder}]", to_stderr=as_json)
    for line in detail_lines(summary.findings, summary.quality, summary.caveats) if verbose else ():
        say(f"  {line}", to_stderr=as_json)


def _stretch(start: str | None, end: str | None) -> tuple[float | None, float | None]:
    start_s, end_s = time_of(start, "--start"), time_of(end, "--end")
    if end_s is not None and end_s <= (start_s or 0.0):
        raise typer.BadParameter("must be later than --start", param_hint="--end")
    return start_s, end_s


def _check_flags(json_to: str | None, quiet: bool, verbose: bool) -> None:
    if json_to not in (None, "-"):
        raise typer.BadParameter(
            "only - (standard output); each result folder has its summary.json", param_hint="--json"
        )
    if quiet and verbose:
        raise typer.BadParameter("-q and -v exclude each other", param_hint="-q")


def _log_level(quiet: bool, verbose: bool) -> None:
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr)


def _terminate(number: int, frame: object) -> NoReturn:
    """Unwind, so that what is half-written is removed."""
    raise SystemExit(TERMINATED)


app.command(epilog="Examples:\n\nmotionscan pick foot.mp4\n\n" + EXIT_CODES)(pick)
app.command(
    epilog="Examples:\n\n"
    "motionscan live --list\n\n"
    "motionscan live\n\n"
    "motionscan live 1 -o night --headless --record events --max-disk 20GB\n\n"
    "motionscan live rtsp://192.168.1.20/stream --jsonl -\n\n"
    "motionscan live foot.mp4 --realtime\n\n" + EXIT_CODES
)(live)

app.command(epilog=BATCH_EXAMPLES + EXIT_CODES)(batch)


# ---------------------------------------------------------------- schema
@app.command()
def schema(
    settings: Annotated[bool, typer.Option("--settings", help="Of the settings file instead.")] = False,
) -> None:
    """Print the JSON Schema of summary.json."""
    if settings:
        from motionscan.settings import Settings

        made = Settings.model_json_schema()
    else:
        from motionscan.outputs.schema import summary_schema

        made = summary_schema()
    typer.echo(json.dumps(made, indent=2))


# ---------------------------------------------------------------- simulate
@app.command(epilog="Examples:\n\nmotionscan simulate --list\n\nmotionscan simulate NAME -o clips\n\n" + EXIT_CODES)
def simulate(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Scenarios to render.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Where the clips go.")] = Path(),
    show_list: Annotated[bool, typer.Option("--list", help="Show the scenarios and leave.")] = False,
    samples: Annotated[bool, typer.Option("--samples", help="Render the small clips of sample_videos/.")] = False,
    seed_set: Annotated[int, typer.Option(min=0, help="0 for tuning, 1 for reporting; others are fresh.")] = 0,
) -> None:
    """Render a person whose movement is known: NAME.mp4 and NAME.truth.json."""
    from motionscan.simulate.catalogue import samples as sample_scenarios
    from motionscan.simulate.job import listing

    known = dict(listing(seed_set))
    if show_list:
        longest = max(len(name) for name in known)
        for name, about in known.items():
            typer.echo(f"{name:{longest}}  {about}")
        raise typer.Exit(DONE)
    wanted = [*(names or ()), *(sample_scenarios() if samples else ())]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        what = f"there is no {unknown[0]!r}" if unknown else "name at least one scenario"
        raise typer.BadParameter(f"{what}; see: motionscan simulate --list", param_hint="NAME")
    _render(wanted, out, seed_set)


def _render(names: list[str], out: Path, seed_set: int) -> None:
    from motionscan.outputs.terminal import count_progress
    from motionscan.simulate.job import simulate as render

    for name in names:
        with errors_in_one_line(), count_progress(name, "pictures", wanted=True) as observer:
            video, truth = render(name, out, observer, seed_set)
        typer.echo(f"{name}: {video} {truth}")


if __name__ == "__main__":
    main()
