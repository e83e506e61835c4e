"""The command for many videos."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from motionscan.cli_models import ModelName
from motionscan.cli_shared import DONE, FAILED, STOPPED, DeidentifyOption, FacesOption, check_faces, errors_in_one_line
from motionscan.errors import SettingsError

if TYPE_CHECKING:
    from motionscan.batch import BatchResult, MakeEngine
    from motionscan.settings import BatchSettings

DEFAULT_OUT = Path("motionscan-out")
EXAMPLES = (
    "Examples:\n\n"
    "motionscan batch clips -o results\n\n"
    "motionscan batch clips 'more/*.mov' -o results --recursive --jobs 2 --time-limit 10m\n\n"
    "motionscan batch --index results\n\n"
)


def batch(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="FOLDER|FILE|PATTERN", help="Where the videos are.")
    ] = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Each video gets a folder of its own in it.")
    ] = DEFAULT_OUT,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Videos at a time; as many as there are processors if not given.")
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", help="Folders in folders too.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Scan again what is done already.")] = False,
    time_limit: Annotated[
        str | None, typer.Option(metavar="TIME", help="For one video: 90s, 10m, 1h; 30m or 30 times its length else.")
    ] = None,
    engine: Annotated[
        Literal["local", "dask"], typer.Option(help="Who does the work: this machine, or a Dask cluster.")
    ] = "local",
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Of the Dask cluster; a local one if not given.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Only write tables and page of these results anew.")
    ] = None,
    no_clip: Annotated[bool, typer.Option("--no-clip", help="Write no annotated videos; takes less time.")] = False,
    side: Annotated[
        Literal["left", "right"] | None, typer.Option(help="The leg that is filmed, where its side cannot be seen.")
    ] = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="A selfie camera mirrored the pictures.")] = False,
    faces: FacesOption = "hide",
    deidentify: DeidentifyOption = False,
    model: Annotated[ModelName, typer.Option(help="Pose model: lite is faster, heavy more careful.")] = "full",
    settings: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Thresholds.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Scan a folder of videos, each once; go on where the last run stopped; write tables and a page over all."""
    if index is not None:
        _index(index, quiet)
        raise typer.Exit(DONE)
    if not sources:
        raise typer.BadParameter("name a folder, files or a pattern; see: motionscan batch --help", param_hint="FOLDER")
    if scheduler is not None and engine != "dask":
        raise typer.BadParameter("needs --engine dask", param_hint="--scheduler")
    from motionscan.batch import Wanted, run_batch
    from motionscan.outputs.batch_terminal import batch_progress
    from motionscan.outputs.terminal import say
    from motionscan.settings import Settings, load_settings

    limit_s = _limit(time_limit)
    check_faces(faces, deidentify)
    try:
        thresholds = Settings() if settings is None else load_settings(settings)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--settings") from error
    wanted = Wanted(thresholds, model, not no_clip, side, mirrored, faces, deidentify)
    makes = _engine(engine, jobs, scheduler, out, thresholds.batch)
    with errors_in_one_line(), batch_progress(quiet) as observer:
        try:
            result = run_batch(
                sources, out, wanted, makes, observer, recursive=recursive, fresh=fresh, time_limit_s=limit_s
            )
        except SettingsError as error:
            raise typer.BadParameter(str(error), param_hint="FOLDER") from error
        except KeyboardInterrupt:
            say("stopped; run the same command again to go on", to_stderr=True)
            raise typer.Exit(STOPPED) from None
    _tell(result, out, quiet)
    raise typer.Exit(FAILED if result.failed else DONE)


def _index(out: Path, quiet: bool) -> None:
    from motionscan.batch_index import index_folder
    from motionscan.outputs.terminal import say

    with errors_in_one_line():
        told = index_folder(out)
    if not quiet:
        say(f"{told.videos} videos, {told.findings} findings, {told.failed} failed [{out / 'index.html'}]")


def _limit(text: str | None) -> float | None:
    from motionscan.times import parse_length

    try:
        return None if text is None else parse_length(text)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--time-limit") from error


def _engine(name: str, jobs: int | None, scheduler: str | None, out: Path, settings: "BatchSettings") -> "MakeEngine":
    count = jobs or _processors()
    if name == "local":
        from motionscan.batching.local import LocalEngine

        return lambda observer: LocalEngine(count, observer, settings.tries)
    try:
        from motionscan.batching.cluster import DaskEngine
    except ImportError as error:
        words = "is not installed; run: pip install 'motionscan[cluster]'"
        raise typer.BadParameter(words, param_hint="--engine dask") from error
    from motionscan.batching.ledger import FOLDER

    marks = out.absolute() / FOLDER / "begun"
    return lambda observer: DaskEngine(scheduler, count, marks, observer, settings.tries)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(result: "BatchResult", out: Path, quiet: bool) -> None:
    from motionscan.outputs.terminal import say

    if quiet:
        return
    skipped = f", {result.skipped} other files left out" if result.skipped else ""
    say(
        f"{result.videos} videos ({result.new} scanned now{skipped}), {result.findings} findings, "
        f"{result.failed} failed [{out / 'index.html'}]"
    )
