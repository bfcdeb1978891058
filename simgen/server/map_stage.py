"""Everything that belongs to one map and is made once: files for clients, obstacles, and the stage for sensors.

All of it is made when first asked for, so that a server whose clients spawn no camera starts in tenths of a second.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simgen.errors import MapError
from simgen.server.assets.city import build_city
from simgen.server.assets.shapes import Shapes
from simgen.server.mesh_store import kept_city
from simgen.server.rays.ray_scene import RayScene
from simgen.server.render import open_images
from simgen.server.scene import City, Mesh, Moment
from simgen.server.sensors import Hits, ImageSource, RaySource, Stage, View
from simgen.server.world.map_catalogue import Catalogue, check_opendrive
from simgen.server.world.navigation import navigation_mesh
from simgen.server.world.obstacles import Obstacle, Obstacles
from simgen.server.world.rectangles import Bounds
from simgen.server.world.roads import RoadMap

log = logging.getLogger(__name__)

CITY_SEED = 0
KEPT_MAPS = 2
"""Maps whose cities and renderers are kept: a town takes some hundred megabytes."""
OPENDRIVE_MAP = "OpenDriveMap"
"""Name under which `generate_opendrive_world` loads the client's own text."""

ROAD_TYPES = frozenset({"driving", "bidirectional", "biking"})

T = TypeVar("T")


PARTS = ("navigation", "city", "obstacles", "shapes", "rays", "images", "thread")


class MapStage:
    """One loaded map. Safe to ask from several threads: who asks for what is being made waits, and nothing is made twice."""

    def __init__(self, roads: RoadMap, user_shapes: Mapping[str, Mesh] | None = None) -> None:
        """`user_shapes` replace blueprints' own meshes; see `read_user_shapes`."""
        self.roads = roads
        self._user_shapes = user_shapes
        self.vehicle_obstacles: Obstacles = ObstaclesInTheMaking(self)
        """What vehicles can run into, to be asked at once: it waits for the city only for vehicles that leave the road."""
        self._locks = {part: threading.Lock() for part in PARTS}
        self._made: dict[str, Any] = {}

    def _once(self, part: str, make: Callable[[], T]) -> T:
        if part not in self._made:
            with self._locks[part]:
                if part not in self._made:
                    self._made[part] = make()
        made: T = self._made[part]
        return made

    def begin_city(self) -> None:
        """Build the city in a thread of its own: that takes seconds, and nobody needs it yet."""
        self._once("thread", self._start_building)

    def _start_building(self) -> threading.Thread:
        thread = threading.Thread(target=lambda: self.obstacles, name="city", daemon=True)
        thread.start()
        return thread

    @property
    def has_obstacles(self) -> bool:
        """Tell whether `obstacles` can be had without waiting."""
        return "obstacles" in self._made

    @property
    def navigation(self) -> bytes:
        """The pedestrian navigation mesh; empty where the map has no sidewalks."""
        return self._once("navigation", lambda: navigation_mesh(self.roads))

    @property
    def city(self) -> City:
        return self._once("city", self._make_city)

    def _make_city(self) -> City:
        if self._user_shapes:  # which may stand in the city too
            return build_city(self.roads, self.shapes, CITY_SEED)
        key = f"{fingerprint(self.roads.opendrive)}-{CITY_SEED}"
        return kept_city(key, lambda: build_city(self.roads, self.shapes, CITY_SEED))

    @property
    def obstacles(self) -> Obstacles:
        """What vehicles can run into."""
        return self._once("obstacles", lambda: Obstacles.from_objects(self.city.objects))

    @property
    def shapes(self) -> Shapes:
        return self._once("shapes", lambda: Shapes(self._user_shapes))

    @property
    def rays(self) -> RaySource:
        return self._once("rays", lambda: RayScene(self.city, self.shapes))

    @property
    def images(self) -> ImageSource:
        return self._once("images", self._open_images)

    def _open_images(self) -> ImageSource:
        images: ImageSource = open_images(self.city, self.shapes, _LazyRays(self))
        log.info("cameras of %s are rendered by %s", self.roads.name, images.description)
        return images

    @cached_property
    def for_sensors(self) -> Stage:
        """The stage as sensors get it: making a sensor makes nothing of it yet, measuring does."""
        return _LazyStage(self)

    def close(self) -> None:
        images = self._made.pop("images", None)
        if images is not None:
            images.close()


class ObstaclesInTheMaking(Obstacles):
    """The obstacles of a map whose city may still be being built.

    Nothing of a city stands on the road. So a vehicle wholly on it is answered at once, and one that is not waits for the city:
    what happens never depends on how fast the city was built.
    """

    def __init__(self, stage: MapStage) -> None:
        super().__init__((), {})
        object.__setattr__(self, "_stage", stage)

    def near(self, bounds: Bounds) -> list[Obstacle]:
        stage: MapStage = self._stage  # type: ignore[attr-defined]
        if not stage.has_obstacles and _is_road(stage.roads, bounds):
            return []
        return stage.obstacles.near(bounds)


