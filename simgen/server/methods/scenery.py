"""What stands still: boxes, environment objects, textures, rays into the scene, and debug drawings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.methods.traffic_lights import lamp_boxes
from simgen.server.scene import SceneryObject
from simgen.server.simulation import Simulation
from simgen.server.values import BoundingBox, EnvironmentObject, LabelledPoint, Rotation, Transform, Vector3D
from simgen.server.world.actors import TrafficLight, TrafficSign
from simgen.server.world.attachment import compose
from simgen.server.world.refusals import Refused, bounded_number

ANY = 255
MATERIALS = range(4)
GREATEST_TEXTURE_SIDE = 4096
LONGEST_RAY_M = 1e5
MOST_HITS = 64
PAST_SURFACE_M = 1e-3


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
    """Noted by id. The city is one mesh that cameras keep showing whole."""
    hidden = simulation.world.hidden_objects
    hidden.difference_update(object_ids) if enabled else hidden.update(object_ids)


def get_names_of_all_objects(simulation: Simulation) -> list[str]:
    return [item.name for item in simulation.stage().city.objects]


def apply_texture_to_objects(simulation: Simulation, names: tuple[str, ...], material: int, texture: Any) -> None:
    """Noted by the object's name; cameras do not show it. `texture` is [width, height, pixels], too long to be unpacked."""
    width, height = _texture_size(texture)
    if material not in MATERIALS:
        raise Refused(f"material must be 0 to {len(MATERIALS) - 1}, got {material}")
    known = {item.name for item in simulation.stage().city.objects}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused(f"object must be one that get_names_of_all_objects lists, got {unknown[0]!r}")
    with simulation.lock:
        simulation.world.textures.update({name: (material, width, height) for name in names})


def _texture_size(texture: Any) -> tuple[int, int]:
    if not isinstance(texture, (tuple, list)) or len(texture) < 3 or not isinstance(texture[2], (tuple, list)):
        raise Refused("texture must be [width, height, pixels]")
    width, height, pixels = texture[:3]
    if not all(type(side) is int and 0 < side <= GREATEST_TEXTURE_SIDE for side in (width, height)) or len(pixels) != width * height:
        raise Refused(f"texture must have width x height pixels, got {width!r} x {height!r} with {len(pixels)}")
    return width, height


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
