"""The library of shapes: meshes by name, made when first asked for.

Names:

* `vehicle.tesla.model3`: vehicles by blueprint id, origin on the ground under the middle as CARLA's actors. Their parts are
  `/body`, `/wheel_front`, `/door_fl` and so on: see `vehicle_parts.part_mesh`
  and, for those with riders (`/rider00`, `/fork`, `/parked`), `two_wheelers.two_wheeler_mesh`.
* `walker.pedestrian.0001/stand`, `/walk00` to `/walk23`, `/run00` to `/run23`: postures over one double step; the origin is the
  middle of the capsule.
* `static.prop.barrel`: props by blueprint id, origin on the ground.
* `traffic.traffic_light/red`, `/yellow`, `/green`, `/off`; `traffic.stop`, `traffic.yield`, `traffic.speed_limit.30`: origin at
  the foot of the post, the front looks along +y.
* `plant/oak/0`: trees and bushes by species and variant, `plant/oak.autumn/0` in another season than summer; `fence/brick wall`:
  pieces of fences; `sign/parking`: signs that are no actors; `street/lamp`: street furniture that is no blueprint. Origin on the ground.
* with `/far` after the name of a vehicle or posture: the same in few triangles, for what is far away. `Shapes.far` gives the name.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from simgen.server.assets.fences import fence_mesh
from simgen.server.assets.people import walker_mesh
from simgen.server.assets.props import prop_mesh
from simgen.server.assets.skyline import skyline_mesh
from simgen.server.assets.street_furniture import street_mesh
from simgen.server.assets.street_signs import light_mesh, sign_mesh
from simgen.server.assets.user_shapes import user_shape
from simgen.server.assets.vegetation import plant_mesh
from simgen.server.assets.vehicles import vehicle_mesh
from simgen.server.mesh_store import kept_mesh
from simgen.server.scene import Mesh

FAR = "/far"
"""Suffix of the coarse version of a shape."""


class Shapes:
    """The shape library. Safe to ask from several threads."""

    def __init__(self, user: Mapping[str, Mesh] | None = None) -> None:
        """`user` is what `read_user_shapes` gives: meshes that replace blueprints' own."""
        self._user = user or {}
        self._meshes: dict[str, Mesh] = {}
        self._lock = threading.Lock()

    def mesh(self, shape: str) -> Mesh:
        """Return the mesh of `shape` in its own frame, always the same object. Raises KeyError for an unknown name."""
        with self._lock:
            if shape not in self._meshes:
                replaced = user_shape(self._user, shape)
                self._meshes[shape] = kept_mesh(shape, lambda: _make(shape)) if replaced is None else replaced
            return self._meshes[shape]

    @staticmethod
    def far(shape: str) -> str:
        """Return the name of the shape to draw when `shape` is far away; itself where there is no coarser one."""
        has_far = shape.startswith(("vehicle.", "walker.")) and not shape.endswith(FAR)
        return shape + FAR if has_far else shape


def _make(shape: str) -> Mesh:
    far = shape.endswith(FAR)
    name, _, variant = shape.removesuffix(FAR).partition("/")
    family = name.partition(".")[0]
    if family == "vehicle":
        return vehicle_mesh(name, far, variant)
    if family == "walker":
        return walker_mesh(name, variant, far)
    if family == "static" and not variant and not far:
        return prop_mesh(name)
    if name == "plant" and not (far and variant.startswith("grove/")):
        species, _, number = variant.partition("/")
        if number.isdigit():
            return plant_mesh(species, int(number), far)
    if name == "fence":
        return fence_mesh(variant, far)
    if name == "street":
        return street_mesh(variant, far)
    if name == "skyline" and not far:
        return skyline_mesh(variant)
    if name == "traffic.traffic_light" and not far:
        return light_mesh(variant)
    if family == "traffic" and not variant and not far:
        return sign_mesh(name)
    if name == "sign" and not far:
        return sign_mesh(variant)
    raise KeyError(shape)
