"""Composes the picture of a scenario at any time: still layers once, moving parts each in its own box."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.body import SEGMENT_JOINTS
from motionscan.simulate.camera import CameraPath, camera_path
from motionscan.simulate.face import head
from motionscan.simulate.figure import Painter, Piece, stacking
from motionscan.simulate.layers import Canvas, Layer, backdrop_canvas, merged, paste, warped
from motionscan.simulate.room import backdrop
from motionscan.simulate.scenario import Movement, Scenario
from motionscan.simulate.skeleton import (
    Joints,
    Stage,
    direction,
    displaced,
    heel_lifted,
    part_maps,
    rest_joints,
    stage_of,
)
from motionscan.simulate.trunk import torso
from motionscan.simulate.waveforms import Mover, movers

FloatArray = NDArray[np.float64]

PATCH_RADII = {"thigh": (62.0, 40.0), "shank": (58.0, 27.0), "foot": (30.0, 22.0)}  # along, across; stage units
FIXED_POINT_STEPS = 3
GLEAM = 0.002  # relative change of brightness per stage unit of skin movement


class Renderer:
    """Draws one scenario; the same scenario always gives the same pictures."""

    def __init__(self, scenario: Scenario) -> None:
        capture = scenario.capture
        self.scenario = scenario
        self.size_px = (capture.width_px, capture.height_px)
        seeds = np.random.SeedSequence(scenario.seed).spawn(3)
        figure_rng, room_rng, camera_rng = (np.random.default_rng(seed) for seed in seeds)
        self.stage = stage_of(scenario)
        self.joints = rest_joints(scenario.person, self.stage)
        self.camera: CameraPath = camera_path(scenario.camera, *self.size_px, camera_rng)
        self.movers = movers(scenario)
        room = backdrop(scenario.person, self.stage, *self.size_px, room_rng)
        pieces = painted(scenario, self.joints, self.stage, figure_rng)
        self._backdrop, self._stack = self._grouped(room, pieces)
        self._rest = self._compose_backdrop(np.eye(2, 3))

    def picture(self, t_s: float) -> Canvas:
        """The noise-free picture at a time."""
        person_map = self.camera.person_map(t_s)
        steady = self.scenario.camera.steady
        canvas = self._rest.copy() if steady else self._compose_backdrop(self.camera.background_map(t_s))
        maps = self._maps(t_s)
        for piece in self._stack:
            layer = self._twitched(piece, t_s)
            mapping = person_map if piece.region not in maps else _chained(person_map, maps[piece.region])
            placed = layer if np.array_equal(mapping, np.eye(2, 3)) else warped(layer, mapping, *self.size_px)
            if placed is not None:
                paste(canvas, placed)
        return canvas

    def joints_at(self, t_s: float) -> Joints:
        """Joint positions at a time, without the camera's movement."""
        now = {name: place.copy() for name, place in self.joints.items()}
        for mover in self.movers:
            for name, place in self._moved(mover, t_s).items():
                now[name] += place - self.joints[name]
        return now

    def _compose_backdrop(self, mapping: FloatArray) -> Canvas:
        return backdrop_canvas(self._backdrop, mapping, *self.size_px)

    def _grouped(self, room: Layer, pieces: list[Piece]) -> tuple[Layer, list[Piece]]:
        moving = {name for mover in self.movers for name in _regions_moved(mover.movement)}
        stack: list[Piece] = []
        for piece in pieces:
            region = piece.region if piece.region in moving else None
            if region is None and stack and stack[-1].region is None:
                stack[-1] = Piece(None, merged([stack[-1].layer, piece.layer]))
            else:
                stack.append(Piece(region, piece.layer))
        apart = self.scenario.camera.parallax and not self.scenario.camera.steady
        if not apart and stack and stack[0].region is None:
            room = merged([room, stack.pop(0).layer])
        return room, stack

    def _maps(self, t_s: float) -> dict[str, FloatArray]:
        if not any(mover.movement.kind != "skin_twitches" for mover in self.movers):
            return {}
        return part_maps(self.joints, self.joints_at(t_s))

    def _moved(self, mover: Mover, t_s: float) -> Joints:
        movement = mover.movement
        size = float(mover.wave.at(np.array([t_s]))[0])
        if movement.kind == "skin_twitches":
            return {}
        if movement.kind == "heel_bounce":
            return heel_lifted(self.joints, movement.side, np.array([0.0, -size]))
        along = direction(self.scenario.person, self.joints, movement.side, movement.part)
        return displaced(self.joints, movement.side, movement.part, along * size)

    def _twitched(self, piece: Piece, t_s: float) -> Layer:
        layer = piece.layer
        for mover in self.movers:
            if mover.movement.kind != "skin_twitches" or mover.movement.region != piece.region:
                continue
            size = float(mover.wave.at(np.array([t_s]))[0])
            if abs(size) > 1e-9:
                layer = skin_moved(layer, *self.patch(mover.movement), size, self.stage.unit_px)
        return layer

    def patch(self, movement: Movement) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Middle (2,) of a twitching patch, its axes (2, 2: along, across) and radii (2,), in px."""
        start, end = (self.joints[f"{movement.side}_{joint}"] for joint in SEGMENT_JOINTS[movement.part])
        along = (end - start) / np.linalg.norm(end - start)
        across = np.array([-along[1], along[0]])
        radii = np.array(PATCH_RADII[movement.part]) * self.stage.unit_px
        share, aside = movement.patch
        middle = start + share * (end - start) + aside * radii[1] * across
        return middle, np.stack([along, across]), radii


def painted(scenario: Scenario, joints: Joints, where: Stage, rng: np.random.Generator) -> list[Piece]:
    """The figure's layers, lowest first."""
    painter = Painter(scenario.person, joints, where, rng)
    pieces = []
    for part, side in stacking(scenario.person):
        if side is None:
            pieces.append(head(painter) if part == "head" else torso(painter))
        else:
            pieces.append(getattr(painter, part)(side))
    return pieces


