"""A camera, a stream or a file watched as it goes: measure, judge the last seconds, keep what happened."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from motionscan.analysis.followup import Change
from motionscan.errors import MotionscanError, NoFrames
from motionscan.live_finishing import Run
from motionscan.live_following import Follower
from motionscan.live_judging import Judge
from motionscan.live_keeping import Keeper
from motionscan.live_keys import Keys
from motionscan.live_looking import Looks
from motionscan.live_memory import give_back
from motionscan.live_parts import LOG, SUMMARY, LiveOptions, Pictures, View, info_of, make_folder
from motionscan.live_summing import summed_up, write_whole
from motionscan.motion.pieces import cut
from motionscan.outputs.journal import Journal
from motionscan.outputs.software import software_block
from motionscan.outputs.summary import Summary, rounded
from motionscan.pose.models import ensure_model, identify_model
from motionscan.pose.worker import PoseWorker
from motionscan.records import Frame
from motionscan.settings import Settings
from motionscan.video.camera import Capture, Opened, PictureSource
from motionscan.video.recorder import Recorder

Observer = Callable[[dict[str, Any]], None]
"""Is told everything that goes into the log, one entry after the other; must not wait."""


class Live:
    """One run. ``run`` measures until the source ends or ``stop`` is called; other threads may look and press keys.

    Args:
        source: what to watch.
        out: folder of the run; it must not hold another one.
        settings: thresholds.
        options: how to watch.
        observer: is told what goes into the log.

    Raises:
        MotionscanError: the folder cannot be used, or there is no model.
    """

    def __init__(
        self, source: PictureSource, out: Path, settings: Settings, options: LiveOptions, observer: Observer
    ) -> None:
        self._source = source
        self._out = out
        self._settings = settings
        self._options = options
        self._observer = observer
        self._model_path = ensure_model(options.model)
        identity = identify_model(self._model_path)
        self._software = software_block(identity.name, identity.sha256)
        self._started = datetime.now(UTC).astimezone()
        make_folder(out)
        self._log = Journal(out / LOG)
        self._looks: Looks
        self._keeper = Keeper(out, options.keeping, settings.live, self._say)
        self._capture = Capture(source, settings.live, self._say)
        self._run: Run
        self._follower: Follower | None = None
        self._ready: PoseWorker | None = None
        self._recorder: Recorder | None = None
        self._keys = Keys(self._keeper, self._tell)
        self._view: View | None = None
        self._view_wanted = threading.Event()
        self._now_s = 0.0
        self._count = 0
        self._handed = 0
        self._rate_told = False
        self._silent_told = False
        self._log_failed = False
        self.summary: Summary | None = None

    # ------------------------------------------------------------ from other threads
    def stop(self) -> None:
        """End the run; what was begun is finished."""
        self._capture.stop()

    def press(self, key: str) -> None:
        """Hand over a key: ``felt``, ``touched``, ``still``, ``record`` or ``pause``."""
        self._keys.press(key)

    def view(self) -> View | None:
        """The newest moment; asks for the next one."""
        self._view_wanted.set()
        return self._view

    def watch_over(self) -> None:
        """Notice that the source is silent; to be called now and then."""
        silent = self._capture.silent_s > self._settings.live.stall_s and self._capture.connected
        if silent and not self._silent_told:
            self._tell("stalled", said=f"{self._source.name}: no picture for {self._capture.silent_s:.0f} s")
        self._silent_told = silent

    # ------------------------------------------------------------ the run
    def run(self) -> Summary:
        """Watch until the end, and sum up.

        Raises:
            MotionscanError: the source can never be used, or the summary cannot be written.
        """
        self._tell("start", source=self._source.name, started_at=self._started.isoformat(timespec="milliseconds"))
        error: MotionscanError | None = None
        with self._log:
            with Judge(self._settings.analysis) as judge, ExitStack() as stack:
                self._looks = Looks(judge, self._settings, self._options.window_s, self._heed_change)
                try:
                    self._ready = stack.enter_context(PoseWorker(self._model_path, self._settings.pose))
                    self._ready.in_network_namespace()  # is known once it is ready
                    with self._capture:
                        self._watch()
                    self._looks.finish(self._now_s)
                except MotionscanError as failure:
                    error = failure
                    self._tell("failed", said=str(failure))
            if not self._count:
                self._keeper.clean()
                raise error or NoFrames(f"{self._source.name}: no picture came, so there is nothing to sum up")
            summary = self._sum_up()
            if error is not None:
                raise error
        return summary

    def _watch(self) -> None:
        """Pictures of one size after another."""
        items = Pictures(self._capture.frames())
        while (opened := items.next_size()) is not None:
            size = (opened.width_px, opened.height_px)
            keep_s = self._options.keeping.pre_s
            with ExitStack() as stack:
                if self._options.keeping.record != "none":
                    self._recorder = stack.enter_context(
                        Recorder(
                            size, opened.rate_hz, keep_s, self._settings.clip, self._settings.live, self._keeper.ended
                        )
                    )
                self._keeper.begin(self._run_of(opened), self._recorder)
                self._follower = Follower(
                    size,
                    self._model_path,
                    self._settings,
                    self._options.told,
                    self._say,
                    self._boundary,
                    self._ready,
                    waits=self._source.waits,
                )
                self._ready = None
                for frame in self._follower.follow(self._heeding_keys(items.of_this_size())):
                    self._measured(frame)
                self._boundary()
                self._keeper.close_episode(self._now_s, self._told())
            self._recorder = None
            self._keeper.release()

    def _heeding_keys(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The pictures that are to be measured: those of a pause are not."""
        last_s = -float("inf")
        for frame in frames:
            self._keys.heed(frame.t_s)
            if not self._keys.paused and frame.t_s > last_s:
                last_s = frame.t_s
                self._handed += 1
                yield frame

    def _measured(self, frame: Frame) -> None:
        """One picture was measured."""
        assert self._follower is not None
        live, self._now_s = self._settings.live, frame.t_s
        self._count += 1
        if self._recorder is not None:
            self._recorder.push(frame)
        self._looks.take()
        if self._looks.due(frame.t_s):
            self._looks.look(self._follower.motion(), frame.t_s)
            self._looks.take(wait=self._source.waits)
        if frame.t_s - self._keeper.spilled_s >= live.piece_s:
            self._spill()
            self._keep_up()
        if not self._rate_told and self._count > 2 / live.look_s and (rate := self._capture.rate_hz):
            self._rate_told = True
            self._tell("rate", rate_hz=rate)
        self._keeper.tick(frame.t_s, busy=bool(self._looks.current) or self._keys.held, told=self._told())
        if self._view_wanted.is_set():
            self._view_wanted.clear()
            self._view = self._seen(frame)

    def _keep_up(self) -> None:
        """Forget what is on the disk and older than the window; have long runs judged in stretches."""
        assert self._follower is not None
        self._follower.forget_before(min(self._now_s - self._options.window_s, self._keeper.spilled_s))
        give_back()
        if self._keeper.stretch_is_long(self._now_s):
            self._keeper.close_stretch(self._keeper.spilled_s - self._options.keeping.pre_s)

    def _heed_change(self, change: Change) -> None:
        finding = change.finding
        if change.kind != "closed":
            self._keeper.active(finding.region, finding.start_s, finding.end_s)
        self._tell(change.kind, finding=asdict(rounded(finding)), late_s=self._now_s - finding.end_s)

    def _say(self, kind: str, words: str) -> None:
        self._tell(kind, said=words)

    # ------------------------------------------------------------ keeping
    def _spill(self) -> None:
        assert self._follower is not None
        motion = cut(self._follower.motion(), self._keeper.next_s, float("inf"))
        self._keeper.spill(motion)

    def _boundary(self) -> None:
        """What comes next is measured in another way: end what was begun."""
        if not self._count:
            return
        self._looks.take(wait=True)
        self._spill()
        self._keeper.close_episode(self._now_s, self._told())
        self._keeper.close_stretch(self._now_s + 1e-6)

    def _told(self) -> dict[str, Any]:
        ways = self._follower.ways if self._follower else ()
        return {"ways": tuple(ways), "dropped": self._capture.dropped, "reconnects": self._capture.reconnects}

    def _sum_up(self) -> Summary:
        """Finish the folders, then write the summary of the run."""
        if self._keeper.pending:
            self._tell("finishing", said="finishing: judging and drawing what was recorded")
        while self._keeper.pending:
            self._keeper.finish_one(0.2)
        ways = tuple(self._follower.ways) if self._follower else ()
        summary = summed_up(
            self._keeper.results,
            self._run,
            ways,
            tuple(self._keys.marks),
            dropped=self._lost,
            reconnects=self._capture.reconnects,
        )
        write_whole(summary, self._out / SUMMARY, make_room=self._keeper.clean)
        self._keeper.clean()
        self._tell(
            "end",
            duration_s=self._now_s,
            pictures=self._count,
            dropped=self._lost,
            reconnects=self._capture.reconnects,
            said=summary.sentence,
        )
        self.summary = summary
        return summary

    @property
    def _lost(self) -> int:
        """Pictures that came too fast, and those that waited for a pose when the way was changed."""
        return self._capture.dropped + self._handed - self._count

    def _run_of(self, opened: Opened) -> Run:
        info, started_at = info_of(self._source, opened, self._started), self._started.isoformat(timespec="seconds")
        heads_by = self._model_path if self._options.faces == "hide" else None
        self._run = Run(info, started_at, self._settings, self._software, heads_by)
        return self._run

    # ------------------------------------------------------------ telling
    def _tell(self, event: str, **more: Any) -> None:
        """Put one entry into the log and hand it to the observer."""
        of_pictures = self._source.own_clock or event in ("opened", "updated", "closed", "mark")
        t_s = self._now_s if of_pictures else self._capture.clock()
        time_now = datetime.now(UTC).astimezone().isoformat(timespec="milliseconds")
        entry = {"event": event, "t_s": t_s, "at": time_now, "dropped": self._capture.dropped} | more
        entry = {key: rounded(value, key) for key, value in entry.items()}
        if not self._log.write(entry) and not self._log_failed:
            self._log_failed = True
            self._observer({"event": "disk", "t_s": t_s, "said": f"{LOG} cannot be written: {self._log.failed}"})
        self._observer(entry)

    def _seen(self, frame: Frame) -> View:
        assert self._follower is not None
        motion, analysis = self._looks.judged or (None, None)
        return View(
            frame=frame,
            now=self._follower.last(),
            motion=motion,
            analysis=analysis,
            findings=tuple(self._looks.current.values()),
            marks=tuple(self._keys.marks[-20:]),
            rate_hz=self._capture.rate_hz,
            dropped=self._capture.dropped,
            recording=self._keeper.recording,
            paused=self._keys.paused,
        )
