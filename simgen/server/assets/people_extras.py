"""What people carry and wear besides clothes: long hair, hats' brims, hoods, bags, glasses. Rigid, or weighted to a few bones."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.people_clothes import Color, Rest, joined_rests, open_edges
from simgen.server.assets.people_outfits import Outfit
from simgen.server.assets.solids import Surface, box, ellipsoid, grid, joined, polygon, quads, tube
from simgen.server.scene import Material

Floats = NDArray[np.float64]


class Torso:
    """Measures of a dressed figure at rest, to hang things on it."""

    def __init__(self, rest: Rest, size: float, fine: bool) -> None:
        self.rest, self.size, self.fine = rest, size, fine
        self.main = np.array(rest.rig.bones)[rest.bones[np.arange(len(rest.bones)), rest.weights.argmax(axis=1)]]
        self.head = rest.positions[self.main == "head"]
        self.top, self.nape = float(self.head[:, 2].max()), rest.rig.head("neck")
        low, high = np.quantile(self.head, 0.01, axis=0), np.quantile(self.head, 0.99, axis=0)
        self.skull = np.array([(low[0] + high[0]) / 2 - 0.008 * size, 0.0, self.top - 0.115 * size])
        self.radii = np.array([(high[0] - low[0]) / 2, min((high[1] - low[1]) / 2, 0.083 * size), 0.115 * size])

    def surface(self, y: float, z: float, ahead: bool) -> Floats:
        """Return the point of the trunk's front (or back) nearest to (y, z)."""
        on = np.isin(self.main, ("chest", "waist", "belly", "clavicle.R", "clavicle.L", "pelvis"))
        points = self.rest.positions[on & ((self.rest.positions[:, 0] > self.nape[0]) == ahead)]
        near = points[np.argsort((points[:, 1] - y) ** 2 + (points[:, 2] - z) ** 2, kind="stable")[:6]]
        return np.array([near[:, 0].max() if ahead else near[:, 0].min(), y, z])


def with_extras(rest: Rest, outfit: Outfit, size: float, fine: bool) -> Rest:
    """Return the figure with all that belongs to its outfit; `size` 1 is a person of 1.75 m."""
    torso = Torso(rest, size, fine)
    parts = [rest]
    for names, make in _EXTRAS:
        if {outfit.hair_kind, outfit.hat, outfit.bag, outfit.top_kind, "glasses" if outfit.glasses and fine else ""} & set(names):
            parts.extend(make(torso, outfit))
    return joined_rests(parts)


def hung(torso: Torso, surface: Surface, color: Color, material: Material, weights: dict[str, Floats | float]) -> Rest:
    """Return a surface as a part of the figure; `weights` (V,) or one number by bone, at most four."""
    count = len(surface.positions)
    bones = [torso.rest.rig.bones.index(b) for b in weights] + [0] * (4 - len(weights))
    shares = np.stack([np.broadcast_to(w, (count,)) for w in weights.values()] + [np.zeros(count)] * (4 - len(weights)), axis=1)
    return Rest(
        rig=torso.rest.rig,
        positions=surface.positions,
        normals=surface.normals,
        uvs=surface.uvs,
        colors=np.tile(np.array(color, dtype=np.uint8), (count, 1)),
        materials=np.full(count, int(material), dtype=np.uint8),
        triangles=surface.triangles.astype(np.int64),
        bones=np.tile(np.array(bones), (count, 1)),
        weights=shares / shares.sum(axis=1, keepdims=True),
    )


def shell(points: Floats, thickness: float) -> Surface:
    """Return a sheet through a grid of points with a front, a back and a rim around it."""
    outer = grid(points)
    inner = outer.positions - outer.normals * thickness
    back = Surface(inner, -outer.normals, outer.uvs, outer.triangles[:, ::-1])
    a, b = open_edges(outer.triangles).T
    rim = quads(np.stack([outer.positions[b], outer.positions[a], inner[a], inner[b]], axis=1))
    return joined([outer, back, rim])


