"""What is put onto a body: mirrors, handles, wipers, plates, rails, exhausts, light bars."""

from __future__ import annotations

import math
import zlib

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, both_sides, box, boxes, ellipsoid, mirrored_y, polygon, quads, tube
from simgen.server.assets.vehicle_forms import Body, Floats
from simgen.server.assets.vehicle_looks import Palette
from simgen.server.assets.vehicle_panes import between_pillars
from simgen.server.assets.vehicle_shell import house_height, lower_height
from simgen.server.assets.vehicle_skin import Part, Skin, X, Y, Z
from simgen.server.scene import Material

PLATE_M = (0.52, 0.112)


Builders = dict[int, MeshBuilder]
"""By CARLA's number of the door that a thing hangs on (0 front left, 1 front right, 2 and 3 behind), `BODY` for none."""

BODY = -1


def add_fittings(builders: Builders, body: Body, skin: Skin, palette: Palette, name: str, ends_here: bool) -> None:
    """Add what near views need; `name` decides on the number plate. The body `ends_here` unless it is the cab of something longer."""
    fixed, form = builders[BODY], body.form
    add_mirrors(builders, body, palette)
    _add_handles(builders, body, skin, palette)
    _add_wipers(fixed, body, palette)
    add_plate(fixed, skin, palette.tag, name, True, 0.30 * lower_height(body) + form.clearance[0])
    if ends_here:
        add_plate(fixed, skin, palette.tag, name, False, form.plate * lower_height(body) + form.clearance[2])
        _add_exhaust(fixed, body, palette)
    if form.rails:
        _add_rails(fixed, body, palette)


def _on_sides(builders: Builders, door: int, surface: Surface, palette: Palette, part: Part) -> None:
    """Add a surface of the right side and its mirror image to the doors of a row."""
    for side, piece in ((1, surface), (0, mirrored_y(surface))):
        builders[2 * door + side if door >= 0 else BODY].add(piece, palette.look(part, side == 0))


def end_x(skin: Skin, y: Floats, z: Floats, forward: bool) -> Floats:
    """Return the x of the outermost surface at points (y, z) seen along x; nan where there is none."""
    corner = skin.data[skin.triangles][:, :, [X, Y, Z]]
    near = corner[(corner[:, :, 1].min(axis=1) < y.max()) & (corner[:, :, 0].mean(axis=1) > 0) == forward]
    return _hits(near, [1, 2], np.stack([y.ravel(), z.ravel()], axis=1), 0, forward).reshape(y.shape)


def flank(skin: Skin, x: Floats, z: Floats) -> Floats:
    """Return the y of the outermost surface at points (x, z) seen from the side; nan where there is none."""
    corner = skin.data[skin.triangles][:, :, [X, Y, Z]]
    low, high = corner.min(axis=1), corner.max(axis=1)
    near = (high[:, 0] >= x.min()) & (low[:, 0] <= x.max()) & (high[:, 2] >= z.min()) & (low[:, 2] <= z.max())
    return _hits(corner[near], [0, 2], np.stack([x.ravel(), z.ravel()], axis=1), 1, True).reshape(x.shape)