def skin_moved(
    layer: Layer, middle: FloatArray, axes: FloatArray, radii: FloatArray, size_px: float, unit_px: float
) -> Layer:
    """The layer with the skin inside an ellipse pulled across the limb by ``size_px`` at its middle."""
    reach = int(np.ceil(radii.max())) + 2
    x0, y0 = (int(v) for v in np.clip(middle - reach - [layer.x_px, layer.y_px], 0, None))
    x1 = min(x0 + 2 * reach, layer.width_px)
    y1 = min(y0 + 2 * reach, layer.height_px)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    offset = np.stack([x + layer.x_px - middle[0], y + layer.y_px - middle[1]])
    bump = _bump(offset, axes, radii)
    for _ in range(FIXED_POINT_STEPS):  # where each pixel comes from: the movement is that of the source
        bump = _bump(offset - axes[1][:, None, None] * (size_px * bump), axes, radii)
    shift = axes[1][:, None, None] * (size_px * bump)
    source = ((x - shift[0]).astype(np.float32), (y - shift[1]).astype(np.float32))
    luma = layer.luma.copy()
    moved = cv2.remap(layer.luma, *source, cv2.INTER_LINEAR)
    luma[y0:y1, x0:x1] = moved * (1 + GLEAM * size_px / unit_px * bump)
    return replace(layer, luma=luma)


def _bump(offset_px: FloatArray, axes: FloatArray, radii: FloatArray) -> FloatArray:
    """(h, w) share of the movement at offsets (2, h, w) from the middle: flat inside, zero at the ellipse."""
    scaled = np.tensordot(axes / radii[:, None], offset_px, axes=1)
    return np.asarray(np.clip(1 - (scaled**2).sum(axis=0) ** 2, 0, None) ** 2)


def _regions_moved(movement: Movement) -> list[str]:
    if movement.kind == "skin_twitches":
        return [movement.region]
    parts = {"foot": ("foot",), "shank": ("shank", "foot"), "thigh": ("thigh", "shank", "foot")}
    names = ("foot", "shank", "thigh") if movement.kind == "heel_bounce" else parts[movement.part]
    return [f"{movement.side}_{name}" for name in names]


def _chained(outer: FloatArray, inner: FloatArray) -> FloatArray:
    return np.column_stack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2] + outer[:, 2]])
