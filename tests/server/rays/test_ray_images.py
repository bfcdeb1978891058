import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.geometry.pose import left_from_carla
from simgen.server.rays.ray_images import RayImages
from simgen.server.rays.ray_scene import RayScene
from simgen.server.sensors import View
from simgen.server.sensors.optics import Optics
from simgen.server.values import Weather


def view(location=(0, 0, 0), rotation=(0, 0, 0), width=80, height=60, fov=90.0, **optics):
    return View(left_from_carla(location, rotation).tobytes(), width, height, fov, Optics(**optics))


def metres(image):
    blue, green, red = (image[..., k].astype(np.int64) for k in range(3))
    return (red + 256 * green + 65536 * blue) / (2**24 - 1) * 1000.0


@pytest.fixture
def images(hand):
    """Return a function: a city (and shapes) -> the images of it."""
    return lambda city, **shapes: RayImages(RayScene(city, hand.Shapes(**shapes)))


def test_a_wall_across_the_view_has_one_planar_depth(hand, images):
    source = images(hand.city(hand.box((10, -50, -50), (11, 50, 50))))
    assert metres(source.image(view(), "depth", hand.moment())) == pytest.approx(10.0, abs=1e-4)


def test_the_depth_of_a_slanted_plane_is_that_of_the_formula(hand, images):
    """A camera 2 m above the ground, pitched down by 30 degrees: pixel row v sees it at depth 2 / (sin 30 + cos 30 * (v - cy) / f)."""
    source = images(hand.city(hand.box((-500, -500, -1), (500, 500, 0))))
    depth = metres(source.image(view((0, 0, 2.0), (-30, 0, 0), fov=60.0), "depth", hand.moment()))
    slope = (np.arange(60) + 0.5 - 30.0) / (40.0 / np.tan(np.radians(30.0)))
    expected = 2.0 / (np.sin(np.radians(30.0)) + np.cos(np.radians(30.0)) * slope)
    assert depth == pytest.approx(np.repeat(expected[:, None], 80, axis=1), rel=1e-4)


def test_what_stands_to_the_right_is_in_the_right_half_and_what_is_above_in_the_upper(hand, images):
    source = images(hand.nothing(), block=hand.box((9, 2, 1), (10, 3, 2), 14))
    now = hand.moment(hand.Placed(7, "block", np.eye(4)))
    rows, columns = np.nonzero(source.image(view(), "semantic", now)[..., 2] == 14)
    assert columns.min() > 40
    assert rows.max() < 30
    assert (columns.max() + 1, rows.min()) == (round(40 + 40 * 3 / 9), round(30 - 40 * 2 / 9))


def test_ids_are_split_into_bytes_and_the_sky_is_sky(hand, images):
    source = images(hand.nothing(), wall=hand.box((10, -50, -50), (11, 50, 0), 14))
    now = hand.moment(hand.Placed(0x1234, "wall", np.eye(4)))
    instance = source.image(view(), "instance", now)
    assert instance.shape == (60, 80, 4)
    assert np.unique(instance[30:].reshape(-1, 4), axis=0).tolist() == [[0x12, 0x34, 14, 255]]
    assert np.unique(instance[:30].reshape(-1, 4), axis=0).tolist() == [[0, 0, Tag.SKY, 255]]
    semantic = source.image(view(), "semantic", now)
    assert np.unique(semantic.reshape(-1, 4), axis=0).tolist() == [[0, 0, Tag.SKY, 255], [0, 0, 14, 255]]
    assert metres(source.image(view(), "depth", now)[:30]) == pytest.approx(1000.0)


def test_what_is_deeper_than_a_kilometre_is_sky(hand, images):
    source = images(hand.city(hand.box((1001, -5000, -5000), (1002, 5000, 5000))))
    assert (source.image(view(), "semantic", hand.moment())[..., 2] == Tag.SKY).all()


def test_normals_are_of_the_world_and_the_sky_has_none(hand, images):
    source = images(hand.city(hand.box((-500, -500, -1), (500, 500, 0))))
    normals = source.image(view((0, 0, 2.0), (0, 77, 0)), "normals", hand.moment())
    assert (normals[-1] == (255, 128, 128, 255)).all()
    assert (normals[0] == (0, 0, 0, 255)).all()


# ---- colours


@pytest.fixture
def yard(hand, images):
    """Return a function: weather -> a picture of a red and a green block on a grey ground, the sun behind the camera's left."""
    ground = hand.box((-200, -200, -1), (200, 200, 0), int(Tag.ROADS), 0, (100, 100, 100))
    red = hand.box((12, -6, 0), (16, -2, 5), 3, 4, (200, 20, 20))
    source = images(hand.city(ground, red), block=hand.box((0, 0, 0), (4, 4, 5), 14, 17, (255, 255, 255), tinted=True))
    placed = hand.Placed(7, "block", left_from_carla((12, 2, 0), (0, 0, 0)), (20, 200, 20))

    def picture(weather=None, camera=None):
        return source.image(camera or view((0, 0, 1.6)), "rgb", hand.moment(placed, weather=weather)).astype(int)

    return picture


