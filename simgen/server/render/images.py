"""Camera images of the world by OpenGL: the `ImageSource` that draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.server.meshes import lit_city
from simgen.server.render.city_chunks import Scenery
from simgen.server.render.context import Device, OwnerThread, open_gl
from simgen.server.render.flow import Flow
from simgen.server.render.gbuffer import GBuffers
from simgen.server.render.geometry import Geometry
from simgen.server.render.lamps import Lamps
from simgen.server.render.lighting import lighting_of
from simgen.server.render.overrides import Overrides
from simgen.server.render.population import Models, Population, populate
from simgen.server.render.post import NEEDS_NORMALS, PACKERS, Output
from simgen.server.render.programs import Programs
from simgen.server.render.projection import Projection
from simgen.server.render.shading import Shading
from simgen.server.render.shadows import Shadows
from simgen.server.render.sky import Sky
from simgen.server.render.textures import detail_texture
from simgen.server.scene import UNCHANGED, Appearance, City, Moment, ShapeLibrary
from simgen.server.sensors import View

LAYERS = ("rgb", *PACKERS)

ANISOTROPY = 8.0
"""Of the detail textures on a GPU; a software rasteriser gets nine times slower with it."""


class _Renderer:
    """Everything that lives in the owner thread."""

    def __init__(self, city: City, shapes: ShapeLibrary) -> None:
        self.gl = open_gl()
        self.device = self.gl.device
        context = self.gl.context
        programs = Programs(context)
        geometry = Geometry(context)
        details = detail_texture(context)
        if not self.device.software:
            details.anisotropy = ANISOTROPY
        self._models = Models(geometry, shapes)
        self._scenery = scenery = Scenery(geometry, self._models, city)
        self._overrides = Overrides(context, city)
        self._buffers = GBuffers(self.gl, programs, geometry, scenery, self._models, details, self._overrides)
        self._sky = Sky(context, programs, details)
        self._shadows = Shadows(self.gl, programs, geometry, scenery, self._models, details)
        self._lamps = Lamps(context, programs, self._models, lit_city(city, shapes))
        self._output = Output(context, programs, staged=not self.device.software)
        self._shading = Shading(context, programs, self._sky, self._shadows, self._lamps, self._output)
        self._flow = Flow(self.gl, programs, geometry, scenery, self._models, details)
        self._population: Population | None = None
        self._appearance = UNCHANGED

    def image(self, view: View, layer: str, moment: Moment) -> NDArray[np.uint8]:
        pixels = self._colored(view, moment) if layer == "rgb" else self._packed(view, layer, moment)
        self.gl.check()
        return pixels

    def flow(self, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]:
        earlier = populate(moment_before, self._models)
        return self._flow.image(Projection.of(view), self._populated(moment), Projection.of(view_before), earlier)

    def close(self) -> None:
        self.gl.close()

    def _packed(self, view: View, layer: str, moment: Moment) -> NDArray[np.uint8]:
        buffer = self._buffers.get(view, self._populated(moment), lighting_of(moment.weather), layer in NEEDS_NORMALS)
        return self._output.pack(buffer, layer)

    def _colored(self, view: View, moment: Moment) -> NDArray[np.uint8]:
        lighting = lighting_of(moment.weather)
        population = self._populated(moment)
        buffer = self._buffers.get(view, population, lighting, True)
        origin = Projection.of(view).origin
        self._sky.update(moment.weather, lighting)
        if lighting.day:
            self._shadows.update(origin, population, lighting)
        if lighting.night > 0.0:
            self._lamps.update(origin, population, lighting)
        return self._shading.image(buffer, view, lighting, moment.elapsed_s)

    def _populated(self, moment: Moment) -> Population:
        if self._population is None or self._population.moment is not moment:
            self._appear(moment.appearance)
            self._population = populate(moment, self._models, self._overrides.layers)
        return self._population

    def _appear(self, appearance: Appearance) -> None:
        if appearance is not self._appearance:
            self._appearance = appearance
            self._scenery.hide(appearance.hidden)
            self._overrides.wear(appearance.textures)
            self._scenery.wear(self._overrides.by_owner)


class GLImages:
    """Draws in a thread of its own; `image` may be called from any thread. Raises EnvironmentFault when no driver opens."""

    def __init__(self, city: City, shapes: ShapeLibrary) -> None:
        self._owner = OwnerThread("simgen-render")
        try:
            self._renderer = self._owner.call(_Renderer, city, shapes)
        except BaseException:
            self._owner.close()
            raise
        self.device: Device = self._renderer.device
        self.description = str(self.device)
        self._closed = False

    def image(self, view: View, layer: str, moment: Moment) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A; see `ImageSource`. Raises KeyError for a layer not in `LAYERS`."""
        if layer not in LAYERS:
            raise KeyError(layer)
        return self._owner.call(self._renderer.image, view, layer, moment)

    def flow(self, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]:
        """Return (H, W, 2) float32 pixels right and down that each pixel's surface has moved in the image since before.

        The views must be of one size and field of view.
        """
        return self._owner.call(self._renderer.flow, view, moment, view_before, moment_before)

    def close(self) -> None:
        """Release the context and end the thread; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._owner.call(self._renderer.close)
            self._owner.close()
