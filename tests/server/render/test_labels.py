"""Depth and ids: what cameras measure, against closed forms and against rays."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.scene import Material


def test_a_wall_at_ten_metres_reads_ten_metres(made, open_world):
    world = open_world(made.box((1.0, 100.0, 100.0), (10.5, 0.0, 0.0), Material.FACADE, Tag.BUILDINGS))
    depth = made.metres(world.image(made.view(), "depth", made.moment()))
    np.testing.assert_allclose(depth, 10.0, atol=1e-3)


@pytest.mark.parametrize(("distance", "tolerance"), [(0.5, 0.001), (5.0, 0.001), (100.0, 0.02), (900.0, 0.5)])
def test_depth_keeps_its_precision(made, open_world, distance, tolerance):
    world = open_world(made.box((1.0, 9000.0, 9000.0), (distance + 0.5, 0.0, 0.0), Material.FACADE, Tag.BUILDINGS))
    depth = made.metres(world.image(made.view(), "depth", made.moment()))
    np.testing.assert_allclose(depth, distance, atol=tolerance)


def test_depth_of_the_road_follows_the_rows(made, street):
    depth = made.metres(street.image(made.view(rotation=(0.0, 90.0, 0.0)), "depth", made.moment()))
    rows = np.arange(made.HEIGHT // 2 + 4, made.HEIGHT)
    expected = 1.6 * (made.WIDTH / 2) / (rows + 0.5 - made.HEIGHT / 2)
    np.testing.assert_allclose(depth[rows], np.broadcast_to(expected[:, None], (len(rows), made.WIDTH)), rtol=1e-4)


def test_the_sky_is_a_thousand_metres_away(made, street):
    view = made.view(rotation=(80.0, 0.0, 0.0))
    assert (street.image(view, "depth", made.moment())[..., :3] == 255).all()
    assert (street.image(view, "semantic", made.moment())[..., 2] == Tag.SKY).all()
    assert (street.image(view, "instance", made.moment())[..., :3] == (0, 0, Tag.SKY)).all()


def test_a_metre_at_ten_metres_is_a_tenth_of_the_focal_length_wide(made, open_world):
    world = open_world(made.ground(), cube=made.box((1.0, 1.0, 1.0)))
    view = made.view(width=640, height=480)
    seen = made.ids(world.image(view, "instance", made.moment(made.at("cube", 7, 10.5, 0.0, 1.6)))) == 7
    assert seen.any(axis=0).sum() == 32
    assert seen.any(axis=1).sum() == 32


def test_right_of_the_camera_is_right_in_the_image(made, street):
    image = street.image(made.view(), "instance", made.moment(made.at("car", 7, 10.0, 4.0)))
    columns = np.flatnonzero((made.ids(image) == 7).any(axis=0))
    assert columns.min() > made.WIDTH / 2


def test_up_is_towards_the_first_row(made, street):
    rows = np.flatnonzero((street.image(made.view(), "semantic", made.moment())[..., 2] == Tag.SKY).any(axis=1))
    assert rows.min() == 0
    assert rows.max() < made.HEIGHT / 2 + 1


def test_ids_of_sixteen_bits_arrive_whole(made, street):
    cars = [made.at("car", actor, 8.0 + 4.0 * k, -6.0 + 4.0 * k, yaw=90.0) for k, actor in enumerate((1, 255, 256, 0xABCD))]
    found = set(np.unique(made.ids(street.image(made.view(width=256, height=192), "instance", made.moment(*cars)))))
    assert found == {0, 1, 255, 256, 0xABCD}


def test_labels_do_not_know_the_weather(made, street):
    placed = made.at("car", 9, 9.0, 1.0, yaw=30.0)
    weathers = ({}, {"sun_altitude_angle": -60.0}, {"fog_density": 100.0, "precipitation": 100.0, "wetness": 100.0})
    for layer in ("depth", "semantic", "instance", "normals"):
        images = [street.image(made.view(), layer, made.moment(placed, **weather)) for weather in weathers]
        assert all((image == images[0]).all() for image in images)


def test_sharing_the_geometry_pass_changes_nothing(made, street):
    placed = made.at("car", 9, 9.0, 1.0, yaw=30.0)
    one = made.moment(placed)
    for layer in ("rgb", "depth", "semantic", "instance", "normals"):
        alone = street.image(made.view(), layer, made.moment(placed))
        assert (street.image(made.view(), layer, one) == alone).all(), layer


def test_id_cameras_see_the_same_with_and_without_a_colour_camera_beside_them(made, open_world):
    world, placed = open_world(made.STREET, car=made.CAR), made.at("car", 9, 9.0, 1.0, yaw=30.0)
    layers = ("depth", "semantic", "instance")
    lean = [world.image(made.view(), layer, made.moment(placed)) for layer in layers]
    world.image(made.view(), "rgb", made.moment(placed))
    full = [world.image(made.view(), layer, made.moment(placed)) for layer in layers]
    assert all((a == b).all() for a, b in zip(lean, full, strict=True))


def test_cameras_that_take_turns_do_not_mix(made, street):
    views = [made.view(rotation=(0.0, yaw, 0.0)) for yaw in (0.0, 90.0, 180.0, 270.0)]
    moment = made.moment(made.at("car", 9, 9.0, 1.0), made.at("car", 10, 0.0, 9.0))
    by_view = [[street.image(v, layer, moment) for layer in ("semantic", "depth")] for v in views]
    by_layer = [[street.image(v, layer, made.moment(*moment.placed)) for v in views] for layer in ("semantic", "depth")]
    for k in range(len(views)):
        assert all((by_view[k][j] == by_layer[j][k]).all() for j in range(2))


def test_a_shape_first_met_later_is_drawn(made, open_world):
    world = open_world(made.ground(), **{name: made.box((1.0, 1.0, 1.0), tag=tag) for name, tag in (("a", Tag.CAR), ("b", Tag.BUS))})
    first = world.image(made.view(), "semantic", made.moment(made.at("a", 1, 5.0, 0.0, 1.6)))
    then = world.image(made.view(), "semantic", made.moment(made.at("b", 1, 5.0, 0.0, 1.6), tick=2))
    middle = (made.HEIGHT // 2, made.WIDTH // 2, 2)
    assert (first[middle], then[middle]) == (Tag.CAR, Tag.BUS)


def test_an_empty_city_is_sky(made, open_world):
    nothing = made.box((1.0, 1.0, 1.0))
    nothing = replace(nothing, **{name: getattr(nothing, name)[:0] for name in vars(nothing) if name != "owners"})
    world = open_world(nothing, cube=made.box((1.0, 1.0, 1.0)))
    assert (world.image(made.view(), "semantic", made.moment())[..., 2] == Tag.SKY).all()
    assert np.isin(Tag.CAR, world.image(made.view(), "semantic", made.moment(made.at("cube", 1, 4.0, 0.0, 1.6)))[..., 2])
    assert np.isfinite(world.image(made.view(), "rgb", made.moment())).all()


def test_specks_far_away_are_left_out_and_everything_else_is_not(made, open_world):
    posts = [made.box((1.0, 1.0, 4.0), (200.0, y, 1.6), Material.METAL, Tag.POLES) for y in np.arange(-8.0, 9.0, 4.0)]
    specks = [made.box((0.05, 0.05, 0.05), (190.0, y, 1.6), Material.METAL, Tag.TRAFFIC_SIGNS) for y in np.arange(-8.0, 9.0, 0.1)]
    world = open_world(made.merged(made.ground(), *posts, *specks))
    tags = world.image(made.view(width=640, height=480), "semantic", made.moment())[..., 2]
    assert not (tags == Tag.TRAFFIC_SIGNS).any()
    assert (tags == Tag.POLES).any(axis=0).sum() >= len(posts)
    tele = world.image(made.view(width=640, height=480, fov=2.0), "semantic", made.moment())[..., 2]
    assert (tele == Tag.TRAFFIC_SIGNS).any()


def test_closing_twice_is_closing(made, open_world):
    world = open_world(made.ground())
    world.close()
    world.close()


def test_far_shapes_stand_in_from_afar(made, open_world):
    world = open_world(made.ground(), car=made.box((2.0, 2.0, 2.0)), **{"car/far": made.box((2.0, 2.0, 2.0), tag=Tag.BUS)})
    near = world.image(made.view(), "semantic", made.moment(made.at("car", 1, 20.0, 0.0, 1.6)))
    far = world.image(made.view(), "semantic", made.moment(made.at("car", 1, 60.0, 0.0, 1.6)))
    middle = (made.HEIGHT // 2, made.WIDTH // 2, 2)
    assert (near[middle], far[middle]) == (Tag.CAR, Tag.BUS)


def _cast(made, view, placed):
    """Return planar depth (inf for sky), tag, id and normal by Embree, one ray per pixel."""
    o3d = pytest.importorskip("open3d")
    meshes = [(made.STREET, np.eye(4), 0), *((made.CAR, p.world_from_shape, p.actor_id) for p in placed)]
    scene = o3d.t.geometry.RaycastingScene()
    for mesh, pose, _ in meshes:
        points = mesh.positions.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
        scene.add_triangles(o3d.core.Tensor(points.astype(np.float32)), o3d.core.Tensor(mesh.triangles))
    focal = view.width / 2 / np.tan(np.radians(view.fov_deg) / 2)
    column, row = np.meshgrid(np.arange(view.width) + 0.5, np.arange(view.height) + 0.5)
    local = np.stack([np.ones_like(row), (column - view.width / 2) / focal, (view.height / 2 - row) / focal], axis=-1)
    rays = np.concatenate([np.broadcast_to(view.pose[:3, 3], local.shape), local @ view.pose[:3, :3].T], axis=-1)
    hit = scene.cast_rays(o3d.core.Tensor(rays.astype(np.float32)))
    which, triangle = hit["geometry_ids"].numpy(), hit["primitive_ids"].numpy()
    tags, ids = np.full(which.shape, Tag.SKY), np.zeros(which.shape, dtype=int)
    for k, (mesh, _, actor_id) in enumerate(meshes):
        here = which == k
        tags[here] = mesh.tags[mesh.triangles[triangle[here], 0]]
        ids[here] = actor_id
    return hit["t_hit"].numpy(), tags, ids, hit["primitive_normals"].numpy()


def _away_from_edges(tags, ids, depth, normals):
    """Return where a pixel and its eight neighbours agree."""
    same = np.ones(tags.shape, dtype=bool)
    step = np.where(np.isfinite(depth), np.log(np.minimum(depth, 1e6)), 20.0)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            for field, slack in ((tags, 0), (ids, 0), (step, 0.25), *((normals[..., k], 0.1) for k in range(3))):
                same &= np.abs(np.roll(field, (dy, dx), (0, 1)) - field) <= slack
    same[[0, -1]] = same[:, [0, -1]] = False
    return same


@pytest.mark.parametrize(
    ("location", "rotation", "fov"), [((0, 0, 1.6), (0, 0, 0), 90), ((5, 8, 3), (-20, -40, 10), 60), ((60, 3, 2), (0, 178, -3), 110)]
)
def test_depth_tags_ids_and_normals_are_those_of_rays(made, street, location, rotation, fov):
    placed = (made.at("car", 300, 10.0, 2.0, yaw=35.0), made.at("car", 12, 18.0, -3.0, yaw=180.0), made.at("car", 13, 40.0, 3.0))
    view, moment = made.view(location, rotation, 160, 120, fov), made.moment(*placed)
    depth, tags, ids, normals = _cast(made, view, placed)
    inner = _away_from_edges(tags, ids, depth, normals)
    assert inner.mean() > 0.5
    assert (street.image(view, "semantic", moment)[..., 2] == tags)[inner].all()
    instance = street.image(view, "instance", moment)
    assert (made.ids(instance) == ids)[inner].all()
    assert (instance[..., 2] == tags)[inner].all()
    solid = inner & np.isfinite(depth) & (depth < 500.0)
    np.testing.assert_allclose(made.metres(street.image(view, "depth", moment))[solid], depth[solid], rtol=2e-4, atol=1e-3)
    seen = street.image(view, "normals", moment)[..., 2::-1] / 255.0 * 2.0 - 1.0
    np.testing.assert_allclose(seen[solid], normals[solid], atol=0.02)
