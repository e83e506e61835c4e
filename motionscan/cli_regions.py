"""The options and the command for regions marked by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionscan.cli_shared import errors_in_one_line
from motionscan.errors import SettingsError

if TYPE_CHECKING:
    from motionscan.marks import Mark
    from motionscan.records import ByteArray


def marks_of_options(texts: list[str], path: Path | None) -> "tuple[Mark, ...]":
    """What ``--region`` and ``--region-file`` say together.

    Raises:
        typer.BadParameter: one of them is wrong.
    """
    from motionscan.marks import all_different, load_marks, parse_mark

    try:
        from_file = load_marks(path) if path else ()
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--region-file") from error
    try:
        return all_different((*map(parse_mark, texts), *from_file))
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--region") from error


def pick(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="A video of legs or feet.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE.json", help="Region file; VIDEO.regions.json if not given."),
    ] = None,
    names: Annotated[
        list[str] | None, typer.Option("--name", metavar="NAME", help="What to draw in the window; left_foot, toe, ...")
    ] = None,
    cells: Annotated[
        list[str] | None, typer.Option(metavar="NAME=12,13", help="Cells of the grid picture that hold a region.")
    ] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Write the numbered grid picture even with a display.")] = False,
) -> None:
    """Mark regions in the first picture and save them for: scan --region-file.

    With a display a window opens; without one a numbered grid picture is written, whose cells --cells names.
    """
    from motionscan.marks import write_marks
    from motionscan.pick import first_picture
    from motionscan.settings import VideoSettings

    target = out or Path(f"{video.stem}.regions.json")
    with errors_in_one_line():
        picture = first_picture(video, VideoSettings())
        try:
            marks = _picked(picture, video, target, names or ["region_1"], cells or [], grid)
        except SettingsError as error:
            raise typer.BadParameter(str(error), param_hint="--cells") from error
        if marks:
            write_marks(marks, target)
            typer.echo(f"{target}: {', '.join(mark.name for mark in marks)}; use it with: scan --region-file {target}")


def _picked(
    picture: "ByteArray", video: Path, target: Path, names: list[str], cells: list[str], grid: bool
) -> "tuple[Mark, ...]":
    """What was chosen; nothing when only the grid picture was written."""
    from motionscan.display import can_open_window
    from motionscan.pick import choose_in_window, marks_of_cells, write_grid

    if cells:
        return marks_of_cells(cells, picture.shape[1], picture.shape[0])
    if not grid and can_open_window():
        marks = choose_in_window(picture, names)
        if not marks:
            typer.echo("no region was drawn; nothing was written", err=True)
        return marks
    image = target.with_suffix(".png")
    write_grid(picture, image)
    typer.echo(
        f"{image}: look up the numbers of the cells, then: motionscan pick {video.name} --cells {names[0]}=12,13"
    )
    return ()
