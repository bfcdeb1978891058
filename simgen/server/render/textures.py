"""Detail textures of surfaces, made by numpy at the first start and then kept in the user's cache folder.

Every texture wraps. Red is the tone (0.5 leaves a colour as it is), green and blue are the slopes of its relief along u and v
(0.5 is level), alpha says what each module documents. The exceptions are the mottle (four noises) and the leaf cards.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.render import texture_fields, texture_ground, texture_plants, texture_walls
from simgen.server.render.texture_fields import SIZE, Field


@dataclass(frozen=True)
class Layer:
    """One texture: how it is made and how large its tile is on a surface."""

    make: Callable[[np.random.Generator], Field]
    width_m: float
    height_m: float


LAYERS: tuple[Layer, ...] = (
    Layer(texture_ground.asphalt, 3.0, 3.0),
    Layer(texture_ground.slabs, 2.4, 2.4),
    Layer(texture_walls.brick, 2.0, 1.8),
    Layer(texture_walls.plaster, 4.0, 4.0),
    Layer(texture_ground.lawn, 4.0, 4.0),
    Layer(texture_ground.mottle, 1.0, 1.0),
    Layer(texture_ground.coarse_asphalt, 3.0, 3.0),
    Layer(texture_ground.blocks, 1.6, 1.6),
    Layer(texture_ground.squares, 2.4, 2.4),
    Layer(texture_ground.concrete, 3.0, 3.0),
    Layer(texture_ground.cobbles, 1.6, 1.6),
    Layer(texture_ground.kerb_stones, 4.0, 1.0),
    Layer(texture_ground.soil, 2.0, 2.0),
    Layer(texture_ground.meadow, 5.0, 5.0),
    Layer(texture_walls.ashlar, 2.4, 2.4),
    Layer(texture_walls.cladding, 3.0, 3.0),
    Layer(texture_walls.boards, 3.6, 1.2),
    Layer(texture_walls.roof_tiles, 2.0, 1.8),
    Layer(texture_walls.bark, 1.0, 1.0),
    Layer(texture_plants.lattice, 0.4, 0.4),
    Layer(texture_plants.broad_leaves, 1.0, 1.0),
    Layer(texture_plants.small_leaves, 1.0, 1.0),
    Layer(texture_plants.needles, 1.0, 1.0),
    Layer(texture_plants.hedge, 1.0, 1.0),
    Layer(texture_plants.foliage, 1.0, 1.0),
)
"""In the order in which `shaders/details.glsl` numbers them."""

_SOURCES = (texture_fields, texture_ground, texture_plants, texture_walls)


def detail_texture(context: moderngl.Context) -> moderngl.TextureArray:
    """Return the texture array of `LAYERS`, with mipmaps (no anisotropy: a software rasteriser gets nine times slower)."""
    pixels = kept_layers()
    texture = context.texture_array((SIZE, SIZE, len(pixels)), 4, pixels.tobytes())
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = True
    return texture


def made_layers() -> NDArray[np.uint8]:
    """Return (layers, SIZE, SIZE, 4) uint8, made now."""
    out = np.empty((len(LAYERS), SIZE, SIZE, 4), dtype=np.uint8)
    for place, each in zip(out, LAYERS, strict=True):
        place[...] = np.clip(each.make(stream(0, "texture", each.make.__name__)), 0.0, 1.0) * 255.0 + 0.5
    return out


def kept_layers() -> NDArray[np.uint8]:
    """Return `made_layers()` from the cache, or make and keep them. A folder that cannot be written costs time only."""
    path = cache_path()
    try:
        kept = np.load(path)
        if kept.shape == (len(LAYERS), SIZE, SIZE, 4) and kept.dtype == np.uint8:
            return np.asarray(kept)
    except (OSError, ValueError, EOFError):
        pass
    made = made_layers()
    _keep(path, made)
    return made


def cache_path() -> Path:
    """Return where the textures are kept: `simgen` in $XDG_CACHE_HOME or ~/.cache, named by the code that makes them."""
    folder = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in _SOURCES)
    order = ",".join(each.make.__name__ for each in LAYERS)
    return Path(folder) / "simgen" / f"textures-{hashlib.sha256(code + order.encode()).hexdigest()[:16]}.npy"


def _keep(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write whole or not at all, for several servers may start at once; then remove what older code made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
            np.save(file, pixels)
        os.replace(file.name, path)
        for other in path.parent.glob("textures-*.npy"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return
