"""What all commands share: exit codes and the way a failure is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from motionscan.errors import MotionscanError, SettingsError

if TYPE_CHECKING:
    from motionscan.settings import Settings

DONE, FAILED, WRONG_USE, STOPPED, TERMINATED = 0, 1, 2, 130, 143
EXIT_CODES = (
    "Exit codes: 0 done, 1 a video failed (the others are still done), 2 wrong use, 130 stopped with Ctrl-C. "
    "Describes movement, not a diagnosis."
)

FacesOption = Annotated[
    Literal["hide", "show"], typer.Option(help="Faces in pictures that are written: made unrecognisable, or kept.")
]
DeidentifyOption = Annotated[
    bool, typer.Option("--deidentify", help="Leave out sound and the time of recording as well.")
]


def check_faces(faces: str, deidentify: bool) -> None:
    """Refuse what contradicts itself."""
    if deidentify and faces == "show":
        raise typer.BadParameter("--deidentify hides faces; leave one of them out", param_hint="--faces show")


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """End the command with exit code 1 and one line when it fails."""
    try:
        yield
    except MotionscanError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from error


def time_of(text: str | None, option: str) -> float | None:
    """Seconds of a time that an option was given; None where it was not.

    Raises:
        typer.BadParameter: it is no time.
    """
    from motionscan.times import parse_time

    try:
        return None if text is None else parse_time(text)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def settings_of(path: Path | None) -> "Settings":
    """The settings in a file, or the defaults.

    Raises:
        typer.BadParameter: the file cannot be used.
    """
    from motionscan.settings import Settings, load_settings

    try:
        return Settings() if path is None else load_settings(path)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--settings") from error
