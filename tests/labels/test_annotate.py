"""Labels of hand-made frames whose answers one can write down."""

from types import MappingProxyType

import numpy as np
import pytest

from simgen.datatypes.frame import Frame, LaneLine, Thing, WorldState
from simgen.datatypes.readings import LIDAR_DTYPE, Reading
from simgen.datatypes.rig import Kind, Mount, Rig
from simgen.datatypes.tags import ObjectClass, Tag
from simgen.datatypes.truth import LANE_KINDS, MARKINGS
from simgen.geometry.pose import pose_from_rpy, rotation_from_quaternion
from simgen.labels import annotate

WIDTH, HEIGHT = 200, 100
EGO_AT = pose_from_rpy((100.0, 50.0, 2.0), (0.0, 0.0, 90.0))
CAMERA_AT = pose_from_rpy((0.0, 0.0, 1.0), (0.0, 0.0, 0.0))


def thing(actor_id, object_class, world_from_actor, size=(4.0, 2.0, 1.5), velocity=(0.0, 0.0, 0.0), state=-1):
    return Thing(
        actor_id, "vehicle.test.car", object_class, world_from_actor, pose_from_rpy((0, 0, size[2] / 2), (0, 0, 0)),
        np.array(size), np.array(velocity, dtype=float), np.zeros(3), {}, 0, state,
    )  # fmt: skip


def ahead_of_ego(distance, left=0.0, yaw=0.0):
    return EGO_AT @ pose_from_rpy((distance, left, 0.0), (0.0, 0.0, yaw))


def camera(kind):
    attributes = MappingProxyType({"image_size_x": str(WIDTH), "image_size_y": str(HEIGHT), "fov": "90"})
    return Mount(f"front.{kind.value}", "front", kind, CAMERA_AT, 10.0, attributes)


RIG = Rig("test", (camera(Kind.INSTANCE), camera(Kind.SEMANTIC)))


def frame_of(others, instance=None, semantic=None, points=None, lanes=()):
    readings = {}
    for kind, data in ((Kind.INSTANCE, instance), (Kind.SEMANTIC, semantic)):
        if data is not None:
            readings[f"front.{kind.value}"] = Reading(f"front.{kind.value}", kind, 3, EGO_AT @ CAMERA_AT, data)
    if points is not None:
        readings["lidar"] = Reading("lidar", Kind.LIDAR, 3, EGO_AT, points)
    return Frame(3, 0.3, readings, WorldState(3, thing(1, ObjectClass.CAR, EGO_AT), tuple(others), tuple(lanes)))


def test_a_car_ten_metres_ahead_has_its_box_there_in_the_ego_frame():
    truth = annotate(frame_of([thing(7, ObjectClass.CAR, ahead_of_ego(10.0, yaw=90.0), velocity=(0.0, 5.0, 0.0))]), RIG)
    (box,) = truth.boxes3d
    np.testing.assert_allclose(box["centre"], (10.0, 0.0, 0.75), atol=1e-12)
    np.testing.assert_allclose(rotation_from_quaternion(box["rotation"])[0][:2, 0], (0.0, 1.0), atol=1e-12)
    # The ego faces world +y, so 5 m/s along world +y is 5 m/s forward.
    np.testing.assert_allclose(box["velocity"], (5.0, 0.0, 0.0), atol=1e-12)
    assert (box["visible_pixels"], box["lidar_points"]) == (0, 0)


def test_tight_box_is_the_extremes_of_the_id_in_the_mask():
    instance = np.zeros((HEIGHT, WIDTH), dtype=np.uint32)
    instance[40:61, 90:111] = 7
    instance[70, 5] = 7
    instance[40:45, 90:95] = 8  # another actor in front
    car = thing(7, ObjectClass.CAR, ahead_of_ego(10.0))
    (box,) = annotate(frame_of([car], instance), RIG).boxes2d["front"]
    assert box["box"].tolist() == [5, 40, 111, 71]
    assert box["visible_pixels"] == 21 * 21 - 25 + 1


def test_pixels_of_scenery_that_shares_an_id_do_not_count():
    instance = np.full((HEIGHT, WIDTH), 7, dtype=np.uint32)
    semantic = np.full((HEIGHT, WIDTH), Tag.BUILDINGS, dtype=np.uint8)
    semantic[50:52, 100:104] = Tag.CAR
    (box,) = annotate(frame_of([thing(7, ObjectClass.CAR, ahead_of_ego(10.0))], instance, semantic), RIG).boxes2d["front"]
    assert box["box"].tolist() == [100, 50, 104, 52]


