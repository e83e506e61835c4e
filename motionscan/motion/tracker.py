"""The tracker: pictures and poses in, one after another; ``Motion`` out."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import replace

import cv2
import numpy as np

from motionscan.body import LANDMARKS, Source, View
from motionscan.motion.body_layout import BODY_LAYOUT, place_body
from motionscan.motion.camera_notes import camera_notes
from motionscan.motion.flow import Picture, prepare, window_px
from motionscan.motion.layout import MarkedRegion, Placement, first_lattice_px
from motionscan.motion.marked_layout import carried, marked_layout, place_marked, within
from motionscan.motion.noise import noise_floors, with_own_jitter
from motionscan.motion.points import choose_points
from motionscan.motion.quarters import QUARTERS
from motionscan.motion.reference import CLUSTERS, Displacement, Reading, Reference
from motionscan.motion.repeats import repeated_pictures
from motionscan.motion.rows import Row, stacked
from motionscan.motion.shrinking import nearness_factor, shrink_factor, shrunk
from motionscan.motion.skin_fields import field_count, patch_count
from motionscan.motion.straying import Straying
from motionscan.records import BodyPose, BoolArray, ByteArray, FloatArray, Frame, Motion, RegionMotion
from motionscan.settings import MotionSettings

THUMBNAIL_STEP = 8
"""Every eighth pixel of every eighth row of 1080 lines shows brightness and repeated pictures well enough."""


class Tracker:
    """Follows camera, legs and skin through a video, against a reference picture that is kept while it serves.

    ``push`` every picture in order, with its pose where there is one; ``finish`` gives what was measured so far
    and may be called again later. With ``marked`` regions (at least one) it follows these instead of a body: they are
    placed in the first picture and carried along by their own measured movement.
    """

    def __init__(
        self, width_px: int, height_px: int, settings: MotionSettings, marked: tuple[MarkedRegion, ...] = ()
    ) -> None:
        self._size = (width_px, height_px)
        self._settings = settings
        self._whole_shrink = self._shrink = shrink_factor(width_px, height_px, settings)
        self._marked = marked
        self._layout = marked_layout(marked, settings) if marked else BODY_LAYOUT
        self._references: list[Reference] = []
        self._renewed_s: list[float] = []
        self._guess_px: FloatArray = np.empty((0, 2))
        self._start = Displacement.filled(0, self._layout)
        self._last = Displacement.filled(0, self._layout)
        self._most_kept: FloatArray = np.zeros(self._layout.size + 1)
        self._straying = Straying(settings)
        self._missing = 0
        self._checked_s = -np.inf
        self._strips_s = -np.inf
        self._seen_s: FloatArray = np.full(self._layout.size, -np.inf)
        self._view: View | None = None
        self._source: Source | None = None
        self._thumbnail: ByteArray | None = None
        self._rows: list[Row] = []
        self._taken_s: list[float] = []

    def push(self, frame: Frame, pose: BodyPose | None) -> None:
        """Measure one picture; ``pose`` when this picture was looked at for the body."""
        if pose is not None and not self._references:
            self._shrink = self._whole_shrink * nearness_factor(pose.legs_px / self._whole_shrink, self._settings)
        small = shrunk(frame.luma, self._shrink)
        picture = Picture(small, prepare(small, self._settings))
        reading = self._measure(picture, frame.t_s)
        if self._marked:
            reading = self._heed_marks(picture, frame.t_s, reading)
        elif pose is not None:
            reading = self._heed_pose(picture, pose, reading)
        self._rows.append(self._row(frame, reading))

    def _measure(self, picture: Picture, t_s: float) -> Reading | None:
        if not self._references:
            return None
        reference = self._references[-1]
        found, good = reference.found_in(picture.even, self._guess_px)
        with_strips = t_s - self._strips_s >= self._settings.strip_interval_s
        if with_strips:
            self._strips_s = t_s
        reading = reference.read(picture, found, good, with_strips)
        self._guess_px = reference.next_guess(reading, found, good, self._guess_px)
        self._most_kept = np.maximum(self._most_kept, reading.kept)
        return reading

    def _heed_pose(self, picture: Picture, pose: BodyPose, reading: Reading | None) -> Reading | None:
        """Note which regions the pose confirms, and take a new reference picture where the old one fails."""
        followed = () if reading is None else np.flatnonzero(reading.kept[:-1] >= self._settings.min_kept_fraction)
        placement = self._placed(pose, picture, followed)
        self._view = self._view or pose.view
        self._source = self._source or pose.source
        if placement is None:
            return reading
        seen = self._seen(placement, pose.t_s)
        if reading is not None and not self._points_lost(seen):
            self._straying.add(reading.landmarks_px, placement.landmarks_px)
            offset_px = self._straying.offset_px()
            agreed_px = (reading.landmarks_px + offset_px) * self._shrink
            agreed = replace(pose, legs_px=np.where(np.isfinite(agreed_px), agreed_px, pose.legs_px))
            placement = self._placed(agreed, picture, followed) or placement
            inside = ((agreed_px > 0) & (agreed_px < self._size)).all(axis=1)
            far = self._straying.is_far(offset_px[inside], self._references[-1].shank_px)
            # what a new reference picture would lack again is no reason to take one
            if not (far or self._missing_twice(placement.seen)):
                self._most_kept = np.zeros_like(self._most_kept)
                return reading
        return self._take_reference(picture, placement, pose.t_s, reading)

    def _placed(self, pose: BodyPose, picture: Picture, followed: Collection[int]) -> Placement | None:
        before = np.flatnonzero(self._references[-1].seen) if self._references else ()
        return place_body(pose, 1 / self._shrink, picture.luma.shape[:2], self._settings, followed, before)

    def _missing_twice(self, seen: BoolArray) -> bool:
        """Whether for the second time running a region is seen that the reference picture lacks."""
        self._missing = self._missing + 1 if bool((seen & ~self._references[-1].seen).any()) else 0
        return self._missing >= 2

    def _heed_marks(self, picture: Picture, t_s: float, reading: Reading | None) -> Reading | None:
        """Now and then see where the marked regions have got to; where points are lost twice running, start anew."""
        shape = picture.luma.shape[:2]
        if reading is None:
            placement = place_marked(self._marked, self._layout, 1 / self._shrink, shape, self._settings)
        elif t_s - self._checked_s < self._settings.check_interval_s:
            return reading
        else:
            placement = carried(self._references[-1].placement, reading)
        self._checked_s = t_s
        placement = within(placement, shape, self._settings)
        seen = self._seen(placement, t_s)
        self._view = "close_up"
        if reading is not None:
            lost = self._points_lost(seen) or bool((seen & ~self._references[-1].seen).any())
            self._missing = self._missing + 1 if lost else 0
            self._most_kept = np.zeros_like(self._most_kept)
            if self._missing < 2:
                return reading
        return self._take_reference(picture, placement, t_s, reading)

    def _seen(self, placement: Placement, t_s: float) -> BoolArray:
        """(R,) which regions a placement shows; noted with the time."""
        self._seen_s[placement.seen] = t_s
        return placement.seen

    def _points_lost(self, seen: BoolArray) -> bool:
        """Whether a seen region or the background has kept too few of its points ever since the last look.

        A large jerk loses them for a moment and finds them again; a new reference picture would break it in two.
        """
        counts, s = self._references[-1].counts, self._settings
        low = self._most_kept < s.min_kept_fraction
        lost = bool((low[:-1] & seen & (counts[:-1] >= s.min_points)).any())
        return lost or bool(low[-1] and counts[-1] >= s.min_background_points)

    def _take_reference(
        self, picture: Picture, placement: Placement, t_s: float, reading: Reading | None
    ) -> Reading | None:
        side_px = window_px(placement.scale_px, self._settings)
        points = choose_points(picture.even, placement, self._layout, side_px, self._settings)
        if not len(points.points_px):
            return reading
        self._start = self._last if reading is None else reading.moved.after(self._start).or_else(self._last)
        skin = self._references[-1].carried_skin(reading) if reading is not None else {}
        self._references.append(Reference(picture, points, self._layout, placement, side_px, skin, self._settings))
        self._taken_s.append(t_s)
        if len(self._references) > 1:
            self._references[-2].drop_picture()
            self._renewed_s.append(t_s)
        self._guess_px = points.points_px
        self._most_kept = np.zeros(self._layout.size + 1)
        self._missing = 0
        self._straying.clear()
        return self._references[-1].read(
            picture, points.points_px, np.ones(len(points.points_px), dtype=bool), with_strips=False
        )

    def _row(self, frame: Frame, reading: Reading | None) -> Row:
        step = THUMBNAIL_STEP * self._whole_shrink
        thumbnail = frame.luma[::step, ::step]
        change = np.nan if self._thumbnail is None else float(cv2.absdiff(thumbnail, self._thumbnail).mean())
        self._thumbnail = thumbnail.copy()
        total = Displacement.filled(np.nan, self._layout)
        landmarks_px = np.full((len(LANDMARKS), 2), np.nan)
        if reading is not None:
            total, landmarks_px = reading.moved.after(self._start), reading.landmarks_px
            self._last = total.or_else(self._last)
        visible = (frame.t_s - self._seen_s <= self._memory_s()) & np.isfinite(total.body)
        told = reading is None or reading.by_background
        brightness = float(thumbnail.mean())
        return Row(frame.t_s, frame.keyframe, brightness, change, visible, landmarks_px, total, told)

    def _memory_s(self) -> float:
        """How long a region counts as visible that no pose confirms."""
        return self._settings.legs_memory_s if self._source == "legs" else self._settings.pose_memory_s

    @property
    def gone_far(self) -> bool:
        """Whether legs that were near at first are now too small in the pictures as they are tracked; begin anew."""
        shrunk = self._shrink > self._whole_shrink
        return shrunk and bool(self._references) and self._references[-1].shank_px < self._settings.least_shank_px

    def forget_before(self, t_s: float) -> None:
        """Drop what was measured before that time, so that an endless run needs no more memory than its last part.

        What comes later is measured as if nothing had been dropped.
        """
        self._rows = self._rows[bisect_left(self._rows, t_s, key=lambda row: row.t_s) :]
        # the reference in force at that time is the last one taken until then
        old = max(0, bisect_right(self._taken_s, t_s) - 1)
        del self._references[:old], self._taken_s[:old]
        self._renewed_s = [renewed_s for renewed_s in self._renewed_s if renewed_s >= t_s]

    def finish(self) -> Motion:
        """Everything measured so far and not forgotten; displacements in pixels of the full picture."""
        return self._measured(self._rows)

    def last(self) -> Motion:
        """The same of the last picture alone; too little to judge, enough to show where everything is."""
        return self._measured(self._rows[-1:])

    def _measured(self, rows: list[Row]) -> Motion:
        t_s = np.array([row.t_s for row in rows])
        change = np.array([row.change for row in rows])
        background = stacked(rows, "background", (CLUSTERS,)) * self._shrink
        notes = camera_notes(self._references, rows, self._settings)
        return Motion(
            t_s=t_s,
            width_px=self._size[0],
            height_px=self._size[1],
            view=self._view,
            camera_px=np.array([row.moved.camera_px for row in rows]).reshape(-1, 3) * self._shrink,
            background_px=background,
            brightness=np.array([row.brightness for row in rows]),
            keyframe=np.array([row.keyframe for row in rows], dtype=bool),
            duplicate=repeated_pictures(t_s, change, self._settings),
            landmarks_px=np.array([row.landmarks_px for row in rows]).reshape(-1, len(LANDMARKS), 2) * self._shrink,
            regions=self._regions(rows, t_s, background),
            renewed_s=tuple(self._renewed_s),
            notes=notes,
            camera_apart=not notes,
        )

    def _regions(self, rows: list[Row], t_s: FloatArray, background_px: FloatArray) -> tuple[RegionMotion, ...]:
        if not self._references:
            return ()
        scale = float(self._shrink)
        joint, body = (stacked(rows, name, (self._layout.size,)) * scale for name in ("joint", "body"))
        skin = stacked(rows, "skin", (field_count(self._layout), patch_count(self._layout))) * scale
        visible = np.array([row.visible for row in rows])
        strips = skin[:, self._layout.size :]
        quarters = stacked(rows, "quarters", (self._layout.size, QUARTERS)) * scale
        noise = noise_floors(
            t_s, background_px, quarters, strips, scale, self._references, self._taken_s, self._layout, self._settings
        )
        whole = np.any([reference.whole for reference in self._references], axis=0)
        noise = with_own_jitter(noise, t_s, joint, body, whole, self._settings)
        shank_px = float(np.median([reference.shank_px for reference in self._references])) * scale
        counts = np.max([reference.counts for reference in self._references], axis=0)
        axes = [reference.placement.axes for reference in self._references]
        regions = []
        for number in np.flatnonzero(counts[:-1] >= self._settings.min_points):
            plan = self._layout.regions[number]
            mark = self._marked[number] if self._marked else None
            patches = slice(plan.patches)
            regions.append(
                RegionMotion(
                    id=plan.id,
                    side=plan.side,
                    part=plan.part,
                    source=plan.source or self._source or "pose",
                    joint_px=joint[:, number],
                    body_px=body[:, number],
                    skin_px=skin[:, number, patches],
                    patches_px=first_lattice_px(axes, int(number), plan.grid) * scale,
                    noise_px=float(noise.joint_px[number]) if np.isfinite(noise.joint_px[number]) else None,
                    body_noise_px=float(noise.body_px[number]) if np.isfinite(noise.body_px[number]) else None,
                    skin_noise_px=noise.skin_px[number, patches],
                    scale_px=mark.unit_px if mark else shank_px,
                    visible=visible[:, number],
                    shank_known=mark is None,
                    outline_px=mark.outline_px if mark else None,
                )
            )
        return tuple(regions)
