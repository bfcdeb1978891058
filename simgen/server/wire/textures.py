"""Textures that a client paints onto objects: `[width, height, [[r, g, b, a], ...]]`, rows first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ProtocolError
from simgen.server.wire.layouts import shown


def unpack_texture(value: Any, dtype: type[np.uint8] | type[np.float32], most_side: int = 2**15) -> NDArray[Any]:
    """Return a decoded texture as (height, width, 4) R, G, B, A: uint8 for colours, float32 for the others.

    Of a texture with a side longer than `most_side` only every second, third ... row and column is read: numbers that lie in lists
    cost 40 ns each. A width or height of 0 means "leave this texture alone" and gives an empty array. Raises ProtocolError.
    """
    width, height, pixels = _parts(value)
    if len(pixels) != width * height:
        raise ProtocolError(f"texture must have {width} x {height} pixels, got {len(pixels)} (request)")
    step = max(1, -(-max(width, height) // most_side))
    rows, columns = range(0, height, step), range(0, width, step)
    read = pixels if step == 1 else [pixel for row in rows for pixel in pixels[row * width : (row + 1) * width : step]]
    try:
        numbers = np.asarray(read, dtype=np.float64).reshape(len(rows), len(columns), 4)
    except (ValueError, TypeError, OverflowError):
        raise ProtocolError(f"texture must have {width} x {height} pixels of 4 numbers, got {shown(pixels)} (request)") from None
    limit = 255.0 if dtype is np.uint8 else float(np.finfo(np.float32).max)
    if not np.all(np.abs(numbers) <= limit) or (dtype is np.uint8 and np.any(numbers < 0)):
        raise ProtocolError(f"texture must have values up to {limit:g}, got others (request)")
    return numbers.astype(dtype)


def _parts(value: Any) -> tuple[int, int, Any]:
    if not isinstance(value, (tuple, list)) or len(value) < 3:
        raise ProtocolError(f"texture must be [width, height, pixels], got {shown(value)} (request)")
    width, height, pixels = value[:3]
    if not all(type(side) is int and 0 <= side < 2**15 for side in (width, height)) or not isinstance(pixels, (tuple, list)):
        raise ProtocolError(f"texture must be [width, height, pixels], got {shown(width)}, {shown(height)}, {shown(pixels)} (request)")
    return width, height, pixels
