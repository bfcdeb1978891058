"""The file under a shard that is being written."""

from __future__ import annotations

import os
from pathlib import Path


class Sink:
    """A file object for h5py that remembers the first error instead of reporting it to HDF5.

    HDF5 cannot take back a write that the disk refuses: its objects stay half-made and crash the process when they are
    freed. So a refused write is noted in `error`, later writes are dropped, and the caller looks at `error` after each step.
    """

    def __init__(self, path: Path) -> None:
        self.error: OSError | None = None
        self._file = path.open("w+b", buffering=0)

    def write(self, data: memoryview | bytes) -> int:
        """Write all of `data`, or note why it could not be written."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while len(rest) and self.error is None:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.error = error
        return size

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill `buffer` from the file; zeros beyond its end."""
        view = memoryview(buffer).cast("B")
        count = 0
        while count < len(view) and (got := self._file.readinto(view[count:])):
            count += got
        view[count:] = bytes(len(view) - count)
        return len(view)

    def read(self, size: int = -1) -> bytes:
        """Read as files do; h5py asks for it to know a file object."""
        return self._file.read(size) or b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file, or note why it could not be set."""
        try:
            return self._file.truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def flush(self) -> None:
        """Nothing is buffered here."""

    def sync(self) -> None:
        """Bring the file to the disk; notes what the disk says."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self.error = self.error or error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
