"""The file under a shard that is being written: a kill at any moment leaves the state of the last commit.

HDF5 writes its metadata in place, so a process that dies while it does so leaves a file that nobody can open. Here what would
overwrite committed bytes is held back until the next `commit`, which first writes it to a journal beside the file, whole, and then
into its place. `recover` finishes a commit whose journal is whole and forgets one whose journal is not. What lies behind the
committed end is written at once, since nothing points there yet.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

PAGE = 4096
_HEAD = struct.Struct("<8sII")
"""Magic, number of pages, CRC-32 of the rest."""
_MAGIC = b"SGJRNL01"
_PLACE = struct.Struct("<Q")


def journal_path(path: Path) -> Path:
    """Return the name of a file's journal."""
    return path.with_name(path.name + ".journal")


def recover(path: Path, into: Path | None = None) -> None:
    """Finish the commit that the writer of `path` had begun, if its journal is whole; on the copy `into` if there is one."""
    try:
        content = journal_path(path).read_bytes()
    except FileNotFoundError:
        return
    with (into or path).open("r+b") as file:
        for place, page in _pages(content):
            file.seek(place * PAGE)
            file.write(page)


class Sink:
    """A file object for h5py that remembers the first error instead of reporting it to HDF5.

    HDF5 cannot take back a write that the disk refuses: its objects stay half-made and crash the process when they are
    freed. So a refused write is noted in `error`, later writes are dropped, and the caller looks at `error` after each step.
    """

    def __init__(self, path: Path) -> None:
        self.error: OSError | None = None
        self._path = path
        self._file = path.open("w+b", buffering=0)
        self._at = 0
        self._size = 0
        self._committed = 0
        """Bytes from the start, in whole pages, that a kill must not change."""
        self._held: dict[int, bytearray] = {}
        """Changed pages below the committed end, by number."""

    def write(self, data: memoryview | bytes) -> int:
        """Write all of `data`, or note why it could not be written."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while len(rest) and self._at < self._committed:
            place, start = divmod(self._at, PAGE)
            count = min(PAGE - start, len(rest))
            self._page(place)[start : start + count] = rest[:count]
            self._at, rest = self._at + count, rest[count:]
        self._write_through(rest)
        self._size = max(self._size, self._at)
        return size

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill `buffer` from the file; zeros beyond its end."""
        view = memoryview(buffer).cast("B")
        self._fill(view, self._at)
        for place in range(self._at // PAGE, (self._at + len(view) - 1) // PAGE + 1) if self._held else ():
            if place in self._held:
                first, last = max(place * PAGE, self._at), min((place + 1) * PAGE, self._at + len(view))
                view[first - self._at : last - self._at] = self._held[place][first - place * PAGE : last - place * PAGE]
        self._at += len(view)
        return len(view)

    def read(self, size: int = -1) -> bytes:
        """Read as files do; h5py asks for it to know a file object."""
        buffer = bytearray(max(0, self._size - self._at) if size < 0 else size)
        self.readinto(buffer)
        return bytes(buffer)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as files do."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file, or note why it could not be set. What is committed is cut by the next commit only."""
        self._size = self._at if size is None else size
        try:
            os.ftruncate(self._file.fileno(), max(self._size, self._committed))
        except OSError as error:
            self.error = self.error or error
        return self._size

    def flush(self) -> None:
        """Nothing is buffered here that a flush should write: see `commit`."""

    def commit(self) -> None:
        """Make what was written so far the state that a kill leaves."""
        try:
            if self._held and self.error is None:
                self._journal()
                for place, page in self._held.items():
                    self._put(page, place * PAGE)
                journal_path(self._path).unlink()
            self._held.clear()
            os.ftruncate(self._file.fileno(), self._size)
            self._committed = -(-self._size // PAGE) * PAGE
        except OSError as error:
            self.error = self.error or error

    def sync(self) -> None:
        """Bring the file to the disk; notes what the disk says."""
        self.commit()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self.error = self.error or error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # ------------------------------------------------------------------ inside

    def _write_through(self, rest: memoryview) -> None:
        size = len(rest)
        try:
            if size and self.error is None:
                self._put(rest, self._at)
        except OSError as error:
            self.error = error
        self._at += size

    def _put(self, data: memoryview | bytearray, at: int) -> None:
        rest = memoryview(data)
        while len(rest):
            count = os.pwrite(self._file.fileno(), rest, at)
            at, rest = at + count, rest[count:]

    def _fill(self, view: memoryview, at: int) -> None:
        done = 0
        while done < len(view) and (block := os.pread(self._file.fileno(), len(view) - done, at + done)):
            view[done : done + len(block)] = block
            done += len(block)
        view[done:] = bytes(len(view) - done)

    def _page(self, place: int) -> bytearray:
        if place not in self._held:
            page = bytearray(PAGE)
            self._fill(memoryview(page), place * PAGE)
            self._held[place] = page
        return self._held[place]

    def _journal(self) -> None:
        body = b"".join(_PLACE.pack(place) + page for place, page in self._held.items())
        with journal_path(self._path).open("wb", buffering=0) as journal:
            rest = memoryview(_HEAD.pack(_MAGIC, len(self._held), zlib.crc32(body)) + body)
            while len(rest):
                rest = rest[journal.write(rest) :]


def _pages(content: bytes) -> list[tuple[int, bytes]]:
    """Return the (number, page) pairs of a journal; none of one that is not whole."""
    if len(content) < _HEAD.size:
        return []
    magic, count, crc32 = _HEAD.unpack_from(content)
    body = memoryview(content)[_HEAD.size :]
    if magic != _MAGIC or len(body) != count * (_PLACE.size + PAGE) or zlib.crc32(body) != crc32:
        return []
    step = _PLACE.size + PAGE
    return [(_PLACE.unpack_from(body, at)[0], bytes(body[at + _PLACE.size : at + step])) for at in range(0, len(body), step)]
