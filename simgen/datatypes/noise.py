"""Parameters of the sensor noise models, drawn once per episode; `simgen.noise` applies them to clean readings."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CameraNoise:
    """Exposure, photon and read noise, defocus of an rgb camera."""

    exposure_ev: float = 0.0
    """Stops added in linear light; +1 is twice as bright."""
    full_well_e: float = 20000.0
    """Electrons at white: shot noise has a standard deviation of sqrt(signal) electrons."""
    read_noise_e: float = 0.0
    """Standard deviation in electrons. 0 with `shot` false is a noiseless camera."""
    shot: bool = False
    blur_px: float = 0.0
    """Standard deviation of a Gaussian point spread, pixels."""


@dataclass(frozen=True)
class LidarNoise:
    """Range noise, attenuation and lost returns."""

    range_stddev_m: float = 0.0
    attenuation_per_m: float = 0.004
    """Intensity is exp(-attenuation * range)."""
    dropoff_rate: float = 0.0
    """Share of returns lost at random."""
    dropoff_intensity_limit: float = 0.8
    dropoff_zero_intensity: float = 0.0
    """Probability of losing a return of intensity 0; falls linearly to 0 at the limit."""


@dataclass(frozen=True)
class RadarNoise:
    range_stddev_m: float = 0.0
    azimuth_stddev_rad: float = 0.0
    altitude_stddev_rad: float = 0.0
    velocity_stddev_mps: float = 0.0
    miss_rate: float = 0.0


@dataclass(frozen=True)
class GnssNoise:
    """Metres on the ground and up; the bias is constant over an episode."""

    horizontal_stddev_m: float = 0.0
    vertical_stddev_m: float = 0.0
    bias_east_m: float = 0.0
    bias_north_m: float = 0.0
    bias_up_m: float = 0.0


@dataclass(frozen=True)
class ImuNoise:
    """White noise per reading and a bias that is constant over an episode, per axis (x, y, z)."""

    accel_stddev_mps2: float = 0.0
    gyro_stddev_radps: float = 0.0
    accel_bias_mps2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyro_bias_radps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    compass_stddev_rad: float = 0.0


@dataclass(frozen=True)
class Noise:
    """The noise of one episode; the default is noiseless."""

    camera: CameraNoise = field(default_factory=CameraNoise)
    lidar: LidarNoise = field(default_factory=LidarNoise)
    radar: RadarNoise = field(default_factory=RadarNoise)
    gnss: GnssNoise = field(default_factory=GnssNoise)
    imu: ImuNoise = field(default_factory=ImuNoise)
