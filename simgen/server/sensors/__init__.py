"""Sensors of the embedded server: attributes of a blueprint in, bodies of stream messages out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simgen.server.scene import City, Moment, ShapeLibrary
from simgen.server.sensors.optics import Optics


@dataclass(frozen=True)
class CollisionEvent:
    """A collision of the sensor's parent, to be packed with full actor layouts."""

    other_id: int
    other_type: str
    impulse: tuple[float, float, float]


@dataclass(frozen=True)
class ObstacleEvent:
    """An obstacle within the sweep of an obstacle sensor."""

    other_id: int
    other_type: str
    distance_m: float


Measurement = bytes | CollisionEvent | ObstacleEvent
"""The body of one stream message after the 48-byte header, or an event that the caller packs."""


class SensorModel(Protocol):
    """One spawned sensor. May keep state (random streams, start angles, last positions) that begins anew with each spawn."""

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        """Return the messages of a tick at which the sensor is due; empty when there is nothing to send.

        The sensor's own pose is `moment.motions[sensor_id]`.
        """
        ...

    def observe(self, moment: Moment) -> None:
        """Look at a tick at which the sensor is NOT due (an IMU needs the last positions); most do nothing."""
        ...


@dataclass(frozen=True)
class View:
    """One camera image to be made: pose, size, field of view. Equal views of one tick share their passes."""

    world_from_camera: bytes
    """The (4, 4) float64 left-handed matrix as bytes, so that views can be compared and hashed; see `pose`."""
    width: int
    height: int
    fov_deg: float
    optics: Optics = Optics()
    """What the lens and the film of an rgb camera do; other layers do not depend on it."""
    before: bytes | None = None
    """`world_from_camera` while the shutter opened, where that is another: what moves past is blurred."""

    @property
    def pose(self) -> NDArray[np.float64]:
        """(4, 4) left-handed: camera axes x forward, y right, z up."""
        return np.frombuffer(self.world_from_camera, dtype=np.float64).reshape(4, 4)


class ImageSource(Protocol):
    """Makes camera images, with GL or by casting rays; both give the same ids and depth."""

    description: str
    """For logs and `simgen doctor`, such as "EGL, llvmpipe (LLVM 15.0.6, 256 bits)"."""

    def image(self, view: View, layer: str, moment: Moment) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A as CARLA sends it, rows top to bottom.

        `layer` is "rgb", "depth" (24 bits, R low, planar, /(2**24-1)*1000 m, sky 1000 m), "semantic" (tag in R), "instance"
        (tag in R, id low byte in G, high byte in B) or "normals" (n * 0.5 + 0.5). Callable from any thread.
        """
        ...

    def close(self) -> None: ...


SCENERY_ID = 0
"""The object id of everything that is neither an actor nor a parked vehicle."""


@dataclass(frozen=True)
class Hits:
    """What N rays met; `distance` is inf where nothing was hit, and the other fields are then 0."""

    distance: NDArray[np.float32]
    object_id: NDArray[np.uint32]
    """Actor id, id of a still object that is a parked vehicle, or `SCENERY_ID`."""
    tag: NDArray[np.uint8]
    material: NDArray[np.uint8]
    normal: NDArray[np.float32]
    """(N, 3) unit, world frame, as the triangle is wound."""
    color: NDArray[np.uint8] | None = None
    """(N, 3) sRGB base colour with the tint of the placed shape; None from a source that does not know colours."""


class RaySource(Protocol):
    """Casts rays into the city and the placed shapes."""

    def cast(
        self,
        origins: NDArray[np.float64],
        directions: NDArray[np.float64],
        range_m: float,
        moment: Moment,
        ignore: frozenset[int] = frozenset(),
    ) -> Hits:
        """Return the nearest hits of rays from `origins` (3,) or (N, 3) along unit `directions` (N, 3), world frame.

        Shapes of the actors in `ignore` are transparent (a sensor does not see its parent only where CARLA says so), and the
        city too if `SCENERY_ID` is among them.
        """
        ...


@dataclass(frozen=True)
class Stage:
    """What a sensor is built on: the still city, the shapes, and the two ways of looking at them."""

    city: City
    shapes: ShapeLibrary
    images: ImageSource
    rays: RaySource
