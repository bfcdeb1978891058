"""How readings become rows of a shard and back: image files, depth codes, and the filters of HDF5 by hand.

HDF5 compresses inside its own lock, one chunk at a time. Packing chunks here, in threads, and handing them over whole gives the same
files several times faster; `unpacked` is the inverse for readers that fetch chunks themselves.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from threading import local
from types import MappingProxyType
from typing import Any

import cv2
import hdf5plugin
import numpy as np
import zstandard
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind, Mount
from simgen.shards.schema import DATA

DEPTH_STEPS = (1 << 24) - 1
DEPTH_RANGE_M = 1000.0
"""CARLA's depth images hold 24-bit codes of 0 to 1000 m (https://carla.readthedocs.io/en/0.9.16/ref_sensors/#depth-camera)."""

ZSTD_LEVEL = 1
MAX_IMAGE_SIDE = 16384
"""Larger images are refused: a hostile file must not make the reader allocate without bound."""

FILTERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {},
        "labels": {**hdf5plugin.Zstd(clevel=ZSTD_LEVEL)},
        "records": {**hdf5plugin.Zstd(clevel=ZSTD_LEVEL), "shuffle": True},
    }
)
"""Arguments of `h5py.Group.create_dataset`. Measured: label images shrink most, and fastest, with Zstandard alone; numbers of
several bytes gain from a byte shuffle."""

_JPEG_444 = [int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR), int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)]
_thread = local()


@dataclass(frozen=True)
class ImageCodec:
    """How rgb images are stored."""

    name: str = "jpeg"
    """"jpeg" (4:4:4) or "png" (lossless)."""
    quality: int = 95
    """Of JPEG, 1 to 100."""

    def encode(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the bytes of the image file as (K,) uint8."""
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        if self.name == "png":
            done, data = cv2.imencode(".png", bgr, [int(cv2.IMWRITE_PNG_COMPRESSION), 1])
        else:
            done, data = cv2.imencode(".jpg", bgr, [int(cv2.IMWRITE_JPEG_QUALITY), self.quality, *_JPEG_444])
        assert done, "OpenCV encodes every uint8 image"
        return np.asarray(data, dtype=np.uint8).reshape(-1)


def decode_image(data: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return the (height, width, 3) uint8 R, G, B image of a JPEG or PNG file. Raises ValueError for anything else."""
    if max(height, width) > MAX_IMAGE_SIDE:
        raise ValueError(f"image of {width}x{height} pixels")
    image = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if len(data) else None
    if image is None or image.shape != (height, width, 3):
        raise ValueError("an image file that cannot be decoded to the camera's size")
    return np.asarray(image, dtype=np.uint8)


def depth_codes(depth_m: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return depth images (..., H, W) in metres as differences along each row of CARLA's 24-bit codes, modulo 2**32.

    Nothing is lost of what a CARLA server sends. Roads and walls change little along a row, so these shrink to a quarter of
    what the depths themselves do.
    """
    codes = np.rint(np.clip(depth_m, 0.0, DEPTH_RANGE_M) * np.float64(DEPTH_STEPS / DEPTH_RANGE_M)).astype(np.uint32)
    out = codes.copy()
    out[..., 1:] -= codes[..., :-1]
    return out


def depth_metres(rows: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the depth in metres of what `depth_codes` made."""
    codes = np.cumsum(rows, axis=-1, dtype=np.uint32)
    return np.asarray((codes * (DEPTH_RANGE_M / DEPTH_STEPS)).astype(np.float32))


def encoded(kind: Kind, data: NDArray[Any], codec: ImageCodec) -> NDArray[Any]:
    """Return a reading's data as the rows that its stream stores."""
    rows = codec.encode(data) if kind is Kind.RGB else depth_codes(data) if kind is Kind.DEPTH else data
    return np.ascontiguousarray(rows, dtype=DATA[kind].dtype)


def decoded(rows: NDArray[Any], mount: Mount) -> NDArray[Any]:
    """Return the data of a reading from its stored rows. Raises ValueError for rows that cannot be its."""
    if mount.kind is Kind.RGB:
        return decode_image(rows, mount.camera.height_px, mount.camera.width_px)
    return depth_metres(rows) if mount.kind is Kind.DEPTH else rows


def checksum(rows: NDArray[Any]) -> int:
    """Return the CRC-32 of rows as they stand in the shard (C order, little endian)."""
    return zlib.crc32(np.ascontiguousarray(rows).view(np.uint8).reshape(-1).data) if rows.size else 0


def packed(rows: NDArray[Any], filters: str) -> bytes:
    """Return a whole chunk as the filters of HDF5 would store it."""
    data = np.ascontiguousarray(rows)
    if filters == "none":
        return data.tobytes()
    raw = _shuffled(data) if filters == "records" else data.view(np.uint8).reshape(-1)
    return _compressor().compress(raw.data)


def unpacked(stored: bytes | memoryview, dtype: np.dtype[Any], shape: tuple[int, ...], filters: str) -> NDArray[Any]:
    """Return the chunk `shape` that `packed` stored. Raises ValueError for bytes that are no such chunk."""
    out = np.empty(shape, dtype=dtype)
    unpack_into(out, stored, shape[0], 0, filters)
    return out


def unpack_into(out: NDArray[Any], stored: bytes | memoryview, chunk_rows: int, first: int, filters: str) -> None:
    """Write the rows of a stored chunk from `first` on into `out` (N, ...). Raises ValueError for bytes that are no such chunk."""
    size = chunk_rows * (out.nbytes // max(len(out), 1))
    raw: Any = stored
    if filters != "none":
        try:
            raw = _decompressor().decompress(stored, max_output_size=size)
        except zstandard.ZstdError as error:
            raise ValueError(f"a chunk that Zstandard cannot read ({error})") from None
    if len(raw) != size:
        raise ValueError(f"a chunk of {len(raw)} bytes where {size} belong")
    flat, into = np.frombuffer(raw, dtype=np.uint8), out.view(np.uint8).reshape(-1)
    start, each = first * (size // chunk_rows), out.dtype.itemsize
    if filters != "records" or each == 1:
        into[:] = flat[start : start + len(into)]
        return
    columns = flat.reshape(each, size // each)[:, start // each : (start + len(into)) // each]
    cv2.transpose(columns, into.reshape(-1, each))  # with vector instructions, ten times faster than NumPy


def _shuffled(data: NDArray[Any]) -> NDArray[np.uint8]:
    """Return first bytes first: the shuffle filter of HDF5 (https://support.hdfgroup.org/documentation/hdf5/latest/group___d_c_p_l.html)."""
    size = data.dtype.itemsize
    return _transposed(data.reshape(-1).view(np.uint8).reshape(-1, size))


def _transposed(bytes_of_rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a (N, M) array transposed, flat. OpenCV does that with vector instructions, ten times faster than NumPy."""
    return cv2.transpose(bytes_of_rows).reshape(-1) if bytes_of_rows.size else bytes_of_rows.reshape(-1)


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_thread, "compressor"):
        _thread.compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
    compressor: zstandard.ZstdCompressor = _thread.compressor
    return compressor


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_thread, "decompressor"):
        _thread.decompressor = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _thread.decompressor
    return decompressor
