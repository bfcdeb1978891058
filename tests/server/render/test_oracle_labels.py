"""Ids, depth and normals of the GL renderer against rays through the pixels, on a shipped town with traffic and people.

What is compared, and what is not:

* Leaves on cards and chain link are drawn with holes that rays do not know: pixels where a ray met such a surface are left out.
* "Away from edges" are pixels whose 3x3 neighbourhood has one tag and one actor in both images.
* Beyond 35 m the renderer may draw shapes in fewer triangles: depth and normals are compared nearer than that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle_town import FAR_SHAPE_M, HEIGHT, WIDTH, busy_town, is_solid, look, uniform

from simgen.errors import EnvironmentFault
from simgen.server.scene import Appearance, Material, Texture

LABELS = ("depth", "semantic", "instance")
"""Normals show the ripples of wet roads, as CARLA's do."""

SMOOTH = (Material.GLASS, Material.SIGN, Material.PAINT, Material.PLASTIC, Material.MARKING)
"""Materials without relief."""


@pytest.fixture(scope="module")
def town():
    pytest.importorskip("simgen.server.render.images")
    from simgen.server.render import device_info

    try:
        device_info()
    except EnvironmentFault as fault:
        pytest.skip(str(fault))
    return busy_town()[0]


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["street", "junction", "other street"])
def pair(request, town, made):
    """(what rays see, tags, actors, depth in metres, normals) of one view at noon."""
    view = busy_town()[1][request.param].view(WIDTH, HEIGHT, 90.0)
    moment = town.moment("noon")
    draw = town.stage.images.image
    instance = draw(view, "instance", moment)
    np.testing.assert_array_equal(draw(view, "semantic", moment)[..., 2], instance[..., 2])
    normals = draw(view, "normals", moment)[..., 2::-1] / 255.0 * 2.0 - 1.0
    return look(town, view, moment), instance[..., 2], made.ids(instance), made.metres(draw(view, "depth", moment)), normals


def away_from_edges(seen, tags, actors):
    return uniform(seen.tag * 65536 + seen.actor) & uniform(tags.astype(int) * 65536 + actors) & is_solid(seen)


def near(pair):
    """Pixels whose depth and normals are compared."""
    seen, tags, actors, _, _ = pair
    return away_from_edges(seen, tags, actors) & (seen.depth < FAR_SHAPE_M)


def test_the_views_have_something_to_see(pair):
    seen = pair[0]
    assert len(np.unique(seen.actor)) >= 4
    assert len(np.unique(seen.tag)) >= 8
    assert near(pair).mean() > 0.3


def test_ids_agree(pair):
    seen, tags, actors, _, _ = pair
    agree = (tags == seen.tag) & (actors == seen.actor)
    assert agree[is_solid(seen)].mean() >= 0.99
    wrong = ~agree & away_from_edges(seen, tags, actors) & ~(seen.depth > FAR_SHAPE_M)
    assert not wrong.any(), [
        (x, y, seen.tag[y, x], tags[y, x], seen.actor[y, x], actors[y, x]) for y, x in zip(*np.nonzero(wrong), strict=True)
    ][:5]


def test_nothing_near_is_seen_through(pair):
    """Where all rays around a pixel meet one thing, the renderer shows it: no triangle of it is left out or turned away."""
    seen, tags, actors, _, _ = pair
    inside = uniform(seen.tag * 65536 + seen.actor) & is_solid(seen) & (seen.depth < FAR_SHAPE_M)
    wrong = inside & ((tags != seen.tag) | (actors != seen.actor))
    assert wrong.sum() <= 1e-4 * inside.sum()
    on_actors = inside & (seen.actor > 0)
    assert (wrong & on_actors).sum() <= 2e-3 * on_actors.sum()


def test_depth_agrees(pair):
    seen, metres = pair[0], pair[3]
    error = np.abs(metres - seen.depth)[near(pair)]
    assert np.median(error) < 1e-3
    assert np.percentile(error, 99) < 1e-3


def test_the_sky_is_a_kilometre_away(pair):
    seen, tags, _, metres, _ = pair
    sky = np.isinf(seen.depth) & (tags == seen.tag)
    assert sky.any()
    np.testing.assert_array_equal(np.rint(metres[sky]), 1000.0)


def test_normals_agree(pair):
    """Half a degree where a surface is smooth (8 bits hold a quarter); relief turns the others a little, and rarely much."""
    seen, normals = pair[0], pair[4]
    face = np.round(seen.normal * 1000.0).astype(int) @ np.array([1, 3001, 9000001])
    flat = near(pair) & uniform(face)
    smooth = flat & np.isin(seen.material, SMOOTH)
    assert smooth.sum() > 200
    assert np.median(angle_deg(normals[smooth], seen.normal[smooth])) < 0.5
    assert np.median(angle_deg(normals[flat], seen.normal[flat])) < 2.0


def angle_deg(a, b):
    cosine = np.einsum("ij,ij->i", a, b) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


# ---- what labels must not depend on


def labels(town, view, moment):
    return {layer: town.stage.images.image(view, layer, moment).copy() for layer in LABELS}


@pytest.fixture(scope="module")
def plain(town):
    view, moment = busy_town()[1][0].view(WIDTH, HEIGHT, 90.0), town.moment("noon")
    return view, moment, labels(town, view, moment), town.stage.images.image(view, "rgb", moment).copy()


def assert_same_labels(town, plain, other):
    view, _, before, rgb = plain
    assert (town.stage.images.image(view, "rgb", other) != rgb).any(), "nothing has changed in the picture"
    for layer, image in labels(town, view, other).items():
        np.testing.assert_array_equal(image, before[layer], err_msg=layer)


@pytest.mark.parametrize("weather", ["rain", "fog", "wet night"])
def test_labels_do_not_know_the_weather(town, plain, weather):
    other = replace(plain[1], tick=plain[1].tick + 1, weather=town.moment(weather).weather)
    assert_same_labels(town, plain, other)


def test_labels_do_not_know_colours(town, plain):
    painted = tuple(replace(placed, color=(255 - placed.color[0], 17, 200)) for placed in plain[1].placed)
    assert_same_labels(town, plain, replace(plain[1], tick=plain[1].tick + 1, placed=painted))


def test_labels_do_not_know_textures(town, plain):
    """Every building wears a texture of noise."""
    noise = Texture(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    names = [item.name for item in town.stage.city.objects]
    other = replace(plain[1], tick=plain[1].tick + 1, appearance=Appearance(dict.fromkeys(names, noise), frozenset()))
    assert_same_labels(town, plain, other)
