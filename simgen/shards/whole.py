"""Small files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from simgen.errors import EnvironmentFault


def write_whole(path: Path, data: bytes, what: str) -> Path:
    """Write `data` through a temporary name beside `path`, making its folder if need be; returns `path`.

    Raises EnvironmentFault ("WHAT must be writable, ...") and leaves nothing behind where the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(data)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFault(f"{what} must be writable, got {error.strerror} ({path})") from None
    return path
