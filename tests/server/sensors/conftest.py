"""A world of infinite planes, where every distance is known in closed form, and moments made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from simgen.server.scene import ActorMotion, Moment
from simgen.server.sensors import Hits, Stage
from simgen.server.values import Weather

SENSOR, CARRIER = 9, 5


class Planes:
    """A ray source of infinite planes (point, unit normal, object id, tag); `ignore` is obeyed and remembered."""

    def __init__(self, *planes):
        self.planes = planes
        self.ignored = None

    def cast(self, origins, directions, range_m, moment, ignore=frozenset()):
        self.ignored = ignore
        count = len(directions)
        nearest, which = np.full(count, np.inf), np.zeros(count, dtype=int)
        for index, (point, normal, object_id, _) in enumerate(self.planes):
            if object_id in ignore:
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                distance = ((np.asarray(point) - origins) @ normal) / (directions @ normal)
            closer = (distance > 0) & (distance < nearest) & (distance <= range_m)
            nearest[closer], which[closer] = distance[closer], index
        met = np.isfinite(nearest)

        def column(k, dtype):
            return np.where(met, np.array([p[k] for p in self.planes])[which], 0).astype(dtype)

        normals = np.where(met[:, None], np.array([p[1] for p in self.planes], dtype=float)[which], 0.0).astype(np.float32)
        return Hits(nearest.astype(np.float32), column(2, np.uint32), column(3, np.uint8), np.zeros(count, np.uint8), normals)


def motion(actor_id=SENSOR, location=(0, 0, 0), rotation=(0, 0, 0), velocity=(0, 0, 0), turning=(0, 0, 0), parent=0, kind="vehicle.x.y"):
    return ActorMotion(actor_id, parent, kind, tuple(location), tuple(rotation), tuple(velocity), tuple(turning))


def moment(*motions, tick=1, dt=0.05, elapsed=None, collisions=(), gravity=9.81, geo=(0.0, 0.0)):
    elapsed = tick * dt if elapsed is None else elapsed
    return Moment(tick, elapsed, dt, Weather(), gravity, geo, (), {m.actor_id: m for m in motions}, tuple(collisions))


@pytest.fixture(scope="session")
def hand():
    """Makers of planes, motions, moments and stages."""
    return SimpleNamespace(
        SENSOR=SENSOR,
        CARRIER=CARRIER,
        Planes=Planes,
        motion=motion,
        moment=moment,
        stage=lambda rays=None: Stage(city=None, shapes=None, images=None, rays=rays),
    )
