"""Textures that clients have put on objects: one layer each, and which layer the owners of the city's vertices wear."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.geometry import MOST_OWNERS
from simgen.server.scene import NAMED_SURFACES, City, Texture, surface_owner

SIDE = 256
"""Texels along a layer's side."""
MOST_LAYERS = 64

_log = logging.getLogger(__name__)


class Overrides:
    """A pool of layers, made when the first texture comes."""

    def __init__(self, context: moderngl.Context, city: City) -> None:
        self._context = context
        self._numbers = {name: surface_owner(tag) for name, tag in NAMED_SURFACES.items()}
        self._numbers.update({item.name: number for number, item in enumerate(city.objects, 1)})
        self._textures: moderngl.TextureArray | None = None
        self._worn: moderngl.Texture | None = None
        self._holds: dict[Texture, int] = {}
        self._said = False
        self.layers: dict[str, int] = {}
        """1 + layer, by the name of the object that wears it."""
        self.by_owner: dict[int, int] = {}
        """The same by owner number, for what belongs to the city."""

    @property
    def any(self) -> bool:
        return bool(self.layers)

    def wear(self, textures: Mapping[str, Texture]) -> None:
        """Make `layers` those of the objects with `textures`; where there are too many, the latest ones stay."""
        wanted = self._latest(textures)
        self._holds = {texture: layer for texture, layer in self._holds.items() if texture in wanted}
        free = iter(sorted(set(range(MOST_LAYERS)) - set(self._holds.values())))
        new = {texture: next(free) for texture in wanted if texture not in self._holds}
        self._holds |= new
        self.layers = {name: 1 + self._holds[texture] for name, texture in textures.items() if texture in self._holds}
        self.by_owner = {self._numbers[name]: layer for name, layer in self.layers.items() if name in self._numbers}
        if self.any:
            self._upload(new)

    def bind(self, textures_unit: int, worn_unit: int) -> dict[str, int]:
        """Bind what shaders of the variant TEXTURED look up; return the uniforms."""
        if self._textures is None or self._worn is None:
            return {}
        self._textures.use(textures_unit)
        self._worn.use(worn_unit)
        return {"overrides": textures_unit, "worn": worn_unit}

    def _latest(self, textures: Mapping[str, Texture]) -> list[Texture]:
        distinct = list(dict.fromkeys(reversed(list(textures.values()))))
        if len(distinct) > MOST_LAYERS and not self._said:
            self._said = True
            _log.warning(
                "textures on objects must be at most %d different ones, got %d: the oldest are not shown", MOST_LAYERS, len(distinct)
            )
        return distinct[:MOST_LAYERS]

    def _upload(self, new: Mapping[Texture, int]) -> None:
        if self._textures is None or self._worn is None:
            self._textures = self._context.texture_array((SIDE, SIDE, MOST_LAYERS), 4)
            self._textures.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
            self._textures.repeat_x = self._textures.repeat_y = True
            self._worn = self._context.texture((256, MOST_OWNERS // 256), 1, dtype="u1", alignment=1)
            self._worn.filter = (moderngl.NEAREST, moderngl.NEAREST)
        for texture, layer in new.items():
            self._textures.write(layer_of(texture).tobytes(), viewport=(0, 0, layer, SIDE, SIDE, 1))
        if new:
            self._textures.build_mipmaps()
        table = np.zeros(MOST_OWNERS, dtype=np.uint8)
        for number, layer in self.by_owner.items():
            table[min(number, MOST_OWNERS - 1)] = layer
        table[0] = 0
        self._worn.write(table.tobytes())


def layer_of(texture: Texture) -> NDArray[np.uint8]:
    """Return (SIDE, SIDE, 4) uint8 of a texture of any size."""
    pixels = texture.pixels
    shrinks = pixels.shape[0] >= SIDE and pixels.shape[1] >= SIDE
    scaled = cv2.resize(np.ascontiguousarray(pixels), (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    out = np.full((SIDE, SIDE, 4), 255, dtype=np.uint8)
    out[..., :3] = scaled
    return out
