"""What the world shows to cameras and rays: meshes, the still city, and where every moving shape stands at one tick.

Everything here is in CARLA's LEFT-handed frame (x forward, y right, z up), metres. A triangle's outside is where the
algebraic normal (v1 - v0) x (v2 - v0) points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.values import Weather


class Material(IntEnum):
    """How a surface looks; the renderer has one row per material, LiDAR one reflectance."""

    ASPHALT = 0
    CONCRETE = 1
    MARKING = 2
    GRASS = 3
    FACADE = 4
    ROOF = 5
    GLASS = 6
    PAINT = 7
    RUBBER = 8
    METAL = 9
    HEADLAMP = 10
    TAILLAMP = 11
    SKIN = 12
    CLOTH = 13
    BARK = 14
    LEAF = 15
    PLASTIC = 16
    LAMP = 17
    SIGN = 18
    LIGHT_RED = 19
    LIGHT_YELLOW = 20
    LIGHT_GREEN = 21
    LIGHT_DARK = 22
    INDICATOR_LEFT = 23
    INDICATOR_RIGHT = 24
    REVERSING_LAMP = 25
    BRAKE_LAMP = 26
    """Lit by braking alone; `TAILLAMP` is dim with the position lights and bright when braking."""
    BEACON = 27
    """The blue lights of emergency vehicles."""
    INTERIOR = 28
    """Seats, dashboards and rooms behind glass."""
    BRICK = 29
    PLASTER = 30
    STONE = 31
    CLADDING = 32
    """Smooth panels of metal, glass fibre or painted concrete."""
    WOOD = 33
    TILES = 34
    """Of roofs; along v lies the slope."""
    PAVING = 35
    """Slabs of sidewalks."""
    COBBLES = 36
    SOIL = 37
    LEAF_CARD = 38
    """A flat card of twigs: (u, v) runs from 0 to 1 over the card, and holes between the leaves are cut out."""
    LATTICE = 39
    """Chain link and gratings: holes of 5 cm along (u, v) are cut out."""
    HAIR = 40
    KERB = 41


@dataclass(frozen=True)
class Mesh:
    """Triangles with attributes per vertex. Vertices are not shared between materials or tags, so a triangle's material,
    tag and colour are those of any of its vertices."""

    positions: NDArray[np.float32]
    """(V, 3) metres."""
    normals: NDArray[np.float32]
    """(V, 3) unit, for shading."""
    uvs: NDArray[np.float32]
    """(V, 2) metres along the surface where that makes sense."""
    colors: NDArray[np.uint8]
    """(V, 3) sRGB base colour. Where `tinted`, it is multiplied by the colour of the placed shape."""
    tinted: NDArray[np.bool_]
    """(V,)"""
    materials: NDArray[np.uint8]
    """(V,) Material."""
    tags: NDArray[np.uint8]
    """(V,) datatypes.tags.Tag."""
    triangles: NDArray[np.uint32]
    """(T, 3)."""
    owners: NDArray[np.uint32] | None = None
    """(V,) in the still city: 1 + the place in `City.objects` of what the vertex belongs to, 0 for nothing that has a name.
    None is 0 everywhere."""

    def bounds(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the (3,) least and greatest corner; the origin twice of a mesh without vertices."""
        if not len(self.positions):
            return np.zeros(3, np.float32), np.zeros(3, np.float32)
        return self.positions.min(axis=0), self.positions.max(axis=0)


@dataclass(frozen=True)
class SceneryObject:
    """One still object of the city: what `get_environment_objects` and `get_level_bbs` answer."""

    object_id: int
    name: str
    tag: int
    location: tuple[float, float, float]
    yaw_deg: float
    box_centre: tuple[float, float, float]
    """World frame."""
    box_extent: tuple[float, float, float]
    """Half sizes along the object's own axes (turned by `yaw_deg`)."""


