"""The commands for the pose models."""

from typing import Annotated, Literal, get_args

import typer

from motionscan.cli_shared import DONE, FAILED, errors_in_one_line

ModelName = Literal["lite", "full", "heavy"]

models_app = typer.Typer(no_args_is_help=True, help="The pose models: which are here, fetch them, check them.")


@models_app.command("list")
def models_list() -> None:
    """Show every model and whether a good file of it is here."""
    from motionscan.pose.models import list_models

    for status in list_models():
        typer.echo(f"{status.name:6} {status.state:8} {status.path or '-'}  ({status.about}; {status.licence})")


@models_app.command("fetch")
def models_fetch(
    names: Annotated[list[str] | None, typer.Argument(help="lite, full or heavy; full when none is named.")] = None,
) -> None:
    """Fetch models that are not here yet; a good file is kept."""
    from motionscan.outputs.terminal import count_progress
    from motionscan.pose.models import fetch_model

    for name in names or ["full"]:
        if name not in get_args(ModelName):
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(get_args(ModelName))}", param_hint="NAMES")
        with errors_in_one_line(), count_progress(f"model {name}", "bytes", wanted=True) as observer:
            path = fetch_model(name, observer)
        typer.echo(f"{name}: {path}")


@models_app.command("verify")
def models_verify() -> None:
    """Check the hash of every model file that is here; exit code 1 when one is damaged or none is here."""
    from motionscan.pose.models import verify_models

    statuses = verify_models()
    for status in statuses:
        typer.echo(f"{status.name:6} {status.state:8} {status.path}")
    if not statuses:
        typer.echo("no model is here yet; run: motionscan models fetch", err=True)
    good = statuses and all(status.state == "ready" for status in statuses)
    raise typer.Exit(DONE if good else FAILED)