def _hits(corner: Floats, flat: list[int], at: Floats, axis: int, greatest: bool) -> Floats:
    """Return the coordinate `axis` where lines through `at` (P, 2) meet triangles (M, 3, 3); nan where they miss."""
    a, b, c = (corner[None, :, k][:, :, flat] - at[:, None] for k in range(3))
    weights = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=2)
    total = weights.sum(axis=2)
    inside = (np.abs(total) > 1e-9) & (weights * np.sign(total)[..., None] >= -1e-9).all(axis=2)
    values = (weights * corner[None, :, :, axis]).sum(axis=2) / np.where(inside, total, 1.0)
    sign = 1.0 if greatest else -1.0
    best = np.where(inside, sign * values, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(best), sign * best, np.nan)


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def add_mirrors(builders: Builders, body: Body, palette: Palette) -> None:
    """Add door mirrors whose outer end is `mirror` metres beyond the body."""
    form, door = body.form, 0 if body.form.doors else -1
    x = float(between_pillars(np.array(form.windows[0]), body)[:, 0].max()) - 0.10
    z = float(body.shoulder(np.array([x]))[0]) + 0.015 + form.mirror_high
    out, foot = body.half_width + form.mirror, body.half_width * form.foot
    size = (0.085, max(0.41 * (out - foot), 0.05), form.mirror_high)
    middle = np.array((x, out - size[1], z))
    shell = ellipsoid(middle, size, 6, 9)
    squared = Surface(middle + _boxed(shell.positions - middle, size), shell.normals, shell.uvs, shell.triangles)
    _on_sides(builders, door, squared, palette, Part.PAINT)
    # The glass stands out of the shell a little, and so do the black sides that it sits on.
    for faces, part in (("x", Part.LENS), ("yYzZ", Part.TRIM)):
        _on_sides(builders, door, box((x - 0.062, out - size[1], z), (0.048, size[1] * 1.6, size[2] * 1.5), faces), palette, part)
    _on_sides(
        builders,
        door,
        boxes((x - 0.03, foot - 0.10, z - form.mirror_high), (x + 0.02, out - size[1], z - form.mirror_high + 0.03)),
        palette,
        Part.TRIM,
    )
    lamp = box((x + 0.052, out - 0.55 * size[1], z + 0.005), (0.05, size[1] * 0.75, 0.014))
    _on_sides(builders, door, lamp, palette, Part.INDICATOR)


def _boxed(offset: Floats, size: tuple[float, float, float]) -> Floats:
    """Turn an ellipsoid's points into those of a rounded box."""
    share = offset / np.asarray(size)
    return np.sign(share) * np.abs(share) ** 0.62 * np.asarray(size)


def _add_handles(builders: Builders, body: Body, skin: Skin, palette: Palette) -> None:
    for door, (_, rear) in enumerate(body.form.doors):
        x = rear * body.length + 0.16
        z = body.form.clearance[1] + 0.80 * lower_height(body)
        y = float(flank(skin, np.array([x]), np.array([z]))[0])
        if math.isfinite(y):
            _on_sides(
                builders, door, box((x, y + 0.018, z), (0.19, 0.016, 0.026)), palette, Part.CHROME if body.form.chrome else Part.PAINT
            )
            _on_sides(builders, door, box((x, y - 0.002, z - 0.004), (0.14, 0.014, 0.05), "XYzZ"), palette, Part.GAP)


def _add_wipers(builder: MeshBuilder, body: Body, palette: Palette) -> None:
    form = body.form
    low = np.array([form.cowl * body.length, 0.0, float(body.shoulder(np.array([form.cowl * body.length]))[0])])
    up = np.array([(form.screen_top - form.cowl) * body.length, 0.0, 0.0])
    up[2] = house_height(body)
    up /= np.linalg.norm(up)
    normal = np.array([up[2], 0.0, -up[0]])
    for y in (-0.62, 0.02):
        ends = []
        for dy, rise in ((0.0, 0.05), (0.56, 0.13)):
            across = (y + dy) / (body.half_width * form.foot)
            bend = form.screen_plan[0] * (1 - (1 - min(abs(across), 0.999) ** form.screen_plan[1]) ** (1 / form.screen_plan[1]))
            ends.append(low + up * rise + normal * 0.012 + np.array([-bend, y + dy, 0.0]))
        builder.add(tube(np.array(ends), 0.009, 4), palette.look(Part.TRIM))


def _add_exhaust(builder: MeshBuilder, body: Body, palette: Palette) -> None:
    if not body.form.exhaust:
        return
    x, z = -body.length / 2 + 0.06, body.form.clearance[2] + 0.045
    for y in ((0.55,), (-0.55, 0.55))[body.form.exhaust - 1]:
        pipe = tube(np.array([(x + 0.25, y * body.half_width, z), (x, y * body.half_width, z)]), 0.032, 8, caps=False)
        builder.add(pipe, palette.look(Part.CHROME))
        end = disc_x(x + 0.002, y * body.half_width, z, 0.031)
        builder.add(end, palette.look(Part.GAP))


def disc_x(x: float, y: float, z: float, radius: float) -> Surface:
    """Return an upright disc that looks backwards."""
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    points = np.stack([np.full(8, x), y + radius * np.cos(angle), z + radius * np.sin(angle)], axis=1)
    return polygon(points[::-1])


