"""Stand-ins for the objects of the client library that carry sensor data."""

from types import SimpleNamespace

import numpy as np


def vector(x=0.0, y=0.0, z=0.0):
    return SimpleNamespace(x=x, y=y, z=z)


def message(frame=0, x=0.0, y=0.0, z=0.0, yaw=0.0, **content):
    rotation = SimpleNamespace(pitch=0.0, yaw=yaw, roll=0.0)
    return SimpleNamespace(frame=frame, transform=SimpleNamespace(location=vector(x, y, z), rotation=rotation), **content)


def image(bgra, **place):
    bgra = np.asarray(bgra, dtype=np.uint8)
    return message(raw_data=bgra.tobytes(), height=bgra.shape[0], width=bgra.shape[1], **place)


def lidar(points, counts, **place):
    """A message of the semantic LiDAR: points (x, y, z, cos, id, tag) in CARLA's frame, grouped by channel."""
    dtype = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cos", "<f4"), ("id", "<u4"), ("tag", "<u4")])
    raw = np.array([tuple(p) for p in points], dtype=dtype)
    return message(raw_data=raw.tobytes(), channels=len(counts), get_point_count=lambda channel: counts[channel], **place)
