"""Meshes from glTF 2.0 files (.glb, .gltf) of users, read with trimesh.

glTF is right-handed, metres, y up, and the front of a thing looks along +z, so that its right side is at -x. CARLA's frame is
left-handed, x forward, y right, z up: (x, y, z) = (z, -x, y) of the file. The change of hands turns the winding of triangles, whose
corners are therefore exchanged. Files that were exported with z up and x forward have (x, y, z) = (x, -y, z).

Files may be broken or hostile: see `gltf_check`. Files beside them are read only from the same folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ConfigError
from simgen.server.assets.gltf_check import MAX_BYTES, MAX_TEXTURE_PX, checked_bytes, one_line
from simgen.server.meshes import merged
from simgen.server.scene import Material, Mesh

SUFFIXES = (".glb", ".gltf")

HINTS: tuple[tuple[str, Material], ...] = (
    ("windshield", Material.GLASS),
    ("window", Material.GLASS),
    ("glass", Material.GLASS),
    ("tyre", Material.RUBBER),
    ("tire", Material.RUBBER),
    ("rubber", Material.RUBBER),
    ("headlight", Material.HEADLAMP),
    ("headlamp", Material.HEADLAMP),
    ("taillight", Material.TAILLAMP),
    ("taillamp", Material.TAILLAMP),
    ("brake_light", Material.BRAKE_LAMP),
    ("indicator_left", Material.INDICATOR_LEFT),
    ("indicator_right", Material.INDICATOR_RIGHT),
    ("reversing", Material.REVERSING_LAMP),
    ("interior", Material.INTERIOR),
    ("seat", Material.INTERIOR),
    ("chrome", Material.METAL),
    ("metal", Material.METAL),
    ("rim", Material.METAL),
    ("plastic", Material.PLASTIC),
    ("trim", Material.PLASTIC),
    ("paint", Material.PAINT),
    ("body", Material.PAINT),
    ("skin", Material.SKIN),
    ("hair", Material.HAIR),
    ("cloth", Material.CLOTH),
    ("fabric", Material.CLOTH),
    ("wood", Material.WOOD),
    ("bark", Material.BARK),
    ("leaf", Material.LEAF),
    ("concrete", Material.CONCRETE),
    ("brick", Material.BRICK),
)
"""Part of the name of a file's material, in lower case -> how it looks; the first that fits counts."""

