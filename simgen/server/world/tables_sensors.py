"""The sensors of CARLA 0.9.16: attribute sets and which sensor has which.

Ids, types, defaults, recommended values and order are those of the 0.9.16 server; the exact strings matter ("30" and "30.0" both
occur). Order of `SENSORS` is the order of the client's sensor registry.
"""

from __future__ import annotations

from simgen.server.values import ActorAttribute, AttributeType


def variation(name: str, kind: AttributeType, *values: str, restrict: bool = False) -> ActorAttribute:
    """Return a modifiable attribute whose default is the first of its recommended `values`."""
    return ActorAttribute(name, kind, values[0], values, True, restrict)


_BOOL, _INT, _FLOAT, _STRING = AttributeType.BOOL, AttributeType.INT, AttributeType.FLOAT, AttributeType.STRING

_CAMERA = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("image_size_x", _INT, "800"),
    variation("image_size_y", _INT, "600"),
    variation("fov", _FLOAT, "90.0"),
    variation("lens_circle_falloff", _FLOAT, "5.0"),
    variation("lens_circle_multiplier", _FLOAT, "0.0"),
    variation("lens_k", _FLOAT, "-1.0"),
    variation("lens_kcube", _FLOAT, "0.0"),
    variation("lens_x_size", _FLOAT, "0.08"),
    variation("lens_y_size", _FLOAT, "0.08"),
)

_POST_PROCESS = (
    variation("exposure_mode", _STRING, "histogram", "manual", restrict=True),
    variation("exposure_compensation", _FLOAT, "0.0"),
    variation("shutter_speed", _FLOAT, "200.0"),
    variation("iso", _FLOAT, "100.0"),
    variation("fstop", _FLOAT, "1.4"),
    variation("enable_postprocess_effects", _BOOL, "true"),
    variation("gamma", _FLOAT, "2.2"),
    variation("motion_blur_intensity", _FLOAT, "0.45"),
    variation("motion_blur_max_distortion", _FLOAT, "0.35"),
    variation("lens_flare_intensity", _FLOAT, "0.1"),
    variation("bloom_intensity", _FLOAT, "0.675"),
    variation("motion_blur_min_object_screen_size", _FLOAT, "0.1"),
    variation("exposure_min_bright", _FLOAT, "10.0"),
    variation("exposure_max_bright", _FLOAT, "12.0"),
    variation("exposure_speed_up", _FLOAT, "3.0"),
    variation("exposure_speed_down", _FLOAT, "1.0"),
    variation("calibration_constant", _FLOAT, "16.0"),
    variation("focal_distance", _FLOAT, "1000.0"),
    variation("min_fstop", _FLOAT, "1.2"),
    variation("blade_count", _INT, "5"),
    variation("blur_amount", _FLOAT, "1.0"),
    variation("blur_radius", _FLOAT, "0.0"),
    variation("slope", _FLOAT, "0.88"),
    variation("toe", _FLOAT, "0.55"),
    variation("shoulder", _FLOAT, "0.26"),
    variation("black_clip", _FLOAT, "0.0"),
    variation("white_clip", _FLOAT, "0.04"),
    variation("temp", _FLOAT, "6500.0"),
    variation("tint", _FLOAT, "0.0"),
    variation("chromatic_aberration_intensity", _FLOAT, "0.0"),
    variation("chromatic_aberration_offset", _FLOAT, "0.0"),
)

_DVS = (
    variation("positive_threshold", _FLOAT, "0.3"),
    variation("negative_threshold", _FLOAT, "0.3"),
    variation("sigma_positive_threshold", _FLOAT, "0.0"),
    variation("sigma_negative_threshold", _FLOAT, "0.0"),
    variation("refractory_period_ns", _INT, "0"),
    variation("use_log", _BOOL, "True"),
    variation("log_eps", _FLOAT, "0.001"),
)

_LIDAR = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("channels", _INT, "32"),
    variation("range", _FLOAT, "10.0"),
    variation("points_per_second", _INT, "56000"),
    variation("rotation_frequency", _FLOAT, "10.0"),
    variation("upper_fov", _FLOAT, "10.0"),
    variation("lower_fov", _FLOAT, "-30.0"),
    variation("atmosphere_attenuation_rate", _FLOAT, "0.004"),
    variation("noise_seed", _INT, "0"),
    variation("dropoff_general_rate", _FLOAT, "0.45"),
    variation("dropoff_intensity_limit", _FLOAT, "0.8"),
    variation("dropoff_zero_intensity", _FLOAT, "0.4"),
    variation("noise_stddev", _FLOAT, "0.0"),
    variation("horizontal_fov", _FLOAT, "360.0"),
)

_SEMANTIC_LIDAR = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("channels", _INT, "32"),
    variation("range", _FLOAT, "10.0"),
    variation("points_per_second", _INT, "56000"),
    variation("rotation_frequency", _FLOAT, "10.0"),
    variation("upper_fov", _FLOAT, "10.0"),
    variation("lower_fov", _FLOAT, "-30.0"),
    variation("horizontal_fov", _FLOAT, "360.0"),
)

_RADAR = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("horizontal_fov", _FLOAT, "30"),
    variation("vertical_fov", _FLOAT, "30"),
    variation("range", _FLOAT, "100"),
    variation("points_per_second", _INT, "1500"),
    variation("noise_seed", _INT, "0"),
)

_GNSS = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("noise_seed", _INT, "0"),
    variation("noise_lat_stddev", _FLOAT, "0.0"),
    variation("noise_lat_bias", _FLOAT, "0.0"),
    variation("noise_lon_stddev", _FLOAT, "0.0"),
    variation("noise_lon_bias", _FLOAT, "0.0"),
    variation("noise_alt_stddev", _FLOAT, "0.0"),
    variation("noise_alt_bias", _FLOAT, "0.0"),
)

