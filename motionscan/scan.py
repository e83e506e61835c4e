"""One recorded video, start to finish: measure, judge, and write what people get."""

import inspect
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from motionscan.analysis.analyse import analyse
from motionscan.body import Side
from motionscan.covering import Faces, frames_with_heads, off_legs
from motionscan.following import in_picture
from motionscan.marks import Mark
from motionscan.outputs.clip import ClipOverlay
from motionscan.outputs.folder import result_folder
from motionscan.outputs.names import folder_names
from motionscan.outputs.software import software_block
from motionscan.outputs.summary import Summary, build_summary, write_summary
from motionscan.outputs.tables import write_events_csv, write_signals_csv
from motionscan.pose.models import ensure_model, identify_model
from motionscan.progress import ProgressObserver, report
from motionscan.records import Analysis, FloatArray, Frame, Head, Motion
from motionscan.settings import Settings
from motionscan.video.reader import VideoReader
from motionscan.video.writer import VideoWriter
from motionscan.ways import Told, measure


def scan_video(
    video: Path,
    out: Path | None = None,
    *,
    settings: Settings | None = None,
    model: str = "full",
    clip: bool = True,
    start_s: float | None = None,
    end_s: float | None = None,
    observer: ProgressObserver | None = None,
    folder_name: str | None = None,
    marks: Sequence[Mark] = (),
    with_pose: bool = False,
    side: Side | None = None,
    mirrored: bool = False,
    faces: Faces = "hide",
    deidentify: bool = False,
) -> Summary:
    """Say how the legs in a video move.

    Args:
        video: the file.
        out: folder in which the video gets a folder of its own; None writes nothing.
        settings: thresholds; the defaults when None.
        model: pose model, ``lite``, ``full`` or ``heavy``.
        clip: whether to write the annotated video as well.
        start_s: begin here.
        end_s: stop here.
        observer: is told after every picture how far the work is.
        folder_name: name of the video's folder; made from the file's name when None.
        marks: regions marked by hand, used as they are in the first picture.
        with_pose: look for a body as well; otherwise marked regions are followed instead of one.
        side: the leg that is filmed, or nearer to the camera; used where sides cannot be told.
        mirrored: the picture is mirrored, as selfie cameras do.
        faces: whether faces in the annotated video are made unrecognisable (``hide``) or kept (``show``).
        deidentify: leave out sound and the time of recording as well.

    Returns:
        The summary, as it stands in ``summary.json``.

    Raises:
        SettingsError: a marked region does not lie in the picture.
        MotionscanError: the video, the model or the output folder cannot be used; the message says what to do.
    """
    settings = settings or Settings()
    timings_s: dict[str, float] = {}
    with VideoReader(video, settings.video, start_s, end_s) as reader:
        info = replace(reader.info, recorded_at=None) if deidentify else reader.info
        marked = in_picture(marks, info, settings.motion)
        model_path = None if marked and not with_pose else ensure_model(model)
        with _timed("measure", timings_s):
            measured = measure(reader, model_path, settings, observer, Told(side, mirrored, marked))
        motion = measured.motion
        with _timed("judge", timings_s):
            analysis = analyse(motion, settings.analysis)
        identity = identify_model(model_path) if model_path else None
        software = software_block(identity.name, identity.sha256) if identity else software_block()

        def summary() -> Summary:
            return build_summary(
                info,
                len(motion.t_s),
                span_s(motion),
                reader.damage,
                analysis,
                motion.view,
                measured.ways,
                settings,
                software,
                timings_s,
                options=_asked(
                    start_s=start_s,
                    end_s=end_s,
                    side=side,
                    mirrored=mirrored,
                    regions=[m.name for m in marks],
                    with_pose=with_pose,
                    clip=clip,
                    faces=faces,
                    deidentify=deidentify,
                ),
            )

        if out is None:
            return summary()
        with result_folder(out, folder_name or folder_names([video])[0]) as folder:
            write_events_csv(analysis, folder / "events.csv")
            write_signals_csv(motion, analysis, folder / "signals.csv")
            if clip:
                found_by = (model_path or ensure_model(model)) if faces == "hide" else None
                sound_from = None if deidentify or not info.has_audio else video
                with _timed("clip", timings_s), frames_with_heads(reader, found_by, settings) as frames:
                    target = folder / "annotated.mp4"
                    draw_clip(frames, target, reader, motion, analysis, settings, sound_from, observer)
            finished = summary()
            write_summary(finished, folder / "summary.json")
    return finished


def draw_clip(
    frames: Iterable[tuple[Frame, tuple[Head, ...]]],
    target: Path,
    reader: VideoReader,
    motion: Motion,
    analysis: Analysis,
    settings: Settings,
    sound_from: Path | None = None,
    observer: ProgressObserver | None = None,
) -> None:
    """Write the video with what was found drawn on it and heads covered; times are kept, and sound where given."""
    overlay = ClipOverlay(motion, analysis, settings.clip, settings.faces)
    start_s, end_s = float(motion.t_s[0]), float(motion.t_s[-1]) + _usual_step_s(motion)
    with VideoWriter(
        target,
        overlay.width_px,
        overlay.height_px,
        settings.clip,
        rate_hint_hz=analysis.frame_rate_hz or reader.info.nominal_rate_hz,
        audio_from=sound_from,
        audio_start_s=start_s,
        audio_end_s=end_s,
        colour=reader.colour,
    ) as writer:
        for frame, heads in frames:
            if frame.t_s >= end_s:
                break
            index = _nearest(motion.t_s, frame.t_s)
            y, u, v = overlay.draw(frame.planes(), index, off_legs(heads, motion.landmarks_px[index]))
            writer.write(y, u, v, frame.t_s - start_s)
            report(observer, "clip", frame.index, frame.t_s, reader.info.declared_duration_s)


def _asked(**options: Any) -> dict[str, Any]:
    """The options that are not the defaults of ``scan_video``, so that the same can be asked again."""
    defaults = {name: one.default for name, one in inspect.signature(scan_video).parameters.items()} | {"regions": []}
    return {name: value for name, value in options.items() if value != defaults[name]}


def _nearest(times_s: FloatArray, t_s: float) -> int:
    """Place of the time nearest to ``t_s``: a picture that was not measured is drawn like its neighbour."""
    after = int(np.searchsorted(times_s, t_s))
    near = range(max(0, after - 1), min(after, len(times_s) - 1) + 1)
    return min(near, key=lambda place: abs(float(times_s[place]) - t_s))


def _usual_step_s(motion: Motion) -> float:
    """Mean time from one picture to the next: how long the last one is shown."""
    count = len(motion.t_s)
    return float(motion.t_s[-1] - motion.t_s[0]) / (count - 1) if count > 1 else 0.0


def span_s(motion: Motion) -> float:
    """From the first measured picture to the end of the last one."""
    return float(motion.t_s[-1] - motion.t_s[0]) + _usual_step_s(motion)


@contextmanager
def _timed(stage: str, timings_s: dict[str, float]) -> Iterator[None]:
    start_s = time.perf_counter()
    yield
    timings_s[stage] = time.perf_counter() - start_s
