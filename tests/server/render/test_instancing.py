"""Copies drawn as instances against the same copies written out, and what is left out from afar."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.errors import EnvironmentFault
from simgen.geometry.pose import left_from_carla
from simgen.server.meshes import flattened
from simgen.server.scene import Appearance, City, Copies, Material, SceneryObject

LAYERS = ("rgb", "depth", "semantic", "instance", "normals")


@pytest.fixture
def open_city():
    """Opens renderers of cities."""
    images = pytest.importorskip("simgen.server.render.images")
    opened = []

    def make(city, library):
        try:
            opened.append(images.GLImages(city, library))
        except EnvironmentFault as fault:
            pytest.skip(str(fault))
        return opened[-1]

    yield make
    for world in opened:
        world.close()


def _copies(shape, *places, scale=1.0, tint=(255, 255, 255), first_owner=0):
    matrices = np.stack([left_from_carla((x, y, z), (0.0, 17.0 * x, 0.0)) for x, y, z in places])
    matrices[:, :3, :3] *= scale
    owners = np.arange(first_owner, first_owner + len(places), dtype=np.uint32) if first_owner else np.zeros(len(places), np.uint32)
    return Copies(shape, matrices, np.tile(np.array(tint, np.uint8), (len(places), 1)), owners)


def _named(number, name):
    return SceneryObject(5000 + number, name, 0, (0.0, 0.0, 0.0), 0.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@pytest.fixture
def kinds(made):
    bush = made.box((1.0, 1.0, 1.0), (0.0, 0.0, 0.5), Material.LEAF, Tag.VEGETATION, (60, 120, 40))
    crate = made.box((1.0, 0.8, 0.6), (0.0, 0.0, 0.3), Material.PLASTIC, Tag.STATIC, (255, 255, 255), tinted=True)
    return made.Library(bush=bush, crate=crate)


def _town(made):
    places = ((8.0, 3.0, 0.0), (12.0, -4.0, 0.0), (20.0, 6.0, 0.0), (-9.0, 2.0, 0.0), (6.0, -2.0, 1.0))
    return City(
        made.STREET, (), (_copies("bush", *places, scale=1.6), _copies("crate", (7.0, 0.5, 0.0), (14.0, 2.0, 0.0), tint=(40, 90, 200)))
    )


def test_copies_look_like_the_same_copies_written_out(made, open_city, kinds):
    city = _town(made)
    instanced = open_city(city, kinds)
    written = open_city(City(flattened(city, kinds), ()), kinds)
    for rotation in ((0.0, 0.0, 0.0), (-8.0, 160.0, 4.0)):
        view, moment = made.view(rotation=rotation, width=320, height=240), made.moment()
        for layer in LAYERS:
            a, b = instanced.image(view, layer, moment).astype(int), written.image(view, layer, moment).astype(int)
            assert (np.abs(a - b).max(axis=2) > 3).mean() < 2e-3, layer


def test_far_copies_are_the_coarse_shape_and_specks_are_none(made, open_city):
    library = made.Library(
        near=made.box((2.0, 2.0, 2.0), tag=Tag.CAR),
        speck=made.box((0.1, 0.1, 0.1), tag=Tag.TRAFFIC_SIGNS),
        **{"near/far": made.box((2.0, 2.0, 2.0), tag=Tag.BUS)},
    )
    copies = (_copies("near", (20.0, 0.0, 1.6), (70.0, 8.0, 1.6)), _copies("speck", (30.0, -3.0, 1.6)))
    world = open_city(City(made.ground(), (), copies), library)
    tags = set(np.unique(world.image(made.view(width=320, height=240), "semantic", made.moment())[..., 2]))
    assert {Tag.CAR, Tag.BUS} <= tags
    assert Tag.TRAFFIC_SIGNS not in tags, "10 cm at 30 m are half a pixel"
    large = world.image(made.view(width=1280, height=960), "semantic", made.moment())[..., 2]
    assert (large == Tag.TRAFFIC_SIGNS).any()


def test_a_body_of_small_triangles_does_not_vanish(made, open_city):
    """A wall of 10 cm tiles that fills the view stays, though each tile is smaller than a pixel."""
    tile = [made.box((0.02, 0.1, 0.1), (0.0, 0.1 * y, 0.1 * z), tag=Tag.WALLS) for y in range(-20, 20) for z in range(40)]
    world = open_city(City(made.ground(), (), (_copies("wall", (30.0, 0.0, 0.0)),)), made.Library(wall=made.merged(*tile)))
    tags = world.image(made.view(), "semantic", made.moment())[..., 2]
    assert (tags == Tag.WALLS).sum() >= 0.6 * (4.0 / 30.0 * 32.0) ** 2
    assert (tags == Tag.WALLS).sum() <= (4.0 / 30.0 * 32.0 + 2.0) ** 2


def test_hidden_objects_are_gone_and_come_back(made, open_city, kinds):
    posts = [made.box((0.5, 0.5, 3.0), (10.0, y, 1.5), Material.METAL, Tag.POLES) for y in (-3.0, 3.0)]
    owned = [
        replace(made.ground(), owners=np.zeros(24, np.uint32)),
        *(replace(p, owners=np.full(24, k, np.uint32)) for k, p in enumerate(posts, 1)),
    ]
    mesh = replace(made.merged(*owned), owners=np.concatenate([m.owners for m in owned]))
    objects = tuple(_named(k, f"Thing_{k}") for k in (1, 2, 3))
    world = open_city(City(mesh, objects, (_copies("bush", (8.0, 0.0, 0.0), first_owner=3),)), kinds)

    def seen(*hidden):
        moment = replace(made.moment(), appearance=Appearance({}, frozenset(hidden)))
        return world.image(made.view(width=320, height=240), "semantic", moment)[..., 2]

    everything = seen()
    left, right = everything[:, :160], everything[:, 160:]
    assert all((half == Tag.POLES).any() for half in (left, right))
    without = seen(5001)
    assert not (without[:, :140] == Tag.POLES).any()
    assert (without[:, 160:] == Tag.POLES).any()
    assert not (seen(5003) == Tag.VEGETATION).any()
    assert (seen() == everything).all()
