"""What works on this machine, one line a check."""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

CORE_PACKAGES = ("carla", "numpy", "h5py", "hdf5plugin", "hydra-core", "opencv-python-headless", "open3d-cpu", "moderngl", "msgpack")
SYSTEM_LIBRARIES = ("libEGL.so.1", "libGL.so.1", "libOpenGL.so.0", "libgomp.so.1", "libusb-1.0.so.0", "libX11.so.6")
INSTALL_LINE = "apt-get install --no-install-recommends libegl1 libgl1 libopengl0 libgl1-mesa-dri libgomp1 libusb-1.0-0 libx11-6"


@dataclass(frozen=True)
class Check:
    """One finding. `needed` checks decide the exit code; the others tell what is available."""

    name: str
    ok: bool
    detail: str
    needed: bool


def report(host: str, port: int) -> list[Check]:
    """Return all findings, in the order in which a user would mend them."""
    return [
        _check("python", True, _python),
        _check("packages", True, _packages),
        _check("system libraries", False, _system_libraries),
        _check("carla wheel", True, _carla_wheel),
        _check("codecs", True, _codecs),
        _check("rays (Embree)", True, _embree),
        _check("cameras (EGL)", False, _egl),
        _check("GPU", False, _gpu),
        _check("disk", True, _disk),
        _check(f"CARLA server at {host}:{port}", False, lambda: _carla_server(host, port)),
    ]


def show(checks: list[Check], as_json: bool) -> int:
    """Print the findings and return the exit code: 0, or 3 where something needed is missing."""
    failed = [check for check in checks if check.needed and not check.ok]
    if as_json:
        print(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}))
    else:
        for check in checks:
            mark = "ok  " if check.ok else "MISS" if check.needed else "-   "
            print(f"{mark} {check.name}: {check.detail}")
    return 3 if failed else 0


class _Missing(Exception):
    """A check that found nothing; its text is the detail."""


def _check(name: str, needed: bool, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look(), needed)
    except _Missing as missing:
        return Check(name, False, str(missing), needed)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        return Check(name, False, (str(error).splitlines() or [type(error).__name__])[0], needed)


def _python() -> str:
    version = sys.version_info[:2]
    if not (3, 10) <= version <= (3, 12) or platform.system() != "Linux" or platform.machine() != "x86_64":
        raise _Missing(f"must be CPython 3.10 to 3.12 on Linux x86_64, got {platform.python_version()} on {platform.platform()}")
    return f"{platform.python_version()}, {platform.platform()}"


def _packages() -> str:
    found, missing = [], []
    for name in CORE_PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        raise _Missing(f"not installed: {', '.join(missing)}")
    return ", ".join(found)


def _system_libraries() -> str:
    missing = []
    for name in SYSTEM_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    if missing:
        raise _Missing(f"missing {', '.join(missing)} ({INSTALL_LINE})")
    return "all found"


def _carla_wheel() -> str:
    import carla

    vector = carla.Vector3D(3.0, 4.0, 0.0)
    if vector.length() != 5.0:
        raise _Missing("the wheel cannot compute the length of a vector")
    return importlib.metadata.version("carla")


def _codecs() -> str:
    import hdf5plugin
    import numpy as np

    from simgen.shards.encoding import ImageCodec

    grey = np.full((8, 8, 3), 128, dtype=np.uint8)
    sizes = ", ".join(f"{name} {len(ImageCodec(name).encode(grey))} B" for name in ("jpeg", "png"))
    return f"Zstandard filter {hdf5plugin.Zstd.filter_id}, {sizes}"


def _embree() -> str:
    import numpy as np
    import open3d

    core: Any = open3d.core  # its stubs know no arrays
    scene = open3d.t.geometry.RaycastingScene()
    corners = np.array([[10, -1, -1], [10, 1, -1], [10, 0, 1]], dtype=np.float32)
    scene.add_triangles(core.Tensor(corners), core.Tensor(np.array([[0, 1, 2]], dtype=np.uint32)))
    distance = float(scene.cast_rays(core.Tensor([[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]], dtype=core.float32))["t_hit"][0].item())
    if abs(distance - 10.0) > 1e-4:
        raise _Missing(f"a wall at 10 m must read 10 m, got {distance}")
    return f"open3d {open3d.__version__}, a wall at 10 m reads {distance:.4f} m"


def _egl() -> str:
    from simgen.server.render import device_info

    device = device_info()
    return f"{device.renderer}, OpenGL {device.version}" + (" (software)" if device.software else "")


def _gpu() -> str:
    if not os.path.exists("/dev/nvidiactl") and shutil.which("nvidia-smi") is None:
        raise _Missing("no NVIDIA driver; cameras are rendered in software")
    return "NVIDIA driver present"


def _disk() -> str:
    free_gb = shutil.disk_usage(os.getcwd()).free / 1e9
    if free_gb < 1.0:
        raise _Missing(f"must have 1 GB free here, got {free_gb:.1f}")
    return f"{free_gb:.0f} GB free here"


def _carla_server(host: str, port: int) -> str:
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError as error:
        raise _Missing(f"none answers ({error.strerror or error}); the embedded server is started by generate itself") from None
    import carla

    client = carla.Client(host, port)
    client.set_timeout(5.0)
    return f"version {client.get_server_version()}"
