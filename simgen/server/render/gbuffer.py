"""The geometry pass: what each pixel of a view is, before any light falls on it.

Views of one moment share a buffer, so a camera that stands where another stands costs its last pass only. Depth and id cameras
alone are served by a lean program without colour; depth and ids come out the same to the bit.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import moderngl
import numpy as np

from simgen.server.render.city_chunks import Scenery
from simgen.server.render.context import Gl
from simgen.server.render.draw_list import DrawList, Sight
from simgen.server.render.geometry import Geometry
from simgen.server.render.hidden import Curtain
from simgen.server.render.lighting import Lighting
from simgen.server.render.overrides import Overrides
from simgen.server.render.population import Models, Population
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.surfaces import CUTOUTS, SurfaceClass, response_uniform
from simgen.server.scene import Material, Moment
from simgen.server.sensors import View

MEMORY_BYTES = 384 * 2**20
"""What kept buffers may take together."""

CURTAINS_M = (60.0, 130.0, 260.0)
"""What begins nearer is drawn first, and may hide the rest."""
WORTH_HIDING = 300
"""With fewer chunks and bodies beyond, reading the depth back does not pay."""

_BYTES_PER_PIXEL = 4 + 8 + 4 + 4

ViewKey = tuple[bytes, int, int, float]


@dataclass
class GBuffer:
    """The targets of one view size. `identities` holds tag, id low, id high, material; `depths` near / planar depth, 0 for sky."""

    albedo: moderngl.Texture
    normals: moderngl.Texture
    identities: moderngl.Texture
    depths: moderngl.Texture
    full: moderngl.Framebuffer
    lean: moderngl.Framebuffer
    size: tuple[int, int]
    moment: Moment | None = None
    view: ViewKey | None = None
    colored: bool = False

    def holds(self, view: ViewKey, moment: Moment, colored: bool) -> bool:
        return self.moment is moment and self.view == view and (self.colored or not colored)

    def bind(self, program: moderngl.Program) -> None:
        """Bind the targets to texture units 0 to 3 of a full-screen program."""
        textures = {"albedo": self.albedo, "normals": self.normals, "identities": self.identities, "depths": self.depths}
        for unit, (name, texture) in enumerate(textures.items()):
            texture.use(unit)
            set_uniforms(program, {name: unit})

    def release(self) -> None:
        for owned in (self.full, self.lean, self.albedo, self.normals, self.identities, self.depths):
            owned.release()


def view_key(view: View) -> ViewKey:
    """Return what the geometry pass depends on; gamma and exposure do not count."""
    return view.world_from_camera, view.width, view.height, view.fov_deg


@dataclass
class GBuffers:
    """Draws views, and keeps as many as fit the memory, the latest used longest."""

    gl: Gl
    programs: Programs
    geometry: Geometry
    scenery: Scenery
    models: Models
    details: moderngl.TextureArray
    overrides: Overrides
    _kept: OrderedDict[int, GBuffer] = field(default_factory=OrderedDict)
    _colored_sizes: set[tuple[int, int, float]] = field(default_factory=set)

    def get(self, view: View, population: Population, lighting: Lighting, colored: bool) -> GBuffer:
        """Return the view's buffer, drawn now unless another camera of this moment has drawn it."""
        key = view_key(view)
        size = (view.width, view.height, view.fov_deg)
        if colored:
            self._colored_sizes.add(size)
        for buffer in self._kept.values():
            if buffer.holds(key, population.moment, colored):
                self._kept.move_to_end(id(buffer))
                return buffer
        # Where cameras of this kind take colour too, an id camera that happens to come first draws for both.
        colored = colored or size in self._colored_sizes
        buffer = self._free(view.width, view.height, population.moment)
        self._draw(buffer, view, population, lighting, colored)
        buffer.moment, buffer.view, buffer.colored = population.moment, key, colored
        return buffer

    def _draw(self, buffer: GBuffer, view: View, population: Population, lighting: Lighting, colored: bool) -> None:
        projection = Projection.of(view)
        sight = Sight.of(self.scenery, self.models, population, projection)
        target = buffer.full if colored else buffer.lean
        target.use()
        target.clear(0.0, 0.0, 0.0, 0.0, depth=0.0)
        self._set_state()
        uniforms = {
            **projection.clip_uniforms(),
            **projection.ray_uniforms(),
            **lighting.surface_uniforms(),
            **self.overrides.bind(1, 2),
            "clock": population.moment.elapsed_s % 60.0,
            "response": response_uniform(),
            "details": 0,
        }
        self.details.use(0)
        for surface in SurfaceClass:
            set_uniforms(self._program(surface, colored), uniforms)
        for distance in CURTAINS_M:
            near, far = sight.split(distance)
            if len(far) < WORTH_HIDING:
                break
            self._pass(near.drawn(), colored)
            sight = far.behind(_curtain(buffer, projection))
        self._pass(sight.drawn(), colored)
        self.gl.context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    def _pass(self, draws: DrawList, colored: bool) -> None:
        self.geometry.upload(draws.instances, draws.commands)
        for surface in SurfaceClass:
            self._set_culling(surface)
            self.geometry.draw(self._program(surface, colored), *draws.ranges[surface])

    def _program(self, surface: SurfaceClass, colored: bool) -> moderngl.Program:
        if not colored:
            return self.programs.get("labels.vert.glsl", "labels.frag.glsl", CUTOUT=int(surface in CUTOUTS))
        variant = {"CLASS": int(surface), "TEXTURED": int(self.overrides.any), "MATERIALS": len(Material)}
        return self.programs.get("gbuffer.vert.glsl", "gbuffer.frag.glsl", **variant)

    def _set_state(self) -> None:
        self.gl.context.disable(moderngl.BLEND)
        self.gl.context.enable(moderngl.DEPTH_TEST)
        self.gl.context.depth_func = ">"
        self.gl.context.front_face = "ccw"

    def _set_culling(self, surface: SurfaceClass) -> None:
        if surface in CUTOUTS:
            self.gl.context.disable(moderngl.CULL_FACE)
        else:
            self.gl.context.enable(moderngl.CULL_FACE)

    def _free(self, width: int, height: int, moment: Moment) -> GBuffer:
        """Return a buffer of the size: one that an earlier moment left, else a new one; old ones make room."""
        for buffer in self._kept.values():
            if buffer.size == (width, height) and buffer.moment is not moment:
                self._kept.move_to_end(id(buffer))
                return buffer
        need = width * height * _BYTES_PER_PIXEL
        while self._kept and need + sum(b.size[0] * b.size[1] for b in self._kept.values()) * _BYTES_PER_PIXEL > MEMORY_BYTES:
            self._kept.popitem(last=False)[1].release()
        buffer = _targets(self.gl, width, height)
        self._kept[id(buffer)] = buffer
        return buffer


def _curtain(buffer: GBuffer, projection: Projection) -> Curtain:
    depths = np.empty((projection.height, projection.width), dtype=np.float32)
    buffer.depths.read_into(depths)
    return Curtain.of(projection, depths)


def _targets(gl: Gl, width: int, height: int) -> GBuffer:
    def texture(dtype: str) -> moderngl.Texture:
        made = gl.context.texture((width, height), 4, dtype=dtype)
        made.filter = (moderngl.NEAREST, moderngl.NEAREST)
        made.repeat_x = made.repeat_y = False
        return made

    albedo, normals, identities = texture("f1"), texture("nu2"), texture("u1")
    depths = gl.depth_texture((width, height))
    depths.compare_func = ""
    depths.filter = (moderngl.NEAREST, moderngl.NEAREST)
    full = gl.context.framebuffer([albedo, normals, identities], depths)
    lean = gl.context.framebuffer([identities], depths)
    return GBuffer(albedo, normals, identities, depths, full, lean, (width, height))
