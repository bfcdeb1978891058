"""Vehicles in parts: body, wheels and doors, in the actor's frame, and where the parts go."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.solids import placed
from simgen.server.assets.vehicle_body import body_skin
from simgen.server.assets.vehicle_fittings import BODY, Builders, add_fittings
from simgen.server.assets.vehicle_forms import Body, Form
from simgen.server.assets.vehicle_looks import Color, Palette
from simgen.server.assets.vehicle_skin import Part, Skin
from simgen.server.assets.vehicle_thinning import thinned
from simgen.server.meshes import EMPTY, copies, merged
from simgen.server.scene import Mesh
from simgen.server.world.blueprints import Blueprint

Floats = NDArray[np.float64]


TOLERANCE_M = {True: 0.003, False: 0.03}
"""How far merged vertices may move the surface, near and far."""


@dataclass(frozen=True)
class Axle:
    """Two wheels, metres."""

    x: float
    """From the middle of the box."""
    outer: float
    """Distance of the wheels' outer faces from the middle."""
    radius: float
    width: float
    rim: str


@dataclass(frozen=True)
class Kit:
    """A vehicle in its box's frame: x and y from the middle of the box, z from the road."""

    skin: Skin
    palette: Palette
    added: Mapping[int, Mesh]
    """By number of the door, `BODY` for what does not move."""


@dataclass(frozen=True)
class Frame:
    """The whole of a vehicle while things are put onto it: x from the middle of its box, z from the road, metres."""

    length: float
    half_width: float
    """Without mirrors."""
    height: float
    fine: bool
    palette: Palette
    body: Body
    skin: Skin
    builders: Builders

    @property
    def fixed(self) -> MeshBuilder:
        """What does not move."""
        return self.builders[BODY]


Add = Callable[[Frame], None]
"""Puts something onto a vehicle: a light bar, a load."""


@dataclass(frozen=True)
class Design:
    """What a blueprint's vehicle is made from."""

    form: Form
    colors: Mapping[Part, Color] = field(default_factory=dict)
    adds: tuple[Add, ...] = ()
    roof_load: float = 0.0
    """Height of what stands on the roof, metres; it counts in the box."""
    cab: tuple[float, float] | None = None
    """Length and height of the cab, metres; None where the body is all of the vehicle."""
    behind: tuple[tuple[float, float, float, str], ...] = ()
    """(x from the middle of the box, radius, width, rim) of axles behind the cab, metres, front to rear."""

    shell: Callable[[Body], Skin] = body_skin

    def body(self, blueprint: Blueprint, fine: bool = True) -> Body:
        low, high = visible_box(blueprint)
        length, height = self.cab or (2 * blueprint.extent[0], high[2] - low[2] - self.roof_load)
        return Body(self.form, length, blueprint.extent[1] - self.form.mirror, height, fine)

    def axles(self, blueprint: Blueprint) -> tuple[Axle, ...]:
        """Return the axles, front to rear."""
        body, form = self.body(blueprint), self.form
        ahead = self.forward(blueprint)
        rows = (*((float(x) + ahead, form.wheel, form.tyre, form.rim) for x in body.axles), *self.behind)
        return tuple(Axle(x, body.half_width + min(form.flare, 0.02) - 0.03, radius, width, rim) for x, radius, width, rim in rows)

    def forward(self, blueprint: Blueprint) -> float:
        """Return how far the middle of the body is before the middle of the box."""
        return blueprint.extent[0] - self.cab[0] / 2 if self.cab else 0.0

    def doors(self, blueprint: Blueprint) -> tuple[tuple[float, float], ...]:
        """Return (x, y) of the hinges of the doors of the right side, front to rear, from the middle of the box."""
        body, ahead = self.body(blueprint), self.forward(blueprint)
        return tuple((front * body.length + ahead, body.half_width - 0.03) for front, _ in self.form.doors)

    def kit(self, blueprint: Blueprint, fine: bool) -> Kit:
        body = self.body(blueprint, fine)
        skin = self.shell(body)
        palette = Palette(Tag(blueprint.semantic_tags[0]), self.colors)
        builders: Builders = {k: MeshBuilder() for k in range(BODY, 4)}
        if fine:
            add_fittings(builders, body, skin, palette, blueprint.id, self.cab is None)
        ahead = placed(self.forward(blueprint))
        added = {k: copies(b.mesh(), ahead[None]) for k, b in builders.items()}
        low, high = visible_box(blueprint)
        builders = {k: MeshBuilder() for k in range(BODY, 4)}
        frame = Frame(2 * blueprint.extent[0], body.half_width, high[2] - low[2], fine, palette, body, skin, builders)
        for add in self.adds:
            add(frame)
        skin = thinned(skin, TOLERANCE_M[fine])
        data = skin.data.copy()
        data[:, 0] += self.forward(blueprint)
        return Kit(replace(skin, data=data), palette, {k: merged([added[k], builders[k].mesh()]) for k in builders})


def visible_box(blueprint: Blueprint) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the least and greatest corner of what is seen of a vehicle: its box down to the road, on which it stands.

    Some of CARLA's boxes reach up to 16 cm into the road; the wheels do not.
    """
    low = tuple(c - e for c, e in zip(blueprint.centre, blueprint.extent, strict=True))
    high = tuple(c + e for c, e in zip(blueprint.centre, blueprint.extent, strict=True))
    return (low[0], low[1], max(low[2], 0.0)), high


def in_box(kit: Kit, blueprint: Blueprint) -> Kit:
    """Return a kit in the actor's frame, stretched so that it fills the visible box exactly; z is stretched from the road up."""
    low, high = (np.array(v) for v in visible_box(blueprint))
    points = np.concatenate([kit.skin.data[:, :3], kit.skin.data[:, :3] * (1, -1, 1), *(m.positions for m in kit.added.values())])
    least, most = points.min(axis=0), points.max(axis=0)
    least[2] = 0.0
    scale = (high - low) / (most - least)
    shift = low - least * scale
    half = shift.copy()
    half[1] = 0.0
    data = kit.skin.data.copy()
    data[:, :3] = data[:, :3] * scale + half
    added = {k: _stretched(m, scale, shift) for k, m in kit.added.items()}
    return replace(kit, skin=replace(kit.skin, data=data), added=added)


def _stretched(mesh: Mesh, scale: Floats, shift: Floats) -> Mesh:
    if mesh is EMPTY or not len(mesh.positions):
        return mesh
    return replace(mesh, positions=(mesh.positions * scale + shift).astype(np.float32))


def turned(yaw: float) -> Floats:
    """Return the (4, 4) turn about z by radians, positive to the right."""
    return placed(yaw_deg=math.degrees(yaw))
