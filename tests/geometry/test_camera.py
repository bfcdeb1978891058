"""The pinhole camera by what one can check in the head, and against OpenCV."""

import cv2
import numpy as np
import pytest

from simgen.geometry.box import contains, corners
from simgen.geometry.camera import OPTICAL_FROM_SENSOR, Pinhole
from simgen.geometry.pose import pose_from_rpy, transform


def test_fov_of_90_degrees_has_a_focal_length_of_half_the_width():
    camera = Pinhole.from_fov(800, 600, 90.0)
    assert camera.fx_px == pytest.approx(400.0)
    assert (camera.cx_px, camera.cy_px) == (400.0, 300.0)


def test_a_metre_to_the_left_at_ten_metres_is_a_tenth_of_the_focal_length_left_of_the_centre():
    camera = Pinhole.from_fov(800, 600, 90.0)
    pixels, depth = camera.project([[10.0, 1.0, 0.0], [10.0, 0.0, 1.0]])
    np.testing.assert_allclose(pixels, [[360.0, 300.0], [400.0, 260.0]])
    np.testing.assert_allclose(depth, 10.0)


def test_points_behind_the_camera_have_no_pixel():
    pixels, depth = Pinhole.from_fov(64, 48, 90.0).project([[-1.0, 0.0, 0.0]])
    assert np.isnan(pixels).all()
    assert depth[0] < 0.0


def test_projection_is_that_of_opencv():
    camera = Pinhole.from_fov(640, 360, 77.0)
    points = np.random.default_rng(1).uniform((2, -5, -5), (50, 5, 5), (100, 3))
    theirs, _ = cv2.projectPoints(transform(OPTICAL_FROM_SENSOR, points), np.zeros(3), np.zeros(3), camera.matrix, None)
    np.testing.assert_allclose(camera.project(points)[0], theirs.reshape(-1, 2), atol=1e-6)


def test_unproject_undoes_project():
    camera = Pinhole.from_fov(640, 360, 77.0)
    points = np.random.default_rng(2).uniform((2, -5, -5), (50, 5, 5), (100, 3))
    np.testing.assert_allclose(camera.unproject(*camera.project(points)), points, atol=1e-9)


def test_box_contains_its_corners_and_nothing_a_millimetre_outside():
    frame_from_box = pose_from_rpy((5, -3, 1), (10, 20, 30))
    hull = corners(frame_from_box, (4.0, 2.0, 1.5))
    assert contains(frame_from_box, (4.0, 2.0, 1.5), hull, margin_m=1e-9).all()
    assert not contains(frame_from_box, (4.0, 2.0, 1.5), frame_from_box[:3, 3] + (hull - frame_from_box[:3, 3]) * 1.001).any()