_Y_UP = np.array([(0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
_Z_UP = np.array([(1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)])
UP_AXES = {"y": _Y_UP, "z": _Z_UP}
_SAMPLES = np.array([(1, 1, 1), (4, 1, 1), (1, 4, 1), (1, 1, 4), (2, 2, 1), (1, 2, 2), (2, 1, 2)], dtype=np.float64)
_SAMPLES /= _SAMPLES.sum(axis=1, keepdims=True)
"""(7, 3) barycentric places at which a triangle's texture is looked up."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be understood."""

    up: str = "y"
    scale: float = 1.0
    yaw_deg: float = 0.0
    """Turns the thing to its right about z, after the change of axes."""
    tint: tuple[str, ...] = ()
    """Names of the file's materials that take the actor's colour."""
    tag: int = 0
    default: Material = Material.PLASTIC
    """Of what no hint fits."""


def read_gltf(path: Path, reading: Reading) -> Mesh:
    """Return the triangles of a file in the left-handed frame. Raises ConfigError, naming the file."""
    data = checked_bytes(path)
    try:
        parts = [_part(geometry, reading, path) for geometry in _geometries(path, data)]
    except ConfigError:
        raise
    except Exception as error:  # a hostile file may make the reader fail in any way
        raise ConfigError(f"an asset must be a readable glTF 2.0 file, got {one_line(error)} ({path})") from error
    mesh = merged([part for part in parts if len(part.triangles)])
    if not len(mesh.triangles):
        raise ConfigError(f"an asset must have triangles, got none ({path})")
    return mesh


# ---- reading


def _geometries(path: Path, data: bytes) -> list[Any]:
    """Return the meshes of all nodes, each where its node puts it, as trimesh's objects."""
    import io

    trimesh = _trimesh()
    kind = path.suffix.lower().lstrip(".")
    scene = trimesh.load_scene(io.BytesIO(data), file_type=kind, resolver=_Beside(path))
    return [part for part in scene.dump() if isinstance(part, trimesh.Trimesh)]


def _trimesh() -> Any:
    try:
        import PIL  # noqa: F401 - for textures
        import trimesh
    except ImportError:
        raise ConfigError("assets must be read with trimesh and pillow, got none installed (pip install 'simgen[assets]')") from None
    return trimesh


@dataclass(frozen=True)
class _Beside:
    """What trimesh asks for files beside an asset: it opens plain names in the asset's folder, and nothing else."""

    asset: Path

    def get(self, name: str) -> bytes:
        target = self.asset.parent / name
        if Path(name).name != name or target.resolve().parent != self.asset.parent.resolve():
            raise ConfigError(f"an asset must use files of its own folder, got {name} ({self.asset})")
        if target.stat().st_size > MAX_BYTES:
            raise ConfigError(f"a file of an asset must be at most {MAX_BYTES >> 20} MiB, got more ({target})")
        return target.read_bytes()

    __getitem__ = get


def _part(geometry: Any, reading: Reading, path: Path) -> Mesh:
    """Return one mesh of a file: corners are not shared, so that each triangle has its own colour."""
    material = getattr(geometry.visual, "material", None)
    corners = np.asarray(geometry.faces)[:, ::-1]
    if getattr(material, "doubleSided", None):
        corners = np.concatenate([corners, corners[:, ::-1]])
    triangles = np.asarray(geometry.vertices, dtype=np.float64)[corners]
    if not np.isfinite(triangles).all():
        raise ConfigError(f"the corners of an asset must be finite, got others ({path})")
    name = str(getattr(material, "name", None) or "").lower()
    matrix = _turned(reading.yaw_deg) @ UP_AXES[reading.up]
    normals = np.asarray(geometry.vertex_normals, dtype=np.float64)[corners].reshape(-1, 3) @ matrix.T
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    count = 3 * len(corners)
    return Mesh(
        positions=(triangles.reshape(-1, 3) @ (reading.scale * matrix).T).astype(np.float32),
        normals=np.where(lengths > 1e-9, normals / np.maximum(lengths, 1e-9), (0.0, 0.0, 1.0)).astype(np.float32),
        uvs=np.zeros((count, 2), np.float32),
        colors=np.repeat(_colors(geometry, material, corners, path), 3, axis=0),
        tinted=np.full(count, name in {word.lower() for word in reading.tint}),
        materials=np.full(count, _look(name, material, reading.default), np.uint8),
        tags=np.full(count, reading.tag, np.uint8),
        triangles=np.arange(count, dtype=np.uint32).reshape(-1, 3),
    )


def _turned(yaw_deg: float) -> NDArray[np.float64]:
    """Return the turn by a yaw of the left-handed frame: 90 degrees take forward (x) to the right (y)."""
    c, s = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    return np.array([(c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)])


def _look(name: str, material: Any, default: Material) -> Material:
    hinted = next((look for word, look in HINTS if word in name), None)
    blended = str(getattr(material, "alphaMode", "") or "") == "BLEND"
    return hinted if hinted is not None else Material.GLASS if blended else default


def _colors(geometry: Any, material: Any, corners: NDArray[np.int64], path: Path) -> NDArray[np.uint8]:
    """Return (T, 3) sRGB. Factors and vertex colours of glTF are linear, textures are sRGB."""
    factor = getattr(material, "baseColorFactor", None)
    linear = np.tile(np.ones(3) if factor is None else np.asarray(factor, dtype=np.float64)[:3] / 255.0, (len(corners), 1))
    texture, uv = getattr(material, "baseColorTexture", None), getattr(geometry.visual, "uv", None)
    if texture is not None and uv is not None:
        linear = linear * _sampled(texture, np.asarray(uv, dtype=np.float64)[corners], path)
    if material is None and geometry.visual.kind == "vertex":
        linear = np.asarray(geometry.visual.vertex_colors, dtype=np.float64)[corners][..., :3].mean(axis=1) / 255.0
    return np.rint(_encoded(linear) * 255.0).astype(np.uint8)


def _sampled(texture: Any, uv: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    """Return the linear mean colour (T, 3) of a repeating texture over triangles with corners `uv` (T, 3, 2), v upwards."""
    if max(texture.size) > MAX_TEXTURE_PX:
        raise ConfigError(f"the textures of an asset must be at most {MAX_TEXTURE_PX} pixels wide and high, got {texture.size} ({path})")
    pixels = np.asarray(texture.convert("RGB"))
    height, width = pixels.shape[:2]
    places = np.nan_to_num(np.einsum("sk,tkc->tsc", _SAMPLES, uv)) % 1.0
    column = np.minimum((places[..., 0] * width).astype(np.int64), width - 1)
    row = np.minimum(((1.0 - places[..., 1]) * height).astype(np.int64), height - 1)
    return np.asarray(_decoded(pixels[row, column] / 255.0).mean(axis=1))


def _decoded(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1."""
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0) ** (1.0 / 2.4) - 0.055))
