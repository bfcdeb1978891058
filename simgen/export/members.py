"""Stored rows as small files that every tool opens, and back: images, NumPy arrays. What is read is bounded and never unpickled."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tokenize import TokenError
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind, Mount
from simgen.shards.encoding import DEPTH_STEPS, MAX_IMAGE_SIDE
from simgen.shards.schema import DATA, Column

MOST_ARRAY_BYTES = 1 << 30
"""A larger array is refused: what a hostile file claims must not be allocated."""
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_NPY_VERSION = (1, 0)


@dataclass(frozen=True)
class Form:
    """How readings of one kind become a file."""

    suffix: str
    write: Callable[[NDArray[Any]], bytes]
    read: Callable[[bytes, Mount], NDArray[Any]]


def member_of(kind: Kind, rows: NDArray[Any]) -> tuple[str, bytes]:
    """Return (suffix, content) of the file that holds a stored row."""
    for form in FORMS[kind]:
        if form.suffix != "png" or kind is not Kind.INSTANCE or int(rows.max(initial=0)) < 1 << 16:
            if kind is not Kind.RGB:
                return form.suffix, form.write(rows)
            return ("png" if bytes(rows[:8]) == _PNG_HEAD[:8] else "jpg"), rows.tobytes()
    raise AssertionError("the last form takes every row")


def rows_of(mount: Mount, suffix: str, content: bytes) -> NDArray[Any]:
    """Return the stored row of a file's content. Raises ValueError for content that cannot be one of the mount's."""
    for form in FORMS[mount.kind]:
        if form.suffix == suffix:
            return form.read(content, mount)
    raise ValueError(f"a file .{suffix} where {' or '.join('.' + f.suffix for f in FORMS[mount.kind])} belongs")


# ---------------------------------------------------------------------- arrays


def npy_bytes(rows: NDArray[Any]) -> bytes:
    """Return an array as a .npy file: equal arrays give equal bytes."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(rows), _NPY_VERSION, allow_pickle=False)
    return file.getvalue()


def npy_rows(content: bytes, column: Column, shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    """Return the array of a .npy file: of the column's type, rows of its shape, or exactly `shape`. Raises ValueError otherwise."""
    file = io.BytesIO(content)
    try:
        if np.lib.format.read_magic(file) != _NPY_VERSION:
            raise ValueError("a NumPy file of another version")
        found, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    except (SyntaxError, TypeError, RecursionError, UnicodeError, TokenError) as error:
        raise ValueError(f"a NumPy file that cannot be read ({error})") from None
    wanted = shape if shape is not None else (*(found or (0,))[:1], *column.shape)
    if dtype != column.dtype or fortran or tuple(found) != wanted:
        raise ValueError(f"an array of {dtype} {found} where {column.dtype} {wanted} belongs")
    size = int(np.prod(found, dtype=object)) * dtype.itemsize
    if size != len(content) - file.tell() or size > MOST_ARRAY_BYTES:
        raise ValueError(f"an array of {size} bytes in a file of {len(content)}")
    return np.frombuffer(content, dtype=column.dtype, offset=file.tell()).reshape(found).copy()


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as a compressed .npz file: equal arrays give equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # its date is the first that a zip can say
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, npy_bytes(rows))
    return file.getvalue()