def _curtain(torso: Torso, outfit: Outfit) -> list[Rest]:
    """Long hair: a sheet from temple to temple round the back, down to the jaw or the shoulder blades."""
    s, long = torso.size, outfit.hair_kind == "long"
    rows, columns = (8, 12) if torso.fine else (4, 6)
    end = torso.nape[2] - 0.13 * s if long else torso.nape[2] + 0.035 * s
    down = np.linspace(0, 1, rows)[:, None]
    z = (torso.top - 0.012 * s) * (1 - down) + end * down
    below = np.clip((torso.skull[2] - 0.05 * s - z) / (0.22 * s), 0, 1)
    half = np.radians(112 - (42 if long else 12) * below)
    around = np.linspace(-1, 1, columns)[None] * half
    height = np.clip((z - torso.skull[2]) / (torso.radii[2] + 0.014 * s), -1, 1)
    ring = np.where(z > torso.skull[2], np.sqrt(np.maximum(1 - height**2, 0.02)), 1.0)
    wide = (torso.radii[1] + (0.010 + 0.008 * below) * s) * ring * (1 - 0.10 * below)
    deep = (torso.radii[0] + (0.003 + 0.006 * below) * s) * ring * (1 - (0.05 if long else 0.22) * below)
    wave = 1 + 0.02 * np.cos(around * 9) * down
    points = np.stack(
        [torso.skull[0] - deep * np.cos(around) * wave, wide * np.sin(around) * wave, np.broadcast_to(z, around.shape)], axis=-1
    )
    points[..., 0] -= 0.02 * s * below
    sheet = shell(points[:, ::-1], 0.009 * s)
    to_chest = np.clip((torso.nape[2] + 0.03 * s - sheet.positions[:, 2]) / (0.12 * s), 0, 0.8)
    return [hung(torso, sheet, outfit.hair, Material.HAIR, {"head": 1 - to_chest, "chest": to_chest})]


def _bun(torso: Torso, outfit: Outfit) -> list[Rest]:
    s = torso.size
    at = torso.skull + np.array([-torso.radii[0] - 0.018 * s, 0, 0.025 * s])
    knot = ellipsoid(at, np.array([0.036, 0.040, 0.038]) * s, *((6, 9) if torso.fine else (3, 5)))
    return [hung(torso, knot, outfit.hair, Material.HAIR, {"head": 1.0})]


def _visor(torso: Torso, outfit: Outfit) -> list[Rest]:
    s = torso.size
    around = np.linspace(-1.05, 1.05, 9 if torso.fine else 4)[None]
    out = np.array([[-0.01], [0.35], [0.8], [1.0]] if torso.fine else [[-0.01], [1.0]])
    reach = (0.014 + (0.026 if outfit.hat == "helmet" else 0.050) * np.cos(around * 0.8)) * out * s
    z = torso.skull[2] + 0.047 * s - 0.020 * s * out**2 - 0.012 * s * (1 - np.cos(around))
    x = torso.skull[0] + (torso.radii[0] + 0.010 * s) * np.cos(around) + reach
    y = (torso.radii[1] + 0.016 * s) * np.sin(around) * (1 - 0.1 * out)
    points = np.stack([x, y, z], axis=-1)
    material = Material.PLASTIC if outfit.hat in ("police", "helmet") else Material.CLOTH
    color = (20, 20, 22) if outfit.hat == "police" else outfit.hat_color
    parts = [hung(torso, shell(points, 0.004 * s), color, material, {"head": 1.0})]
    if outfit.hat == "police":
        crown = ellipsoid(
            torso.skull + np.array([0.004, 0, 0.098]) * s, np.array([0.128, 0.112, 0.026]) * s, *((6, 14) if torso.fine else (3, 6))
        )
        parts.append(hung(torso, crown, outfit.hat_color, Material.CLOTH, {"head": 1.0}))
    return parts


def _hood(torso: Torso, outfit: Outfit) -> list[Rest]:
    s = torso.size
    angle = np.linspace(-1.9, 1.9, 9 if torso.fine else 4)
    path = np.stack(
        [
            torso.nape[0] + 0.012 * s - 0.085 * s * np.cos(angle),
            0.088 * s * np.sin(angle),
            torso.nape[2] + 0.028 * s - 0.02 * s * np.cos(angle),
        ],
        axis=-1,
    )
    path[:, 2] -= 0.05 * s * np.clip(np.abs(angle) - 1.0, 0, 1)
    radii = (0.018 + 0.022 * np.cos(angle / 2.2) ** 2) * s
    return [hung(torso, tube(path, radii, 7 if torso.fine else 4), outfit.top, Material.CLOTH, {"chest": 1.0})]


