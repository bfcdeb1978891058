"""Configuration: Hydra composes the YAML files of `conf/` with the command line, and frozen dataclasses come out.

Nothing outside this module sees a DictConfig. Any key of a dataclass may be overridden, whether or not a file mentions it;
any other key is a ConfigError that names the closest one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from simgen.datatypes.rig import Rig
from simgen.errors import ConfigError
from simgen.scenario.devices import RigSpec, highest_rate, make_rig
from simgen.scenario.job import Port, RecordPlan, ServerPlan
from simgen.scenario.scenario import Scenario, Seconds, make_scenario
from simgen.scenario.schema import Range, build, closest, field_types
from simgen.scenario.weather import PRESETS


@dataclass(frozen=True)
class GenerateConfig:
    """`simgen generate`."""

    scenario: Scenario
    rig: Rig
    seed: int
    out: Path
    tick_rate_hz: float
    overwrite: bool
    server: ServerPlan
    record: RecordPlan


@dataclass(frozen=True)
class ServeConfig:
    """`simgen serve`."""

    port: Port = 2000
    host: str = "127.0.0.1"
    map: str | None = None
    """The map to begin with; the first of the catalogue when not given."""
    maps_dir: str | None = None
    assets: str | None = None
    """Folder of .glb and .gltf files that replace blueprints' shapes."""


@dataclass(frozen=True)
class _Top:
    """The top level of `conf/generate.yaml`, without the groups that make up the scenario."""

    rig: RigSpec
    seed: Annotated[int, Range(at_least=0, below=2**63)] = 0
    out: str = "out"
    overwrite: bool = False
    map: str | None = None
    duration_s: Seconds | None = None
    tick_rate_hz: Annotated[float, Range(above=0, at_most=1000)] | None = None
    server: ServerPlan = field(default_factory=ServerPlan)
    record: RecordPlan = field(default_factory=RecordPlan)


_SCENARIO_GROUPS = ("scenario", "weather", "randomise", "noise")
GROUPS = ("scenario", "rig", "weather", "randomise", "noise", "server", "record")
_PLAIN_TEXT = frozenset({"out", "map", "maps_dir", "assets", "host", "server.maps_dir", "server.assets", "server.host"})
"""Keys whose values are taken as they stand, since paths hold characters that mean something to Hydra."""


def conf_dir() -> Path:
    """Return the folder of the configuration files: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "generate.yaml").is_file():
            return folder
    raise ConfigError(f"conf must lie in or beside the package, got nothing there ({package})")


def choices(group: str) -> tuple[str, ...]:
    """Return the names that `group=NAME` may say, sorted."""
    return tuple(sorted(path.stem for path in (conf_dir() / group).glob("*.yaml")))


def load_generate(arguments: Sequence[str]) -> GenerateConfig:
    """Return the configuration of `simgen generate` with these `key=value` arguments."""
    plain, chosen = _compose("generate", arguments, (*field_types(_Top), *_SCENARIO_GROUPS), GROUPS)
    setting, weather, look, noise = (plain.pop(group) for group in _SCENARIO_GROUPS)
    top: _Top = build(_Top, plain, "")
    shortcuts = {"map": top.map, "duration_s": top.duration_s}
    setting = dict(setting or {}) | {key: value for key, value in shortcuts.items() if value is not None}
    scenario = make_scenario(chosen["scenario"], setting, weather, look, noise)
    tick_rate_hz = top.tick_rate_hz or highest_rate(top.rig)
    rig = make_rig(replace(top.rig, name=chosen["rig"]), tick_rate_hz)
    server = _checked_ports(top.server)
    return GenerateConfig(scenario, rig, top.seed, Path(top.out), tick_rate_hz, top.overwrite, server, top.record)


def load_serve(arguments: Sequence[str]) -> ServeConfig:
    """Return the configuration of `simgen serve`."""
    plain, _ = _compose("serve", arguments, tuple(field_types(ServeConfig)), ())
    config: ServeConfig = build(ServeConfig, plain, "")
    return config


def _checked_ports(server: ServerPlan) -> ServerPlan:
    first, last = server.ports
    if last - first < 2:
        raise ConfigError(f"server.ports must be [first, last] with at least three ports, got [{first}, {last}]")
    return server


def _compose(verb: str, arguments: Sequence[str], keys: tuple[str, ...], groups: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (the composed configuration as plain containers, the chosen file of each group).

    Hydra composes the files that the groups say. Single values are put in afterwards, since Hydra would merge a new
    distribution into the one that it shall replace.
    """
    pairs = [_split(argument, keys) for argument in arguments]
    with tempfile.TemporaryDirectory(prefix="simgen-conf-") as folder:
        said = [f"{key}={_group_choice(key, value, Path(folder))}" for key, value in pairs if key in groups]
        plain, chosen = _compose_files(verb, said, groups, folder)
    for key, value in pairs:
        if key not in groups:
            _put(plain, key, _parse(key, value))
    return plain, chosen


