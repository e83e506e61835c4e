"""What stands behind and under the person; it reaches beyond the picture so that the camera can move."""

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.layers import Float32Array, Layer, layer_from_rgb
from motionscan.simulate.paint import octaves
from motionscan.simulate.scenario import Person
from motionscan.simulate.skeleton import Stage

FloatArray = NDArray[np.float64]

MARGIN_SHARE = 0.07
WALLS = ((196, 190, 178), (176, 186, 190), (190, 178, 164), (168, 176, 164))
FLOORS = ((146, 112, 80), (128, 122, 114), (110, 84, 62), (150, 138, 118))
WOOD = (116, 84, 56)
SHEETS = ((206, 210, 214), (186, 196, 206), (210, 200, 188), (170, 182, 176))
FLOOR_LINE = 790.0  # stage units from the top
PLANKS = 9


def backdrop(person: Person, where: Stage, width_px: int, height_px: int, rng: np.random.Generator) -> Layer:
    """The opaque lowest layer, larger than the picture by a margin on every side."""
    margin = int(max(width_px, height_px) * MARGIN_SHARE) // 2 * 2
    shape = (height_px + 2 * margin, width_px + 2 * margin)
    scene = _Scene(np.zeros((*shape, 3), np.float32), where, margin)
    if person.view == "bed":
        _bed(scene, person, rng)
    else:
        _wall(scene, person, rng)
        _floor(scene, person, rng)
        _pictures(scene, rng)
        _cupboard(scene, person, rng)
        _chair(scene, person, rng)
    scene.rgb *= 1 + octaves(shape, rng, ((1.0, 0.012), (60 * where.unit_px, 0.02)))[..., None]
    rgb = np.clip(scene.rgb, 0, 255).astype(np.float32)
    return layer_from_rgb(rgb, np.ones(shape, np.float32), -margin, -margin)


class _Scene:
    """The picture being painted, addressed in stage units."""

    def __init__(self, rgb: Float32Array, where: Stage, margin: int) -> None:
        self.rgb = rgb
        self.where = where
        self.margin = margin

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        place = self.where.to_px((x, y)) + self.margin
        return round(float(place[0])), round(float(place[1]))

    def box(self, corner: tuple[float, float], opposite: tuple[float, float], colour: FloatArray) -> None:
        cv2.rectangle(self.rgb, self.pixel(*corner), self.pixel(*opposite), _bgr(colour), -1)

    def bar(self, start: tuple[float, float], end: tuple[float, float], width: float, colour: FloatArray) -> None:
        size = max(1, round(width * self.where.unit_px))
        cv2.line(self.rgb, self.pixel(*start), self.pixel(*end), _bgr(colour), size, cv2.LINE_AA)

    def disc(self, centre: tuple[float, float], radius: float, colour: FloatArray) -> None:
        size = max(1, round(radius * self.where.unit_px))
        cv2.circle(self.rgb, self.pixel(*centre), size, _bgr(colour), -1, cv2.LINE_AA)


def _bgr(colour: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in colour)


def _wall(scene: _Scene, person: Person, rng: np.random.Generator) -> None:
    colour = np.array(WALLS[person.colours % len(WALLS)], float)
    scene.rgb[:] = colour
    spacing = 52
    for row, y in enumerate(range(-120, 1900, spacing)):
        for x in range(-1500, 1500, spacing):
            shift = spacing / 2 if row % 2 else 0
            tone = colour * rng.uniform(0.88, 0.95)
            scene.disc((x + shift, y), 8, tone)
            scene.bar((x + shift, y - 13), (x + shift + 7, y - 20), 3, tone * 0.97)
    light = np.linspace(1.05, 0.88, scene.rgb.shape[1], dtype=np.float32)
    scene.rgb *= light[None, :, None]


