"""What all commands share: exit codes and the way a failure is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

from motionscan.errors import MotionscanError

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
