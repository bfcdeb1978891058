"""Shards behind URLs give what local ones give."""

import os
import socket
import subprocess
import sys
import time

import pytest
import torch

from simgen.data import FrameDataset, FrameLoader, Order
from simgen.errors import ConfigError

fsspec = pytest.importorskip("fsspec", reason="fsspec is an extra: pip install 'simgen[remote]'")
SENSORS = ["front.rgb", "front.depth", "lidar"]


def test_a_folder_behind_a_url_reads_as_the_local_one(folder):
    store = fsspec.filesystem("memory")
    for path in folder.glob("*.h5"):
        store.put(str(path), f"/shards/{path.name}")
    local, remote = FrameDataset([folder], sensors=SENSORS), FrameDataset(["memory://shards"], sensors=SENSORS)
    assert len(remote) == len(local)
    for index in (0, 15, len(local) - 1):
        ours, theirs = remote[index], local[index]
        assert ours["tick"] == theirs["tick"]
        assert torch.equal(ours["sensors"]["front.rgb"], theirs["sensors"]["front.rgb"])
        assert torch.equal(ours["sensors"]["lidar"]["points"], theirs["sensors"]["lidar"]["points"])


def test_an_unknown_protocol_is_said():
    with pytest.raises(ConfigError, match="URL must be one that fsspec can open"):
        FrameDataset(["nonsense://bucket/a.h5"])


@pytest.mark.slow
def test_an_object_store(folder, monkeypatch):
    pytest.importorskip("moto.server", reason="moto[server] is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], env=dict(os.environ), stderr=subprocess.DEVNULL
    )
    try:
        store = fsspec.filesystem("s3", endpoint_url=url)
        _wait_for(lambda: store.mkdir("shards"))
        for path in folder.glob("*.h5"):
            store.put(str(path), f"shards/{path.name}")
        remote, local = FrameDataset(["s3://shards"], sensors=SENSORS), FrameDataset([folder], sensors=SENSORS)
        for ours, theirs in zip(FrameLoader(remote, 8, order=Order(1)), FrameLoader(local, 8, order=Order(1)), strict=True):
            assert torch.equal(ours["sensors"]["front.rgb"], theirs["sensors"]["front.rgb"])
            assert ours["tick"].tolist() == theirs["tick"].tolist()
    finally:
        server.kill()
        server.wait()


def _wait_for(act, tries=100):
    for attempt in range(tries):
        try:
            return act()
        except Exception:
            if attempt == tries - 1:
                raise
            time.sleep(0.1)
