"""How the parts of a vehicle look, and the whole of it from its right half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.vehicle_skin import AROUND, UP, Part, Skin
from simgen.server.meshes import merged
from simgen.server.scene import Material, Mesh

Color = tuple[int, int, int]

_LOOKS: dict[Part, tuple[Material, Color]] = {
    Part.PAINT: (Material.PAINT, (255, 255, 255)),
    Part.SECOND: (Material.PAINT, (236, 236, 232)),
    Part.THIRD: (Material.PAINT, (24, 25, 27)),
    Part.TRIM: (Material.PLASTIC, (30, 30, 32)),
    Part.GAP: (Material.PLASTIC, (9, 9, 10)),
    Part.SEAM: (Material.PAINT, (86, 86, 88)),
    Part.BAR: (Material.METAL, (112, 114, 118)),
    Part.CHROME: (Material.METAL, (196, 198, 202)),
    Part.GLASS: (Material.GLASS, (58, 66, 70)),
    Part.SEAT: (Material.GLASS, (20, 22, 24)),
    Part.DRIVER: (Material.GLASS, (58, 66, 70)),
    Part.DRIVER_SEAT: (Material.GLASS, (20, 22, 24)),
    Part.FRIT: (Material.PLASTIC, (13, 13, 14)),
    Part.HEADLAMP: (Material.HEADLAMP, (186, 192, 198)),
    Part.LENS: (Material.GLASS, (104, 110, 116)),
    Part.TAILLAMP: (Material.TAILLAMP, (170, 14, 18)),
    Part.INDICATOR: (Material.INDICATOR_RIGHT, (214, 120, 30)),
    Part.REVERSING: (Material.REVERSING_LAMP, (214, 216, 218)),
    Part.BRAKE: (Material.BRAKE_LAMP, (150, 16, 20)),
    Part.INSIDE: (Material.INTERIOR, (44, 44, 48)),
    Part.STRIPE: (Material.SIGN, (200, 30, 30)),
}
DRIVER_COLOR = (62, 44, 38)
_ON_THE_LEFT = {Material.INDICATOR_RIGHT: Material.INDICATOR_LEFT}


@dataclass(frozen=True)
class Palette:
    """The looks of one vehicle's parts."""

    tag: Tag
    colors: Mapping[Part, Color] = field(default_factory=dict)
    """What differs from the usual colours."""
    driven: bool = False
    """Somebody sits at the wheel, on the left."""

    def look(self, part: Part, left: bool = False) -> Look:
        material, color = _LOOKS[part]
        if left:
            material = _ON_THE_LEFT.get(material, material)
            if part in (Part.DRIVER, Part.DRIVER_SEAT) and self.driven:
                color = DRIVER_COLOR
        return Look(material, self.tag, self.colors.get(part, color), part in (Part.PAINT, Part.SEAM) and part not in self.colors)


def whole(skin: Skin, palette: Palette) -> Mesh:
    """Return both halves as a mesh: the right one is the skin, the left its mirror image."""
    return merged([half(skin, palette, False), half(skin, palette, True)])


def half(skin: Skin, palette: Palette, left: bool) -> Mesh:
    """Return one half of a vehicle as a mesh; every part has its own vertices."""
    keys = skin.parts[:, None] * len(skin.data) + skin.triangles
    used, inverse = np.unique(keys, return_inverse=True)
    parts, vertices = np.divmod(used, len(skin.data))
    rows = skin.data[vertices]
    side = np.array([1.0, -1.0 if left else 1.0, 1.0])
    triangles = inverse.reshape(-1, 3)
    looks = [palette.look(p, left) for p in Part]
    return Mesh(
        positions=(rows[:, :3] * side).astype(np.float32),
        normals=(rows[:, 3:6] * side).astype(np.float32),
        uvs=(rows[:, [AROUND, UP]] * side[1:]).astype(np.float32),
        colors=np.array([k.color for k in looks], dtype=np.uint8)[parts],
        tinted=np.array([k.tinted for k in looks], dtype=np.bool_)[parts],
        materials=np.array([k.material for k in looks], dtype=np.uint8)[parts],
        tags=np.full(len(used), palette.tag, dtype=np.uint8),
        triangles=(triangles[:, ::-1] if left else triangles).astype(np.uint32),
    )
