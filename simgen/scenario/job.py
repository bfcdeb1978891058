"""Jobs: one episode to record, with everything that must be known for it. Plain data; it goes to a worker by pickle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from simgen.datatypes.rig import Rig
from simgen.scenario.episode import Episode
from simgen.scenario.schema import Range

Port = Annotated[int, Range(at_least=1024, at_most=65534)]
Wait = Annotated[float, Range(above=0)]


@dataclass(frozen=True)
class ServerPlan:
    """Which CARLA server drives the world: one that simgen starts and ends, or one that runs already."""

    kind: Literal["embedded", "carla"] = "embedded"
    host: str = "127.0.0.1"
    port: Port | None = None
    """The embedded server takes a free pair of `ports` when it is not given; a running one is looked for at 2000."""
    ports: tuple[Port, Port] = (20000, 29999)
    """Where free ports are looked for: below 32768, where the system hands out none by itself."""
    tm_port: Port | None = None
    """Port of the Traffic Manager, which the client opens; a free one of `ports` when not given."""
    maps_dir: str | None = None
    """Further OpenDRIVE maps for the embedded server."""
    assets: str | None = None
    """Folder of .glb and .gltf files that replace blueprints' shapes on the embedded server."""
    timeout_s: Wait = 60.0
    """How long one call to the server may take."""
    start_s: Wait = 120.0
    """How long the embedded server may take to start."""


@dataclass(frozen=True)
class RecordPlan:
    """How an episode is recorded."""

    attempts: Annotated[int, Range(at_least=1)] = 3
    """How often an episode is begun anew, from its seed, when the server or the client library hangs or dies."""
    tick_deadline_s: Wait = 60.0
    """Wall time that one tick with all its readings may take."""
    load_deadline_s: Wait = 180.0
    """Wall time that each step of the preparation may take: connecting, loading the map, spawning."""
    radius_m: Wait = 120.0
    """Actors nearer than this to the ego are labelled, and whatever a camera or a LiDAR sees of the rest."""
    lane_radius_m: Wait = 60.0
    warmup_s: Annotated[float, Range(at_least=0)] = 0.0
    """Least time that the sensors run before the first recorded tick, for cameras that adapt their exposure."""
    queue: Annotated[int, Range(at_least=1)] = 4
    """Frames that may wait for labelling and writing."""
    codec: Literal["jpeg", "png"] = "jpeg"
    """Of rgb images: JPEG with full colour resolution, or PNG, which loses nothing and takes four times the room."""
    jpeg_quality: Annotated[int, Range(at_least=1, at_most=100)] = 95
    shard_frames: Annotated[int, Range(at_least=0)] = 2000
    """A longer episode is cut into several shards; 0 never cuts."""
    page_kib: Annotated[int, Range(at_least=0, at_most=65536)] = 0
    """HDF5 pages of this size keep metadata together, for reading from object stores; 0 is plain. 1024 is a good one."""


@dataclass(frozen=True)
class Job:
    """One episode, its rig, its server, and the shard that it becomes."""

    episode: Episode
    rig: Rig
    tick_rate_hz: float
    server: ServerPlan
    record: RecordPlan
    shard: Path

    @property
    def ticks(self) -> int:
        """The number of recorded ticks."""
        return max(1, round(self.episode.duration_s * self.tick_rate_hz))

    def provenance(self) -> dict[str, Any]:
        """Return what a shard says of its origin. Equal jobs give equal shards, so it holds no times, paths or ports."""
        return {
            "scenario": self.episode.scenario,
            "seed": self.episode.seed,
            "map": self.episode.map,
            "server": self.server.kind,
            "rig": self.rig.name,
            "tick_rate_hz": self.tick_rate_hz,
            "radius_m": self.record.radius_m,
            "lane_radius_m": self.record.lane_radius_m,
            "warmup_s": self.record.warmup_s,
            "episode": self.episode.as_plain(),
        }


def shard_name(episode: Episode) -> str:
    """Return the file name of the episode's shard."""
    return f"{episode.scenario}-{episode.seed}.h5"
