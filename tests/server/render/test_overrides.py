"""Textures that clients put on objects, and lamps that blink: what shows, what it costs nobody, and that labels do not know."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.errors import EnvironmentFault
from simgen.server.scene import Appearance, City, Copies, Material, SceneryObject, Texture

LABELS = ("depth", "semantic", "instance", "normals")
GREEN, BLUE = (np.full((8, 8, 3), color, np.uint8) for color in ((20, 220, 20), (20, 20, 220)))


def _object(number, name):
    return SceneryObject(5000 + number, name, 0, (0.0, 0.0, 0.0), 0.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@pytest.fixture(scope="module")
def town(made):
    """A wall owned by object 1 on the left, a crate that is object 2 on the right, a car in the middle, the road below."""
    images = pytest.importorskip("simgen.server.render.images")
    wall = made.box((1.0, 3.0, 3.0), (9.0, -5.0, 1.5), Material.FACADE, Tag.BUILDINGS, (150, 150, 150))
    mesh = made.merged(made.ground(), wall)
    mesh = replace(mesh, owners=np.repeat(np.array([0, 1], np.uint32), 24))
    pose = np.eye(4)
    pose[:3, 3] = 8.0, 4.0, 1.0
    copies = (Copies("crate", pose[None], np.full((1, 3), 255, np.uint8), np.array([2], np.uint32)),)
    city = City(mesh, (_object(1, "Building_0"), _object(2, "Crate_0")), copies)
    try:
        world = images.GLImages(city, made.Library(crate=made.box((2.0, 2.0, 2.0), color=(150, 150, 150)), car=made.CAR))
    except EnvironmentFault as fault:
        pytest.skip(str(fault))
    yield world
    world.close()


def _moment(made, **textures):
    car = replace(made.at("car", 9, 8.0, 0.0, color=(150, 150, 150)), name="vehicle.any_9")
    worn = {name.replace("_dot_", "."): Texture(pixels) for name, pixels in textures.items()}
    return replace(made.moment(car), appearance=Appearance(worn, frozenset()))


def _mean(image, rows, columns):
    return image[rows, columns, 2::-1].reshape(-1, 3).mean(axis=0)


WALL = slice(95, 125), slice(60, 85)
CRATE = slice(115, 140), slice(220, 260)
CAR = slice(135, 140), slice(150, 170)
ROAD = slice(200, 230), slice(100, 220)


@pytest.mark.parametrize(("name", "where"), [("Building_0", WALL), ("Crate_0", CRATE), ("vehicle_dot_any_9", CAR), ("Road_0", ROAD)])
def test_an_object_wears_its_texture_and_nothing_else_does(made, town, name, where):
    view = made.view(width=320, height=240)
    worn = town.image(view, "rgb", _moment(made, **{name: GREEN}))
    for place in (WALL, CRATE, CAR, ROAD):
        red, green, blue = _mean(worn, *place)
        assert (green > 1.5 * max(red, blue)) == (place is where)


def test_labels_do_not_know_textures(made, town):
    view = made.view(width=320, height=240)
    plain, worn = _moment(made), _moment(made, Building_0=GREEN, Crate_0=BLUE, vehicle_dot_any_9=GREEN, Road_0=BLUE)
    for layer in LABELS:
        assert (town.image(view, layer, plain) == town.image(view, layer, worn)).all()


def test_looks_come_back_when_textures_go(made, town):
    view = made.view(width=160, height=120)
    first = town.image(view, "rgb", _moment(made))
    assert (town.image(view, "rgb", _moment(made, Road_0=BLUE)) != first).any()
    assert (town.image(view, "rgb", _moment(made)) == first).all()


def test_two_metres_are_one_tile_and_upright(made, town):
    """The upper half of the texture is green, the lower one blue: a wall of 3 m shows green, blue and green from its middle up."""
    halves = np.concatenate([np.repeat(GREEN, 16, axis=1), np.repeat(BLUE, 16, axis=1)]).repeat(8, axis=0)
    image = town.image(made.view(width=320, height=240), "rgb", _moment(made, Building_0=halves))
    metre = 160.0 / 8.5
    rows = [int(120 + metre * (1.6 - z)) for z in (0.5, 1.5, 2.5)]
    bluer = [bool(np.subtract(*_mean(image, slice(row - 3, row + 3), slice(62, 80))[[2, 1]]) > 0) for row in rows]
    assert bluer == [True, False, True], "v runs down from each 2 m"


def test_more_textures_than_fit_are_said_once_and_the_latest_stay(made, town, caplog):
    many = {f"Thing_{k}": Texture(np.full((4, 4, 3), k, np.uint8)) for k in range(70)}
    moment = replace(_moment(made), appearance=Appearance({**many, "Crate_0": Texture(GREEN)}, frozenset()))
    view = made.view(width=320, height=240)
    red, green, blue = _mean(town.image(view, "rgb", moment), *CRATE)
    assert green > 1.5 * max(red, blue)
    town.image(view, "rgb", replace(moment, appearance=Appearance(dict(moment.appearance.textures), frozenset())))
    assert sum("textures" in record.message for record in caplog.records) == 1


LAMPS = {
    Material.INDICATOR_LEFT: 0x20,
    Material.INDICATOR_RIGHT: 0x10,
    Material.REVERSING_LAMP: 0x40,
    Material.BRAKE_LAMP: 0x08,
    Material.BEACON: 0x200,
    Material.INTERIOR: 0x100,
}


@pytest.mark.parametrize("material", LAMPS)
def test_lamps_are_lit_by_their_own_flag(made, open_world, material):
    world = open_world(made.ground(), lamp=made.box((1.0, 2.0, 2.0), (0.0, 1.1, 0.0), material, color=(200, 200, 200)))
    lit = {}
    for flags in (0, LAMPS[material], 0x7FF & ~LAMPS[material] & ~(0x400 if material == Material.BEACON else 0)):
        seen = []
        for k in range(12):  # over a second and more: some blink
            moment = replace(made.moment(made.at("lamp", 5, 5.0, -1.0, 1.6, flags=flags), sun_altitude_angle=-60.0), elapsed_s=0.11 * k)
            seen.append(float(world.image(made.view(), "rgb", moment)[20:28, 28:36, :3].mean()))
        lit[flags] = np.array(seen)
    dark, own, others = lit.values()
    assert own.max() > dark.max() + 5.0
    np.testing.assert_allclose(others, dark, atol=3.0)
    blinks = np.ptp(own) > 5.0
    assert blinks == (material in (Material.INDICATOR_LEFT, Material.INDICATOR_RIGHT, Material.BEACON))
