"""What stands still: boxes, environment objects, textures, rays into the scene, and debug drawings."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.errors import ProtocolError
from simgen.server.methods.traffic_lights import lamp_boxes
from simgen.server.scene import NAMED_SURFACES, SceneryObject, Texture
from simgen.server.simulation import Simulation
from simgen.server.values import BoundingBox, EnvironmentObject, LabelledPoint, Rotation, Transform, Vector3D
from simgen.server.wire.textures import unpack_texture
from simgen.server.world.actors import TrafficLight, TrafficSign
from simgen.server.world.attachment import compose
from simgen.server.world.refusals import Refused, bounded_number
from simgen.server.world.world import object_name

ANY = 255
MATERIALS = ("Normal", "AO_Roughness_Metallic_Emissive", "Diffuse", "Emissive")
"""Names of `carla.MaterialParameter` by number."""
DIFFUSE = 2
GREATEST_TEXTURE_SIDE = 4096
KEPT_TEXTURE_SIDE = 512
"""Cameras show less; of larger textures every second, third ... row and column is kept."""
LONGEST_RAY_M = 1e5
MOST_HITS = 64
PAST_SURFACE_M = 1e-3

log = logging.getLogger(__name__)
_said: set[str] = set()


@dataclass(frozen=True)
class Projection:
    """Answer of `project_point`: whether something was met, and where."""

    found: bool
    point: LabelledPoint


def get_all_level_boxes(simulation: Simulation, label: int) -> list[BoundingBox]:
    boxes = [_box(item) for item in _objects(simulation, label)]
    with simulation.lock:
        return boxes + list(_signal_boxes(simulation, label))


def get_environment_objects(simulation: Simulation, label: int) -> list[EnvironmentObject]:
    return [
        EnvironmentObject(
            Transform(Vector3D(*item.location), Rotation(0.0, item.yaw_deg, 0.0)), _box(item), item.object_id, item.name, item.tag
        )
        for item in _objects(simulation, label)
    ]


def enable_environment_objects(simulation: Simulation, object_ids: tuple[int, ...], enabled: bool) -> None:
    """Show or hide still objects; unknown ids do nothing. What is hidden still blocks the way."""
    simulation.world.show_objects(object_ids, enabled)


def get_names_of_all_objects(simulation: Simulation) -> list[str]:
    """Return what can wear a texture: still objects, the kinds of ground, and every actor with a shape."""
    city = simulation.stage().city
    with simulation.lock:
        actors = _names_of_actors(simulation)
    return [*(item.name for item in city.objects), *NAMED_SURFACES, *actors]


def apply_texture_to_objects(simulation: Simulation, names: tuple[str, ...], material: int, texture: Any) -> None:
    """Put 8-bit colours on objects."""
    _put(simulation, names, material, _pixels(texture, np.uint8))


def apply_float_texture_to_objects(simulation: Simulation, names: tuple[str, ...], material: int, texture: Any) -> None:
    """Put a texture of linear colours from 0 to 1 on objects."""
    _put(simulation, names, material, np.rint(encoded(_pixels(texture, np.float32)) * 255.0).astype(np.uint8))


def _put(simulation: Simulation, names: tuple[str, ...], material: int, pixels: NDArray[np.uint8]) -> None:
    if not 0 <= material < len(MATERIALS):
        raise Refused(f"material must be 0 to {len(MATERIALS) - 1}, got {material}")
    known = set(get_names_of_all_objects(simulation))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused(f"object must be one that get_names_of_all_objects lists, got {unknown[0]!r}")
    if material != DIFFUSE:
        _say_unsupported(MATERIALS[material])
    elif pixels.size:
        with simulation.lock:
            simulation.world.put_texture(names, Texture(pixels))


def _pixels(texture: Any, dtype: type[np.uint8] | type[np.float32]) -> NDArray[Any]:
    """Return (H, W, 3), thinned out to what cameras show. Empty for an empty texture, which changes nothing."""
    if isinstance(texture, (tuple, list)) and any(type(side) is int and side > GREATEST_TEXTURE_SIDE for side in texture[:2]):
        raise Refused(f"texture must have at most {GREATEST_TEXTURE_SIDE} pixels to a side, got {texture[0]} x {texture[1]}")
    try:
        return unpack_texture(texture, dtype, KEPT_TEXTURE_SIDE)[..., :3]
    except ProtocolError as error:
        raise Refused(str(error)) from None


def encoded(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return sRGB values of linear ones, both 0 to 1 (IEC 61966-2-1); what lies outside is cut off."""
    x = np.clip(linear, 0.0, 1.0)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1.0 / 2.4) - 0.055)


