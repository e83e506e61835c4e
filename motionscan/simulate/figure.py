"""The person in layers, lowest first: what each body part looks like at rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from motionscan.body import Side
from motionscan.simulate.layers import Float32Array, Layer, layer_from_rgb
from motionscan.simulate.paint import Capsule, Patch, Rgb, blob, darken, fill, lay, octaves, patch_around, strokes
from motionscan.simulate.scenario import Person
from motionscan.simulate.skeleton import Joints, Stage

FloatArray = NDArray[np.float64]

SKIN: Final[dict[str, Rgb]] = {
    "light": (224, 180, 156),
    "medium": (196, 148, 116),
    "brown": (146, 100, 74),
    "dark": (98, 68, 54),
}
HAIR: Final[tuple[Rgb, ...]] = ((58, 40, 30), (96, 66, 40), (30, 26, 26), (132, 120, 112))
SHIRT: Final[tuple[Rgb, ...]] = ((92, 116, 160), (150, 84, 80), (88, 130, 104), (120, 118, 126))
# dark, or the pose network loses the knees of somebody who sits facing the camera
TROUSERS: Final[tuple[Rgb, ...]] = ((49, 56, 74), (73, 67, 59), (52, 53, 55), (43, 62, 59))
SHOES: Final[tuple[Rgb, ...]] = ((196, 198, 202), (72, 70, 76), (160, 92, 72), (96, 118, 150))
SOLE: Final[Rgb] = (212, 208, 200)

THIGH_RADII = (60.0, 42.0)
TROUSER_THIGH_RADII = (60.0, 38.0)
SHORTS_SHARE = {"shorts": 0.6, "bare": 0.16}  # of the thigh is covered
SHANK_RADII = (35.0, 24.0)
SIDE_THIGH_RADII = (60.0, 36.0)
SIDE_SHANK_RADII = (35.0, 22.0)
CALF_BELLY = 8.0
NEAR_UNIT_PX = 1.8
SIDE_CALF_BELLY = 12.0
SHADOW = 0.5  # seen from the side the far leg lies in the near one's shadow; lighter, a pose network mixes them up


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One layer of the figure; ``region`` names the leg region it moves with, None for what stays."""

    region: str | None
    layer: Layer