def _floor(scene: _Scene, person: Person, rng: np.random.Generator) -> None:
    colour = np.array(FLOORS[person.colours % len(FLOORS)], float)
    top = max(0, scene.pixel(0, FLOOR_LINE)[1])
    height = scene.rgb.shape[0] - top
    if height <= 0:
        return
    grain = octaves((height, scene.rgb.shape[1]), rng, ((1.3, 0.03), (8, 0.04)))
    grain = cv2.blur(grain, (41, 1)) + 0.4 * grain
    scene.rgb[top:] = colour * (1 + grain[..., None])
    for index in range(PLANKS):
        y = FLOOR_LINE + 14 + index**1.6 * 13
        scene.bar((-3000, y), (3000, y), 2.5, colour * 0.66)
        for x in rng.uniform(-1500, 1500, 8):
            scene.bar((x, y), (x, y + 14 + index * 9), 2, colour * 0.7)
    scene.box((-3000, FLOOR_LINE - 26), (3000, FLOOR_LINE), np.array([214, 208, 198]))
    scene.bar((-3000, FLOOR_LINE - 26), (3000, FLOOR_LINE - 26), 2, np.array([150, 146, 138]))


def _pictures(scene: _Scene, rng: np.random.Generator) -> None:
    for x in (-640, 430):
        y = float(rng.uniform(90, 170))
        scene.box((x, y), (x + 190, y + 250), np.array([70, 56, 44]))
        scene.box((x + 12, y + 12), (x + 178, y + 238), rng.uniform(120, 220, 3))
        for _ in range(14):
            place = (x + float(rng.uniform(34, 156)), y + float(rng.uniform(34, 216)))
            scene.disc(place, float(rng.uniform(6, 22)), rng.uniform(50, 220, 3))


def _cupboard(scene: _Scene, person: Person, rng: np.random.Generator) -> None:
    wood = np.array(WOOD) * rng.uniform(0.9, 1.3)
    x = -760 if person.view == "chair_front" or person.near_side == "left" else -820
    scene.box((x, 470), (x + 260, FLOOR_LINE + 16), wood)
    for shelf in range(3):
        y = 484 + shelf * 98
        scene.box((x + 14, y), (x + 246, y + 84), wood * 0.6)
        left = x + 20.0
        while left < x + 225:
            width = float(rng.uniform(10, 24))
            scene.box((left, y + float(rng.uniform(8, 30))), (left + width, y + 84), rng.uniform(50, 210, 3))
            left += width + 2


def _chair(scene: _Scene, person: Person, rng: np.random.Generator) -> None:
    wood = np.array(WOOD) * rng.uniform(0.7, 1.0)
    if person.view == "chair_front":
        scene.box((-128, 330), (128, 640), wood)
        scene.box((-112, 350), (112, 630), wood * 1.25)
        scene.box((-140, 630), (140, 670), wood * 0.9)
        for x in (-128, 128):
            scene.bar((x, 660), (x * 1.02, 960), 20, wood * 0.85)
        return
    turn = 1 if person.near_side == "right" else -1
    scene.bar((-226 * turn, 300), (-222 * turn, 680), 26, wood)
    scene.bar((-232 * turn, 684), (40 * turn, 684), 30, wood * 1.1)
    for x in (-216, 20):
        scene.bar((x * turn, 690), ((x + 6) * turn, 958), 20, wood * 0.85)


def _bed(scene: _Scene, person: Person, rng: np.random.Generator) -> None:
    carpet = np.array(FLOORS[person.colours % len(FLOORS)], float)
    scene.rgb[:] = carpet * (1 + octaves(scene.rgb.shape[:2], rng, ((1.4, 0.05), (6, 0.03)))[..., None])
    for x in range(-1100, 1100, 70):
        for y in range(-200, 1400, 70):
            scene.disc((x + 35 * (y // 70 % 2), y), 11, carpet * rng.uniform(0.72, 1.25))
    sheet = np.array(SHEETS[person.colours % len(SHEETS)], float)
    scene.box((-760, 190), (740, 890), sheet * 0.8)
    scene.box((-740, 205), (720, 875), sheet)
    for x in range(-720, 720, 44):
        scene.bar((x, 207), (x, 873), 5, sheet * 0.93)
    for _ in range(60):
        start = (float(rng.uniform(-720, 700)), float(rng.uniform(215, 865)))
        end = (start[0] + float(rng.normal(0, 50)), start[1] + float(rng.normal(0, 24)))
        scene.bar(start, end, float(rng.uniform(2, 5)), sheet * rng.uniform(0.84, 0.92))
    scene.box((-725, 370), (-470, 710), np.array([228, 224, 214]))
    for y in range(390, 700, 36):
        scene.bar((-715, y), (-480, y + 10), 3, np.array([196, 190, 186]))
