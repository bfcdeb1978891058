"""Sets of pictures with label pictures and nothing else: CamVid, Cityscapes, folders of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.entry import Entry
from simgen.data.real.files import images_in, number_in, read_bytes, read_ids, read_rgb, require_folder, tag_table
from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import Tag
from simgen.datatypes.truth import BOX3D_DTYPE
from simgen.errors import ConfigError
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix

RGB, SEMANTIC = "front.rgb", "front.semantic"


@dataclass(frozen=True)
class ImageSet:
    """Pictures of one camera, some of them with label pictures."""

    entries: tuple[Entry, ...]
    tags: NDArray[np.uint8]
    """(256,) label of the set -> CARLA tag."""
    kinds: ClassVar[Mapping[str, Kind]] = {RGB: Kind.RGB, SEMANTIC: Kind.SEMANTIC}
    labels: ClassVar[tuple[str, ...]] = ()

    def reading(self, entry: Entry, name: str) -> NDArray[Any]:
        """Return the picture, or its labels as tags."""
        return read_rgb(entry.files[name]) if name == RGB else self.tags[read_ids(entry.files[name])]

    def world_from_sensor(self, entry: Entry, name: str) -> Matrix:
        """Return the identity: these sets do not tell."""
        return np.eye(4)

    def camera(self, entry: Entry, device: str) -> Pinhole | None:
        """Return None: these sets do not tell."""
        return None

    def boxes3d(self, entry: Entry) -> NDArray[Any]:
        """There are none."""
        return np.zeros(0, dtype=BOX3D_DTYPE)

    def boxes2d(self, entry: Entry) -> Mapping[str, NDArray[Any]]:
        """There are none."""
        return {}


CAMVID = {
    0: Tag.SKY,
    1: Tag.BUILDINGS,
    2: Tag.POLES,
    3: Tag.ROADS,
    4: Tag.SIDEWALKS,
    5: Tag.VEGETATION,
    6: Tag.TRAFFIC_SIGNS,
    7: Tag.FENCES,
    8: Tag.CAR,
    9: Tag.PEDESTRIANS,
    10: Tag.RIDER,  # with the bicycle
    11: Tag.NONE,  # unlabelled
}
_CAMVID_HZ = 30.0


def open_camvid(folder: Path, split: str) -> ImageSet:
    """Return SPLIT/NAME.png with SPLITannot/NAME.png, the 12 labels of the SegNet copy; a sequence is a name up to "_"."""
    entries = []
    for path in images_in(require_folder(folder / split, "split of camvid")):
        number = number_in(path.stem)
        files = _files(path, folder / f"{split}annot" / path.name)
        entries.append(Entry(path.stem.rpartition("_")[0] or path.stem, number, number / _CAMVID_HZ, files))
    return ImageSet(tuple(entries), tag_table(CAMVID))


CITYSCAPES = {
    0: Tag.NONE,  # unlabelled
    1: Tag.NONE,  # ego vehicle
    2: Tag.NONE,  # rectification border
    3: Tag.NONE,  # out of region of interest
    4: Tag.STATIC,
    5: Tag.DYNAMIC,
    6: Tag.GROUND,
    7: Tag.ROADS,
    8: Tag.SIDEWALKS,
    9: Tag.GROUND,  # parking
    10: Tag.RAIL_TRACK,
    11: Tag.BUILDINGS,
    12: Tag.WALLS,
    13: Tag.FENCES,
    14: Tag.GUARD_RAIL,
    15: Tag.BRIDGE,
    16: Tag.BRIDGE,  # tunnel
    17: Tag.POLES,
    18: Tag.POLES,  # polegroup
    19: Tag.TRAFFIC_LIGHT,
    20: Tag.TRAFFIC_SIGNS,
    21: Tag.VEGETATION,
    22: Tag.TERRAIN,
    23: Tag.SKY,
    24: Tag.PEDESTRIANS,
    25: Tag.RIDER,
    26: Tag.CAR,
    27: Tag.TRUCK,
    28: Tag.BUS,
    29: Tag.DYNAMIC,  # caravan: CARLA has none; one of the classes that Cityscapes does not evaluate, as 30
    30: Tag.DYNAMIC,  # trailer
    31: Tag.TRAIN,
    32: Tag.MOTORCYCLE,
    33: Tag.BICYCLE,
}
"""labelIds of cityscapesScripts (helpers/labels.py)."""

_CITYSCAPES_HZ = 17.0


def open_cityscapes(folder: Path, split: str) -> ImageSet:
    """Return leftImg8bit/SPLIT/CITY/*_leftImg8bit.png with gtFine/.../*_gtFine_labelIds.png; a sequence is a city."""
    entries = []
    for city in sorted(require_folder(folder / "leftImg8bit" / split, "split of cityscapes").iterdir()):
        for path in images_in(city):
            stem = path.stem.removesuffix("_leftImg8bit")
            labels = folder / "gtFine" / split / city.name / f"{stem}_gtFine_labelIds.png"
            number = number_in(stem)
            entries.append(Entry(city.name, number, number / _CITYSCAPES_HZ, _files(path, labels)))
    return ImageSet(tuple(entries), tag_table(CITYSCAPES))


CLASS_MAP = "classes.yaml"


def open_folder(folder: Path, split: str) -> ImageSet:
    """Return images/ with labels/NAME.png and classes.yaml, which maps labels to names of tags: `{0: sky, 1: roads}`.

    They lie in FOLDER/SPLIT or in FOLDER itself. A folder in images/ is a sequence, pictures right in it are one more.
    """
    root = folder / split if (folder / split / "images").is_dir() else folder
    images = require_folder(root / "images", "images")
    entries = []
    for place in [images, *sorted(path for path in images.iterdir() if path.is_dir())]:
        for number, path in enumerate(images_in(place)):
            labels = (root / "labels" / path.relative_to(images)).with_suffix(".png")
            entries.append(Entry(place.name, number, 0.0, _files(path, labels)))
    if not any(SEMANTIC in entry.files for entry in entries):
        return ImageSet(tuple(entries), tag_table({}))
    return ImageSet(tuple(entries), _class_map(root / CLASS_MAP if (root / CLASS_MAP).is_file() else folder / CLASS_MAP))


def _files(image: Path, labels: Path) -> dict[str, Path]:
    return {RGB: image} | ({SEMANTIC: labels} if labels.is_file() else {})


def _class_map(path: Path) -> NDArray[np.uint8]:
    import yaml  # type: ignore[import-untyped]

    try:
        given = yaml.safe_load(read_bytes(path))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise ConfigError(f"class map must be lines `label: tag`, got another file ({path})")
    names = {tag.name.lower(): tag for tag in Tag}
    for label, name in given.items():
        if type(label) is not int or not 0 <= label <= 255 or not isinstance(name, str) or name.lower() not in names:
            raise ConfigError(f"class map must map 0..255 to one of {', '.join(names)}, got {label}: {name} ({path})")
    return tag_table({label: names[name.lower()] for label, name in given.items()})
