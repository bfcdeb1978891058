"""A small made-up episode: every kind of reading at its own rate, on a rig that a test can write down."""

from types import MappingProxyType

import numpy as np

from simgen.datatypes.frame import Frame, LaneLine, Thing, WorldState
from simgen.datatypes.readings import COLLISION_DTYPE, LIDAR_DTYPE, RADAR_DTYPE, Reading
from simgen.datatypes.rig import IMAGE_KINDS, Kind, Mount, Rig
from simgen.datatypes.tags import ObjectClass
from simgen.geometry.pose import pose_from_rpy
from simgen.labels import annotate

TICK_RATE_HZ = 20.0
WIDTH, HEIGHT = 64, 48
CAMERA = MappingProxyType({"image_size_x": str(WIDTH), "image_size_y": str(HEIGHT), "fov": "90"})
RATES = {
    Kind.RGB: 10.0,
    Kind.DEPTH: 10.0,
    Kind.SEMANTIC: 10.0,
    Kind.INSTANCE: 10.0,
    Kind.LIDAR: 10.0,
    Kind.RADAR: 20.0,
    Kind.GNSS: 1.0,
    Kind.IMU: 20.0,
    Kind.COLLISION: 20.0,
}
RIG = Rig(
    "small",
    tuple(
        Mount(
            f"front.{kind.value}" if kind in IMAGE_KINDS else kind.value,
            "front" if kind in IMAGE_KINDS else kind.value,
            kind,
            pose_from_rpy((1.0, 0.0, 1.5), (0.0, 0.0, 0.0)),
            rate,
            CAMERA if kind in IMAGE_KINDS else MappingProxyType({}),
        )
        for kind, rate in RATES.items()
    ),
)


def thing(actor_id, object_class, x, y=0.0, state=-1):
    return Thing(
        actor_id,
        "vehicle.tesla.model3",
        object_class,
        pose_from_rpy((x, y, 0.0), (0, 0, 10.0)),
        pose_from_rpy((0, 0, 0.75), (0, 0, 0)),
        np.array([4.8, 2.0, 1.5]),
        np.array([5.0, 0.0, 0.0]),
        np.zeros(3),
        {},
        0,
        state,
    )


def data_of(kind, rng):
    instance = np.zeros((HEIGHT, WIDTH), np.uint32)
    instance[20:30, 10:30] = 7
    points = np.zeros(int(rng.integers(0, 500)), LIDAR_DTYPE)
    points["x"], points["object_id"] = rng.normal(size=len(points)), rng.integers(0, 9, len(points))
    made = {
        Kind.RGB: lambda: rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8),
        Kind.DEPTH: lambda: (rng.integers(0, 1 << 24, (HEIGHT, WIDTH)) * (1000 / ((1 << 24) - 1))).astype(np.float32),
        Kind.SEMANTIC: lambda: np.where(instance > 0, 14, 1).astype(np.uint8),
        Kind.INSTANCE: lambda: instance,
        Kind.LIDAR: lambda: points,
        Kind.RADAR: lambda: np.ones(3, RADAR_DTYPE),
        Kind.GNSS: lambda: rng.normal(size=3),
        Kind.IMU: lambda: rng.normal(size=7),
        Kind.COLLISION: lambda: np.ones(1, COLLISION_DTYPE),
    }
    return made[kind]()


def make_frame(tick, rig=RIG):
    rng = np.random.default_rng(tick)
    ego = thing(1, ObjectClass.CAR, float(tick))
    due = list(rig.due(tick, TICK_RATE_HZ)) + ([m for m in rig.mounts if m.kind is Kind.COLLISION] if tick == 5 else [])
    readings = {m.name: Reading(m.name, m.kind, tick, ego.world_from_actor @ m.ego_from_sensor, data_of(m.kind, rng)) for m in due}
    lane = LaneLine("boundary", 3, -1, "broken", "white", rng.normal(size=(int(rng.integers(2, 6)), 3)))
    others = (thing(7, ObjectClass.CAR, tick + 10.0), thing(8, ObjectClass.TRAFFIC_LIGHT, tick + 30.0, state=2))
    return Frame(tick, tick / TICK_RATE_HZ, MappingProxyType(readings), WorldState(tick, ego, others, (lane,)))


def write_shard(path, frames=25, **options):
    from simgen.shards.writer import ShardWriter

    writer = ShardWriter(path, RIG, TICK_RATE_HZ, {"scenario": "test", "seed": 7}, **options)
    for tick in range(frames):
        frame = make_frame(tick)
        writer.append(frame, annotate(frame, RIG))
    return writer.close({"events": []})
