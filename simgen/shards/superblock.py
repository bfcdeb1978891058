"""The first bytes of an HDF5 file: clearing the mark that a writer which was killed has left there, and the time of writing.

Layout: HDF5 File Format Specification, "Disk Format: Level 0A - Format Signature and Superblock", versions 2 and 3
(https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html). The checksum is Bob Jenkins' lookup3
(https://burtleburtle.net/bob/c/lookup3.c).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Protocol

from simgen.errors import ShardError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_FLAGS_AT = 11
_SIZE = 44
"""Bytes of a superblock with addresses of 8 bytes, without its checksum."""
_EXTENSION_AT = 20
"""Where a superblock has the address of its extension, an object header of version 2."""
_NOWHERE = (1 << 64) - 1
_TIMES, _PHASE_CHANGE = 0x20, 0x10
"""Flags of an object header: four times of four bytes, and four bytes about attributes, follow the first six bytes."""
_MASK = 0xFFFFFFFF


class Bytes(Protocol):
    """A file that can be read and written at places."""

    def seek(self, offset: int, whence: int = 0) -> int: ...
    def read(self, size: int = -1) -> bytes: ...
    def write(self, data: bytes) -> int: ...


def clear_write_flag(path: Path) -> None:
    """Mark the file as not open for writing, in place. Raises ShardError for a file without such a superblock."""
    with path.open("r+b") as file:
        block = bytearray(file.read(_SIZE + 4))
        if len(block) < _SIZE + 4 or block[:8] != SIGNATURE or block[8] not in (2, 3) or block[9] != 8:
            raise ShardError(f"file must begin with an HDF5 superblock of version 2 or 3, got another ({path})")
        if struct.unpack_from("<I", block, _SIZE)[0] != lookup3(bytes(block[:_SIZE])):
            raise ShardError(f"superblock must have its checksum, got another ({path})")
        block[_FLAGS_AT] = 0
        struct.pack_into("<I", block, _SIZE, lookup3(bytes(block[:_SIZE])))
        file.seek(0)
        file.write(block)


def clear_times(file: Bytes) -> None:
    """Set the times in the superblock's extension to 0, in place; does nothing where there are none.

    Files with paged metadata have this extension, and the library has no switch for its times: equal content would give other bytes.
    """
    file.seek(0)
    block = file.read(_SIZE)
    start = struct.unpack_from("<Q", block, _EXTENSION_AT)[0]
    if block[:8] != SIGNATURE or block[8] not in (2, 3) or block[9] != 8 or start == _NOWHERE:
        return
    file.seek(start)
    head = file.read(6)
    if head[:5] != b"OHDR\x02" or not head[5] & _TIMES:
        return
    size_at, size_bytes = 22 + (4 if head[5] & _PHASE_CHANGE else 0), 1 << (head[5] & 3)
    file.seek(start)
    body = file.read(size_at + size_bytes)
    length = len(body) + int.from_bytes(body[size_at:], "little")
    file.seek(start)
    header = bytearray(file.read(length))
    header[6:22] = bytes(16)
    file.seek(start)
    file.write(bytes(header) + struct.pack("<I", lookup3(bytes(header))))


def lookup3(data: bytes, seed: int = 0) -> int:
    """Return the 32-bit hash `hashlittle` of some bytes."""
    a = b = c = (0xDEADBEEF + len(data) + seed) & _MASK
    at = 0
    while len(data) - at > 12:
        x, y, z = struct.unpack_from("<III", data, at)
        a, b, c = _mix((a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK)
        at += 12
    if at == len(data):
        return c
    x, y, z = struct.unpack("<III", data[at:].ljust(12, b"\0"))
    return _final((a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK)


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for by in (4, 6, 8, 16, 19, 4):
        # Each step works on the next of the three; after six steps they are in their places again.
        a = ((a - c) & _MASK) ^ _rotated(c, by)
        c = (c + b) & _MASK
        a, b, c = b, c, a
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    for by in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotated(b, by)) & _MASK
        a, b, c = b, c, a
    # Seven steps leave the last result in b.
    return b