_IMU = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("noise_seed", _INT, "0"),
    variation("noise_accel_stddev_x", _FLOAT, "0.0"),
    variation("noise_accel_stddev_y", _FLOAT, "0.0"),
    variation("noise_accel_stddev_z", _FLOAT, "0.0"),
    variation("noise_gyro_stddev_x", _FLOAT, "0.0"),
    variation("noise_gyro_stddev_y", _FLOAT, "0.0"),
    variation("noise_gyro_stddev_z", _FLOAT, "0.0"),
    variation("noise_gyro_bias_x", _FLOAT, "0.0"),
    variation("noise_gyro_bias_y", _FLOAT, "0.0"),
    variation("noise_gyro_bias_z", _FLOAT, "0.0"),
)

_OBSTACLE = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("distance", _FLOAT, "5.0"),
    variation("hit_radius", _FLOAT, "0.5"),
    variation("only_dynamics", _BOOL, "false"),
    variation("debug_linetrace", _BOOL, "false"),
)

_V2X = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("noise_seed", _INT, "0"),
    variation("transmit_power", _FLOAT, "21.5"),
    variation("receiver_sensitivity", _FLOAT, "-99.0"),
    variation("frequency_ghz", _FLOAT, "5.9"),
    variation("combined_antenna_gain", _FLOAT, "10.0"),
    variation("scenario", _STRING, "highway", "rural", "urban", restrict=True),
    variation("path_loss_model", _STRING, "winner", "geometric", restrict=True),
    variation("path_loss_exponent", _FLOAT, "2.7"),
    variation("d_ref", _FLOAT, "1.0"),
    variation("filter_distance", _FLOAT, "500.0"),
    variation("use_etsi_fading", _BOOL, "true"),
    variation("custom_fading_stddev", _FLOAT, "0.0"),
    variation("gen_cam_min", _FLOAT, "0.1"),
    variation("gen_cam_max", _FLOAT, "1.0"),
    variation("fixed_rate", _BOOL, "false"),
    variation("noise_lat_stddev", _FLOAT, "0.0"),
    variation("noise_lat_bias", _FLOAT, "0.0"),
    variation("noise_lon_stddev", _FLOAT, "0.0"),
    variation("noise_lon_bias", _FLOAT, "0.0"),
    variation("noise_alt_stddev", _FLOAT, "0.0"),
    variation("noise_alt_bias", _FLOAT, "0.0"),
    variation("noise_head_stddev", _FLOAT, "0.0"),
    variation("noise_head_bias", _FLOAT, "0.0"),
    variation("noise_accel_stddev_x", _FLOAT, "0.0"),
    variation("noise_accel_stddev_y", _FLOAT, "0.0"),
    variation("noise_accel_stddev_z", _FLOAT, "0.0"),
    variation("noise_yawrate_stddev", _FLOAT, "0.0"),
    variation("noise_yawrate_bias", _FLOAT, "0.0"),
    variation("noise_vel_stddev_x", _FLOAT, "0.0"),
)

_V2X_CUSTOM = (
    variation("sensor_tick", _FLOAT, "0.0"),
    variation("noise_seed", _INT, "0"),
    variation("transmit_power", _FLOAT, "21.5"),
    variation("receiver_sensitivity", _FLOAT, "-99.0"),
    variation("frequency_ghz", _FLOAT, "5.9"),
    variation("combined_antenna_gain", _FLOAT, "10.0"),
    variation("scenario", _STRING, "highway", "rural", "urban", restrict=True),
    variation("path_loss_model", _STRING, "winner", "geometric", restrict=True),
    variation("path_loss_exponent", _FLOAT, "2.7"),
    variation("d_ref", _FLOAT, "1.0"),
    variation("filter_distance", _FLOAT, "500.0"),
    variation("use_etsi_fading", _BOOL, "true"),
    variation("custom_fading_stddev", _FLOAT, "0.0"),
)

FACING = ("front", "back", "left", "right", "front_left", "front_right", "back_left", "back_right")
"""Recommended role names of cameras, lidars and event sensors."""

_DEFAULT = ("default",)

SENSORS: tuple[tuple[str, tuple[str, ...], tuple[ActorAttribute, ...]], ...] = (
    ("sensor.other.collision", FACING, ()),
    ("sensor.camera.depth", FACING, _CAMERA),
    ("sensor.camera.normals", FACING, _CAMERA),
    ("sensor.camera.dvs", FACING, _CAMERA + _POST_PROCESS + _DVS),
    ("sensor.other.gnss", _DEFAULT, _GNSS),
    ("sensor.other.imu", _DEFAULT, _IMU),
    ("sensor.other.lane_invasion", FACING, ()),
    ("sensor.other.obstacle", FACING, _OBSTACLE),
    ("sensor.camera.optical_flow", FACING, _CAMERA),
    ("sensor.other.radar", _DEFAULT, _RADAR),
    ("sensor.lidar.ray_cast_semantic", FACING, _SEMANTIC_LIDAR),
    ("sensor.lidar.ray_cast", FACING, _LIDAR),
    ("sensor.other.rss", FACING, ()),
    ("sensor.camera.rgb", FACING, _CAMERA + _POST_PROCESS),
    ("sensor.camera.semantic_segmentation", FACING, _CAMERA),
    ("sensor.camera.instance_segmentation", FACING, _CAMERA),
    ("sensor.camera.cosmos_visualization", FACING, _CAMERA),
    ("sensor.other.v2x", _DEFAULT, _V2X),
    ("sensor.other.v2x_custom", _DEFAULT, _V2X_CUSTOM),
)
"""(id, recommended role names, attributes after role_name and ros_name)."""
