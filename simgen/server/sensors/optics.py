"""What an rgb camera does to the light between lens and bytes, as CARLA's post-process attributes tell it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simgen.server.light.film import ADAPTED, FACTOR, METERED_NOON_EV, NOON_LOG2, Film, manual_stops
from simgen.server.sensors.attributes import Attributes, flag, integer, number

_SENSOR_MM = 24.576
"""Width of the sensor of Unreal's cameras, for the depth of field."""


@dataclass(frozen=True)
class Metering:
    """How an image's exposure comes from its light: factor * 2 ** clip((reference_log2 - mean log2 light) * share, least, most)."""

    factor: float
    reference_log2: float = NOON_LOG2
    share: float = ADAPTED
    least_stops: float = 0.0
    most_stops: float = 0.0

    def exposure(self, mean_log2: float) -> float:
        stops = (self.reference_log2 - mean_log2) * self.share
        return float(self.factor * 2.0 ** min(max(stops, self.least_stops), self.most_stops))


@dataclass(frozen=True)
class Lens:
    """CARLA's lens shader. `circle_multiplier` 0, the default, leaves an ideal pinhole.

    The shader is an Unreal material that is not published as text; this is our reading of its parameters: with r the distance
    from the image's middle (1 at the corners), a share circle_multiplier * r ** circle_falloff (at most 1) of the shift
    (k * r^2 + kcube * r^3) * (x_size, y_size), in image shares along the way outwards, and of the darkness beyond the circle.
    """

    circle_falloff: float = 5.0
    circle_multiplier: float = 0.0
    k: float = -1.0
    kcube: float = 0.0
    x_size: float = 0.08
    y_size: float = 0.08

    @classmethod
    def of(cls, attributes: Attributes) -> Lens:
        """Return the lens of blueprint `attributes`. Raises ValueError for values out of bounds."""
        return cls(
            circle_falloff=number(attributes, "lens_circle_falloff", 5.0, 0.0, 10.0),
            circle_multiplier=number(attributes, "lens_circle_multiplier", 0.0, 0.0, 10.0),
            k=number(attributes, "lens_k", -1.0, -100.0, 100.0),
            kcube=number(attributes, "lens_kcube", 0.0, -100.0, 100.0),
            x_size=number(attributes, "lens_x_size", 0.08, 0.0, 1.0),
            y_size=number(attributes, "lens_y_size", 0.08, 0.0, 1.0),
        )


@dataclass(frozen=True)
class Optics:
    """The post-process set of a camera blueprint, with CARLA's defaults."""

    effects: bool = True
    """False switches metering, film, bloom and all the rest off; gamma stays."""
    gamma: float = 2.2
    compensation_ev: float = 0.0
    manual: bool = False
    shutter_per_s: float = 200.0
    iso: float = 100.0
    fstop: float = 1.4
    min_bright_ev: float = 10.0
    max_bright_ev: float = 12.0
    film: Film = Film()
    temperature_k: float = 6500.0
    tint: float = 0.0
    bloom: float = 0.675
    flare: float = 0.1
    chromatic: float = 0.0
    chromatic_start: float = 0.0
    motion_blur: float = 0.45
    motion_blur_most: float = 0.35
    """Share of the image's width."""
    focus_cm: float = 1000.0
    blades: int = 5
    lens: Lens = Lens()

    @classmethod
    def of(cls, attributes: Attributes) -> Optics:
        """Return the optics of blueprint `attributes`. Raises ValueError for values out of bounds."""
        mode = attributes.get("exposure_mode", "").strip().lower() or "histogram"
        if mode not in ("histogram", "manual"):
            raise ValueError(f"exposure_mode must be histogram or manual, got {mode!r}")
        return cls(
            effects=flag(attributes, "enable_postprocess_effects", True),
            gamma=number(attributes, "gamma", 2.2, 0.1, 10.0),
            compensation_ev=number(attributes, "exposure_compensation", 0.0, -30.0, 30.0),
            manual=mode == "manual",
            shutter_per_s=number(attributes, "shutter_speed", 200.0, 1e-3, 1e6),
            iso=number(attributes, "iso", 100.0, 1e-2, 1e7),
            fstop=number(attributes, "fstop", 1.4, 0.1, 128.0),
            min_bright_ev=number(attributes, "exposure_min_bright", 10.0, -30.0, 30.0),
            max_bright_ev=number(attributes, "exposure_max_bright", 12.0, -30.0, 30.0),
            film=_film(attributes),
            temperature_k=number(attributes, "temp", 6500.0, 1000.0, 40000.0),
            tint=number(attributes, "tint", 0.0, -1.0, 1.0),
            bloom=number(attributes, "bloom_intensity", 0.675, 0.0, 100.0),
            flare=number(attributes, "lens_flare_intensity", 0.1, 0.0, 100.0),
            chromatic=number(attributes, "chromatic_aberration_intensity", 0.0, 0.0, 100.0),
            chromatic_start=number(attributes, "chromatic_aberration_offset", 0.0, 0.0, 1.0),
            motion_blur=number(attributes, "motion_blur_intensity", 0.45, 0.0, 1.0),
            motion_blur_most=number(attributes, "motion_blur_max_distortion", 0.35, 0.0, 100.0),
            focus_cm=number(attributes, "focal_distance", 1000.0, 0.0, 1e7),
            blades=integer(attributes, "blade_count", 5, 4, 16),
            lens=Lens.of(attributes),
        )

    @property
    def bends(self) -> bool:
        """Whether the lens distorts, fringes or darkens the picture."""
        return self.effects and (self.lens.circle_multiplier > 0.0 or self.chromatic > 0.0)

    @property
    def open_s(self) -> float:
        """Seconds that the shutter is open for motion blur: the shutter's time at the default intensity, and in proportion to it."""
        return self.motion_blur / 0.45 / max(self.shutter_per_s, 30.0) if self.effects else 0.0

    def blur_px(self, width: int, fov_deg: float) -> float:
        """Return the diameter in pixels of the disc that a point at infinity becomes, 0 unless the focus is set nearer than by default."""
        if not self.effects or self.focus_cm >= 1000.0 or self.focus_cm <= 0.0:
            return 0.0
        focal_mm = 0.5 * _SENSOR_MM / math.tan(math.radians(fov_deg) / 2.0)
        return focal_mm**2 / self.fstop / max(10.0 * self.focus_cm - focal_mm, 1.0) / _SENSOR_MM * width

    def metering(self) -> Metering:
        """Return how the exposure is found; as in CARLA both modes add the compensation."""
        factor = FACTOR * 2.0**self.compensation_ev
        if not self.effects:
            return Metering(factor)
        if self.manual:
            return Metering(factor * 2.0 ** manual_stops(self.shutter_per_s, self.iso, self.fstop))
        least, most = METERED_NOON_EV - self.max_bright_ev, METERED_NOON_EV - self.min_bright_ev
        return Metering(factor, least_stops=min(least, most), most_stops=max(least, most))


def _film(attributes: Attributes) -> Film:
    return Film(
        slope=number(attributes, "slope", 0.88, 0.05, 2.0),
        toe=number(attributes, "toe", 0.55, 0.0, 0.8),
        shoulder=number(attributes, "shoulder", 0.26, 0.0, 1.0),
        black_clip=number(attributes, "black_clip", 0.0, 0.0, 1.0),
        white_clip=number(attributes, "white_clip", 0.04, 0.0, 1.0),
    )
