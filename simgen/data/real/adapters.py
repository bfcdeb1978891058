"""Which real sets are known, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simgen.data.frames import Transform
from simgen.data.real.av2 import open_av2
from simgen.data.real.dataset import RealDataset
from simgen.data.real.entry import RealSet
from simgen.data.real.images import open_camvid, open_cityscapes, open_folder
from simgen.data.real.kitti import open_kitti, open_kitti_raw
from simgen.data.real.nuscenes import open_nuscenes
from simgen.errors import ConfigError

ADAPTERS: Mapping[str, Callable[[Path, str], RealSet]] = {
    "camvid": open_camvid,
    "kitti": open_kitti,
    "kitti_raw": open_kitti_raw,
    "cityscapes": open_cityscapes,
    "nuscenes": open_nuscenes,
    "av2": open_av2,
    "folder": open_folder,
}
"""Name -> function of a folder and a split."""


def open_real(
    spec: str,
    sensors: Sequence[str] = (),
    labels: Sequence[str] = (),
    split: str = "train",
    size: tuple[int, int] | None = None,
    transform: Transform | None = None,
) -> RealDataset:
    """Return the frames of a split of a real set `NAME:FOLDER`, as `camvid:sets/camvid`; see `ADAPTERS` and `RealDataset`.

    Mounts are named "front.rgb", "front.semantic", "top"; nuScenes and Argoverse 2 have further cameras ("front_left.rgb").
    Raises ConfigError for what the set does not have, or where no frame has all that is asked for.
    """
    name, colon, folder = spec.partition(":")
    if name not in ADAPTERS or not colon or not folder:
        raise ConfigError(f"real set must be NAME:FOLDER with a name of {', '.join(ADAPTERS)}, got {spec}")
    if not Path(folder).is_dir():
        raise ConfigError(f"real set must be a folder, got none ({folder})")
    dataset = RealDataset(name, ADAPTERS[name](Path(folder), split), sensors, labels, size, transform)
    if not len(dataset):
        raise ConfigError(f"real set must have frames with {', '.join(sensors) or 'anything'}, got none ({folder}, {split})")
    return dataset
