"""The benchmark and the gallery run and tell what they should. No figure is checked: that is what a benchmark is for."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools import bench, bench_machine, bench_peers, bench_render


def test_medians_and_counts():
    calls = []
    figures = bench_machine.timed(calls.append, 2, 5)
    assert calls == list(range(7))
    assert figures["frames"] == 5
    assert figures["cpu_s"] <= figures["cpu_s_p90"]


def test_a_process_that_fails_says_why():
    assert "no_such_module" in bench_machine.run("tools.no_such_module")["failed"]


def test_what_is_not_installed_is_said(tmp_path):
    scene = tmp_path / "scene.npz"
    scene.touch()
    found = bench_render._peer("nothing", "pip install nothing", scene, "small", sys.executable, {})
    assert "failed" in found or "missing" in found


def square(z):
    corners = np.array([(5.0, -2.0, -2.0), (5.0, 2.0, -2.0), (5.0, 2.0, 2.0), (5.0, -2.0, 2.0)], np.float32) + np.float32([z, 0, 0])
    normals = np.tile(np.float32([-1.0, 0.0, 0.0]), (4, 1))
    return bench_peers.Part(corners, normals, np.full((4, 3), 200, np.uint8), np.array([(0, 2, 1), (0, 3, 2)], np.uint32))


def test_open3d_as_a_peer_sees_the_scene():
    pytest.importorskip("open3d")
    scene = bench_peers.Scene(square(0.0), [(square(1.0), np.eye(4)[None])], np.eye(4), 40, 30, 90.0)
    draw, _, _ = bench_peers.OPENERS["open3d"](scene)
    image = draw(0)
    assert image.shape == (30, 40, 3)
    rows, columns = np.nonzero(image[..., 0] != image[0, 0, 0])
    assert (np.ptp(rows), np.ptp(columns)) == (15, 15), "4 m at 5 m with a focal length of 20 pixels"


def test_light_and_cameras_look_along_their_axis():
    pose = bench_peers._looking_along(bench_peers.SUN)
    np.testing.assert_allclose(-pose[:3, 2], bench_peers.SUN, atol=1e-12)
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0)


@pytest.mark.slow
def test_the_render_bench_runs_with_tiny_sizes(capsys):
    assert bench.main(["render", "--small", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["ours"]["cases"]) == set(bench_render.CASES)
    assert [row["blocks"] for row in found["scaling"]["rows"]] == [1, 2]
    assert set(found["start"]) == {"cold", "warm"}
    assert set(found["peers"]) == set(bench_render.PEERS)
    assert "of the town in view" in bench_render.table(found)


@pytest.mark.slow
def test_the_gallery_is_drawn(tmp_path, capsys):
    from tools import gallery

    out = tmp_path / "g.png"
    assert gallery.main([str(out), "--small", "--views", "suburb", "--weathers", "noon,night", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert out.stat().st_size > 10_000
    assert set(told["cpu_s"]) == {"suburb, noon", "suburb, night"}