def _add_rails(builder: MeshBuilder, body: Body, palette: Palette) -> None:
    form = body.form
    x = np.linspace(form.screen_top - 0.03, form.rear_top + 0.03, 6) * body.length
    y = np.full(6, body.half_width * form.top * 0.95)
    z = body.roof(x) - form.roof_crown * 0.55 + 0.05 * np.array([0.2, 1, 1, 1, 1, 0.2])
    builder.add(both_sides(tube(np.stack([x, y, np.minimum(z, body.height)], axis=1), 0.014, 5)), palette.look(Part.CHROME))


def add_plate(builder: MeshBuilder, skin: Skin, tag: Tag, name: str, front: bool, z: float) -> None:
    """Add a number plate at height z on the front or rear of a skin."""
    sign = 1.0 if front else -1.0
    y, up = np.meshgrid([0.02, 0.14, 0.25], [-0.055, -0.02, 0.02, 0.055])
    xs = sign * end_x(skin, y, z + up, front)
    if np.isfinite(xs).any():
        add_plate_at(builder, tag, name, sign, sign * (float(np.nanmax(xs)) + 0.004), z)


def add_plate_at(builder: MeshBuilder, tag: Tag, name: str, sign: float, x: float, z: float) -> None:
    """Add a number plate whose face lies at x, looking along sign * x."""
    wide, high = PLATE_M
    faces = "XyYzZ" if sign > 0 else "xyYzZ"
    builder.add(box((x - sign * 0.013, 0, z), (0.02, wide + 0.035, high + 0.03), faces), Look(Material.PLASTIC, tag, (18, 18, 20)))
    builder.add(box((x - sign * 0.01, 0, z), (0.02, wide, high), faces), Look(Material.SIGN, tag, (228, 228, 222)))
    band = box((x + sign * 0.0006, sign * (wide / 2 - 0.022), z), (0.001, 0.044, high), faces[0])
    builder.add(band, Look(Material.SIGN, tag, (24, 56, 150)))
    strokes = _strokes(name) * np.array([(wide - 0.07) / 7.0, high * 0.62]) - np.array([(wide - 0.11) / 2, high * 0.31])
    # Who reads the front plate looks along -x and has the vehicle's right, +y, on the left.
    corners = np.stack([np.full(strokes.shape[:2], x + sign * 0.0015), -sign * strokes[..., 0], z + strokes[..., 1]], axis=-1)
    builder.add(_facing_x(corners, sign), Look(Material.SIGN, tag, (24, 24, 30)))


def _facing_x(corners: Floats, sign: float) -> Surface:
    normal = np.cross(corners[0, 1] - corners[0, 0], corners[0, 3] - corners[0, 0])
    return quads(corners if normal[0] * sign > 0 else corners[:, ::-1])


_SEGMENTS = ((0, 1, 1, 1), (1, 0.5, 1, 1), (1, 0, 1, 0.5), (0, 0, 1, 0), (0, 0, 0, 0.5), (0, 0.5, 0, 1), (0, 0.5, 1, 0.5))
_GLYPHS = (0b0111111, 0b0000110, 0b1011011, 0b1001111, 0b1100110, 0b1101101, 0b1111101, 0b0000111, 0b1111111, 0b1101111, 0b1110111,
0b1111100,
           0b0111001, 0b1111001, 0b1110001, 0b1110110, 0b0111000, 0b1110011, 0b0111110)  # fmt: skip


def _strokes(name: str) -> Floats:
    """Return the quads (N, 4, 2) of seven characters, one unit wide each and one high, that `name` decides on."""
    seed, out = zlib.crc32(name.encode()), []
    for place in range(7):
        glyph = _GLYPHS[(seed >> (4 * place)) % len(_GLYPHS)]
        for k, (x0, y0, x1, y1) in enumerate(_SEGMENTS):
            if glyph >> k & 1:
                low = np.minimum((x0, y0), (x1, y1)) * (0.62, 0.86) + (place + 0.12, 0.0)
                high = np.maximum((x0, y0), (x1, y1)) * (0.62, 0.86) + (place + 0.12, 0.0) + (0.17, 0.14)
                out.append([low, (high[0], low[1]), high, (low[0], high[1])])
    return np.array(out, dtype=np.float64)