def test_ids_beyond_sixteen_bits_are_found_by_their_low_word():
    instance = np.zeros((HEIGHT, WIDTH), dtype=np.uint32)
    instance[50, 100] = 70_000 % 65_536
    (box,) = annotate(frame_of([thing(70_000, ObjectClass.CAR, ahead_of_ego(10.0))], instance), RIG).boxes2d["front"]
    assert box["actor_id"] == 70_000


def test_amodal_box_of_a_flat_plate_is_its_size_over_its_distance():
    instance = np.zeros((HEIGHT, WIDTH), dtype=np.uint32)
    instance[50, 100] = 7
    plate = thing(7, ObjectClass.PROP, ahead_of_ego(10.0), size=(0.0, 2.0, 1.0))
    (box,) = annotate(frame_of([plate], instance), RIG).boxes2d["front"]
    # f = 100 px: 2 m wide is 20 px about the centre; z from 0 to 1 m is 10 px up to the camera's height of 1 m.
    np.testing.assert_allclose(box["amodal"], (90.0, 50.0, 110.0, 60.0), atol=1e-4)
    assert box["visible_fraction"] == pytest.approx(1.0 / 200.0)


def test_box_that_reaches_behind_the_camera_is_cut_at_the_image():
    instance = np.full((HEIGHT, WIDTH), 7, dtype=np.uint32)
    (box,) = annotate(frame_of([thing(7, ObjectClass.BUS, ahead_of_ego(2.0), size=(12.0, 2.5, 3.0))], instance), RIG).boxes2d["front"]
    np.testing.assert_allclose(box["amodal"], (0.0, 0.0, WIDTH, HEIGHT), atol=1e-3)
    assert box["visible_fraction"] == pytest.approx(1.0)


def test_lidar_points_are_counted_by_actor():
    points = np.zeros(10, dtype=LIDAR_DTYPE)
    points["object_id"] = [7, 7, 7, 9, 0, 0, 0, 0, 0, 7]
    cars = [thing(7, ObjectClass.CAR, ahead_of_ego(10.0)), thing(8, ObjectClass.CAR, ahead_of_ego(20.0))]
    truth = annotate(frame_of(cars, points=points), RIG)
    assert truth.boxes3d["lidar_points"].tolist() == [4, 0]


def test_what_is_far_and_unseen_goes_without_a_label_and_what_is_seen_does_not():
    instance = np.zeros((HEIGHT, WIDTH), dtype=np.uint32)
    instance[50, 100] = 8
    cars = [thing(7 + i, ObjectClass.CAR, ahead_of_ego(distance)) for i, distance in enumerate((49.0, 200.0, 51.0))]
    truth = annotate(frame_of(cars, instance), RIG, radius_m=50.0)
    assert truth.boxes3d["actor_id"].tolist() == [7, 8]
    assert truth.boxes2d["front"]["actor_id"].tolist() == [8]


def test_no_due_camera_means_no_2d_boxes():
    assert annotate(frame_of([thing(7, ObjectClass.CAR, ahead_of_ego(10.0))]), RIG).boxes2d == {}


def test_lights_keep_their_state_and_are_not_boxed():
    truth = annotate(frame_of([thing(5, ObjectClass.TRAFFIC_LIGHT, ahead_of_ego(30.0), size=(0.4, 0.4, 1.0), state=2)]), RIG)
    assert len(truth.boxes3d) == 0
    assert truth.lights["state"].tolist() == [2]
    np.testing.assert_allclose(truth.lights["centre"][0], (30.0, 0.0, 0.5), atol=1e-12)


def test_lane_ahead_runs_to_the_vanishing_point():
    points = np.array([(EGO_AT @ (x, 1.75, 0.0, 1.0))[:3] for x in (-5.0, 1.75, 7.0, 1e6)])
    line = LaneLine("boundary", 3, -1, "broken", "white", points)
    truth = annotate(frame_of([], lanes=[line]), RIG)
    (lane,) = truth.lanes
    assert (LANE_KINDS[lane["kind"]], MARKINGS[lane["marking"]], lane["count"]) == ("boundary", "broken", 4)
    np.testing.assert_allclose(truth.lane_points[2], (7.0, 1.75, 0.0), atol=1e-9)
    pixels = truth.lane_pixels["front"]
    assert np.isnan(pixels[0]).all()  # behind the camera
    assert np.isnan(pixels[1]).all()  # below the image: 1 m down at 1.75 m is 57 px under the centre
    np.testing.assert_allclose(pixels[2], (75.0, 50.0 + 100.0 / 7.0), atol=1e-4)
    np.testing.assert_allclose(pixels[3], (100.0, 50.0), atol=1e-3)
