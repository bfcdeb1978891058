"""Looks through a glTF file before anything is made of it: files of users may be broken or hostile.

A few bytes of JSON can ask for gigabytes (accessors without data, one mesh at thousands of nodes) or for files elsewhere.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from simgen.errors import ConfigError

MAX_TRIANGLES = 200_000
MAX_BYTES = 64 << 20
MAX_TEXTURE_PX = 8192
"""Side of a texture."""
MAX_NODES = 10_000
UNDERSTOOD = ("KHR_materials", "KHR_lights", "KHR_texture_transform")
"""Beginnings of the extensions that a file may require: they change looks only."""


def checked_bytes(path: Path) -> bytes:
    """Return the bytes of a file whose JSON asks for nothing unreasonable."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"an asset must be at most {MAX_BYTES >> 20} MiB, got {size >> 20} MiB ({path})")
        data = path.read_bytes()
        described = _described(path, data)
        _check_described(described, path)
    except OSError as error:
        raise ConfigError(f"an asset must be a readable file, got {error.strerror or error} ({path})") from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, struct.error) as error:
        raise ConfigError(f"an asset must be a glTF 2.0 file, got {one_line(error)} ({path})") from error
    return data


def _described(path: Path, data: bytes) -> dict[str, Any]:
    """Return the JSON of a .gltf, or the first chunk of a .glb."""
    if path.suffix.lower() == ".gltf":
        described = json.loads(data)
    else:
        if len(data) < 20:
            raise ValueError("no header of binary glTF 2.0")
        magic, version, _, length, kind = struct.unpack_from("<4sIII4s", data)
        if magic != b"glTF" or version != 2 or kind != b"JSON":
            raise ValueError("no header of binary glTF 2.0")
        described = json.loads(data[20 : 20 + length])
    if not isinstance(described, dict):
        raise ValueError("JSON that is no object")
    return described


def _check_described(described: dict[str, Any], path: Path) -> None:
    foreign = [name for name in described.get("extensionsRequired", []) if not str(name).startswith(UNDERSTOOD)]
    if foreign:
        raise ConfigError(f"an asset must do without the extension {foreign[0]}: export it uncompressed ({path})")
    nodes, accessors = described.get("nodes", []), described.get("accessors", [])
    children = [child for node in nodes for child in node.get("children", [])]
    if len(nodes) > MAX_NODES or len(children) != len(set(children)):
        raise ConfigError(f"the nodes of an asset must be a tree of at most {MAX_NODES}, got {len(nodes)} ({path})")
    made_up = sum(abs(int(a["count"])) for a in accessors if "bufferView" not in a or "sparse" in a)
    triangles = sum(_triangle_count(described["meshes"][node["mesh"]], accessors) for node in nodes if "mesh" in node)
    if triangles > MAX_TRIANGLES or made_up > 3 * MAX_TRIANGLES:
        raise ConfigError(f"an asset must have at most {MAX_TRIANGLES} triangles, got {max(triangles, made_up // 3)} ({path})")


def _triangle_count(mesh: dict[str, Any], accessors: list[dict[str, Any]]) -> int:
    """Return an upper bound of the triangles of a glTF mesh; strips and fans have nearly one for each index."""
    total = 0
    for primitive in mesh["primitives"]:
        corners = abs(int(accessors[primitive.get("indices", primitive["attributes"]["POSITION"])]["count"]))
        total += corners // 3 if primitive.get("mode", 4) == 4 else corners
    return total


def one_line(error: BaseException) -> str:
    """Return what an error says, short enough for a message."""
    return " ".join(str(error).split())[:200] or type(error).__name__