def _backpack(torso: Torso, outfit: Outfit) -> list[Rest]:
    s, chest = torso.size, torso.rest.rig.head("chest")
    z = (chest[2] + torso.nape[2]) / 2 - 0.03 * s
    back = torso.surface(0.0, z, False)
    deep = (0.075 if s < 0.8 else 0.045) * s
    pack = _rounded(np.array([back[0] - deep * 0.75, 0.0, z - 0.02 * s]), np.array([deep, 0.135 * s, 0.20 * s]), torso.fine)
    parts = [hung(torso, pack, outfit.bag_color, Material.CLOTH, {"chest": 0.8, "waist": 0.2})]
    if torso.fine:
        pocket = _rounded(np.array([back[0] - deep * 1.55, 0.0, z - 0.09 * s]), np.array([0.03, 0.10, 0.085]) * s, True)
        dark = tuple(int(0.8 * c) for c in outfit.bag_color)
        parts.append(hung(torso, pocket, (dark[0], dark[1], dark[2]), Material.CLOTH, {"chest": 0.8, "waist": 0.2}))
        parts.extend(_straps(torso, outfit, back[0], z))
    return parts


def _straps(torso: Torso, outfit: Outfit, back: float, z: float) -> list[Rest]:
    s, parts = torso.size, []
    for side in (-1.0, 1.0):
        y = side * 0.095 * s
        front = [torso.surface(y, h, True) + np.array([0.004 * s, 0, 0]) for h in (torso.nape[2] - 0.075 * s, z + 0.02 * s, z - 0.10 * s)]
        shoulder = np.array([torso.nape[0] + 0.005, y, front[0][2] + 0.075 * s])
        path = [
            np.array([back, y, torso.nape[2] - 0.06 * s]),
            shoulder,
            *front,
            np.array([(back + front[2][0]) / 2, side * 0.15 * s, z - 0.14 * s]),
        ]
        strap = tube(path, 0.013 * s, 5)
        parts.append(hung(torso, strap, outfit.bag_color, Material.CLOTH, {"chest": 0.9, "waist": 0.1}))
    return parts


def _shoulder_bag(torso: Torso, outfit: Outfit) -> list[Rest]:
    s, pelvis = torso.size, torso.rest.rig.head("pelvis")
    bag = _rounded(np.array([pelvis[0] - 0.06 * s, 0.185 * s, pelvis[2] - 0.03 * s]), np.array([0.12, 0.035, 0.09]) * s, torso.fine)
    parts = [hung(torso, bag, outfit.bag_color, Material.CLOTH, {"pelvis": 1.0})]
    if torso.fine:
        top, low = torso.nape[2] - 0.01 * s, pelvis[2] + 0.05 * s
        for ahead in (True, False):
            at = [torso.surface(y * s, top + (low - top) * t, ahead) for y, t in ((-0.05, 0.18), (0.0, 0.42), (0.07, 0.70), (0.13, 0.95))]
            out = np.array([0.004 if ahead else -0.004, 0, 0]) * s
            path = [np.array([torso.nape[0], -0.085 * s, top + 0.045 * s]), *[p + out for p in at]]
            parts.append(hung(torso, tube(path, 0.009 * s, 4), outfit.bag_color, Material.CLOTH, {"chest": 0.6, "belly": 0.4}))
    return parts


def _rounded(centre: Floats, half: Floats, fine: bool) -> Surface:
    """Return a box with round edges: a superellipsoid."""
    ball = ellipsoid((0, 0, 0), (1, 1, 1), *((7, 12) if fine else (4, 7)))
    power = np.sign(ball.positions) * np.abs(ball.positions) ** 0.45
    points = (
        power
        / np.maximum(np.abs(power).max(axis=1, keepdims=True), 1e-9)
        * (0.72 + 0.28 * np.abs(ball.positions).max(axis=1, keepdims=True))
    )
    normals = np.sign(ball.normals) * np.abs(ball.normals) ** 1.6 / half
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Surface(centre + points * half, normals, ball.uvs, ball.triangles)


