"""A folder of videos: find them, do what is missing, and tell of all of them together."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from motionscan.batch_index import Told, write_index
from motionscan.batching.discovery import Found, discover
from motionscan.batching.ledger import Content, Ledger, sole_run
from motionscan.batching.tasks import CHANGED, TOOK_TOO_LONG, Failure, Limits, Outcome, Task
from motionscan.covering import Faces
from motionscan.errors import InputError
from motionscan.outputs.batch_tables import PART_PREFIX
from motionscan.outputs.folder import remove_leftovers
from motionscan.outputs.names import safe_name
from motionscan.outputs.software import motionscan_version
from motionscan.pose.models import ensure_model
from motionscan.progress import BatchObserver
from motionscan.settings import Settings

_HASH_DIGITS: Final = 12
"""Of a content's hash in the name of its folder: among 100,000 videos two are alike once in 50,000 batches."""


class Engine(Protocol):
    """Whoever gets tasks done."""

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Do the tasks, begun in about the given order; each comes back once, with its outcome, when it ends."""
        ...


MakeEngine = Callable[[BatchObserver], AbstractContextManager[Engine]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made of each video; a change of any of it makes results anew."""

    settings: Settings = field(default_factory=Settings)
    model: str = "full"
    clip: bool = True
    side: str | None = None
    mirrored: bool = False
    faces: Faces = "hide"
    deidentify: bool = False

    def options(self) -> dict[str, Any]:
        """What ``scan_video`` is called with, beside the settings."""
        names = ("model", "clip", "side", "mirrored", "faces", "deidentify")
        return {name: getattr(self, name) for name in names}

    def recipe(self) -> str:
        """A hash of all that a result depends on beside the video: settings, options and version."""
        settings = self.settings.model_dump(mode="json", exclude={"batch"})
        parts = {"settings": settings, "version": motionscan_version(), **self.options()}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a batch ended."""

    videos: int
    """Files that were found."""
    skipped: int
    """Files left out because they are no videos."""
    new: int
    """Contents that were scanned now."""
    failed: int
    """Files without a result."""
    findings: int


def run_batch(
    sources: Sequence[str],
    out: Path,
    wanted: Wanted,
    make_engine: MakeEngine,
    observer: BatchObserver,
    *,
    recursive: bool = False,
    fresh: bool = False,
    time_limit_s: float | None = None,
) -> BatchResult:
    """Scan what is not scanned yet, and write tables and page.

    Args:
        sources: folders, files and patterns.
        out: gets a folder for each content, the tables and the page.
        time_limit_s: for one video; that of the settings when None.

    Raises:
        SettingsError: a source is not there.
        OutputError: ``out`` cannot be written, or another run writes there.
        ModelError: there is no pose model.
    """
    out = out.absolute()
    finds = discover(sources, out, recursive=recursive)
    observer.found(len(finds.videos), finds.skipped)
    with sole_run(out), Ledger(out) as ledger:
        _tidy(out)
        try:
            with make_engine(observer) as engine:
                plan = _Plan(out, wanted, time_limit_s, fresh, wanted.settings.model_dump(mode="json"))
                _look(finds.videos, ledger, engine, observer, plan)
                new = _scan_missing(ledger, engine, observer, plan)
        finally:
            _tidy(out)
            rows = write_index(out, ledger.names(), ledger.contents())
    files = {one.file for one in finds.videos}
    told = Told.of([row for row in rows if row.file in files])
    return BatchResult(len(finds.videos), finds.skipped, new, told.failed, told.findings)


def _tidy(out: Path) -> None:
    """Remove what runs and processes that were killed have left."""
    remove_leftovers(out)
    for part in out.glob(f"{PART_PREFIX}*"):
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    out: Path
    wanted: Wanted
    time_limit_s: float | None
    fresh: bool
    settings: dict[str, Any]
    """Thresholds as JSON, shared by all tasks."""

    def limit_s(self, content: Content) -> float:
        batch = self.wanted.settings.batch
        return self.time_limit_s or max(batch.time_limit_s, batch.time_limit_lengths * content.length_s)


def _look(found: Sequence[Found], ledger: Ledger, engine: Engine, observer: BatchObserver, plan: _Plan) -> None:
    """Learn the content of every file that is new or has changed."""
    known, unknown = ledger.known(found)
    by_path = {str(one.path): one for one in unknown}
    for one in unknown:
        if one.problem is not None:
            ledger.note_file(one, None, 0.0, one.problem)
    batch = plan.wanted.settings.batch
    limits = Limits(batch.time_limit_s, batch.memory_bytes)
    tasks = [
        Task("look", path, {"settings": plan.settings}, limits) for path, one in by_path.items() if not one.problem
    ]
    observer.planned("look", len(known), [0.0] * len(tasks))
    for task, outcome in engine.run(tasks):
        observer.ended(task.video, 0.0, 0, None)
        one = by_path[task.video]
        if outcome.answer is not None:
            ledger.note_file(one, outcome.answer["sha256"], outcome.answer["length_s"], None)
        elif outcome.failure is not None:
            ledger.note_file(one, None, 0.0, outcome.failure.reason)


def _scan_missing(ledger: Ledger, engine: Engine, observer: BatchObserver, plan: _Plan) -> int:
    """Scan every content of this run that has no result of this recipe; how many these were."""
    recipe = plan.wanted.recipe()
    path_of = {sha256: path for path, sha256 in sorted(ledger.paths().items(), reverse=True)}
    if plan.fresh:
        ledger.forget_results(path_of)
    contents = ledger.contents()
    missing = [contents[sha256] for sha256 in path_of if not _is_settled(contents[sha256], recipe, plan)]
    missing.sort(key=lambda content: -content.length_s)
    tasks = [_scan_task(content, path_of[content.sha256], plan) for content in missing]
    observer.planned("scan", len(path_of) - len(tasks), [task.length_s for task in tasks])
    if tasks:
        ensure_model(plan.wanted.model)
    for task, outcome in engine.run(tasks):
        failure = _note(task, outcome, ledger, recipe)
        findings = outcome.answer["findings"] if outcome.answer else 0
        observer.ended(task.video, task.length_s, findings, failure.reason if failure else None)
    return len(tasks)


def _is_settled(content: Content, recipe: str, plan: _Plan) -> bool:
    """Whether doing it again would give the same: its result stands there, or it failed for its own reasons."""
    if content.recipe != recipe:
        return False
    if content.failure is None:
        return content.folder is not None and (plan.out / content.folder / "summary.json").is_file()
    if content.failure.code == TOOK_TOO_LONG:
        return content.limit_s is not None and plan.limit_s(content) <= content.limit_s
    return content.failure.code in _OWN_REASONS


def _codes(kind: type[InputError]) -> Iterable[str]:
    yield kind.code
    for child in kind.__subclasses__():
        yield from _codes(child)


_OWN_REASONS: Final = frozenset(_codes(InputError))
"""Failures that lie in the content of the video; what died or found no disk may do better next time."""


def _scan_task(content: Content, path: bytes, plan: _Plan) -> Task:
    video = os.fsdecode(path)
    folder = content.folder or f"{safe_name(Path(video).stem)}-{content.sha256[:_HASH_DIGITS]}"
    request = {
        "out": str(plan.out),
        "folder": folder,
        "settings": plan.settings,
        "options": plan.wanted.options(),
        "sha256": content.sha256,
    }
    limits = Limits(plan.limit_s(content), plan.wanted.settings.batch.memory_bytes)
    return Task("scan", video, request, limits, content.length_s)


def _note(task: Task, outcome: Outcome, ledger: Ledger, recipe: str) -> Failure | None:
    """Have the ledger say what became of a scan; why it failed, if it did."""
    sha256, folder = task.request["sha256"], task.request["folder"]
    failure = outcome.failure
    if outcome.answer is not None and outcome.answer["sha256"] != sha256:
        failure = Failure(CHANGED, "was changed while the batch ran; run it again")
    if failure is None:
        ledger.note_done(sha256, recipe, folder)
    else:
        ledger.note_failed(sha256, recipe, folder, failure, task.limits.time_s)
    return failure