@dataclass(frozen=True)
class Copies:
    """A shape of the library that stands N times in the city: trees, lamps, parked cars. Attributes have a leading (N,)."""

    shape: str
    """Name in the `ShapeLibrary`. Renderers may draw the shape called `shape + "/far"`, where there is one, from afar."""
    world_from_shape: NDArray[np.float64]
    """(N, 4, 4) rotation, one scale for all axes, translation."""
    tints: NDArray[np.uint8]
    """(N, 3) multiplies tinted vertices."""
    owners: NDArray[np.uint32]
    """(N,) as `Mesh.owners`."""


@dataclass(frozen=True)
class City:
    """Everything that stands still in an episode."""

    mesh: Mesh
    """In the world frame: what is there once."""
    objects: tuple[SceneryObject, ...]
    copies: tuple[Copies, ...] = ()
    """What is there many times."""


@dataclass(frozen=True)
class Placed:
    """A shape of the library where it stands at one tick. One actor may place several shapes."""

    actor_id: int
    shape: str
    world_from_shape: NDArray[np.float64]
    """(4, 4) rigid, left-handed."""
    color: tuple[int, int, int] = (255, 255, 255)
    light_flags: int = 0
    """`carla.VehicleLightState` of the vehicle it belongs to."""
    name: str = ""
    """The object whose textures it wears, a key of `Appearance.textures`; empty for none."""


NAMED_SURFACES: dict[str, Tag] = {
    "Road_0": Tag.ROADS,
    "RoadLine_0": Tag.ROAD_LINES,
    "Sidewalk_0": Tag.SIDEWALKS,
    "Terrain_0": Tag.TERRAIN,
    "Ground_0": Tag.GROUND,
}
"""What of the city's mesh has a name for textures though no object of its own: all without an owner that bears the tag."""


def surface_owner(tag: int) -> int:
    """Return the number by which renderers know a named surface; no `Mesh.owners` is as high in any town of ours."""
    return 0xFFFF - int(tag)


class ShapeLibrary(Protocol):
    """Meshes by name, built when first asked for and then kept."""

    def mesh(self, shape: str) -> Mesh:
        """Return the mesh of `shape` in its own frame. Raises KeyError for an unknown name."""
        ...


@dataclass(frozen=True)
class Texture:
    """Pixels that a client has put on an object; compared by identity."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) sRGB."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True)
class Appearance:
    """What clients have changed about the looks of things. Replaced as a whole with every change, so identity tells."""

    textures: Mapping[str, Texture]
    """By object name: `SceneryObject.name` or `Placed.name`."""
    hidden: frozenset[int]
    """Ids of still objects that are switched off."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


UNCHANGED = Appearance({}, frozenset())


@dataclass(frozen=True)
class ActorMotion:
    """Where an actor is and how it moves at one tick; left-handed world frame."""

    actor_id: int
    parent_id: int
    type_id: str
    location: tuple[float, float, float]
    rotation: tuple[float, float, float]
    """(pitch, yaw, roll) degrees."""
    velocity: tuple[float, float, float]
    """m/s."""
    angular_velocity: tuple[float, float, float]
    """deg/s."""


@dataclass(frozen=True)
class Moment:
    """All that sensors may look at after one tick. Immutable: sensors read it while the next tick may already run."""

    tick: int
    elapsed_s: float
    dt_s: float
    weather: Weather
    gravity: float
    geo_origin: tuple[float, float]
    """(latitude, longitude) degrees of the map's origin."""
    placed: tuple[Placed, ...]
    motions: Mapping[int, ActorMotion]
    collisions: tuple[Collision, ...]
    appearance: Appearance = UNCHANGED


@dataclass(frozen=True)
class Collision:
    """Two actors touched during the tick. `other_id` 0 is scenery, named by `other_type` ("static.wall")."""

    actor_id: int
    other_id: int
    other_type: str
    impulse: tuple[float, float, float]
    """N s on `actor_id`, world axes, left-handed."""
