"""A small world made by hand, in which what a camera must see can be said beforehand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.errors import EnvironmentFault
from simgen.geometry.pose import left_from_carla
from simgen.server.scene import City, Material, Mesh, Moment, Placed
from simgen.server.sensors import View
from simgen.server.sensors.optics import Optics
from simgen.server.values import Weather

WIDTH, HEIGHT, FOV = 64, 48, 90.0


def box(size, centre=(0, 0, 0), material=Material.PAINT, tag=Tag.CAR, color=(200, 60, 50), tinted=False):
    """A box with outward triangles."""
    corners, normals, triangles = [], [], []
    for axis in range(3):
        for side in (-1.0, 1.0):
            n, u = np.zeros(3), np.zeros(3)
            n[axis], u[(axis + 1) % 3] = side, 1.0
            v = np.cross(n, u)
            first = len(corners)
            corners += [0.5 * (n + a * u + b * v) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            normals += [n] * 4
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    positions, count = np.array(corners) * size + centre, len(corners)
    return Mesh(
        positions=positions.astype(np.float32),
        normals=np.array(normals, dtype=np.float32),
        uvs=positions[:, :2].astype(np.float32),
        colors=np.tile(np.array(color, dtype=np.uint8), (count, 1)),
        tinted=np.full(count, tinted),
        materials=np.full(count, material, dtype=np.uint8),
        tags=np.full(count, tag, dtype=np.uint8),
        triangles=np.array(triangles, dtype=np.uint32),
    )


def merged(*meshes):
    shift = np.cumsum([0, *(len(m.positions) for m in meshes)])
    fields = ("positions", "normals", "uvs", "colors", "tinted", "materials", "tags")
    arrays = {name: np.concatenate([getattr(m, name) for m in meshes]) for name in fields}
    triangles = np.concatenate([m.triangles + np.uint32(s) for m, s in zip(meshes, shift, strict=False)])
    return Mesh(**arrays, triangles=triangles)


def ground(color=(80, 80, 82)):
    return box((400.0, 400.0, 1.0), (0.0, 0.0, -0.5), Material.ASPHALT, Tag.ROADS, color)


class Library:
    """Shapes by name."""

    def __init__(self, **shapes):
        self.shapes = shapes

    def mesh(self, shape):
        return self.shapes[shape]


STREET = merged(
    ground(),
    box((10.0, 8.0, 6.0), (30.0, -12.0, 3.0), Material.FACADE, Tag.BUILDINGS, (170, 120, 90)),
    box((0.2, 0.2, 5.0), (12.0, 5.0, 2.5), Material.METAL, Tag.POLES, (120, 120, 120)),
    box((0.5, 0.5, 0.2), (12.0, 5.0, 5.1), Material.LAMP, Tag.POLES, (255, 240, 200)),
    box((3.0, 3.0, 3.0), (25.0, 12.0, 4.0), Material.LEAF, Tag.VEGETATION, (60, 110, 40)),
    box((400.0, 0.15, 0.02), (0.0, -2.0, 0.0), Material.MARKING, Tag.ROAD_LINES, (230, 230, 230)),
)

CAR = merged(
    box((4.0, 1.8, 0.8), (0.0, 0.0, 0.7), tinted=True, color=(255, 255, 255)),
    box((2.0, 1.6, 0.6), (-0.2, 0.0, 1.4), Material.GLASS, Tag.CAR, (30, 32, 35)),
    box((0.1, 1.4, 0.2), (2.05, 0.0, 0.75), Material.HEADLAMP, Tag.CAR, (255, 255, 255)),
    box((0.1, 1.4, 0.2), (-2.05, 0.0, 0.75), Material.TAILLAMP, Tag.CAR, (180, 10, 10)),
)


def view(location=(0.0, 0.0, 1.6), rotation=(0.0, 0.0, 0.0), width=WIDTH, height=HEIGHT, fov=FOV, **optics):
    return View(left_from_carla(location, rotation).tobytes(), width, height, fov, Optics(**optics))


def moment(*placed, tick=1, **weather):
    return Moment(tick, tick * 0.05, 0.05, replace(Weather(), **weather), 9.81, (0.0, 0.0), placed, {}, ())


def at(shape, actor_id, x, y, z=0.0, yaw=0.0, color=(255, 255, 255), flags=0):
    return Placed(actor_id, shape, left_from_carla((x, y, z), (0.0, yaw, 0.0)), color, flags)


def metres(image):
    """Decode CARLA's depth image."""
    b, g, r = (image[..., k].astype(np.float64) for k in range(3))
    return (r + 256.0 * g + 65536.0 * b) / (2**24 - 1) * 1000.0


def ids(image):
    return image[..., 1].astype(int) + 256 * image[..., 0].astype(int)


@pytest.fixture(scope="session")
def made():
    """Makers of meshes, views and moments."""
    names = (box, merged, ground, Library, view, moment, at, metres, ids)
    return SimpleNamespace(STREET=STREET, CAR=CAR, WIDTH=WIDTH, HEIGHT=HEIGHT, **{made.__name__: made for made in names})


@pytest.fixture(scope="session")
def open_world():
    """Opens renderers of small worlds and closes them all; skips where no GL driver opens."""
    images = pytest.importorskip("simgen.server.render.images")
    opened = []

    def make(mesh, **shapes):
        try:
            opened.append(images.GLImages(City(mesh, ()), Library(**shapes)))
        except EnvironmentFault as fault:
            pytest.skip(str(fault))
        return opened[-1]

    yield make
    for world in opened:
        world.close()


@pytest.fixture(scope="session")
def street(open_world):
    """The street by hand, with a car shape."""
    return open_world(STREET, car=CAR)
