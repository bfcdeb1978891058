"""Letters, digits and simple figures for signs, as strokes of even width: smooth outlines at any size.

Coordinates are (x, z) as the reader sees them, x to the right and z up. Characters are 1 high.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.server.assets.solids import Surface, joined, polygon, quads

Floats = NDArray[np.float64]

STROKE = 0.145
"""Width of the strokes of characters over their height."""
_ADVANCE = 0.30
"""Between characters, on top of their width."""
_ARC_STEP_DEG = 18.0
_SHARP = -0.1
"""Cosine of the turn beyond which a corner is not mitred."""


def arc(cx: float, cz: float, rx: float, rz: float, first: float, last: float) -> Floats:
    """Return points (N, 2) of an elliptic arc between two angles in degrees, counter-clockwise from +x where `last` is larger."""
    count = max(2, round(abs(last - first) / _ARC_STEP_DEG) + 1)
    angle = np.radians(np.linspace(first, last, count))
    return np.stack([cx + rx * np.cos(angle), cz + rz * np.sin(angle)], axis=-1)


def _line(*points: tuple[float, float]) -> Floats:
    return np.array(points)


def _joined(*parts: Floats) -> Floats:
    return np.concatenate(parts)


_H, _W = 0.5 * STROKE, 0.58
_L, _R, _B, _T = _H, _W - _H, _H, 1 - _H
_MX, _RX = _W / 2, _W / 2 - _H

GLYPHS: dict[str, tuple[Floats, ...]] = {
    "0": (arc(_MX, 0.5, _RX, 0.5 - _H, 90, 450),),
    "1": (_line((0.10, 0.74), (0.34, _T), (0.34, 0.0)),),
    "2": (_joined(arc(_MX, 0.70, _RX, 0.30 - _H, 165, -25), _line((_L, _B), (_W, _B))),),
    "3": (arc(_MX - 0.02, 0.735, _RX - 0.02, 0.265 - _H, 155, -90), arc(_MX - 0.02, 0.28, _RX, 0.28 - _H + 0.01, 90, -155)),
    "4": (_line((0.44, 0.0), (0.44, _T), (_L - 0.02, 0.30), (_W + 0.02, 0.30)),),
    "5": (_joined(_line((0.53, _T), (0.14, _T), (0.10, 0.50)), arc(_MX - 0.02, 0.32, _RX + 0.01, 0.32 - _H, 128, -150)),),
    "6": (arc(_MX, 0.31, _RX, 0.31 - _H, 90, 450), arc(0.62, 0.31, 0.62 - _L, 0.66, 178, 112)),
    "7": (_line((0.0, _T), (_R + 0.02, _T), (0.20, 0.0)),),
    "8": (arc(_MX, 0.74, _RX - 0.03, 0.26 - _H, 90, 450), arc(_MX, 0.275, _RX, 0.275 - _H, 90, 450)),
    "9": (arc(_MX, 0.69, _RX, 0.31 - _H, 90, 450), arc(-0.04, 0.69, _R + 0.04, 0.66, -2, -68)),
    "A": (_line((0.03, 0.0), (0.29, 0.94), (0.55, 0.0)), _line((0.14, 0.30), (0.44, 0.30))),
    "B": (
        _line((_L, 0.0), (_L, 1.0)),
        _joined(_line((_L, _B), (0.28, _B)), arc(0.28, 0.29, 0.24, 0.29 - _H, -90, 90), _line((_L, 0.58 - _H))),
        _joined(_line((_L, _T), (0.26, _T)), arc(0.26, 0.745, 0.21, 0.255 - _H, 90, -90), _line((_L, 0.49 + _H))),
    ),
    "C": (arc(_MX + 0.04, 0.5, _RX + 0.04, 0.5 - _H, 50, 310),),
    "D": (_line((_L, 0.0), (_L, 1.0)), _joined(_line((_L, _T), (0.22, _T)), arc(0.22, 0.5, 0.29, 0.5 - _H, 90, -90), _line((_L, _B)))),
    "E": (_line((0.52, _T), (_L, _T), (_L, _B), (0.52, _B)), _line((_L, 0.5), (0.45, 0.5))),
    "F": (_line((0.52, _T), (_L, _T), (_L, 0.0)), _line((_L, 0.5), (0.45, 0.5))),
    "G": (_joined(arc(_MX + 0.04, 0.5, _RX + 0.04, 0.5 - _H, 50, 345), _line((_R, 0.48), (0.34, 0.48))),),
    "H": (_line((_L, 0.0), (_L, 1.0)), _line((_R, 0.0), (_R, 1.0)), _line((_L, 0.5), (_R, 0.5))),
    "I": (_line((0.29, 0.0), (0.29, 1.0)),),
    "K": (_line((_L, 0.0), (_L, 1.0)), _line((0.52, 0.97), (_L, 0.45)), _line((0.22, 0.56), (0.54, 0.02))),
    "L": (_line((_L, 1.0), (_L, _B), (0.52, _B)),),
    "M": (_line((_L, 0.0), (_L, 0.95), (0.29, 0.35), (_R, 0.95), (_R, 0.0)),),
    "N": (_line((_L, 0.0), (_L, 0.95), (_R, 0.05), (_R, 1.0)),),
    "O": (arc(_MX, 0.5, _RX, 0.5 - _H, 90, 450),),
    "P": (
        _line((_L, 0.0), (_L, 1.0)),
        _joined(_line((_L, _T), (0.27, _T)), arc(0.27, 0.70, 0.24, 0.30 - _H, 90, -90), _line((_L, 0.40 + _H))),
    ),
    "R": (
        _line((_L, 0.0), (_L, 1.0)),
        _joined(_line((_L, _T), (0.27, _T)), arc(0.27, 0.71, 0.24, 0.29 - _H, 90, -90), _line((_L, 0.42 + _H))),
        _line((0.26, 0.46), (0.53, 0.02)),
    ),
    "S": (_joined(arc(_MX, 0.735, _RX, 0.265 - _H, 40, 255), arc(_MX, 0.275, _RX, 0.275 - _H, 75, -140)),),
    "T": (_line((0.0, _T), (_W, _T)), _line((_MX, _T), (_MX, 0.0))),
    "U": (_joined(_line((_L, 1.0)), arc(_MX, 0.30, _RX, 0.30 - _H, 180, 360), _line((_R, 1.0))),),
    "V": (_line((0.03, 1.0), (0.29, 0.06), (0.55, 1.0)),),
    "W": (_line((0.0, 1.0), (0.15, 0.06), (0.29, 0.75), (0.43, 0.06), (0.58, 1.0)),),
    "X": (_line((0.04, 1.0), (0.54, 0.0)), _line((0.54, 1.0), (0.04, 0.0))),
    "Y": (_line((0.04, 1.0), (0.29, 0.46), (0.54, 1.0)), _line((0.29, 0.46), (0.29, 0.0))),
    "Z": (_line((0.03, _T), (0.50, _T), (0.08, _B), (0.55, _B)),),
    "!": (_line((0.29, 1.0), (0.29, 0.32)), _line((0.29, 0.14), (0.29, 0.0))),
    " ": (),
}
"""Midlines of the strokes of each character."""


def stroke(points: ArrayLike, width: float, depth: float) -> Surface:
    """Return a ribbon (flat, at y = `depth`, looking along +y) along points (N, 2); closed where the ends meet.

    Gentle bends are mitred; at sharp corners two ribbons overlap.
    """
    p = np.asarray(points, dtype=np.float64)
    p = p[np.concatenate([[True], np.linalg.norm(np.diff(p, axis=0), axis=1) > 1e-6])]
    along = _ways(p)
    sharp = np.flatnonzero((along[:-1] * along[1:]).sum(axis=1) < _SHARP) + 1
    if not len(sharp):
        return _ribbon(p, width, depth)
    cuts = [0, *(int(k) for k in sharp), len(p) - 1]
    return joined([_ribbon(_longer(p[a : b + 1], width, a > 0, b < len(p) - 1), width, depth) for a, b in pairwise(cuts)])


def _ways(points: Floats) -> Floats:
    along = np.diff(points, axis=0)
    return np.asarray(along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12))


def _longer(points: Floats, width: float, first: bool, last: bool) -> Floats:
    """Return a line that reaches a third of its width beyond those of its ends that lie at corners."""
    out, along = points.copy(), _ways(points)
    out[0] -= along[0] * (width / 3 if first else 0.0)
    out[-1] += along[-1] * (width / 3 if last else 0.0)
    return out


def _ribbon(p: Floats, width: float, depth: float) -> Surface:
    closed = bool(np.linalg.norm(p[0] - p[-1]) < 1e-9)
    along = _ways(p)
    before = np.concatenate([along[-1:] if closed else along[:1], along])
    after = np.concatenate([along, along[:1] if closed else along[-1:]])
    half_way = before + after
    half_way /= np.maximum(np.linalg.norm(half_way, axis=1, keepdims=True), 1e-9)
    across = np.stack([-half_way[:, 1], half_way[:, 0]], axis=-1)
    mitre = 0.5 * width / np.maximum((half_way * after).sum(axis=1, keepdims=True), 0.5)
    left, right = p + across * mitre, p - across * mitre
    return flat(np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1), depth)


def flat(corners: ArrayLike, depth: float) -> Surface:
    """Return quads (N, 4, 2), given as their reader sees them, at y = `depth`; they look along +y whichever way they were given."""
    c = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 2)
    solid = np.stack([c[..., 0], np.full(c.shape[:2], depth), c[..., 1]], axis=-1)
    normal = np.cross(solid[:, 2] - solid[:, 0], solid[:, 3] - solid[:, 1])
    return quads(np.where((normal[:, 1] > 0)[:, None, None], solid, solid[:, ::-1]))


def face(outline: ArrayLike, depth: float, front: bool = True) -> Surface:
    """Return a convex outline (N, 2) at y = `depth`, looking along +y, or along -y where not `front`."""
    o = np.asarray(outline, dtype=np.float64)
    solid = np.stack([o[:, 0], np.full(len(o), depth), o[:, 1]], axis=-1)
    normal = np.cross(solid[1] - solid[0], solid[2] - solid[0])
    return polygon(solid if (normal[1] > 0) == front else solid[::-1])


def ring(outer: ArrayLike, inner: ArrayLike, depth: float) -> Surface:
    """Return the band between two closed outlines (N, 2) with as many corners."""
    a, b = np.asarray(outer, dtype=np.float64), np.asarray(inner, dtype=np.float64)
    return flat(np.stack([a, np.roll(a, -1, axis=0), np.roll(b, -1, axis=0), b], axis=1), depth)


def text_width(text: str) -> float:
    """Return the width of a line of text, in heights."""
    return (_W + _ADVANCE) * len(text) - _ADVANCE


def text(line: str, height: float, middle: tuple[float, float], depth: float) -> Surface:
    """Return a line of text about its `middle` (x, z). Raises KeyError for a character that there is not."""
    left = middle[0] - 0.5 * height * text_width(line)
    parts = []
    for k, character in enumerate(line):
        offset = np.array([left + height * k * (_W + _ADVANCE), middle[1] - 0.5 * height])
        parts += [stroke(offset + height * points, STROKE * height, depth) for points in GLYPHS[character]]
    return joined(parts)


def figure(strokes: Sequence[tuple[ArrayLike, float]], depth: float) -> Surface:
    """Return several strokes (points (N, 2), width) as one figure."""
    return joined([stroke(points, width, depth) for points, width in strokes])


def disc(centre: tuple[float, float], radius: float, depth: float, corners: int = 14) -> Surface:
    """Return a filled circle."""
    return face(circle(centre, radius, corners), depth)


def circle(centre: tuple[float, float], radius: float, corners: int) -> Floats:
    """Return the corners (N, 2) of a regular polygon."""
    angle = np.arange(corners) * 2 * np.pi / corners
    return np.asarray(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
