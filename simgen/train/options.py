"""What `simgen train key=value...` may say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from simgen.data.taxonomy import TAXONOMIES
from simgen.errors import ConfigError
from simgen.scenario.schema import OneOf, Range, build, closest, field_types

SIZE_STEP_PX = 16
"""The nets halve pictures four times."""


@dataclass(frozen=True)
class TrainOptions:
    """The configuration of a training. Texts are paths and names, numbers in the units that they are named by."""

    task: Literal["segmentation", "detection"]
    data: str
    """A folder of shards, a shard, or a URL."""
    out: str
    real: str = ""
    """A real set NAME:FOLDER, see `open_real`; the net is measured on its split `real_split` as well."""
    real_share: Annotated[float, Range(at_least=0.0, below=1.0)] = 0.0
    """How many of the frames trained on are from the real set's split "train"."""
    real_split: str = "val"
    steps: Annotated[int, Range(at_least=10)] = 300
    seed: Annotated[int, Range(at_least=0)] = 0
    batch: Annotated[int, Range(at_least=1)] = 8
    rate: Annotated[float, Range(above=0.0, below=1.0)] = 3e-3
    """The highest learning rate of the cycle."""
    camera: str = ""
    """The device whose pictures are used; the rig's first with all outputs that the task needs."""
    classes: Annotated[str, OneOf(tuple(TAXONOMIES))] = "six"
    width_px: Annotated[int, Range(at_least=SIZE_STEP_PX)] = 256
    height_px: Annotated[int, Range(at_least=SIZE_STEP_PX)] = 192
    held_out: Annotated[float, Range(above=0.0, below=1.0)] = 0.25
    """The share of the frames, by whole episodes, that is measured on and not trained on."""
    measured_frames: Annotated[int, Range(at_least=1)] = 200
    """At most so many frames are measured on, evenly spread."""
    threads: Annotated[int, Range(at_least=1)] = 1
    """Threads of torch. Several only pay on a machine of one's own: where others compute, they wait for each other."""
    overwrite: bool = False

    def __post_init__(self) -> None:
        for name in ("width_px", "height_px"):
            if getattr(self, name) % SIZE_STEP_PX:
                raise ConfigError(f"{name} must be a multiple of {SIZE_STEP_PX}, got {getattr(self, name)}")
        if self.real_share and not self.real:
            raise ConfigError(f"real must be given where real_share is above 0, got real_share={self.real_share:g} alone")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the pictures that the net gets."""
        return self.width_px, self.height_px


def load_train(arguments: Sequence[str]) -> TrainOptions:
    """Return the options of a command line. Raises ConfigError for what cannot be used."""
    hints = field_types(TrainOptions)
    plain: dict[str, Any] = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if key not in hints:
            raise ConfigError(f"{key} must be a known key, got {key}{closest(key, hints)}")
        if not equals or not value:
            raise ConfigError(f"{key} must be followed by =VALUE, got {argument}")
        plain[key] = _parsed(hints[key], value)
    options: TrainOptions = build(TrainOptions, plain, "")
    return options


def _parsed(hint: Any, text: str) -> Any:
    """Return the value a text stands for, or the text itself, which `build` then refuses by name."""
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    if kind not in (int, float):
        return text
    try:
        return kind(text)
    except ValueError:
        return text
