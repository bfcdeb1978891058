"""Other renderers on the benchmark's scene: python -m tools.bench_peers NAME SCENE.npz small|full

Runs in whatever Python has them, so it imports neither simgen nor anything else of it. Each peer shows the same triangles with vertex
colours from the same camera, moves the same actors in every frame, and hands the picture over as an array, as a sensor would. Frame:
right-handed, x forward, y left, z up; a peer's own frame is told at its place.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.bench_machine import timed

SUN = np.array([0.45, -0.35, -0.82])
"""Direction of the light."""
SUN /= np.linalg.norm(SUN)
SLOW_FRAMES = 1
"""Of a path tracer."""


@dataclass(frozen=True)
class Part:
    """Triangles with vertex colours."""

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    colors: NDArray[np.uint8]
    triangles: NDArray[np.uint32]

    @classmethod
    def of(cls, arrays: Any, name: str) -> Part:
        return cls(*(np.ascontiguousarray(arrays[f"{name}_{field}"]) for field in ("positions", "normals", "colors", "triangles")))


@dataclass(frozen=True)
class Scene:
    still: Part
    actors: list[tuple[Part, NDArray[np.float64]]]
    """Each with (F, 4, 4) poses."""
    camera: NDArray[np.float64]
    """(4, 4) x forward, y left, z up."""
    width: int
    height: int
    fov_deg: float
    """Across the width."""

    @classmethod
    def read(cls, path: str) -> Scene:
        with np.load(path) as arrays:
            actors = [(Part.of(arrays, f"actor{k}"), arrays[f"actor{k}_poses"]) for k in range(int(arrays["actors"]))]
            width, height = (int(v) for v in arrays["size"])
            return cls(Part.of(arrays, "still"), actors, arrays["camera"], width, height, float(arrays["fov_deg"]))

    @property
    def vertical_fov_rad(self) -> float:
        return float(2.0 * np.arctan(np.tan(np.radians(0.5 * self.fov_deg)) * self.height / self.width))

    def pose(self, actor: int, frame: int) -> NDArray[np.float64]:
        poses = self.actors[actor][1]
        return np.asarray(poses[frame % len(poses)])

    @property
    def gl_camera(self) -> NDArray[np.float64]:
        """(4, 4) of a camera that looks along -z with y up."""
        return np.asarray(self.camera @ np.array([(0, 0, -1, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1.0)]))


Draw = Callable[[int], NDArray]
"""Frame number -> (H, W, 3 or 4) picture."""


def open_pyrender(scene: Scene) -> tuple[Draw, str, str]:
    """pyrender: its metallic-roughness shader with one directional light and its shadow map, through EGL."""
    import importlib.metadata

    import pyrender

    def node(part: Part) -> Any:
        material = pyrender.MetallicRoughnessMaterial(metallicFactor=0.0, roughnessFactor=0.8)
        colors = np.concatenate([part.colors, np.full((len(part.colors), 1), 255, np.uint8)], axis=1)
        primitive = pyrender.Primitive(part.positions, part.normals, color_0=colors, indices=part.triangles, material=material)
        return pyrender.Mesh([primitive])

    stage = pyrender.Scene(bg_color=(0.6, 0.7, 0.8), ambient_light=(0.4, 0.4, 0.4))
    stage.add(node(scene.still))
    nodes = [stage.add(node(part), pose=poses[0]) for part, poses in scene.actors]
    stage.add(pyrender.PerspectiveCamera(scene.vertical_fov_rad, znear=0.1, zfar=1000.0), pose=scene.gl_camera)
    stage.add(pyrender.DirectionalLight(intensity=4.0), pose=_looking_along(SUN))
    renderer = pyrender.OffscreenRenderer(scene.width, scene.height)

    def draw(frame: int) -> NDArray:
        for actor, item in enumerate(nodes):
            stage.set_pose(item, scene.pose(actor, frame))
        color, _ = renderer.render(stage, flags=pyrender.RenderFlags.SHADOWS_DIRECTIONAL)
        return np.asarray(color)

    return draw, importlib.metadata.version("pyrender-maintained"), "direct light, one shadow map"


def open_panda(scene: Scene) -> tuple[Draw, str, str]:
    """Panda3D (z up, y forward, right-handed: only the camera's own axes differ) with simplepbr and one shadow map."""
    import panda3d.core as p3
    import simplepbr
    from direct.showbase.ShowBase import ShowBase

    settings = "load-display p3headlessgl\nwindow-type offscreen\naudio-library-name null\n"
    p3.loadPrcFileData("", f"{settings}win-size {scene.width} {scene.height}\ngl-coordinate-system default\n")
    base = ShowBase(windowType="offscreen")
    simplepbr.init(enable_shadows=True, msaa_samples=0, max_lights=1)
    base.render.attach_new_node(_panda_node(p3, scene.still))
    nodes = [base.render.attach_new_node(_panda_node(p3, part)) for part, _ in scene.actors]
    light = p3.DirectionalLight("sun")
    light.set_color((4, 4, 4, 1))
    light.set_shadow_caster(True, 2048, 2048)
    light.get_lens().set_film_size(120, 120)
    light.get_lens().set_near_far(1, 300)
    sun = base.render.attach_new_node(light)
    sun.set_pos(*(scene.camera[:3, 3] + 30.0 * scene.camera[:3, 0] - 100.0 * SUN))
    sun.look_at(*(scene.camera[:3, 3] + 30.0 * scene.camera[:3, 0]))
    base.render.set_light(sun)
    ambient = p3.AmbientLight("ambient")
    ambient.set_color((0.35, 0.35, 0.35, 1))
    base.render.set_light(base.render.attach_new_node(ambient))
    base.camLens.set_fov(scene.fov_deg, float(np.degrees(scene.vertical_fov_rad)))
    base.camLens.set_near_far(0.1, 1000.0)
    base.camera.set_mat(_panda_matrix(p3, scene.camera @ np.array([(0, 1, 0, 0), (-1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1.0)])))
    shot = p3.Texture()
    base.win.add_render_texture(shot, p3.GraphicsOutput.RTMCopyRam)

    def draw(frame: int) -> NDArray:
        for actor, item in enumerate(nodes):
            item.set_mat(_panda_matrix(p3, scene.pose(actor, frame)))
        base.task_mgr.step()  # draws, and lets simplepbr set what its shader wants
        return np.frombuffer(shot.get_ram_image(), np.uint8).reshape(scene.height, scene.width, -1)[::-1, :, 2::-1]

    return draw, p3.PandaSystem.get_version_string(), "simplepbr, one shadow map"


def _panda_node(p3: Any, part: Part) -> Any:
    """Return a GeomNode: vertices interleaved as Panda3D's own format v3n3c4 lays them out."""
    layout = p3.GeomVertexFormat.get_v3n3c4()
    vertices = np.zeros(len(part.positions), dtype=[("v", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 4)])
    vertices["v"], vertices["n"] = part.positions, part.normals
    vertices["c"][:, :3], vertices["c"][:, 3] = part.colors, 255
    data = p3.GeomVertexData("part", layout, p3.Geom.UH_static)
    data.unclean_set_num_rows(len(vertices))
    stride = layout.get_array(0).get_stride()
    assert stride == vertices.dtype.itemsize, f"vertices must take {stride} bytes, got {vertices.dtype.itemsize}"
    data.modify_array_handle(0).copy_data_from(vertices.tobytes())
    triangles = p3.GeomTriangles(p3.Geom.UH_static)
    triangles.set_index_type(p3.Geom.NT_uint32)
    indices = triangles.modify_vertices()
    indices.unclean_set_num_rows(part.triangles.size)
    indices.modify_handle().copy_data_from(part.triangles.astype(np.uint32).tobytes())
    geometry = p3.Geom(data)
    geometry.add_primitive(triangles)
    node = p3.GeomNode("part")
    node.add_geom(geometry)
    return node


def _panda_matrix(p3: Any, matrix: NDArray) -> Any:
    return p3.LMatrix4f(*matrix.T.ravel().tolist())


def open_open3d(scene: Scene) -> tuple[Draw, str, str]:
    """Open3D's RaycastingScene (Embree) as a camera: one ray for each pixel and one to the sun, flat shading; actors stand still."""
    import open3d as o3d

    parts = [scene.still, *(_moved(part, poses[0]) for part, poses in scene.actors)]
    shifts = np.cumsum([0, *(len(p.positions) for p in parts[:-1])])
    positions = np.concatenate([p.positions for p in parts])
    triangles = np.concatenate([p.triangles + np.uint32(shift) for p, shift in zip(parts, shifts, strict=True)])
    colors = np.concatenate([p.colors for p in parts])[triangles[:, 0]] / np.float32(255.0)
    tree = o3d.t.geometry.RaycastingScene()
    tree.add_triangles(o3d.core.Tensor(positions), o3d.core.Tensor(triangles))
    focal = 0.5 * scene.width / np.tan(np.radians(0.5 * scene.fov_deg))
    column, row = np.meshgrid(np.arange(scene.width) + 0.5, np.arange(scene.height) + 0.5)
    local = np.stack([np.full_like(column, focal), 0.5 * scene.width - column, 0.5 * scene.height - row], axis=-1)
    towards = (local / np.linalg.norm(local, axis=-1, keepdims=True)) @ scene.camera[:3, :3].T
    rays = np.concatenate([np.broadcast_to(scene.camera[:3, 3], towards.shape), towards], axis=-1).reshape(-1, 6).astype(np.float32)

    def draw(frame: int) -> NDArray:
        found = tree.cast_rays(o3d.core.Tensor(rays))
        distance, normals = found["t_hit"].numpy(), found["primitive_normals"].numpy()
        met = np.flatnonzero(np.isfinite(distance))
        image = np.full((len(rays), 3), (0.6, 0.7, 0.8), dtype=np.float32)
        points = rays[met, :3] + rays[met, 3:] * distance[met, None] * np.float32(0.9999)
        shadow = np.concatenate([points, np.broadcast_to(-SUN.astype(np.float32), points.shape)], axis=1)
        lit = ~tree.test_occlusions(o3d.core.Tensor(shadow)).numpy() * np.abs(normals[met] @ -SUN.astype(np.float32))
        image[met] = colors[found["primitive_ids"].numpy()[met]] * (0.4 + 0.6 * lit[:, None])
        return (image * 255).astype(np.uint8).reshape(scene.height, scene.width, 3)

    return draw, o3d.__version__, "one ray a pixel and one to the sun, flat shading, actors stand still"


def open_cycles(scene: Scene) -> tuple[Draw, str, str]:
    """Blender's path tracer on the CPU, 8 samples a pixel and its denoiser; the camera looks along -z with y up."""
    import tempfile

    import bpy
    from mathutils import Matrix

    bpy.ops.wm.read_factory_settings(use_empty=True)
    stage = bpy.context.scene
    material = _vertex_color_material(bpy)
    things = [_cycles_object(bpy, f"part{k}", part, material) for k, part in enumerate([scene.still, *(part for part, _ in scene.actors)])]
    camera = bpy.data.cameras.new("camera")
    camera.sensor_fit, camera.angle_x, camera.clip_start, camera.clip_end = "HORIZONTAL", float(np.radians(scene.fov_deg)), 0.1, 1000.0
    stage.camera = bpy.data.objects.new("camera", camera)
    stage.camera.matrix_world = Matrix(scene.gl_camera.tolist())
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.matrix_world = 3.0, Matrix(_looking_along(SUN).tolist())
    for item in (stage.camera, sun):
        stage.collection.objects.link(item)
    stage.world = bpy.data.worlds.new("world")
    stage.render.engine, stage.cycles.device, stage.cycles.samples, stage.cycles.use_denoising = "CYCLES", "CPU", 8, True
    stage.render.resolution_x, stage.render.resolution_y, stage.render.resolution_percentage = scene.width, scene.height, 100
    stage.render.use_persistent_data = True
    stage.render.image_settings.file_format, stage.render.image_settings.color_mode = "BMP", "RGB"
    stage.render.filepath = str(Path(tempfile.mkdtemp(prefix="simgen-bench-")) / "frame.bmp")

    def draw(frame: int) -> NDArray:
        for actor, item in enumerate(things[1:]):
            item.matrix_world = Matrix(scene.pose(actor, frame).tolist())
        bpy.ops.render.render(write_still=True)
        return np.fromfile(stage.render.filepath, np.uint8)[-scene.width * scene.height * 3 :].reshape(scene.height, scene.width, 3)[
            ::-1, :, ::-1
        ]

    return draw, bpy.app.version_string, "8 paths a pixel, denoised"


def _cycles_object(bpy: Any, name: str, part: Part, material: Any) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(part.positions.tolist(), [], part.triangles.tolist())
    layer = mesh.color_attributes.new("Col", "BYTE_COLOR", "POINT")
    layer.data.foreach_set("color_srgb", np.concatenate([part.colors / 255.0, np.ones((len(part.colors), 1))], axis=1).ravel())
    mesh.materials.append(material)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def _vertex_color_material(bpy: Any) -> Any:
    material = bpy.data.materials.new("vertex colours")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    attribute = nodes.new("ShaderNodeVertexColor")
    attribute.layer_name = "Col"
    links.new(attribute.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    return material


def _moved(part: Part, pose: NDArray[np.float64]) -> Part:
    turn = pose[:3, :3].T.astype(np.float32)
    return Part(part.positions @ turn + pose[:3, 3].astype(np.float32), part.normals @ turn, part.colors, part.triangles)


def _looking_along(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (4, 4) pose of something whose own -z points along `direction`."""
    back = -direction
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    return pose


OPENERS: dict[str, Callable[[Scene], tuple[Draw, str, str]]] = {
    "pyrender": open_pyrender,
    "panda3d": open_panda,
    "open3d": open_open3d,
    "cycles": open_cycles,
}


def measure(name: str, scene: Scene, size: str, picture: str = "") -> dict[str, Any]:
    """Return the figures of one peer."""
    begun = time.perf_counter()
    draw, version, does = OPENERS[name](scene)
    first = draw(0)
    opened_s = round(time.perf_counter() - begun, 2)
    if picture:
        np.save(picture, first)
    frames = SLOW_FRAMES if name == "cycles" else 20 if size == "full" else 2
    figures = timed(draw, 0 if name == "cycles" else 2, frames)
    return {"version": version, "does": does, "open_and_first_frame_s": opened_s, "mean_level": round(float(np.mean(first)), 1), **figures}


if __name__ == "__main__":
    name, path, size, *picture = sys.argv[1:]
    print(json.dumps(measure(name, Scene.read(path), size, *picture)), flush=True)
