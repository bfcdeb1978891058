"""Images of a shard as a browser takes them: photographs as stored, labels as PNG files of indexed colour."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import palette_image
from simgen.errors import ShardError
from simgen.shards.encoding import depth_metres
from simgen.shards.reader import ShardReader
from simgen.view.overlay import color_depth, color_instances

LABEL_HEIGHT = 400
"""Label images are thinned to at most this height."""

_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
REDUCTIONS: tuple[int, ...] = (1, *_REDUCED)
_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_INSTANCE_COLORS = 255


def data_url(kind: str, data: bytes) -> str:
    """Return the bytes as a URL that needs no network."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def photograph(shard: ShardReader, name: str, row: int, reduction: int = 1) -> str:
    """Return the URL of an rgb image as stored, or smaller by `reduction` (1, 2, 4, 8) as JPEG. Raises ShardError for other bytes."""
    data = shard.stored(name, row)
    if reduction > 1:
        image = cv2.imdecode(data, _REDUCED[reduction]) if len(data) else None
        if image is None:
            raise ShardError(f"image must be JPEG or PNG, got {len(data)} other bytes ({shard.path}, streams/{name} row {row})")
        _, small = cv2.imencode(".jpg", image, [int(cv2.IMWRITE_JPEG_QUALITY), 82])
        return data_url("image/jpeg", small.tobytes())
    raw = data.tobytes()
    kind = media_type(raw)
    if not kind:
        raise ShardError(f"image must be JPEG or PNG, got {len(raw)} other bytes ({shard.path}, streams/{name} row {row})")
    return data_url(kind, raw)


def media_type(data: bytes) -> str:
    """Return the media type of an image file by its first bytes; "" where it is neither JPEG nor PNG."""
    return next((kind for start, kind in _TYPES.items() if data.startswith(start)), "")


def label_image(kind: Kind, stored: NDArray) -> str:
    """Return the URL of a semantic, instance or depth image, as its stream stores it, in colours; thinned to `LABEL_HEIGHT`."""
    step = -(-stored.shape[0] // LABEL_HEIGHT)
    rows = stored[::step]  # before depths are decoded, which takes longest; each row is decoded by itself
    thin = np.ascontiguousarray((depth_metres(rows) if kind is Kind.DEPTH else rows)[:, ::step])
    if kind is Kind.SEMANTIC:
        return data_url("image/png", indexed_png(thin, palette_image()))
    if kind is Kind.INSTANCE:
        # Ids that share a remainder share a colour; 0 is no actor.
        index = np.where(thin > 0, thin % _INSTANCE_COLORS + 1, 0).astype(np.uint8)
        return data_url("image/png", indexed_png(index, _instance_palette()))
    _, jpeg = cv2.imencode(".jpg", color_depth(thin)[..., ::-1], [int(cv2.IMWRITE_JPEG_QUALITY), 70])
    return data_url("image/jpeg", jpeg.tobytes())


def indexed_png(index: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return the PNG file of (H, W) uint8 indices into a (256, 3) RGB palette (W3C PNG specification, colour type 3).

    It is a third of the size of the same picture in true colours, and cv2 writes no palettes.
    """
    height, width = index.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), index], axis=1)  # each row begins with its filter: 0 is none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 4)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@lru_cache(maxsize=1)
def _instance_palette() -> NDArray[np.uint8]:
    return color_instances(np.arange(256, dtype=np.uint32))