def npz_rows(content: bytes, columns: Mapping[str, Column], shape: tuple[int, ...] | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of a .npz file, which must hold exactly those of `columns`. Raises ValueError otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sorted(names) != sorted(f"{name}.npy" for name in columns):
                raise ValueError(f"arrays {', '.join(names[:9])} where {', '.join(columns)} belong")
            return {name: npy_rows(_inflated(archive, f"{name}.npy"), column, shape) for name, column in columns.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, struct.error, OSError, KeyError) as error:
        raise ValueError(f"a zip file that cannot be read ({error})") from None


def _inflated(archive: zipfile.ZipFile, name: str) -> bytes:
    entry = archive.getinfo(name)
    if entry.file_size > MOST_ARRAY_BYTES or entry.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        raise ValueError(f"an entry of {entry.file_size} bytes")
    with archive.open(entry) as file:
        return file.read(entry.file_size + 1)


# ---------------------------------------------------------------------- images


def png_bytes(image: NDArray[Any]) -> bytes:
    """Return an image as a PNG file: (H, W) uint8 or uint16, or (H, W, 3) uint8 R, G, B."""
    done, data = cv2.imencode(".png", image[..., ::-1] if image.ndim == 3 else image, [int(cv2.IMWRITE_PNG_COMPRESSION), 3])
    assert done, "OpenCV encodes every such image"
    return bytes(np.asarray(data, dtype=np.uint8).tobytes())


def png_image(content: bytes, mount: Mount, dtype: type[np.generic], channels: int) -> NDArray[Any]:
    """Return the image of a PNG file of the mount's size. Raises ValueError for anything else; its size is looked at first."""
    size = mount.camera.width_px, mount.camera.height_px
    if content[:16] != _PNG_HEAD or len(content) < 33 or struct.unpack(">II", content[16:24]) != size or max(size) > MAX_IMAGE_SIDE:
        raise ValueError(f"no PNG image of {size[0]}x{size[1]} pixels")
    try:
        image = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ValueError(f"an image that cannot be decoded ({error.err})") from None
    shape = size[::-1] if channels == 1 else (*size[::-1], channels)
    if image is None or image.dtype != dtype or image.shape != shape:
        raise ValueError("an image that cannot be decoded to the camera's size")
    return np.asarray(image[..., ::-1] if channels == 3 else image)


def depth_image(rows: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return stored depth (H, W) as CARLA's depth image (H, W, 3): code = R + 256 G + 65536 B."""
    codes = np.cumsum(rows, axis=-1, dtype=np.uint32)
    if int(codes.max(initial=0)) > DEPTH_STEPS:
        raise ValueError("depth codes of more than 24 bits")
    return np.stack([codes & 0xFF, (codes >> 8) & 0xFF, codes >> 16], axis=-1).astype(np.uint8)


def depth_rows(image: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return what `depth_image` was given."""
    codes = image[..., 0] + (image[..., 1].astype(np.uint32) << 8) + (image[..., 2].astype(np.uint32) << 16)
    return np.asarray(np.diff(codes, axis=-1, prepend=np.uint32(0)), dtype=np.uint32)


def _image_file(content: bytes, mount: Mount) -> NDArray[np.uint8]:
    return np.frombuffer(content, dtype=np.uint8).copy()


def _npz_of(kind: Kind) -> Form:
    def read(content: bytes, mount: Mount) -> NDArray[Any]:
        size = {"H": mount.camera.height_px, "W": mount.camera.width_px} if kind is Kind.INSTANCE else {}
        shape = tuple(size.values()) or None
        return npz_rows(content, {"data": DATA[kind]}, shape)["data"]

    return Form("npz", lambda rows: npz_bytes({"data": rows}), read)


def _npy_of(kind: Kind) -> Form:
    shape = None if DATA[kind].ragged else tuple(int(n) for n in DATA[kind].shape)
    return Form("npy", npy_bytes, lambda content, mount: npy_rows(content, DATA[kind], shape))


FORMS: Mapping[Kind, tuple[Form, ...]] = MappingProxyType(
    {
        Kind.RGB: (Form("jpg", bytes, _image_file), Form("png", bytes, _image_file)),
        Kind.DEPTH: (Form("png", lambda rows: png_bytes(depth_image(rows)), lambda c, m: depth_rows(png_image(c, m, np.uint8, 3))),),
        Kind.SEMANTIC: (Form("png", png_bytes, lambda c, m: png_image(c, m, np.uint8, 1)),),
        Kind.INSTANCE: (
            Form("png", lambda rows: png_bytes(rows.astype(np.uint16)), lambda c, m: png_image(c, m, np.uint16, 1).astype(np.uint32)),
            _npz_of(Kind.INSTANCE),
        ),
        Kind.LIDAR: (_npz_of(Kind.LIDAR),),
        Kind.RADAR: (_npz_of(Kind.RADAR),),
        **{k: (_npy_of(k),) for k in (Kind.GNSS, Kind.IMU, Kind.COLLISION, Kind.LANE_INVASION, Kind.OBSTACLE)},
    }
)
"""The files of each kind; the first that can hold a row is taken. Instance images are 16-bit PNGs unless an id needs more."""