def _glasses(torso: Torso, outfit: Outfit) -> list[Rest]:
    s = torso.size
    eyes = torso.rest.positions[(torso.rest.colors == (46, 34, 26)).all(axis=1)]
    if not len(eyes):
        return []
    x, y, z = float(eyes[:, 0].max()) + 0.014 * s, float(np.abs(eyes[:, 1]).mean()), float(eyes[:, 2].mean())
    rims = [
        tube(
            [(x, side * y + 0.021 * s * math.cos(a), z + 0.016 * s * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 9)],
            0.0022 * s,
            3,
            caps=False,
        )
        for side in (-1, 1)
    ]
    temples = [
        tube([(x, side * (y + 0.021 * s), z + 0.004 * s), (x - 0.09 * s, side * 0.076 * s, z + 0.006 * s)], 0.0022 * s, 3)
        for side in (-1, 1)
    ]
    bridge = box((x, 0, z + 0.004 * s), (0.003 * s, 2 * (y - 0.020 * s), 0.004 * s))
    return [hung(torso, joined([*rims, *temples, bridge]), (28, 26, 26), Material.PLASTIC, {"head": 1.0})]


def _motor_helmet(torso: Torso, outfit: Outfit) -> list[Rest]:
    """A full-face helmet with a dark visor."""
    s, rows, sides = torso.size, *((13, 20) if torso.fine else (6, 8))
    at = torso.skull + np.array([0.006, 0, -0.008]) * s
    radii = np.array([0.136, 0.114, 0.136]) * s
    ball = ellipsoid(at, radii, rows, sides)
    turn, rise = np.arctan2(ball.positions[:, 1] - at[1], ball.positions[:, 0] - at[0]), (ball.positions[:, 2] - at[2]) / radii[2]
    middle_turn, middle_rise = np.abs(turn[ball.triangles]).mean(axis=1), rise[ball.triangles].mean(axis=1)
    visor = (middle_turn < 1.15) & (middle_rise > -0.28) & (middle_rise < 0.42)
    parts = []
    for chosen, color, material in ((~visor, outfit.hat_color, Material.PAINT), (visor, (16, 17, 20), Material.GLASS)):
        used, new = np.unique(ball.triangles[chosen], return_inverse=True)
        piece = Surface(ball.positions[used], ball.normals[used], ball.uvs[used], new.reshape(-1, 3))
        parts.append(hung(torso, piece, color, material if material != Material.GLASS else Material.PLASTIC, {"head": 1.0}))
    return parts


def _cycle_helmet(torso: Torso, outfit: Outfit) -> list[Rest]:
    """A shell with dark vents along it."""
    s = torso.size
    at = torso.skull + np.array([-0.004, 0, 0.028]) * s
    rows, sides = (8, 24) if torso.fine else (4, 8)
    shell_of = ellipsoid(at, np.array([0.134, 0.108, 0.100]) * s, rows, sides, bottom=0.0)
    # The grid's first row is its lower edge, in an order that looks down.
    lid = polygon(shell_of.positions[:sides])
    parts = [hung(torso, joined([shell_of, lid]), outfit.hat_color, Material.PLASTIC, {"head": 1.0})]
    if torso.fine:
        for y in (-0.055, -0.02, 0.02, 0.055):
            vent = ellipsoid(at + np.array([0.005, y, 0.006]) * s, np.array([0.127, 0.008, 0.099 - 0.3 * abs(y)]) * s, 6, 12, bottom=0.25)
            parts.append(hung(torso, vent, (24, 24, 26), Material.PLASTIC, {"head": 1.0}))
    return parts


_EXTRAS: tuple[tuple[tuple[str, ...], Callable[[Torso, Outfit], list[Rest]]], ...] = (
    (("bob", "long"), _curtain),
    (("bun",), _bun),
    (("cap", "police", "helmet"), _visor),
    (("hoodie",), _hood),
    (("backpack",), _backpack),
    (("shoulder",), _shoulder_bag),
    (("glasses",), _glasses),
    (("motor",), _motor_helmet),
    (("cycle",), _cycle_helmet),
)