NOON = Weather(sun_azimuth_angle=200.0, sun_altitude_angle=45.0)


def test_surfaces_have_their_colours_and_the_sky_is_blue(yard):
    image = yard(NOON)
    assert image.shape == (60, 80, 4)
    assert (image[..., 3] == 255).all()
    blue, green, red, _ = image[25, 29]
    assert red > 1.5 * max(blue, green)
    blue, green, red, _ = image[25, 51]
    assert green > 1.5 * max(blue, red)
    blue, green, red, _ = image[2, 40]
    assert blue > red


def test_night_is_darker_than_day_and_fog_hides_what_is_far(yard):
    day, night = yard(NOON), yard(Weather(sun_altitude_angle=-90.0))
    assert night[..., :3].mean() < 0.5 * day[..., :3].mean()
    fog = yard(Weather(sun_azimuth_angle=200.0, fog_density=100.0, fog_distance=0.0))
    spread = [picture[20:40, :, :3].std() for picture in (day, fog)]
    assert spread[1] < 0.6 * spread[0]


@pytest.mark.parametrize("actor", [True, False])
def test_the_ground_behind_a_block_is_in_its_shadow(yard, actor):
    """The sun stands 45 degrees high straight ahead, so the shadows of the 5 m blocks fall 5 m towards the camera."""
    side = 4.0 if actor else -4.0
    ahead = Weather(sun_azimuth_angle=0.0, sun_altitude_angle=45.0)
    down = view((9.0, side, 3.0), (-90, 0, 0), 21, 21, 40.0)
    image = yard(ahead, down)[..., :3].sum(axis=2)
    beside = yard(ahead, view((9.0, 0.0, 3.0), (-90, 0, 0), 21, 21, 40.0))[..., :3].sum(axis=2)
    assert image[10, 10] < 0.75 * beside[10, 10]


def test_exposure_and_gamma_change_the_picture_and_not_the_rays(hand):
    class Counting(RayScene):
        casts = 0

        def cast(self, *args):
            Counting.casts += 1
            return super().cast(*args)

    source = RayImages(Counting(hand.city(hand.box((10, -50, -50), (11, 50, 0))), hand.Shapes()))
    now = hand.moment(weather=Weather(sun_altitude_angle=-90.0))  # no sun, no shadow rays
    plain = source.image(view(), "rgb", now)
    assert source.image(view(compensation_ev=1.0), "rgb", now).mean() > plain.mean()
    assert source.image(view(gamma=1.0), "rgb", now).mean() < plain.mean()
    source.image(view(), "depth", now)
    assert Counting.casts == 1
    source.image(view(fov=60.0), "depth", now)
    source.image(view(), "depth", hand.moment(tick=2))
    assert Counting.casts == 3


# ---- flow


def test_a_block_that_moves_to_the_right_flows_to_the_right(hand, images):
    """1 m across at 10 m with a focal length of 40 pixels: 4 pixels; the wall behind stands still."""
    source = images(hand.city(hand.box((30, -90, -90), (31, 90, 90))), block=hand.box((10, -2, -2), (11, 2, 2), 14))
    before, now = (hand.moment(hand.Placed(7, "block", left_from_carla((0, y, 0), (0, 0, 0))), tick=t) for t, y in ((1, 0.0), (2, 1.0)))
    flow = source.flow(view(), now, view(), before)
    block = source.image(view(), "instance", now)[..., 1] == 7
    assert flow[block] == pytest.approx(np.tile([4.0, 0.0], (block.sum(), 1)), abs=1e-3)
    assert flow[~block] == pytest.approx(0.0, abs=1e-3)


def test_a_camera_that_turns_to_the_right_sees_all_flow_to_the_left_the_sky_too(hand, images):
    source = images(hand.city(hand.box((10, -90, -90), (11, 90, 0))))
    flow = source.flow(view(rotation=(0, 1.0, 0)), hand.moment(), view(), hand.moment())
    for row in (10, 50):
        assert flow[row, 40, 0] == pytest.approx(-40.0 * np.tan(np.radians(1.0)), rel=0.02)


def test_a_camera_that_drives_ahead_sees_a_wall_grow_from_its_middle(hand, images):
    """From 11 m to 10 m: what is 20 pixels off the middle now was 20 * 10 / 11 off it."""
    source = images(hand.city(hand.box((10, -90, -90), (11, 90, 90))))
    flow = source.flow(view(), hand.moment(), view((-1, 0, 0)), hand.moment())
    off_x, off_y = np.meshgrid(np.arange(80) + 0.5 - 40, np.arange(60) + 0.5 - 30)
    assert flow == pytest.approx(np.stack([off_x, off_y], axis=2) / 11.0, abs=1e-3)
