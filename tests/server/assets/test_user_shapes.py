"""glTF files of users in the place of the library's shapes: frames, colours, boxes, and files that shall not be read."""

import json
import struct

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.errors import ConfigError
from simgen.server.assets.gltf_check import MAX_TRIANGLES
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.user_shapes import read_user_shapes
from simgen.server.meshes import volume
from simgen.server.scene import Material
from simgen.server.world.blueprints import LIBRARY

trimesh = pytest.importorskip("trimesh")
pytest.importorskip("PIL")

CAR, BARREL = "vehicle.tesla.model3", "static.prop.barrel"


def block(size, centre=(0.0, 0.0, 0.0), factor=(255, 255, 255, 255), name="paint", **material):
    """A box of the given size and centre in glTF's axes."""
    mesh = trimesh.creation.box(size, trimesh.transformations.translation_matrix(centre))
    looks = trimesh.visual.material.PBRMaterial(baseColorFactor=factor, name=name, **material)
    mesh.visual = trimesh.visual.TextureVisuals(uv=np.zeros((len(mesh.vertices), 2)), material=looks)
    return mesh


def put(folder, name, *meshes):
    (folder / name).write_bytes(trimesh.Scene(list(meshes)).export(file_type="glb"))
    return folder


def table(folder, text):
    (folder / "assets.yaml").write_text(text)
    return folder


def read_one(folder, name):
    return read_user_shapes(folder)[name]


def test_axes_sizes_and_outsides(tmp_path):
    """glTF's right side (-x) comes to +y, its top (y) to +z, its front (z) to +x."""
    put(tmp_path, "barrel.glb", block((1.0, 2.0, 4.0), centre=(-10.0, 5.0, 20.0)))
    mesh = read_one(table(tmp_path, "barrel: {file: barrel.glb, fit: false}"), BARREL)
    low, high = mesh.bounds()
    np.testing.assert_allclose(low, (18.0, 9.5, 4.0), atol=1e-5)
    np.testing.assert_allclose(high, (22.0, 10.5, 6.0), atol=1e-5)
    assert volume(mesh) == pytest.approx(8.0, rel=1e-5), "outsides look outwards"
    centre = (low + high) / 2
    assert (np.einsum("ij,ij->i", mesh.normals, mesh.positions - centre) > 0.0).all(), "so do shading normals"


def test_z_up_scale_and_yaw(tmp_path):
    put(tmp_path, "barrel.glb", block((100.0, 200.0, 300.0), centre=(1000.0, 0.0, 0.0)))
    mesh = read_one(table(tmp_path, "barrel: {file: barrel.glb, fit: false, up: z, scale: 0.01, yaw_deg: 90}"), BARREL)
    low, high = mesh.bounds()
    np.testing.assert_allclose(low, (-1.0, 9.5, -1.5), atol=1e-5, err_msg="forward was turned to the right")
    np.testing.assert_allclose(high, (1.0, 10.5, 1.5), atol=1e-5)
    assert volume(mesh) == pytest.approx(6.0, rel=1e-5)


def test_a_vehicle_fills_its_box_to_the_road(tmp_path):
    mesh = read_one(put(tmp_path, f"{CAR}.glb", block((3.0, 7.0, 5.0))), CAR)
    low, high = mesh.bounds()
    blueprint = LIBRARY[CAR]
    centre, extent = np.array(blueprint.centre), np.array(blueprint.extent)
    np.testing.assert_allclose(high, centre + extent, atol=1e-5)
    np.testing.assert_allclose(low, np.maximum(centre - extent, (-np.inf, -np.inf, 0.0)), atol=1e-5)
    assert set(mesh.tags.tolist()) == {int(Tag.CAR)}


def test_nodes_are_put_where_they_belong(tmp_path):
    scene = trimesh.Scene()
    for x in (-3.0, 3.0):
        scene.add_geometry(block((1.0, 1.0, 1.0)), geom_name="block", transform=trimesh.transformations.translation_matrix((x, 0.0, 0.0)))
    (tmp_path / "barrel.glb").write_bytes(scene.export(file_type="glb"))
    mesh = read_one(table(tmp_path, "barrel: {file: barrel.glb, fit: false}"), BARREL)
    assert volume(mesh) == pytest.approx(2.0, rel=1e-5)
    np.testing.assert_allclose(mesh.bounds()[1], (0.5, 3.5, 0.5), atol=1e-5)