def _is_road(roads: RoadMap, bounds: Bounds) -> bool:
    """Tell whether the corners and the middle of (least x, greatest x, least y, greatest y) are on lanes that vehicles use."""
    west, east, north, south = bounds
    corners = itertools.product((west, 0.5 * (west + east), east), (north, 0.5 * (north + south), south))
    return all(roads.ground(x, y, 0.0).lane_type in ROAD_TYPES for x, y in corners)


class _LazyStage(Stage):
    _stage: MapStage

    def __init__(self, stage: MapStage) -> None:
        for name, value in (("_stage", stage), ("shapes", stage.shapes), ("images", _LazyImages(stage)), ("rays", _LazyRays(stage))):
            object.__setattr__(self, name, value)  # the fields of a stage are frozen

    @property
    def city(self) -> City:
        return self._stage.city


class _LazyImages:
    def __init__(self, stage: MapStage) -> None:
        self._stage = stage

    @property
    def description(self) -> str:
        return self._stage.images.description

    def image(self, view: View, layer: str, moment: Moment) -> NDArray[np.uint8]:
        return self._stage.images.image(view, layer, moment)

    def flow(self, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]:
        """Both image sources have it beyond what `ImageSource` asks for; optical flow cameras look for it."""
        flow: NDArray[np.float32] = self._stage.images.flow(view, moment, view_before, moment_before)  # type: ignore[attr-defined]
        return flow

    def close(self) -> None:
        """The map's stage closes the images."""


class _LazyRays:
    def __init__(self, stage: MapStage) -> None:
        self._stage = stage

    def cast(
        self,
        origins: NDArray[np.float64],
        directions: NDArray[np.float64],
        range_m: float,
        moment: Moment,
        ignore: frozenset[int] = frozenset(),
    ) -> Hits:
        return self._stage.rays.cast(origins, directions, range_m, moment, ignore)


class MapStages:
    """The maps of a catalogue with their stages; the last few stay ready."""

    def __init__(self, catalogue: Catalogue, user_shapes: Mapping[str, Mesh] | None = None) -> None:
        self.catalogue = catalogue
        self._user_shapes = user_shapes
        self._stages: OrderedDict[tuple[str, str], MapStage] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, asked: str) -> MapStage:
        """Return the stage of a map of the catalogue. Raises MapError, naming the choices."""
        return self._stage(self.catalogue.resolve(asked), self.catalogue.opendrive(asked))

    def load_opendrive(self, opendrive: str) -> MapStage:
        """Return the stage of a client's own OpenDRIVE text. Raises MapError for one that cannot be served."""
        check_opendrive(opendrive, OPENDRIVE_MAP)
        return self._stage(OPENDRIVE_MAP, opendrive)

    def default_name(self) -> str:
        """Return the map to start with when none is named. Raises MapError where there is none at all."""
        names = self.catalogue.names()
        if not names:
            raise MapError("the server must have a map, got an empty catalogue")
        return names[0]

    def close(self) -> None:
        with self._lock:
            for stage in self._stages.values():
                stage.close()
            self._stages.clear()

    def _stage(self, name: str, opendrive: str) -> MapStage:
        key = (name, fingerprint(opendrive))
        with self._lock:
            if key not in self._stages:
                self._stages[key] = MapStage(RoadMap.load(name, opendrive), self._user_shapes)
            self._stages.move_to_end(key)
            while len(self._stages) > KEPT_MAPS:
                self._stages.popitem(last=False)[1].close()
            return self._stages[key]


def fingerprint(opendrive: str) -> str:
    """Return a short name for the content of a map; file names in clients' caches carry it."""
    return hashlib.sha256(opendrive.encode("utf-8", "surrogateescape")).hexdigest()[:16]


class MapFiles:
    """The files of a map that clients ask for by name, and then keep in a cache on disk."""

    folder = "Carla/Maps/"

    def __init__(self, map_name: str, stage: MapStage) -> None:
        self._stage = stage
        self._opendrive = f"{self.folder}OpenDrive/{map_name}.xodr"
        # Clients never check whether what they have in the cache is current, so the name says what is inside.
        self._navigation = f"{self.folder}Nav/{map_name}-{fingerprint(stage.roads.opendrive)}.bin"

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files of a folder: "Nav", "TM" (none: clients build their traffic map themselves), or all for ""."""
        if folder == "Nav":
            return (self._navigation,) if self._stage.navigation else ()
        return () if folder else (self._opendrive,)

    def content(self, name: str) -> bytes | None:
        """Return a file, None for a name that is not among `names`."""
        if name == self._opendrive:
            return self._stage.roads.opendrive.encode("utf-8", "surrogateescape")
        return self._stage.navigation if name == self._navigation else None
