"""Rigs as JSON and back: what a shard says about its sensors."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import numpy as np

from simgen.datatypes.rig import IMAGE_KINDS, Kind, Mount, Rig
from simgen.errors import ShardError


def rig_to_json(rig: Rig) -> str:
    """Return the rig as JSON text with sorted keys: equal rigs give equal bytes."""
    return json.dumps({"name": rig.name, "mounts": [_mount_to_dict(m) for m in rig.mounts]}, sort_keys=True)


def rig_from_json(text: str) -> Rig:
    """Return the rig of a shard. Raises ShardError where the text is not what `rig_to_json` writes."""
    try:
        content = json.loads(text)
        return Rig(str(content["name"]), tuple(_mount_from_dict(m) for m in content["mounts"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ShardError(f"rig must be the JSON of a rig, got {text[:80]!r} ({error})") from None


def _mount_to_dict(mount: Mount) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": mount.name,
        "device": mount.device,
        "kind": mount.kind.value,
        "ego_from_sensor": mount.ego_from_sensor.tolist(),
        "rate_hz": mount.rate_hz,
        "attributes": dict(mount.attributes),
    }
    if mount.kind in IMAGE_KINDS:
        content["camera_matrix"] = mount.camera.matrix.tolist()
    return content


def _mount_from_dict(content: dict[str, Any]) -> Mount:
    pose = np.array(content["ego_from_sensor"], dtype=np.float64)
    if pose.shape != (4, 4):
        raise ValueError(f"ego_from_sensor must be 4x4, got {pose.shape}")
    attributes = MappingProxyType({str(k): str(v) for k, v in content["attributes"].items()})
    return Mount(content["name"], content["device"], Kind(content["kind"]), pose, float(content["rate_hz"]), attributes)
