"""WebDataset tars: nothing is lost on the way there and back, and nothing hostile gets through."""

import contextlib
import io
import json
import tarfile
import zipfile

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError, ShardError
from simgen.export.members import depth_image, depth_rows, member_of, npy_bytes, npy_rows, npz_bytes, npz_rows, rows_of
from simgen.export.webdataset import to_webdataset
from simgen.export.webdataset_reading import find_tars, samples, to_shards
from simgen.shards.encoding import ImageCodec
from simgen.shards.reader import ShardReader
from simgen.shards.schema import DATA
from simgen.shards.verify import verify
from tests.shards.made_up import RIG
from tests.shards.made_up_episodes import write_episode

FRAMES = 25


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two episodes: one of three parts with JPEG, one with PNG and paged metadata."""
    folder = tmp_path_factory.mktemp("data")
    write_episode(folder / "a-1.h5", "a", 1, FRAMES, 10, walker=range(4, 9))
    write_episode(folder / "b-2.h5", "b", 2, FRAMES, codec=ImageCodec("png"), page_bytes=4096)
    return folder


@pytest.fixture(scope="module")
def tars(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("tars") / "out"
    to_webdataset([data], out, tar_mb=0.2)
    return out


def test_there_and_back_gives_the_same_files(data, tars, tmp_path):
    made = to_shards([tars], tmp_path / "again")
    names = ["a-1.h5", "a-1.part001.h5", "a-1.part002.h5", "b-2.h5"]
    assert [path.name for path in made] == names
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (data / name).read_bytes()
    assert all(verdict.ok for verdict in verify([tmp_path / "again"]))


def test_tars_are_bounded_and_of_one_shard(tars):
    listed = json.loads((tars / "webdataset.json").read_text())["tars"]
    assert [t["path"] for t in listed] == sorted(p.name for p in tars.glob("*.tar"))
    assert all(t["bytes"] <= 200_000 for t in listed)
    assert sum(t["frames"] for t in listed) == 2 * FRAMES
    assert len(listed) > 4
    for tar in listed:
        assert {sample.stem for sample in samples(tars / tar["path"])} == {tar["path"].split(".0")[0]}


def test_a_plain_tar_reader_gets_the_content(data, tars):
    with ShardReader(data / "a-1.h5") as shard, tarfile.open(tars / "a-1.000.tar") as tar:

        def content(rest):
            return tar.extractfile(f"a-1/000002.{rest}").read()

        assert content("front.rgb.jpg") == shard.stored("front.rgb", 1).tobytes()
        code = cv2.imdecode(np.frombuffer(content("front.depth.png"), np.uint8), cv2.IMREAD_COLOR).astype(np.float64)
        metres = (code[..., 2] + 256 * code[..., 1] + 65536 * code[..., 0]) * 1000 / (2**24 - 1)
        np.testing.assert_allclose(metres, shard.reading("front.depth", 2).data, atol=1e-4)
        semantic = cv2.imdecode(np.frombuffer(content("front.semantic.png"), np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(semantic, shard.reading("front.semantic", 2).data)
        np.testing.assert_array_equal(np.load(io.BytesIO(content("lidar.npz")))["data"], shard.reading("lidar", 2).data)
        np.testing.assert_array_equal(np.load(io.BytesIO(content("truth.npz")))["boxes3d"], shard.truth(2).boxes3d)
        meta = json.loads(content("meta.json"))
        np.testing.assert_array_equal(meta["ego"]["world_from_ego"], shard.ego(2).world_from_ego)
        assert (meta["tick"], meta["time_s"], "gnss" in meta["readings"]) == (2, 0.1, False)


def test_the_webdataset_package_reads_it(tars):
    webdataset = pytest.importorskip("webdataset", reason="the format's own reader: pip install webdataset")
    dataset = webdataset.WebDataset(sorted(map(str, tars.glob("a-1.0*.tar"))), shardshuffle=False).decode("rgb8")
    found = [sample for sample in dataset if "front.rgb.jpg" in sample]
    assert [sample["__key__"] for sample in found] == [f"a-1/{tick:06d}" for tick in range(0, 10, 2)]
    assert found[0]["front.rgb.jpg"].shape == (48, 64, 3)
    assert found[0]["meta.json"]["tick"] == 0


def test_the_same_shards_give_the_same_tars(data, tars, tmp_path):
    to_webdataset([data], tmp_path / "out", tar_mb=0.2)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {p.name: p.read_bytes() for p in tars.iterdir()}


# ---------------------------------------------------------------------- what is not as it was written


def rewritten(source, target, change):
    """Write the tar `source` as `target` with each (entry, content) as `change` returns it; None leaves it out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old.getmembers():
            made = change(entry, old.extractfile(entry).read())
            if made is not None:
                made[0].size = len(made[1])
                new.addfile(made[0], io.BytesIO(made[1]))


