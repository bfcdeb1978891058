"""Textures that a client paints onto objects: `[width, height, [[r, g, b, a], ...]]`, rows first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ProtocolError
from simgen.server.wire.layouts import shown


def unpack_texture(value: Any, dtype: type[np.uint8] | type[np.float32]) -> NDArray[Any]:
    """Return a decoded texture as (height, width, 4) R, G, B, A: uint8 for colours, float32 for the others.

    A width or height of 0 means "leave this texture alone" and gives an empty array. Raises ProtocolError.
    """
    width, height, pixels = _parts(value)
    try:
        numbers = np.asarray(pixels, dtype=np.float64).reshape(height, width, 4)
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
