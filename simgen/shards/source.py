"""Where the bytes of a shard come from: a local file, or an object behind an fsspec URL."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import IO, Protocol, cast

from simgen.errors import ConfigError, ShardError


class Source(Protocol):
    """Random access to one shard. Safe to use from several threads."""

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`. Raises ShardError where there are fewer."""
        ...


def is_url(path: str) -> bool:
    """Tell whether a path is an fsspec URL such as "s3://bucket/a.h5"."""
    return "://" in path


class LocalSource:
    """A file on this machine; opened when first read, anew in every process."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle: int | None = None
        self._process = 0

    def __getstate__(self) -> dict[str, str]:
        return {"path": self._path}

    def __setstate__(self, state: dict[str, str]) -> None:
        self.__init__(state["path"])  # type: ignore[misc]

    def __del__(self) -> None:
        if self._handle is not None and self._process == os.getpid():
            os.close(self._handle)

    def read(self, start: int, size: int) -> bytes:
        if self._handle is None or self._process != os.getpid():
            try:
                self._handle, self._process = os.open(self._path, os.O_RDONLY), os.getpid()
            except OSError as error:
                raise ShardError(f"shard must be readable, got {error.strerror} ({self._path})") from None
        data = os.pread(self._handle, size, start)
        if len(data) != size:
            raise ShardError(f"shard must hold {size} bytes at {start}, got {len(data)} ({self._path})")
        return data


class RemoteSource:
    """An object behind an fsspec URL; each read is one range request."""

    def __init__(self, url: str) -> None:
        self._url = url

    def read(self, start: int, size: int) -> bytes:
        data = cast(bytes, _filesystem(self._url).cat_file(self._url, start=start, end=start + size))
        if len(data) != size:
            raise ShardError(f"shard must hold {size} bytes at {start}, got {len(data)} ({self._url})")
        return data


def open_source(path: str) -> Source:
    """Return the source of a shard by its path or URL."""
    return RemoteSource(path) if is_url(path) else LocalSource(path)


def open_remote(url: str) -> AbstractContextManager[IO[bytes]]:
    """Return the object behind a URL as a file, read in blocks of 1 MB."""
    return cast(AbstractContextManager[IO[bytes]], _filesystem(url).open(url, "rb", block_size=1 << 20))


def list_remote(url: str) -> list[str]:
    """Return the URLs of all shards below a URL, sorted; the URL itself where it is a shard's."""
    if url.endswith(".h5"):
        return [url]
    files = _filesystem(url)
    found = files.glob(f"{url.rstrip('/')}/**/*.h5")
    return sorted(files.unstrip_protocol(path) for path in found if not path.rpartition("/")[2].startswith("."))


def _filesystem(url: str):  # type: ignore[no-untyped-def]
    try:
        import fsspec
    except ImportError:
        raise ConfigError(f"fsspec must be installed to read {url}, got none (pip install 'simgen[remote]')") from None
    try:
        return fsspec.url_to_fs(url)[0]
    except (ImportError, ValueError) as error:
        raise ConfigError(f"URL must be one that fsspec can open, got {url} ({error})") from None
