"""Shapes that a user puts in the place of the library's: a folder of glTF files, mapped to blueprints.

A file whose name is a blueprint's id (`vehicle.tesla.model3.glb`) or a prop's name (`barrel.glb`) replaces that blueprint's shape. For
other names, and for options, the folder may hold `assets.yaml`:

    vehicle.tesla.model3: mycar.glb
    barrel:
      file: drum.glb
      fit: false        # keep the file's size; otherwise the mesh is stretched into CARLA's box, so that boxes and labels hold
      scale: 0.01       # the file is in centimetres
      yaw_deg: 90       # turned to its right
      up: z             # the file is x forward, y left, z up; otherwise glTF's y up, z forward
      tint: [paint]     # materials of the file that take the actor's colour
      tag: dynamic      # semantic tag; otherwise the blueprint's

Materials get their look by words in their names, see `gltf_mesh.HINTS`. A walker's file stands for all its postures, and a vehicle's
for all its parts: wheels and limbs do not move then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.errors import ConfigError
from simgen.server.assets.gltf_check import MAX_BYTES
from simgen.server.assets.gltf_mesh import SUFFIXES, UP_AXES, Reading, read_gltf
from simgen.server.meshes import EMPTY, fitted
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import LIBRARY, Blueprint

TABLE = "assets.yaml"
PROP = "static.prop."
DEFAULT_LOOKS = {"vehicle": Material.PAINT, "walker": Material.CLOTH, "static": Material.PLASTIC}
"""Family of the blueprint -> how materials look whose names say nothing."""
WHOLE = ("", "far", "body", "body/far")
"""What of a vehicle the user's mesh stands for; its other parts are in it already."""


@dataclass(frozen=True)
class Entry:
    """One line of the table."""

    file: str
    fit: bool = True
    scale: float = 1.0
    yaw_deg: float = 0.0
    up: str = "y"
    tint: tuple[str, ...] = ()
    tag: str = ""


def read_user_shapes(folder: Path) -> dict[str, Mesh]:
    """Return blueprint id -> mesh in the actor's frame for all assets of a folder. Raises ConfigError, naming the file."""
    if not folder.is_dir():
        raise ConfigError(f"assets must be a folder, got {folder}")
    meshes = {}
    for name, entry in sorted({**_by_file_name(folder), **_from_table(folder / TABLE)}.items()):
        blueprint = LIBRARY[name]
        meshes[name] = _fitted(read_gltf(folder / entry.file, _reading(blueprint, entry)), blueprint, entry)
    return meshes


def user_shape(meshes: Mapping[str, Mesh], shape: str) -> Mesh | None:
    """Return what stands for a shape of the library, None for those that nobody replaced."""
    name, _, variant = shape.partition("/")
    mesh = meshes.get(name)
    if mesh is None or LIBRARY[name].family != "vehicle" or variant in WHOLE:
        return mesh
    return EMPTY


def _by_file_name(folder: Path) -> dict[str, Entry]:
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES)
    return {name: Entry(path.name) for path in found if (name := _blueprint_id(path.stem))}


def _from_table(path: Path) -> dict[str, Entry]:
    if not path.exists():
        return {}
    entries = {}
    for key, value in _yaml(path).items():
        name = _blueprint_id(str(key))
        if name is None:
            raise ConfigError(f"the keys of an assets table must be vehicles, walkers or props, got {key} ({path})")
        entries[name] = _entry(str(key), {"file": value} if isinstance(value, str) else value, path)
    return entries


def _yaml(path: Path) -> dict[Any, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        if path.stat().st_size > MAX_BYTES >> 6:
            raise ConfigError(f"an assets table must be at most 1 MiB, got more ({path})")
        table = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError(f"an assets table must be valid YAML, got {' '.join(str(error).split())[:200]} ({path})") from error
    if not isinstance(table, dict):
        raise ConfigError(f"an assets table must map blueprints to files, got {type(table).__name__} ({path})")
    return table


def _blueprint_id(name: str) -> str | None:
    """Return the id of the vehicle, walker or prop called `name`, None for another thing."""
    blueprint = LIBRARY.get(name) or LIBRARY.get(PROP + name)
    has_shape = blueprint is not None and blueprint.family in DEFAULT_LOOKS and blueprint.semantic_tags
    return blueprint.id if blueprint is not None and has_shape else None


def _entry(key: str, value: Any, path: Path) -> Entry:
    known = {field.name for field in fields(Entry)}
    if not isinstance(value, dict) or "file" not in value or set(value) - known:
        raise ConfigError(f"{key} must be a file, or have the keys {', '.join(sorted(known))}, got {value!r} ({path})")
    values = dict(value)
    values["tint"] = tuple(str(word) for word in _list(values.get("tint", ())))
    entry = Entry(**values)
    checks: tuple[tuple[str, bool, str], ...] = (
        ("file", isinstance(entry.file, str) and Path(entry.file).name == entry.file, "the name of a file in the folder"),
        ("file", str(entry.file).lower().endswith(SUFFIXES), "a .glb or .gltf file"),
        ("fit", isinstance(entry.fit, bool), "true or false"),
        ("scale", _is_number(entry.scale) and 1e-6 < entry.scale < 1e6, "a number above 0"),
        ("yaw_deg", _is_number(entry.yaw_deg), "a number"),
        ("up", entry.up in UP_AXES, " or ".join(UP_AXES)),
        ("tag", isinstance(entry.tag, str) and (not entry.tag or entry.tag.upper() in Tag.__members__), "the name of a semantic tag"),
    )
    for name, holds, wanted in checks:
        if not holds:
            raise ConfigError(f"{key}.{name} must be {wanted}, got {getattr(entry, name)!r} ({path})")
    return entry


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, (list, tuple)) else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))


def _reading(blueprint: Blueprint, entry: Entry) -> Reading:
    tag = Tag[entry.tag.upper()] if entry.tag else blueprint.semantic_tags[0]
    return Reading(entry.up, entry.scale, entry.yaw_deg, entry.tint, tag, DEFAULT_LOOKS[blueprint.family])


def _fitted(mesh: Mesh, blueprint: Blueprint, entry: Entry) -> Mesh:
    """Return the mesh in the blueprint's box; vehicles end at the road, where some of CARLA's boxes go below it."""
    if not entry.fit:
        return mesh
    low = np.array(blueprint.centre) - blueprint.extent
    high = np.array(blueprint.centre) + blueprint.extent
    if blueprint.family == "vehicle":
        low[2] = max(low[2], 0.0)
    return fitted(mesh, low, high)
