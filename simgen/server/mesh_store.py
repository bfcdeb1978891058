"""Meshes and cities that took long to make, kept in the user's cache folder: `simgen` in $XDG_CACHE_HOME or ~/.cache.

Whatever makes them is part of the key (the code of the assets and of the roads, numpy's version), so a kept mesh is the one that
would be made now. The folder may be deleted at any time; what cannot be read, is damaged or cannot be written costs time only.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import simgen
from simgen.server.scene import City, Copies, Mesh, SceneryObject

WORTH_S = 0.004
"""What is made faster is not kept."""
KEPT_VERSIONS = 4
"""Folders of that many versions of the code are left; older ones are removed."""

_SOURCES = ("server/assets", "server/world", "server/scene.py", "server/meshes.py", "server/values.py", "geometry", "datatypes", "rng.py")
ALIGNMENT = 16
"""Bytes to which each array begins: other libraries want aligned ones."""

_MAGIC = b"simgen mesh 2\n"

_log = logging.getLogger(__name__)

Arrays = dict[str, NDArray[Any]]


def kept_mesh(name: str, make: Callable[[], Mesh]) -> Mesh:
    """Return the shape `name`, read or made."""
    path = folder() / f"{name.replace('/', '-')}.mesh"
    arrays = _read(path)
    if arrays is not None:
        return _mesh_of(arrays, "")
    begun = time.perf_counter()
    mesh = make()
    if time.perf_counter() - begun > WORTH_S:
        _write(path, _arrays_of(mesh, ""))
    return mesh


def kept_city(key: str, make: Callable[[], City]) -> City:
    """Return a city, read or made. `key` says which map and seed."""
    path = folder() / f"city-{key}.mesh"
    arrays = _read(path)
    if arrays is not None:
        return _city_of(arrays)
    city = make()
    _write(path, _arrays_of_city(city))
    return city


@cache
def folder() -> Path:
    """Return the folder of this version of the code."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser() / ".cache") / "simgen"
    home = root / f"meshes-{_version()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        os.utime(home)
        versions = sorted(root.glob("meshes-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in versions[KEPT_VERSIONS:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        _log.debug("meshes are not kept: %s", error)
    return home


def _version() -> str:
    home = Path(simgen.__file__).parent
    digest = hashlib.sha256(f"{_MAGIC!r} {np.__version__}".encode())
    for source in _SOURCES:
        paths = [home / source] if source.endswith(".py") else sorted(p for p in (home / source).rglob("*") if p.suffix not in (".pyc", ""))
        for path in paths:
            digest.update(str(path.relative_to(home)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _arrays_of(mesh: Mesh, prefix: str) -> Arrays:
    found = {field.name: getattr(mesh, field.name) for field in fields(Mesh)}
    return {prefix + name: array for name, array in found.items() if array is not None}


def _mesh_of(arrays: Arrays, prefix: str) -> Mesh:
    return Mesh(**{field.name: arrays[prefix + field.name] for field in fields(Mesh) if prefix + field.name in arrays})


def _arrays_of_city(city: City) -> Arrays:
    out = _arrays_of(city.mesh, "mesh ")
    words = json.dumps({"objects": [astuple(item) for item in city.objects], "shapes": [kind.shape for kind in city.copies]})
    out["words"] = np.frombuffer(words.encode(), dtype=np.uint8)
    for number, kind in enumerate(city.copies):
        out |= {f"{number} world": kind.world_from_shape, f"{number} tints": kind.tints, f"{number} owners": kind.owners}
    return out


def _city_of(arrays: Arrays) -> City:
    words = json.loads(arrays["words"].tobytes())
    objects = tuple(_object(*values) for values in words["objects"])
    copies = tuple(
        Copies(shape, *(arrays[f"{number} {name}"] for name in ("world", "tints", "owners")))
        for number, shape in enumerate(words["shapes"])
    )
    return City(_mesh_of(arrays, "mesh "), objects, copies)


def _object(number: int, name: str, tag: int, location: Any, yaw: float, centre: Any, extent: Any) -> SceneryObject:
    return SceneryObject(number, name, tag, _three(location), yaw, _three(centre), _three(extent))


def _three(values: Any) -> tuple[float, float, float]:
    x, y, z = values
    return x, y, z


def _write(path: Path, arrays: Arrays) -> None:
    """Write whole or not at all: several servers may start at once."""
    head = json.dumps([(name, array.dtype.str, array.shape) for name, array in arrays.items()]).encode()
    body = zlib.compress(b"".join(_padded(np.ascontiguousarray(array).tobytes()) for array in arrays.values()), 1)
    data = b"%d %d\n" % (len(head), zlib.crc32(head + body)) + head + body
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(_MAGIC + data)
        os.replace(file.name, path)
    except OSError as error:
        _log.debug("%s is not kept: %s", path.name, error)


def _read(path: Path) -> Arrays | None:
    """Return the arrays of a file; None for one that is absent or damaged."""
    try:
        data = path.read_bytes()
        stream = io.BytesIO(data)
        if stream.readline() != _MAGIC:
            return None
        length, crc = (int(word) for word in stream.readline().split())
        at = stream.tell()
        if zlib.crc32(data[at:]) != crc:
            return None
        head, body = json.loads(data[at : at + length]), bytearray(zlib.decompress(data[at + length :]))
    except (OSError, ValueError, zlib.error):
        return None
    out, start = {}, 0
    for name, dtype, shape in head:
        kind, count = np.dtype(dtype), int(np.prod(shape))
        out[name] = np.frombuffer(body, dtype=kind, count=count, offset=start).reshape(shape)
        start += -(-count * kind.itemsize // ALIGNMENT) * ALIGNMENT
    return out


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)