def test_looks_come_from_names_and_factors(tmp_path):
    """A linear factor of 0.2158605 is the sRGB level 128; 255 times it is 55."""
    parts = (
        block((4.0, 1.0, 1.0), factor=(55, 55, 55, 255), name="Car_Paint"),
        block((1.0, 1.0, 1.0), centre=(0.0, 2.0, 0.0), name="FrontGlass"),
        block((1.0, 1.0, 1.0), centre=(0.0, 4.0, 0.0), name="tyre"),
        block((1.0, 1.0, 1.0), centre=(0.0, 6.0, 0.0), name="thing"),
    )
    put(tmp_path, "car.glb", *parts)
    mesh = read_one(table(tmp_path, f"{CAR}:\n  file: car.glb\n  tint: [car_paint]\n  tag: truck\n"), CAR)
    assert set(mesh.materials.tolist()) == {int(m) for m in (Material.PAINT, Material.GLASS, Material.RUBBER)}
    assert (mesh.tinted == (mesh.colors == 128).all(axis=1)).all()
    assert mesh.tinted.sum() == 36
    assert set(mesh.tags.tolist()) == {int(Tag.TRUCK)}


def test_a_texture_colours_triangles(tmp_path):
    """The upper half of the texture is red and the lower blue; v = 0 is the top row of a glTF image."""
    from PIL import Image

    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4], pixels[4:] = (255, 0, 0), (0, 0, 255)
    corners = np.array([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
    mesh = trimesh.Trimesh(np.concatenate([corners, corners + 5.0]), [(0, 1, 2), (3, 4, 5)], process=False)
    uv = np.array([(0.1, 0.9), (0.9, 0.9), (0.5, 0.8), (0.1, 0.1), (0.9, 0.1), (0.5, 0.2)])
    looks = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.fromarray(pixels), name="thing")
    mesh.visual = trimesh.visual.TextureVisuals(uv=uv, material=looks)
    put(tmp_path, "barrel.glb", mesh)
    found = read_one(table(tmp_path, "barrel: {file: barrel.glb, fit: false}"), BARREL)
    first = found.positions[:, 2] < 2.0
    assert (found.colors[first] == (255, 0, 0)).all(), "trimesh's v counts from the bottom"
    assert (found.colors[~first] == (0, 0, 255)).all()


def test_both_sides_of_a_two_sided_sheet(tmp_path):
    sheet = trimesh.Trimesh([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)], process=False)
    looks = trimesh.visual.material.PBRMaterial(doubleSided=True, name="thing")
    sheet.visual = trimesh.visual.TextureVisuals(uv=np.zeros((3, 2)), material=looks)
    put(tmp_path, "barrel.glb", sheet)
    mesh = read_one(table(tmp_path, "barrel: {file: barrel.glb, fit: false}"), BARREL)
    assert len(mesh.triangles) == 2
    assert volume(mesh) == pytest.approx(0.0)


def test_the_library_shows_it_everywhere(tmp_path):
    put(tmp_path, f"{CAR}.glb", block((1.0, 1.0, 1.0)))
    put(tmp_path, "walker.pedestrian.0001.glb", block((1.0, 1.0, 1.0)))
    shapes = Shapes(read_user_shapes(tmp_path))
    assert len(shapes.mesh(CAR).triangles) == 12
    assert shapes.mesh(f"{CAR}/far") is shapes.mesh(CAR)
    assert len(shapes.mesh(f"{CAR}/wheel_front").triangles) == 0, "the file has its wheels"
    assert shapes.mesh("walker.pedestrian.0001/stand") is shapes.mesh("walker.pedestrian.0001/walk03")
    assert len(shapes.mesh("walker.pedestrian.0002/stand").triangles) > 100


# ---- what cannot be used


def glb(described, binary=b""):
    text = json.dumps(described).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + (struct.pack("<I4s", len(binary), b"BIN\0") + binary if binary else b"")
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def asset(**more):
    return {"asset": {"version": "2.0"}, **more}


ONE_TRIANGLE = {
    "accessors": [{"componentType": 5126, "count": 3, "type": "VEC3"}],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
}
HUGE = {**ONE_TRIANGLE, "accessors": [{"componentType": 5126, "count": 3 * MAX_TRIANGLES + 3, "type": "VEC3"}], "nodes": [{"mesh": 0}]}

