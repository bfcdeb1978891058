"""How fast images are made, by simgen and by others, in one run on one machine.

The scene is a driver's view of the shipped town `Avenue01` with 60 vehicles and people that move in every frame, chosen among eight
places so that about 350,000 triangles of the town lie within the picture's pyramid (the actors' come on top); 800x600 pixels, 90
degrees. Measured are, each in a process of its own, as medians over frames after a warm-up:

* ours: rgb; rgb, depth, semantic and instance of one view; depth and ids without rgb; rgb at night, in rain, at a wet night; optical
  flow; a LiDAR of 115,200 rays. All of the town is there (culling is the renderer's work), at full quality.
* scaling: the block of the town around the view, laid down 1 to 16 times in a grid before the camera: rgb, the mean over all eight
  places, of which one has the actors near. What is nearer than 110 m is the same for all numbers of blocks.
* start-up: from the start of the process to the first image of an empty town: cold (no cache of the driver or of ours) and warm.
* peers: other renderers on the same triangles (those within the pyramid, with the same 60 actors moving), with vertex colours, no
  textures, and one shadow map asked for where they have it. They do less than we do for each picture; a ratio is their CPU seconds
  over those of our rgb. What is not installed is said, not measured.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tools.bench_machine import run

PEERS: dict[str, str] = {
    "pyrender": "pip install pyrender-maintained",
    "panda3d": "pip install panda3d panda3d-simplepbr",
    "open3d": "pip install open3d-cpu",
    "cycles": "pip install bpy",
}
"""Worker of tools/bench_peers.py -> how to install it."""
CASES = {
    "rgb": "rgb, noon",
    "fresh": "rgb, noon, postures for the first time",
    "all": "rgb + depth + semantic + instance",
    "labels": "depth + semantic + instance, no rgb",
    "night": "rgb, night",
    "rain": "rgb, rain",
    "wet night": "rgb, wet night",
    "flow": "optical flow",
    "step": "one tick of the world, not in the above",
}


def measure(small: bool, peers_python: str) -> dict[str, Any]:
    """Return all figures."""
    size = "small" if small else "full"
    with tempfile.TemporaryDirectory(prefix="simgen-bench-") as folder:
        scene = Path(folder) / "scene.npz"
        ours = run("tools.bench_views", "frames", size, str(scene))
        return {
            "ours": ours,
            "scaling": run("tools.bench_views", "scaling", size),
            "start": _starts(Path(folder) / "cache"),
            "peers": {name: _peer(name, install, scene, size, peers_python, ours) for name, install in PEERS.items()},
        }


def _starts(cache: Path) -> dict[str, Any]:
    """Return what the first image takes with empty caches, and with what that has left."""
    environment = {"XDG_CACHE_HOME": str(cache), "MESA_SHADER_CACHE_DIR": str(cache / "mesa")}
    return {name: run("tools.bench_views", "start", environment=environment) for name in ("cold", "warm")}


def _peer(name: str, install: str, scene: Path, size: str, python: str, ours: dict[str, Any]) -> dict[str, Any]:
    if not scene.exists():
        return {"failed": "no scene was written"}
    environment = {"PYOPENGL_PLATFORM": "egl"}
    found = run("tools.bench_peers", name, str(scene), size, python=python, environment=environment)
    if "ModuleNotFoundError" in found.get("failed", ""):
        return {"missing": f"not installed: {install}"}
    if "cpu_s" in found:
        found["theirs_over_ours"] = round(found["cpu_s"] / ours["cases"]["rgb"]["cpu_s"], 2)
    return found


def table(found: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    machine, ours = found["machine"], found["ours"]
    lines = [f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_before'][0]}"]
    if "failed" in ours:
        return "\n".join([*lines, f"our renderer failed: {ours['failed']}"])
    scene = ours["scene"]
    lines += [
        f"{ours['renderer']}; {scene['width']}x{scene['height']}, "
        f"{scene['triangles_in_view']} triangles of the town in view, {scene['actors']} actors of {scene['triangles_of_actors']}",
        "",
        f"{'':44}{'CPU s':>9}{'wall s':>9}",
        *(_line(text, ours["cases"][name]) for name, text in CASES.items()),
        _line(f"LiDAR, {ours['lidar']['rays']} rays", ours["lidar"]),
        "",
        *_scaling_lines(found["scaling"]),
        *(_start_line(name, figures) for name, figures in found["start"].items()),
        "",
        *(_peer_line(name, figures) for name, figures in found["peers"].items()),
    ]
    return "\n".join(lines)


def _line(text: str, figures: dict[str, Any]) -> str:
    return f"{text:44}{figures['cpu_s']:9.3f}{figures['wall_s']:9.3f}"


def _scaling_lines(scaling: dict[str, Any]) -> list[str]:
    if "failed" in scaling:
        return [f"scaling failed: {scaling['failed']}"]
    return [_line(f"rgb, {row['blocks']} blocks, {row['triangles']} triangles", row) for row in scaling["rows"]]


def _start_line(name: str, figures: dict[str, Any]) -> str:
    if "failed" in figures:
        return f"start, {name}: {figures['failed']}"
    return f"{'start to first image, ' + name:44}{figures['cpu_s']:9.2f}{figures['wall_s']:9.2f}   {figures['phases']}"


def _peer_line(name: str, figures: dict[str, Any]) -> str:
    if "cpu_s" not in figures:
        return f"{name:44}{figures.get('missing') or figures.get('failed')}"
    return f"{_line(name + ' ' + figures['version'], figures)}   {figures['theirs_over_ours']:.2f} x ours   ({figures['does']})"