def _names_of_actors(simulation: Simulation) -> list[str]:
    moment = simulation.moment()
    shown = {placed.actor_id for placed in moment.placed}
    return [object_name(actor) for actor in simulation.world.actors.values() if actor.id in shown]


def _say_unsupported(parameter: str) -> None:
    """Log once in the life of the server that a parameter has no effect."""
    if parameter not in _said:
        _said.add(parameter)
        log.warning("textures for %s are taken and have no effect; those for Diffuse are shown", parameter)


def project_point(simulation: Simulation, start: Vector3D, direction: Vector3D, distance: float) -> Projection:
    """Return the first surface from `start` along `direction`."""
    bounded_number(distance, 0.0, LONGEST_RAY_M, "distance")
    point = next(_hits_along(simulation, start, _unit(direction), distance, 1), None)
    return Projection(point is not None, point or LabelledPoint(Vector3D(), int(Tag.NONE)))


def cast_ray(simulation: Simulation, start: Vector3D, end: Vector3D) -> list[LabelledPoint]:
    """Return every surface between two points, nearest first."""
    way = Vector3D(end.x - start.x, end.y - start.y, end.z - start.z)
    length = bounded_number(math.hypot(*way.as_tuple()), 0.0, LONGEST_RAY_M, "length of the ray")
    return list(_hits_along(simulation, start, _unit(way), length, MOST_HITS)) if length > 0.0 else []


def _hits_along(simulation: Simulation, start: Vector3D, direction: Vector3D, length: float, most: int) -> Iterator[LabelledPoint]:
    moment = simulation.moment()
    rays = simulation.stage().rays
    origin, along = np.array(start.as_tuple()), np.array([direction.as_tuple()])
    travelled = 0.0
    for _ in range(most):
        hits = rays.cast(origin + along[0] * travelled, along, length - travelled, moment)
        distance = float(hits.distance[0])
        if not math.isfinite(distance):
            return
        place = origin + along[0] * (travelled + distance)
        yield LabelledPoint(Vector3D(*map(float, place)), int(hits.tag[0]))
        travelled += distance + PAST_SURFACE_M
        if travelled >= length:
            return


def _unit(direction: Vector3D) -> Vector3D:
    length = math.hypot(*direction.as_tuple())
    if length == 0.0:
        raise Refused("direction must not be zero, got (0, 0, 0)")
    return Vector3D(direction.x / length, direction.y / length, direction.z / length)


def drawn_nowhere(simulation: Simulation, *arguments: object) -> None:
    """Debug shapes appear in the window of the original; there is none here, and sensors never show them."""


def _objects(simulation: Simulation, label: int) -> list[SceneryObject]:
    objects = simulation.stage().city.objects
    return [item for item in objects if label in (ANY, item.tag)]


def _box(item: SceneryObject) -> BoundingBox:
    return BoundingBox(Vector3D(*item.box_centre), Vector3D(*item.box_extent), Rotation(0.0, item.yaw_deg, 0.0))


def _signal_boxes(simulation: Simulation, label: int) -> Iterator[BoundingBox]:
    """Yield the boxes of lamp heads and signs, which are actors and not part of the city."""
    if label in (ANY, Tag.TRAFFIC_LIGHT):
        for light in simulation.world.of_kind(TrafficLight):
            yield from lamp_boxes(light)
    if label in (ANY, Tag.TRAFFIC_SIGNS):
        for sign in simulation.world.of_kind(TrafficSign):
            placed = compose(sign.transform, Transform(sign.bounding_box.location))
            yield BoundingBox(placed.location, sign.bounding_box.extent, placed.rotation, sign.id)
