"""The layout of a shard, as one literal table. Everything a reader needs to know is here and in the file's own attributes.

A shard is one HDF5 file of consecutive frames of one episode. With T frames, N readings of a stream and C cameras:

* `/frames` one row per frame; `/ego` the ego's pose and motion; `/streams/NAME` one group per mounted sensor, rows are its
  readings (a slow sensor has fewer rows than there are frames; `tick` tells to which frame a row belongs);
  `/truth` the ground truth.
* Ragged data (points, detections, boxes, encoded images) is one long dataset of rows plus `offsets` (rows + 1,): row i is
  `data[offsets[i]:offsets[i + 1]]`. No variable-length types, so every byte is found by arithmetic.
* Frames are right-handed: x forward, y left, z up; metres, radians, seconds unless `unit` says otherwise.

Root attributes: `schema`, `schema_version`, `simgen_version`, `tick_rate_hz`, `part` and `parts` (an episode may be cut into several
shards of consecutive ticks), `complete`, and `salvaged` where a repair cut the episode short. JSON texts stand in uint8
datasets: `/rig`, `/provenance` (resolved configuration, drawn episode, seed, server, map) and `/outcome` (what the scenario's
events did).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from simgen.datatypes.readings import COLLISION_DTYPE, LIDAR_DTYPE, OBSTACLE_DTYPE, RADAR_DTYPE
from simgen.datatypes.rig import Kind
from simgen.datatypes.truth import BOX2D_DTYPE, BOX3D_DTYPE, LANE_DTYPE, LIGHT_DTYPE

SCHEMA = "simgen.shard"
SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Column:
    """One dataset. `shape` is that of one row; "H" and "W" stand for the camera's size."""

    dtype: np.dtype[Any]
    shape: tuple[int | str, ...] = ()
    unit: str = ""
    frame: str = ""
    ragged: bool = False
    """Rows of variable number per reading or frame, found through `offsets`."""
    chunk_rows: int = 1024
    filters: str = "none"
    """Key of `encoding.FILTERS`."""
    about: str = ""


FRAMES: Mapping[str, Column] = MappingProxyType(
    {
        "tick": Column(np.dtype("<u4"), about="tick of the world, 0 is the first recorded one"),
        "time_s": Column(np.dtype("<f8"), unit="s", about="tick / tick_rate_hz"),
        "truth_crc32": Column(np.dtype("<u4"), about="CRC-32 over the frame's rows of all of /truth, in the order of the schema"),
    }
)

EGO: Mapping[str, Column] = MappingProxyType(
    {
        "world_from_ego": Column(np.dtype("<f8"), (4, 4), unit="m", frame="world", about="origin on the ground under the ego's middle"),
        "velocity": Column(np.dtype("<f8"), (3,), unit="m/s", frame="world"),
        "angular_velocity": Column(np.dtype("<f8"), (3,), unit="rad/s", frame="world"),
    }
)

STREAM: Mapping[str, Column] = MappingProxyType(
    {
        "tick": Column(np.dtype("<u4"), about="tick at which the row was measured"),
        "world_from_sensor": Column(np.dtype("<f8"), (4, 4), unit="m", frame="world"),
        "crc32": Column(np.dtype("<u4"), about="CRC-32 of the row's bytes in data"),
    }
)
"""Columns that every stream has beside its data."""

DATA: Mapping[Kind, Column] = MappingProxyType(
    {
        Kind.RGB: Column(np.dtype("u1"), ragged=True, chunk_rows=1 << 18, about="JPEG or PNG file, R G B"),
        Kind.DEPTH: Column(
            np.dtype("<u4"),
            ("H", "W"),
            unit="m",
            frame="optical axis",
            chunk_rows=1,
            filters="records",
            about="differences along each row: metres = (cumsum(row) mod 2**32) * 1000 / (2**24 - 1); 1000 m is the sky",
        ),
        Kind.SEMANTIC: Column(np.dtype("u1"), ("H", "W"), chunk_rows=1, filters="labels", about="CARLA semantic tag"),
        Kind.INSTANCE: Column(np.dtype("<u4"), ("H", "W"), chunk_rows=1, filters="labels", about="actor id (low 16 bits), 0 no actor"),
        Kind.LIDAR: Column(LIDAR_DTYPE, ragged=True, unit="m", frame="sensor", chunk_rows=1 << 14, filters="records"),
        Kind.RADAR: Column(RADAR_DTYPE, ragged=True, unit="m, rad, m/s", frame="sensor", filters="records", about="v < 0 approaches"),
        Kind.GNSS: Column(np.dtype("<f8"), (3,), unit="deg, deg, m", frame="WGS84", about="latitude, longitude, altitude"),
        Kind.IMU: Column(np.dtype("<f8"), (7,), unit="m/s^2 x3, rad/s x3, rad", frame="sensor", about="acceleration, gyroscope, compass"),
        Kind.COLLISION: Column(COLLISION_DTYPE, ragged=True, unit="N s", frame="world"),
        Kind.LANE_INVASION: Column(np.dtype("u1"), ragged=True, about="carla.LaneMarkingType of each crossed marking"),
        Kind.OBSTACLE: Column(OBSTACLE_DTYPE, ragged=True, unit="m"),
    }
)
"""The `data` column of a stream by its kind."""

TRUTH: Mapping[str, Column] = MappingProxyType(
    {
        "boxes3d": Column(BOX3D_DTYPE, ragged=True, unit="m, m/s, rad/s", frame="ego", filters="records"),
        "lanes": Column(LANE_DTYPE, ragged=True, filters="records", about="start and count index lane_points of the same frame"),
        "lane_points": Column(np.dtype("<f8"), (3,), unit="m", frame="ego", ragged=True, chunk_rows=4096, filters="records"),
        "lights": Column(LIGHT_DTYPE, ragged=True, unit="m", frame="ego", filters="records"),
    }
)
"""`/truth/NAME/{data, offsets}`: one row group per frame."""

TRUTH_BY_CAMERA: Mapping[str, Column] = MappingProxyType(
    {
        "boxes2d": Column(BOX2D_DTYPE, ragged=True, unit="px", frame="image", filters="records", about="empty where not due"),
        "lane_pixels": Column(np.dtype("<f4"), (2,), unit="px", frame="image", ragged=True, chunk_rows=4096, filters="records"),
    }
)
"""`/truth/NAME/CAMERA/{data, offsets}`: one row group per frame; lane_pixels run parallel to lane_points."""