HOSTILE = {
    "nothing": b"",
    "text": b"hello",
    "cut off": glb(asset())[:15],
    "no json": struct.pack("<4sIII4s", b"glTF", 2, 30, 10, b"JSON") + b"\xff" * 10,
    "a list": glb([]),
    "no mesh": glb(asset()),
    "a bad index": glb(asset(nodes=[{"mesh": 7}])),
    "words for numbers": glb(asset(**{**ONE_TRIANGLE, "accessors": [{"count": "x"}]}, nodes=[{"mesh": 0}])),
    "gigabytes from nothing": glb(asset(**{**HUGE, "accessors": [{"componentType": 5126, "count": 10**12, "type": "VEC3"}]})),
    "too many triangles": glb(asset(**HUGE)),
    "one mesh too often": glb(asset(**ONE_TRIANGLE, nodes=[{"mesh": 0}] * 20_000)),
    "a child of two": glb(asset(**ONE_TRIANGLE, nodes=[{"children": [1]}, {"children": [1]}])),
    "compressed": glb(asset(extensionsRequired=["KHR_draco_mesh_compression"])),
    "a file elsewhere": glb(
        asset(**ONE_TRIANGLE, buffers=[{"uri": "../secret.bin", "byteLength": 36}], bufferViews=[{"buffer": 0, "byteLength": 36}])
    ),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_bad_file_is_one_line_that_names_it(tmp_path, data):
    (tmp_path / "secret.bin").write_bytes(b"\0" * 36)
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "barrel.glb").write_bytes(data)
    with pytest.raises(ConfigError, match=r"barrel\.glb") as caught:
        read_user_shapes(folder)
    assert "\n" not in str(caught.value)


def test_corners_must_be_numbers(tmp_path):
    mesh = block((1.0, 1.0, 1.0))
    mesh.vertices[0, 0] = np.nan
    with pytest.raises(ConfigError, match=r"finite|readable"):
        read_user_shapes(put(tmp_path, "barrel.glb", mesh))


@pytest.mark.parametrize(
    "text",
    [
        "- a list",
        "barrel: [1]",
        "no.such.thing: a.glb",
        "sensor.camera.rgb: a.glb",
        "barrel: ../a.glb",
        "barrel: a.obj",
        "barrel: {file: a.glb, scale: -1}",
        "barrel: {file: a.glb, scale: .nan}",
        "barrel: {file: a.glb, up: x}",
        "barrel: {file: a.glb, tag: cheese}",
        "barrel: {file: a.glb, colour: red}",
        "barrel: {file: a.glb, fit: 7}",
        "{unclosed",
        "barrel: missing.glb",
    ],
)
def test_a_bad_table_is_one_line(tmp_path, text):
    put(tmp_path, "a.glb", block((1.0, 1.0, 1.0)))
    with pytest.raises(ConfigError) as caught:
        read_user_shapes(table(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="folder"):
        read_user_shapes(tmp_path / "none")


def gltf_with_buffer(folder, uri):
    """A text file whose corners lie in another file."""
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0)], np.float32).tobytes()
    described = asset(
        buffers=[{"uri": uri, "byteLength": len(corners)}],
        bufferViews=[{"buffer": 0, "byteLength": len(corners)}],
        accessors=[{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        meshes=ONE_TRIANGLE["meshes"],
        nodes=[{"mesh": 0}],
        scenes=[{"nodes": [0]}],
        scene=0,
    )
    (folder / "barrel.gltf").write_text(json.dumps(described))
    return corners


def test_a_text_file_may_use_a_file_beside_it(tmp_path):
    (tmp_path / "corners.bin").write_bytes(gltf_with_buffer(tmp_path, "corners.bin"))
    assert len(read_one(tmp_path, BARREL).triangles) == 1


@pytest.mark.parametrize("link", [False, True], ids=["path", "link"])
def test_a_file_elsewhere_is_not_read(tmp_path, link):
    folder = tmp_path / "assets"
    folder.mkdir()
    corners = gltf_with_buffer(folder, "corners.bin" if link else "../corners.bin")
    (tmp_path / "corners.bin").write_bytes(corners)
    if link:
        (folder / "corners.bin").symlink_to(tmp_path / "corners.bin")
    with pytest.raises(ConfigError, match="own folder"):
        read_user_shapes(folder)
