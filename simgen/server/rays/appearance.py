"""What clients have changed about the looks of things, as rays see it: the mean colour of a texture instead of the texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.rays.city_trees import CityTree
from simgen.server.scene import NAMED_SURFACES, Appearance, City, Placed, Texture


@dataclass(frozen=True)
class Paints:
    """Mean colours of the textures of one `Appearance`."""

    appearance: Appearance
    by_name: dict[str, NDArray[np.uint8]]
    """(3,) sRGB."""
    by_owner: NDArray[np.float32]
    """(1 + objects, 3) by owner number; not a number for what wears nothing."""
    by_tag: NDArray[np.float32]
    """(256, 3) of surfaces that belong to nobody."""

    @classmethod
    def of(cls, appearance: Appearance, city: City) -> Paints:
        means: dict[Texture, NDArray[np.uint8]] = {}
        for texture in appearance.textures.values():
            if texture not in means:
                means[texture] = np.rint(texture.pixels.mean(axis=(0, 1))).astype(np.uint8)
        by_name = {name: means[texture] for name, texture in appearance.textures.items()}
        by_owner, by_tag = (np.full((count, 3), np.nan, dtype=np.float32) for count in (1 + len(city.objects), 256))
        for number, item in enumerate(city.objects, 1):
            if item.name in by_name:
                by_owner[number] = by_name[item.name]
        for name, tag in NAMED_SURFACES.items():
            if name in by_name:
                by_tag[tag] = by_name[name]
        return cls(appearance, by_name, by_owner, by_tag)

    def on_city(self, city: CityTree, triangle: NDArray, color: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the colours (N, 3) of triangles (N,) of the city, `color` where nothing is worn."""
        owner = city.owners(triangle)
        worn = np.where(owner[:, None] == 0, self.by_tag[city.looks.tags[city.look[triangle]]], self.by_owner[owner])
        return np.where(np.isnan(worn), color, worn).astype(np.uint8)

    def of_placed(self, placed: Placed) -> NDArray[np.float32]:
        """Return (3,) the colour of a placed shape's texture; not a number where it wears none."""
        color = self.by_name.get(placed.name) if placed.name else None
        return np.full(3, np.nan, dtype=np.float32) if color is None else color.astype(np.float32)