def _compose_files(verb: str, said: list[str], groups: Sequence[str], own: str) -> tuple[dict[str, Any], dict[str, str]]:
    from hydra import compose, initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]

    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            composed = compose(verb, [*said, f"hydra.searchpath=[file://{own}]"], return_hydra_config=True)
        chosen = {group: str(composed.hydra.runtime.choices[group]) for group in groups}
        own_part = OmegaConf.create({key: value for key, value in composed.items_ex(resolve=False) if key != "hydra"})
        return dict(OmegaConf.to_container(own_part, resolve=True)), chosen  # type: ignore[arg-type]
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise ConfigError(f"the configuration files must be valid, got {_one_line(error, own)}") from error


def _split(argument: str, keys: tuple[str, ...]) -> tuple[str, str]:
    """Return (key, value) of a `key=value` argument with a known first part of the key."""
    key, equals, value = argument.partition("=")
    if not equals:
        raise ConfigError(f"arguments must be key=value, got {argument}")
    first = key.split(".")[0]
    if first not in keys:
        raise ConfigError(f"{key} must be a known key, got {first}{closest(first, keys)}")
    return key, value


def _parse(key: str, value: str) -> Any:
    """Return the value of an argument, read by Hydra's grammar: numbers, flags, null, lists, mappings, else text."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if key in _PLAIN_TEXT and value != "null":
        return value
    try:
        return OverridesParser.create().parse_override(f"{key}={value}").value()
    except HydraException as error:
        raise ConfigError(f"{key} must be a number, text, [list] or {{mapping}}, got {value}") from error


def _put(plain: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    node = plain
    for i, name in enumerate(path):
        if node.get(name) is None:
            node[name] = {}
        node = node[name]
        if not isinstance(node, dict):
            raise ConfigError(f"{'.'.join(path[: i + 1])} must be a mapping to set {key}, got {node!r}")
    node[last] = value


def _one_line(error: Exception, own: str) -> str:
    return "; ".join(line.strip() for line in str(error).replace(f"{own}/", "").splitlines() if line.strip())


def _group_choice(group: str, value: str, own: Path) -> str:
    """Return the name under which Hydra finds the choice; a user's own file is put where Hydra looks."""
    if value.endswith((".yaml", ".yml")):
        return _own_file(group, Path(value), own)
    if value in choices(group):
        return value
    if group == "weather" and value in PRESETS:
        return _preset_file(value, own)
    known = [*choices(group), *(PRESETS if group == "weather" else ())]
    raise ConfigError(f"{group} must be one of {', '.join(choices(group))} or a .yaml file, got {value}{_near(value, known)}")


def _near(word: str, known: list[str]) -> str:
    hint = closest(word, known)
    return hint if "did you mean" in hint else ""  # the choices are listed already


def _own_file(group: str, path: Path, own: Path) -> str:
    if not path.is_file():
        raise ConfigError(f"{group} must be an existing file, got {path}")
    (own / group).mkdir(exist_ok=True)
    shutil.copy(path, own / group / f"{path.stem}.yaml")
    return path.stem


def _preset_file(name: str, own: Path) -> str:
    (own / "weather").mkdir(exist_ok=True)
    (own / "weather" / f"{name}.yaml").write_text(f"preset: {name}\n")
    return name