def renamed(name, wanted, **values):
    def change(entry, content):
        if entry.name == name:
            entry.name = wanted
            for key, value in values.items():
                setattr(entry, key, value)
        return entry, content

    return change


def replaced(name, edit):
    return lambda entry, content: (entry, edit(content) if entry.name == name else content)


def without(name):
    return lambda entry, content: None if entry.name == name else (entry, content)


def edited(**values):
    return lambda content: json.dumps({**json.loads(content), **values}).encode()


def other_pixel(content):
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    image[0, 0] += 1
    return cv2.imencode(".png", image)[1].tobytes()


def pickled(content):
    file = io.BytesIO()
    np.save(file, np.array([{}] * 7, object), allow_pickle=True)
    return file.getvalue()


def bomb(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", npy_bytes(np.zeros(1 << 20, DATA[Kind.LIDAR].dtype))[:128] + bytes(1 << 24))
    return file.getvalue()


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """The tar of a shard of 5 frames."""
    folder = tmp_path_factory.mktemp("one")
    write_episode(folder / "data" / "c.h5", frames=5)
    to_webdataset([folder / "data"], folder / "tars")
    return folder / "tars" / "c.000.tar"


IMU, META, HEAD = "c/000002.imu.npy", "c/000002.meta.json", "c/000000.shard.json"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (renamed(IMU, "../../c/000002.imu.npy"), "no plain file"),
        (renamed(IMU, "/tmp/c.npy"), "no plain file"),
        (renamed(IMU, IMU, type=tarfile.SYMTYPE, linkname="/etc/passwd"), "no plain file"),
        (renamed(IMU, "c/000002.imv.npy"), "other members than its meta.json says"),
        (renamed(IMU, META), "one too many"),
        (renamed(IMU, "d/000002.imu.npy"), "sample must be"),
        (without(IMU), "other members"),
        (without(META), "meta.json"),
        (without(HEAD), "shard.json"),
        (lambda e, c: None if "/000003." in e.name else (e, c), "sample must be c/000003, got c/000004"),
        (lambda e, c: None if "/000004." in e.name else (e, c), "must hold 5 frames, got 4"),
        (replaced(IMU, lambda c: c[:-1] + b"\xff"), "checksum must be"),
        (replaced(IMU, lambda c: c + b"0"), "imu.npy"),
        (replaced(IMU, lambda c: npy_bytes(np.zeros(7, "f4"))), "an array of float32 (7,) where float64 (7,) belongs"),
        (replaced(IMU, pickled), "an array of object"),
        (replaced("c/000002.front.semantic.png", other_pixel), "checksum must be"),
        (replaced("c/000002.front.semantic.png", lambda c: c[:19] + b"\xff" + c[20:]), "no PNG image of 64x48"),
        (replaced("c/000002.lidar.npz", bomb), "lidar.npz"),
        (replaced("c/000002.truth.npz", lambda c: npz_bytes({"boxes3d": np.zeros(3)})), "arrays boxes3d.npy where"),
        (replaced("c/000002.truth.npz", lambda c: c[: len(c) // 2]), "zip file"),
        (replaced(META, edited(tick=3)), "tick 3 in the sample of 2"),
        (replaced(META, edited(readings={})), "other members"),
        (replaced(META, edited(ego={})), "world_from_ego"),
        (replaced(META, lambda c: b"[" * 100_000), "sample must be one that simgen wrote"),
        (replaced(HEAD, edited(frames=-1)), "whole number of 32 bits"),
        (replaced(HEAD, edited(rig={"name": "x", "mounts": [{"name": "../x"}]})), "rig must be"),
        (replaced(HEAD, edited(codec="gif")), "shard.json of another kind"),
        (replaced(HEAD, lambda c: c.replace(b'"front.rgb"', b'"front/../x"')), "a sensor called"),
        (replaced(HEAD, lambda c: c.replace(b'"image_size_x": "64"', b'"image_size_x": "99999999"')), "images of 99999999x48"),
    ],
)
def test_what_is_not_as_written_is_one_line_and_leaves_nothing(one, tmp_path, change, said):
    rewritten(one, tmp_path / "c.000.tar", change)
    with pytest.raises(ShardError) as caught:
        to_shards([tmp_path / "c.000.tar"], tmp_path / "out")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["c.000.tar"]


@pytest.mark.parametrize("size", [0, 100, 512, 5000, 40_000])
def test_a_truncated_tar_is_an_error(one, tmp_path, size):
    (tmp_path / "c.000.tar").write_bytes(one.read_bytes()[:size])
    with pytest.raises(ShardError):
        to_shards([tmp_path], tmp_path.parent / f"out{size}")


def test_compressed_tars_are_not_opened(one, tmp_path):
    with tarfile.open(tmp_path / "c.000.tar", "w:gz") as tar:
        tar.add(one, "c/000000.meta.json")
    with pytest.raises(ShardError, match="tar must be one that simgen wrote"):
        list(samples(tmp_path / "c.000.tar"))


def test_missing_tars_are_said(tars, tmp_path):
    for path in tars.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "a-1.001.tar").unlink()
    with pytest.raises(ShardError, match=r"must be there, got no a-1.001.tar"):
        find_tars([tmp_path])
    with pytest.raises(ShardError, match=r"numbered from 000"):
        find_tars([tmp_path / "b-2.001.tar"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="must hold tar files"):
        find_tars([tmp_path / "empty"])


def test_a_tar_that_is_not_the_listed_one_is_refused(one, tmp_path):
    rewritten(one, tmp_path / "c.000.tar", replaced(META, edited(time_s=9.0)))
    assert len(to_shards([tmp_path], tmp_path.parent / "unlisted")) == 1
    (tmp_path / "webdataset.json").write_bytes((one.parent / "webdataset.json").read_bytes())
    with pytest.raises(ShardError, match=r"sha256 must be .* as in webdataset.json"):
        to_shards([tmp_path], tmp_path.parent / "listed")


# ---------------------------------------------------------------------- members


def test_depth_images_are_carlas():
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 1 << 24, (5, 7)).astype(np.uint32)
    rows = np.diff(codes, axis=-1, prepend=np.uint32(0))
    image = depth_image(rows).astype(np.uint32)
    np.testing.assert_array_equal(image[..., 0] + 256 * image[..., 1] + 65536 * image[..., 2], codes)
    np.testing.assert_array_equal(depth_rows(image.astype(np.uint8)), rows)
    with pytest.raises(ValueError, match="24 bits"):
        depth_image(np.full((1, 1), 1 << 24, np.uint32))


@pytest.mark.parametrize(("largest", "suffix"), [(0, "png"), (65535, "png"), (65536, "npz"), (2**32 - 1, "npz")])
def test_instance_ids_of_any_size_come_back(largest, suffix):
    mount = next(m for m in RIG.mounts if m.kind is Kind.INSTANCE)
    rows = np.zeros((48, 64), np.uint32)
    rows[3, 4] = largest
    found, content = member_of(Kind.INSTANCE, rows)
    assert found == suffix
    np.testing.assert_array_equal(rows_of(mount, found, content), rows)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_arrays_come_back(count):
    rows = np.zeros(count, DATA[Kind.LIDAR].dtype)
    rows["x"] = np.arange(count)
    np.testing.assert_array_equal(npy_rows(npy_bytes(rows), DATA[Kind.LIDAR]), rows)
    np.testing.assert_array_equal(npz_rows(npz_bytes({"data": rows}), {"data": DATA[Kind.LIDAR]})["data"], rows)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_arrays_are_value_errors(data):
    column = DATA[Kind.RADAR]
    content = bytearray(data.draw(st.sampled_from([npy_bytes(np.ones(2, column.dtype)), npz_bytes({"data": np.ones(2, column.dtype)})])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for read in (lambda c: npy_rows(c, column), lambda c: npz_rows(c, {"data": column})["data"]):
        with contextlib.suppress(ValueError):
            assert read(bytes(content)).dtype == column.dtype
