"""Walkers: control and bones."""

from __future__ import annotations

from simgen.server.simulation import Simulation
from simgen.server.values import WalkerControl
from simgen.server.world import orders
from simgen.server.world.actors import Walker
from simgen.server.world.refusals import Refused, bounded_transform
from simgen.server.world.skeleton import BONE_NAMES, BonesIn, BonesOut, bones_of


def apply_control_to_walker(simulation: Simulation, actor_id: int, control: WalkerControl) -> None:
    orders.control_walker(simulation.world.actor_of(actor_id, Walker), control)


def get_bones_transform(simulation: Simulation, actor_id: int) -> BonesOut:
    walker = simulation.world.actor_of(actor_id, Walker)
    posed = simulation.world.bones.get(actor_id, {}) if simulation.world.poses.get(actor_id, 0.0) > 0.0 else {}
    return bones_of(walker.transform, walker.bounding_box.extent.z, posed)


def set_bones_transform(simulation: Simulation, actor_id: int, bones: BonesIn) -> None:
    """Remembered for `get_bones_transform`; cameras keep showing the gait."""
    simulation.world.actor_of(actor_id, Walker)
    for bone in bones.bones:
        if bone.name not in BONE_NAMES:
            raise Refused(f"bone must be one of the walker's {len(BONE_NAMES)}, got {bone.name!r}")
        bounded_transform(bone.relative, "bone")
    simulation.world.bones.setdefault(actor_id, {}).update({bone.name: bone.relative for bone in bones.bones})


def blend_pose(simulation: Simulation, actor_id: int, blend: float) -> None:
    simulation.world.actor_of(actor_id, Walker)
    simulation.world.poses[actor_id] = min(max(blend, 0.0), 1.0)


def get_pose_from_animation(simulation: Simulation, actor_id: int) -> None:
    """Start from the animated pose: what was posed before is forgotten."""
    simulation.world.actor_of(actor_id, Walker)
    simulation.world.bones.pop(actor_id, None)
