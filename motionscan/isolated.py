"""One video scanned in a process of its own: a decoder that crashes or hangs costs one line, not the run."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from motionscan.batching.supervisor import Nest
from motionscan.batching.tasks import Limits, Task
from motionscan.errors import ProcessError
from motionscan.outputs.batch_rows import NoSummary, read_summary
from motionscan.outputs.folder import remove_leftovers
from motionscan.outputs.summary import Summary
from motionscan.settings import Settings


def scan_isolated(video: Path, out: Path, folder_name: str, settings: Settings, **options: Any) -> Summary:
    """``scan_video`` in a process with limits of memory and time (``batch.memory_bytes``, ``batch.time_limit_s``).

    Args:
        options: what ``scan_video`` takes beside these, without an observer.

    Raises:
        ProcessError: the process said why it failed, died, or reached a limit.
    """
    out = out.absolute()
    options["marks"] = [asdict(mark) for mark in options.get("marks", ())]
    request = {"out": str(out), "folder": folder_name, "settings": settings.model_dump(mode="json"), "options": options}
    limits = Limits(settings.batch.time_limit_s, settings.batch.memory_bytes)
    nest = Nest()
    try:
        outcome = nest.ask(Task("one", str(video.absolute()), request, limits))
    finally:
        nest.close()
        if out.is_dir():
            remove_leftovers(out)
    if outcome.failure is not None:
        raise ProcessError(outcome.failure.reason)
    try:
        return read_summary(out / folder_name)
    except NoSummary as error:
        raise ProcessError(str(error)) from error
