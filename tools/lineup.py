"""Every blueprint of a family on neutral ground, each with its box: to judge shapes and sizes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.geometry.pose import left_from_carla
from simgen.server.assets.placement import place
from simgen.server.assets.shapes import Shapes
from simgen.server.render.images import GLImages
from simgen.server.scene import City, Material, Mesh, Moment, Placed
from simgen.server.sensors import View
from simgen.server.values import Transform, Vector3D
from simgen.server.world.actor_factory import make_actor
from simgen.server.world.actors import Actor
from simgen.server.world.blueprints import LIBRARY, Blueprint
from tools.town_views import MAPS, WEATHERS

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

GROUND_M = 60.0
FOV_DEG = 40.0
COLUMNS = {"vehicles": 6, "people": 10, "props": 10, "plants": 8, "furniture": 8}
TILES = {"vehicles": (400, 260), "people": (190, 300), "props": (220, 200), "plants": (240, 280), "furniture": (240, 280)}
"""Width and height in pixels; halved by `small`."""
BOX_COLOR = (60, 60, 230)
VEHICLE_COLORS = ("180,30,34", "30,66,140", "210,210,206", "40,44,46", "150,154,158", "232,190,40")


class Subject:
    """What one tile shows: shapes, and the box (8, 3) that they should keep to."""

    def __init__(self, name: str, placed: tuple[Placed, ...], centre: Floats, extent: Floats) -> None:
        self.name, self.placed, self.centre, self.extent = name, placed, centre, extent

    @property
    def corners(self) -> Floats:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
        return np.asarray(self.centre + signs * self.extent)


def draw_lineup(family: str, small: bool) -> Image:
    """Return the sheet of a family."""
    shapes = Shapes()
    images = GLImages(City(_ground(), ()), shapes)
    width, height = (side // (2 if small else 1) for side in TILES[family])
    try:
        tiles = [_tile(images, subject, width, height) for subject in SUBJECTS[family](shapes)]
    finally:
        images.close()
    blank = np.full_like(tiles[0], 255)
    columns = COLUMNS[family]
    tiles += [blank] * (-len(tiles) % columns)
    return np.concatenate([np.concatenate(tiles[k : k + columns], axis=1) for k in range(0, len(tiles), columns)], axis=0)


def _tile(images: GLImages, subject: Subject, width: int, height: int) -> Image:
    moment = Moment(1, 0.0, 0.05, WEATHERS["noon"], 9.81, (0.0, 0.0), subject.placed, {}, ())
    view = _view(subject, width, height)
    image = np.ascontiguousarray(images.image(view, "rgb", moment)[..., :3])
    _draw_box(image, view, subject.corners)
    cv2.putText(image, subject.name, (3, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 1, cv2.LINE_AA)
    return image


def _view(subject: Subject, width: int, height: int) -> View:
    """Return a view of the front and the left side, the box filling most of the picture."""
    yaw, pitch = 145.0, -12.0
    turn = left_from_carla((0.0, 0.0, 0.0), (pitch, yaw, 0.0))
    local = (subject.corners - subject.centre) @ turn[:3, :3]
    focal = 0.5 * width / np.tan(np.radians(0.5 * FOV_DEG))
    reach = np.maximum(np.abs(local[:, 1]) * focal / (0.46 * width), np.abs(local[:, 2]) * focal / (0.44 * height))
    pose = turn.copy()
    pose[:3, 3] = subject.centre - turn[:3, 0] * float((reach - local[:, 0]).max())
    pose[2, 3] = max(pose[2, 3], 0.1)
    return View(pose.tobytes(), width, height, FOV_DEG)


def _draw_box(image: Image, view: View, corners: Floats) -> None:
    height, width = image.shape[:2]
    local = (corners - view.pose[:3, 3]) @ view.pose[:3, :3]
    focal = 0.5 * width / np.tan(np.radians(0.5 * FOV_DEG))
    pixels = np.stack([0.5 * width + focal * local[:, 1] / local[:, 0], 0.5 * height - focal * local[:, 2] / local[:, 0]], axis=1)
    for a, b in itertools.combinations(range(8), 2):
        if bin(a ^ b).count("1") == 1:
            start, end = (tuple(round(v * 8) for v in pixels[k]) for k in (a, b))
            cv2.line(image, start, end, BOX_COLOR, 1, cv2.LINE_AA, 3)


def _ground() -> Mesh:
    side = GROUND_M
    corners = np.array([(-side, -side, 0.0), (side, -side, 0.0), (side, side, 0.0), (-side, side, 0.0)], np.float32)
    return Mesh(
        positions=corners,
        normals=np.tile(np.array([0.0, 0.0, 1.0], np.float32), (4, 1)),
        uvs=corners[:, :2],
        colors=np.full((4, 3), 150, np.uint8),
        tinted=np.zeros(4, np.bool_),
        materials=np.full(4, Material.CONCRETE, np.uint8),
        tags=np.full(4, Tag.GROUND, np.uint8),
        triangles=np.array([(0, 1, 2), (0, 2, 3)], np.uint32),
    )


def standing_actor(blueprint: Blueprint, actor_id: int = 1, **attributes: str) -> Actor:
    """Return an actor of a blueprint on the ground at the origin: walkers' origin is the middle of their box."""
    height = blueprint.extent[2] - blueprint.centre[2] if blueprint.family == "walker" else 0.0
    return make_actor(actor_id, blueprint, blueprint.description(**attributes), Transform(Vector3D(0.0, 0.0, height)))


def _blueprints(family: str) -> list[Blueprint]:
    return [b for b in LIBRARY.values() if b.family == family and b.semantic_tags and b.id != "static.prop.mesh"]


def _subject(number: int, blueprint: Blueprint) -> Subject:
    has_color = any(a.id == "color" for a in blueprint.attributes)
    color = {"color": VEHICLE_COLORS[number % len(VEHICLE_COLORS)]} if has_color else {}
    actor = standing_actor(blueprint, **color)
    centre = np.array(actor.transform.location.as_tuple()) + np.array(blueprint.centre)
    return Subject(blueprint.id.partition(".")[2], place((actor,), 0.0), centre, np.array(blueprint.extent))


def _family(family: str) -> Callable[[Shapes], list[Subject]]:
    return lambda shapes: [_subject(number, blueprint) for number, blueprint in enumerate(_blueprints(family))]


def _still(plants: bool) -> Callable[[Shapes], list[Subject]]:
    """The shapes that stand many times in the shipped towns: plants, or everything else."""

    def subjects(shapes: Shapes) -> list[Subject]:
        from simgen.server.assets.city import build_city
        from simgen.server.map_stage import CITY_SEED
        from simgen.server.world.roads import RoadMap

        names: set[str] = set()
        for path in sorted(MAPS.glob("*.xodr")):
            city = build_city(RoadMap.load(path.stem, path.read_text()), shapes, CITY_SEED)
            names |= {kind.shape for kind in city.copies}
        return [_standing(name, shapes) for name in sorted(names) if name.startswith("plant/") == plants]

    return subjects


def _standing(name: str, shapes: Shapes) -> Subject:
    low, high = (v.astype(np.float64) for v in shapes.mesh(name).bounds())
    return Subject(name, (Placed(1, name, np.eye(4)),), (low + high) / 2.0, (high - low) / 2.0)


SUBJECTS: dict[str, Callable[[Shapes], list[Subject]]] = {
    "vehicles": _family("vehicle"),
    "people": _family("walker"),
    "props": _family("static"),
    "plants": _still(plants=True),
    "furniture": _still(plants=False),
}