class Painter:
    """Paints one person; holds the choices that all parts share."""

    def __init__(self, person: Person, joints: Joints, where: Stage, rng: np.random.Generator) -> None:
        self.person = person
        self.joints = joints
        self.unit = where.unit_px
        self.rng = rng
        self.skin = SKIN[person.skin]
        pick = person.colours
        self.hair = HAIR[pick % len(HAIR)]
        self.shirt = SHIRT[pick % len(SHIRT)]
        self.trousers = TROUSERS[pick % len(TROUSERS)]
        self.shoes = SHOES[pick % len(SHOES)]

    def capsule(self, a: FloatArray, b: FloatArray, radii: tuple[float, float], belly: float = 0.0) -> Capsule:
        """A capsule whose radii are in stage units."""
        return Capsule(a, b, radii[0] * self.unit, radii[1] * self.unit, belly * self.unit)

    def skin_texture(self, shape: tuple[int, ...]) -> Float32Array:
        """Relative brightness of skin: pores, mottling, slow changes of tone."""
        return self._texture(shape, ((1.2, 0.012), (3.5, 0.016), (11, 0.02), (40, 0.03)))

    def cloth_texture(self, shape: tuple[int, ...]) -> Float32Array:
        """Relative brightness of cloth: weave, wrinkles, folds."""
        return self._texture(shape, ((1.1, 0.025), (3, 0.025), (10, 0.035), (28, 0.06)))

    def _texture(self, shape: tuple[int, ...], layers: Sequence[tuple[float, float]]) -> Float32Array:
        scaled = [(max(1.1, size * self.unit), share * self.person.texture) for size, share in layers]
        if self.unit > NEAR_UNIT_PX:
            # from near, pores, hairs and threads show that are too fine to be seen from afar
            scaled.append((layers[0][0], layers[0][1] * self.person.texture))
        return octaves(shape, self.rng, scaled)

    def piece(self, region: str | None, patch: Patch) -> Piece:
        """The painted patch as a layer of the figure."""
        far = region is not None and not region.startswith(self.person.near_side)
        light = SHADOW if far and self.person.view == "chair_side" else 1.0
        rgb = np.clip(patch.rgb * light, 0, 255).astype(np.float32)
        return Piece(region, layer_from_rgb(rgb, patch.alpha, patch.x_px, patch.y_px))

    # ------------------------------------------------------------ legs
    def thigh(self, side: Side) -> Piece:
        """Thigh from hip to knee, in trousers, shorts or bare."""
        hip, knee = self.joints[f"{side}_hip"], self.joints[f"{side}_knee"]
        bare = self.person.clothing != "trousers"
        radii = THIGH_RADII if bare else TROUSER_THIGH_RADII
        if self.person.view == "chair_side":
            radii = SIDE_THIGH_RADII
        patch = patch_around([self.capsule(hip, knee, radii)])
        self._limb(patch, self.capsule(hip, knee, radii), self.skin if bare else self.trousers, bare)
        if bare:
            short = hip + (knee - hip) * SHORTS_SHARE[self.person.clothing]
            leg = self.capsule(hip, short, (radii[0] + 3, radii[1] + 13))
            self._limb(patch, leg, self.trousers, bare=False)
        self._knee(patch, hip, knee, bare)
        return self.piece(f"{side}_thigh", patch)

    def _knee(self, patch: Patch, hip: FloatArray, knee: FloatArray, bare: bool) -> None:
        """Kneecap with the shadow below it, or the folds of the trousers over it."""
        if self.person.view == "chair_side":
            return
        unit = self.unit
        along = (knee - hip) / np.linalg.norm(knee - hip)
        across = np.array([-along[1], along[0]])
        if bare:
            darken(patch, blob(patch, knee + along * 5 * unit, (22 * unit, 22 * unit)), 0.16)
            darken(patch, blob(patch, knee - along * 1 * unit, (18 * unit, 18 * unit)), -0.20)
            return
        folds = [(place - across * 26 * unit, place + across * 22 * unit) for place in (knee - along * 19 * unit,)]
        folds += [(knee + along * 14 * unit - across * 20 * unit, knee + along * 17 * unit + across * 24 * unit)]
        darken(patch, strokes(patch, folds, 3.5 * unit), 0.25)

    def shank(self, side: Side) -> Piece:
        """Shank from knee to ankle with its calf."""
        knee, ankle = self.joints[f"{side}_knee"], self.joints[f"{side}_ankle"]
        from_side = self.person.view == "chair_side"
        radii = SIDE_SHANK_RADII if from_side else SHANK_RADII
        leg = self.capsule(knee, ankle, radii, SIDE_CALF_BELLY if from_side else CALF_BELLY)
        patch = patch_around([leg])
        bare = self.person.clothing != "trousers"
        self._limb(patch, leg, self.skin if bare else self.trousers, bare)
        if not bare:
            cuff = self.capsule(knee + (ankle - knee) * 0.55, ankle - (ankle - knee) * 0.03, (34, 36))
            self._limb(patch, cuff, self.trousers, bare=False)
        return self.piece(f"{side}_shank", patch)

    def foot(self, side: Side) -> Piece:
        """Shoe or bare foot from ankle and heel to the toes."""
        paint = self._shoe if self.person.footwear == "shoes" else self._bare_foot
        return self.piece(f"{side}_foot", paint(side))

    def _limb(self, patch: Patch, leg: Capsule, colour: Rgb, bare: bool) -> None:
        shape = patch.alpha.shape
        fill(patch, leg, colour, self.skin_texture(shape) if bare else self.cloth_texture(shape))
        if bare:
            self._hairs(patch, leg)
        else:
            self._seam(patch, leg)

    def _hairs(self, patch: Patch, leg: Capsule) -> None:
        axis = leg.end - leg.start
        across = np.array([-axis[1], axis[0]]) / max(float(np.linalg.norm(axis)), 1e-6)
        count = int(np.linalg.norm(axis) / self.unit * 0.8)
        roots = leg.start + self.rng.uniform(0, 1, (count, 1)) * axis
        roots = roots + across * self.rng.normal(0, leg.end_radius * 0.6, (count, 1))
        tips = roots + self.rng.normal(0, 3, (count, 2)) * self.unit + axis * 0.012
        darken(patch, strokes(patch, list(zip(roots, tips, strict=True)), 1.0), 0.12 * self.person.texture)
        for root in roots[: count // 30]:
            darken(patch, blob(patch, root, (1.6 * self.unit, 1.4 * self.unit)), 0.2)

    def _seam(self, patch: Patch, leg: Capsule) -> None:
        axis = leg.end - leg.start
        across = np.array([-axis[1], axis[0]]) / max(float(np.linalg.norm(axis)), 1e-6)
        shift = across * leg.end_radius * 0.45
        darken(patch, strokes(patch, [(leg.start + shift, leg.end + shift)], 2.2 * self.unit), 0.22)

    def _foot_axis(self, side: Side) -> tuple[FloatArray, FloatArray, FloatArray]:
        return tuple(self.joints[f"{side}_{joint}"] for joint in ("ankle", "heel", "toe"))  # type: ignore[return-value]

    def _shoe(self, side: Side) -> Patch:
        ankle, heel, toe = self._foot_axis(side)
        from_side = self.person.view == "chair_side"
        sizes = ((27, 26), (25, 20)) if from_side else ((30, 36), (34, 36))
        collar, body = self.capsule(ankle, heel, sizes[0]), self.capsule(heel, toe, sizes[1])
        if not from_side:
            body = self.capsule(ankle, toe, sizes[1])
        patch = patch_around([collar, body], margin_px=14 * self.unit)
        fabric = self.cloth_texture(patch.alpha.shape)
        if from_side:
            down = np.array([0.0, 13.0 * self.unit])
            fill(patch, self.capsule(heel + down, toe + down, (17, 13)), SOLE, 0.5 * fabric)
        fill(patch, collar, self.shoes, fabric)
        fill(patch, body, self.shoes, fabric)
        self._laces(patch, ankle, toe)
        return patch

    def _laces(self, patch: Patch, ankle: FloatArray, toe: FloatArray) -> None:
        axis = toe - ankle
        across = np.array([-axis[1], axis[0]]) / max(float(np.linalg.norm(axis)), 1e-6) * 15 * self.unit
        lines = []
        # uneven on purpose: evenly spaced laces look the same one lace further
        for share, slant in ((0.24, 0.05), (0.33, -0.03), (0.49, 0.08), (0.62, -0.06)):
            middle = ankle + axis * share
            lines.append((middle - across - axis * slant / 2, middle + across * 0.8 + axis * slant))
        strength = 0.34 if sum(self.shoes) > 330 else -0.6
        darken(patch, strokes(patch, lines, 4 * self.unit), strength)
        band = ankle + axis * 0.80
        darken(patch, strokes(patch, [(band - across * 1.5, band + across * 1.5)], 3 * self.unit), 0.3)

    def _bare_foot(self, side: Side) -> Patch:
        ankle, heel, toe = self._foot_axis(side)
        from_side = self.person.view == "chair_side"
        arch = self.capsule(ankle, toe - (toe - ankle) * 0.12, (25, 22) if from_side else (27, 33))
        back = self.capsule(ankle, heel, (25, 23))
        patch = patch_around([arch, back], margin_px=16 * self.unit)
        skin = self.skin_texture(patch.alpha.shape)
        fill(patch, back, self.skin, skin)
        if from_side:
            fill(patch, self.capsule(heel, toe, (21, 13)), self.skin, skin)
        fill(patch, arch, self.skin, skin)
        self._toes(patch, arch, toe, skin)
        self._hairs(patch, arch)
        return patch

    def _toes(self, patch: Patch, arch: Capsule, toe: FloatArray, skin: Float32Array) -> None:
        axis = (arch.end - arch.start) / np.linalg.norm(arch.end - arch.start)
        across = np.array([-axis[1], axis[0]]) * self.unit
        if self.person.view == "chair_side":
            toes = [(0.0, 12.0)]
        else:
            toes = [(-25.0, 11.0), (-12.0, 9.0), (0.0, 8.5), (12.0, 8.0), (24.0, 7.5)]
        for place, radius in toes:
            root = toe + across * place - axis * 12 * self.unit
            tip = toe + across * place + axis * 10 * self.unit
            fill(patch, self.capsule(root, tip, (radius, radius)), self.skin, skin)
            nail = np.array((250.0, 226.0, 214.0)) * (sum(self.skin) / 600)
            lay(patch, nail, blob(patch, tip, (radius * 0.6 * self.unit, radius * 0.55 * self.unit)))

    # ------------------------------------------------------------ upper body
    def arm(self, side: Side) -> Piece:
        """Sleeve, forearm and hand."""
        shoulder, elbow, wrist = (self.joints[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
        hand = wrist + (wrist - elbow) * 0.2
        shapes = [self.capsule(shoulder, elbow, (34, 29)), self.capsule(elbow, hand, (26, 20))]
        patch = patch_around(shapes)
        self._limb(patch, shapes[1], self.skin, bare=True)
        fill(patch, self.capsule(wrist, hand, (19, 21)), self.skin, self.skin_texture(patch.alpha.shape))
        self._limb(patch, shapes[0], self.shirt, bare=False)
        return self.piece(None, patch)


def stacking(person: Person) -> list[tuple[str, Side | None]]:
    """The order in which the parts lie over each other, lowest first."""
    if person.view == "chair_side":
        near = person.near_side
        far: Side = "left" if near == "right" else "right"
        legs: list[tuple[str, Side | None]] = [("shank", far), ("foot", far), ("thigh", far)]
        over: list[tuple[str, Side | None]] = [("shank", near), ("foot", near), ("thigh", near), ("arm", near)]
        return [("arm", far), *legs, ("torso", None), ("head", None), *over]
    pairs: list[tuple[str, Side | None]] = []
    for part in ("foot", "shank", "thigh"):
        pairs += [(part, "left"), (part, "right")]
    body: list[tuple[str, Side | None]] = [("torso", None), ("head", None), ("arm", "left"), ("arm", "right")]
    if person.view == "bed":
        return [*pairs, *body]
    return [*body[:2], *pairs, *body[2:]]
