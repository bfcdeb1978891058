"""Cities and shapes made of boxes by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from simgen.server.scene import UNCHANGED, City, Mesh, Moment, Placed
from simgen.server.values import Weather

_FACES = np.array([[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]])
"""Corners (z fastest) of the sides of a box, so wound that (v1 - v0) x (v2 - v0) points outwards."""
_OUTWARDS = np.array([[0, 0, -1], [0, 0, 1], [0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0]], dtype=np.float32)


def box(low, high, tag=3, material=4, color=(128, 128, 128), tinted=False):
    """A closed box of 12 triangles."""
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])], dtype=np.float32)
    positions = corners[_FACES].reshape(-1, 3)
    corner = 4 * np.arange(6)[:, None]
    triangles = np.concatenate([corner + np.array([0, 2, 1]), corner + np.array([0, 3, 2])]).astype(np.uint32)
    count = len(positions)
    return Mesh(
        positions,
        np.repeat(_OUTWARDS, 4, axis=0),
        np.zeros((count, 2), np.float32),
        np.tile(np.array(color, np.uint8), (count, 1)),
        np.full(count, tinted),
        np.full(count, material, np.uint8),
        np.full(count, tag, np.uint8),
        triangles,
    )


def joined(*meshes):
    offsets = np.cumsum([0] + [len(mesh.positions) for mesh in meshes])
    names = ("positions", "normals", "uvs", "colors", "tinted", "materials", "tags")
    columns = [np.concatenate([getattr(mesh, name) for mesh in meshes]) for name in names]
    return Mesh(*columns, np.concatenate([mesh.triangles + np.uint32(k) for mesh, k in zip(meshes, offsets, strict=False)]))


def city(*meshes):
    return City(joined(*meshes) if meshes else box((0, 0, 0), (0, 0, 0)), ())


def nothing():
    """A city without a single triangle."""
    empty = box((0, 0, 0), (1, 1, 1))
    return City(Mesh(*(getattr(empty, name)[:0] for name in list(empty.__dataclass_fields__)[:8])), ())


class Shapes:
    """A shape library of given meshes that counts how often each was asked for."""

    def __init__(self, **meshes):
        self.meshes, self.asked = meshes, []

    def mesh(self, shape):
        self.asked.append(shape)
        return self.meshes[shape]


def moment(*placed, weather=None, tick=1, appearance=UNCHANGED):
    return Moment(tick, 0.05 * tick, 0.05, weather or Weather(), 9.81, (0.0, 0.0), tuple(placed), {}, (), appearance)


@pytest.fixture(scope="session")
def hand():
    return SimpleNamespace(box=box, joined=joined, city=city, nothing=nothing, Shapes=Shapes, moment=moment, Placed=Placed)
