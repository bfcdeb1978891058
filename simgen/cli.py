"""`simgen VERB key=value...`: each verb loads its configuration and calls one function."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import simgen
from simgen.dataset_verbs import DATASET_VERBS
from simgen.errors import ConfigError, EnvironmentFault, SimgenError
from simgen.scenario.schema import closest

USAGE = """simgen makes labelled multi-sensor driving data by simulation.

  simgen generate scenario=crossing seed=7 out=out   record an episode
  simgen show out [--html FILE | --mp4 FILE ...]     look at what was recorded
  simgen verify out                                  check every byte of it
  simgen stats out                                   count what is in it
  simgen filter out 'pedestrian@20>=1' out=clips     find frames, cut them out
  simgen merge a b out=c                             join folders of shards
  simgen split out out=splits                        training, validation, test without a leak
  simgen convert out to=webdataset out=tars          tar files and back
  simgen serve port=2000                             run the embedded CARLA-compatible server
  simgen train task=segmentation data=out out=net    train a small net on it
  simgen doctor                                      what works on this machine

`simgen VERB --help` tells more. Exit codes: 0 done, 1 some failed, 2 usage, 3 the machine or the server, 130 interrupted.
"""

GENERATE = """simgen generate key=value...: record one episode of a scenario as a shard in a folder.

  simgen generate scenario=crossing seed=7 out=out
  simgen generate scenario=urban_traffic seed=1 out=out duration_s=5 weather=rain noise=typical
  simgen generate scenario=my_scenario.yaml rig=my_rig.yaml out=out
  simgen generate scenario=cut_in out=out server=carla server.host=farm server.port=2000 map=Town04
  simgen generate rig=nuscenes rig.scale=0.25 'scenario.traffic.vehicles={{uniform: [40, 60]}}' out=out

Groups, each a name or a .yaml file of your own:
{groups}
Values: seed, out, overwrite, map, duration_s, tick_rate_hz, and any key of a group: rig.devices.front.fov_deg=70.
A shard that is there already is not made again; overwrite=true replaces it.
"""

SERVE = """simgen serve key=value...: run the embedded CARLA 0.9.16-compatible server until interrupted.

  simgen serve port=2000
  simgen serve port=2000 map=Suburb01
  simgen serve port=2000 maps_dir=my_maps host=0.0.0.0
  simgen serve port=2000 assets=my_cars        .glb files in the place of blueprints' shapes

Clients connect to `port`; sensor data is streamed from the port above it.
"""

VERIFY = """simgen verify PATH... [--json] [--repair]: read every byte of shards and check it.

--repair makes shards NAME.salvaged.h5 of the whole frames that killed recordings have left in the folders.

  simgen verify out
  simgen verify out/crossing-7.h5 --json
"""

SHOW = """simgen show PATH... [--json | --png FILE | --html FILE | --rerun FILE | --mp4 FILE] [--every N] [--points M]: what shards hold.

  simgen show out                                    what was drawn, what happened, what is labelled
  simgen show out/crossing-7.h5 --png sheet.png      pictures with labels drawn
  simgen show out --html page.html                   one page of all of them, with a timeline; it opens offline
  simgen show out --html page.html --every 5 --points 20000
  simgen show out/crossing-7.h5 --mp4 video.mp4      cameras and the scene from above in real time (.mp4, .webm, .avi)
  simgen show out/crossing-7.h5 --rerun shard.rrd    for the Rerun viewer; needs pip install 'simgen[view]'

--every N takes each N-th frame; without it a page has at most about 100 frames, everything else all of them.
--points M is the number of LiDAR points of a frame in a page, about 8000 without it.
"""

TRAIN = """simgen train key=value...: train a small net on shards and measure it on episodes held out; needs simgen[torch].

  simgen train task=segmentation data=out out=net steps=300
  simgen train task=detection data=out out=net seed=1
  simgen train task=segmentation data=out out=net real=camvid:sets/camvid real_share=0.1

Keys: task (segmentation, detection), data, out, real, real_share, real_split, steps, seed, batch, rate, camera, classes (six,
camvid11, cityscapes19), width_px, height_px, held_out, measured_frames, threads, overwrite.
In out: metrics.json, curve.png, predictions.png, weights.pt (a state_dict of simgen.train.nets).
"""

DOCTOR = """simgen doctor [--json] [--host HOST] [--port PORT]: what works on this machine, one line a check.\n"""


class Progress:
    """Tells how a recording goes: one line that changes on a terminal, else one JSON object a line."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()

    def __call__(self, event: dict[str, Any]) -> None:
        if event["event"] == "beat":
            return
        if not self._terminal:
            print(json.dumps(event), flush=True)
        elif event["event"] == "tick":
            print(f"\r\x1b[Ktick {event['tick']}/{event['ticks']}", end="", file=sys.stderr, flush=True)
        elif event["event"] == "phase":
            print(f"\r\x1b[K{event['phase']} ...", end="", file=sys.stderr, flush=True)
        elif event["event"] == "retry":
            print(f"\r\x1b[Kattempt {event['attempt']} failed, beginning anew: {event['reason']}", file=sys.stderr, flush=True)
        else:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def generate(arguments: Sequence[str]) -> int:
    """Record one episode; returns 0, or raises."""
    from simgen.client.attempts import make_folder, run_job
    from simgen.config import load_generate
    from simgen.scenario.episode import draw_episode
    from simgen.scenario.job import Job, shard_name
    from simgen.shards.card import write_card
    from simgen.shards.manifest import write_manifest

    config = load_generate(arguments)
    episode = draw_episode(config.scenario, config.seed)
    shard = config.out / shard_name(episode)
    if shard.exists() and not config.overwrite:
        raise ConfigError(f"{shard} must not exist yet, got one (overwrite=true replaces it)")
    make_folder(config.out)
    outcome = run_job(Job(episode, config.rig, config.tick_rate_hz, config.server, config.record, shard), Progress())
    write_manifest(config.out)
    write_card(config.out)
    for name, event in outcome["events"].items():
        if event["started_tick"] is None:
            print(f"simgen: event {name} did not happen in {shard}", file=sys.stderr)
    if sys.stderr.isatty():
        print(shard)
    return 0


def serve(arguments: Sequence[str]) -> int:
    """Run the embedded server until it is told to stop."""
    from simgen.config import load_serve
    from simgen.server.serve import serve as run

    config = load_serve(arguments)
    maps_dir = Path(config.maps_dir) if config.maps_dir else None
    assets = Path(config.assets) if config.assets else None
    stopped_by = run(config.host, config.port, config.map or "", maps_dir, lambda line: print(line, flush=True), assets)
    return 130 if stopped_by == signal.SIGINT else 0


def verify(arguments: Sequence[str]) -> int:
    """Check shards; returns 1 when one is bad or cannot be salvaged."""
    from simgen.shards.verify import verify as check

    paths, options = _options(arguments, flags=("--json", "--repair"))
    if "--repair" in options:
        return _repair(paths, "--json" in options)
    verdicts = check(paths)
    if "--json" in options:
        print(json.dumps([verdict.to_dict() for verdict in verdicts]))
    else:
        for verdict in verdicts:
            print(f"{'ok  ' if verdict.ok else 'BAD '} {verdict.path} ({verdict.frames} frames)")
            for fault in verdict.faults:
                print(f"     {fault}")
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _repair(paths: Sequence[Path], as_json: bool) -> int:
    """Salvage what killed writers have left in the folders."""
    from simgen.shards.repair import repair

    results = repair(paths)
    if as_json:
        print(json.dumps([result.to_dict() for result in results]))
    else:
        for result in results:
            print(
                f"saved {result.frames} frames: {result.shard}"
                if result.shard
                else f"nothing saved of {result.unfinished}: {result.reason}"
            )
        if not results:
            print("nothing to salvage")
    return 0 if all(result.shard for result in results) else 1


def show(arguments: Sequence[str]) -> int:
    """Print or draw what shards hold."""
    from simgen.view.page import PageOptions
    from simgen.view.show import Targets
    from simgen.view.show import show as look

    files = {"--png": "png", "--html": "html", "--rerun": "rerun", "--mp4": "video", "--video": "video"}
    paths, options = _options(arguments, flags=("--json",), valued=(*files, "--every", "--points"))
    targets = Targets(**{field: Path(options[name]) for name, field in files.items() if name in options})
    every, points = (_whole(options, name, default) for name, default in (("--every", 0), ("--points", PageOptions.points)))
    look(paths, "--json" in options, targets, PageOptions(every, points))
    return 0


def _whole(options: Mapping[str, str], name: str, default: int) -> int:
    text = options.get(name, str(default))
    if not text.isdecimal() or len(text) > 9:
        raise ConfigError(f"{name} must be a whole number, got {text}")
    return int(text)


def train(arguments: Sequence[str]) -> int:
    """Train a small net on shards."""
    if importlib.util.find_spec("torch") is None:
        raise EnvironmentFault("torch must be installed (pip install 'simgen[torch]'), got none")
    from simgen.train.options import load_train
    from simgen.train.progress import Progress as TrainProgress
    from simgen.train.run import train as run_training

    run_training(load_train(arguments), TrainProgress())
    return 0


def doctor(arguments: Sequence[str]) -> int:
    """Tell what works on this machine."""
    from simgen.doctor import report
    from simgen.doctor import show as tell

    _, options = _options(arguments, flags=("--json",), valued=("--host", "--port"), paths_needed=False)
    port = options.get("--port", "2000")
    if not port.isdecimal():
        raise ConfigError(f"--port must be a whole number, got {port}")
    return tell(report(options.get("--host", "127.0.0.1"), int(port)), "--json" in options)


def _options(
    arguments: Sequence[str], flags: Sequence[str] = (), valued: Sequence[str] = (), paths_needed: bool = True
) -> tuple[list[Path], dict[str, str]]:
    """Return (paths, options) of `PATH... --flag --option VALUE`."""
    paths: list[Path] = []
    options: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            paths.append(Path(argument))
            continue
        name, equals, value = argument.partition("=")
        if name not in (*flags, *valued):
            raise ConfigError(f"{name} must be a known option, got {name}{closest(name, [*flags, *valued, '--help'])}")
        options[name] = value if equals else next(rest, "") if name in valued else ""
        if name in valued and not options[name]:
            raise ConfigError(f"{name} must be followed by a value, got nothing")
    if paths_needed and not paths:
        raise ConfigError("the command must name at least one folder or shard, got none")
    return paths, options


def _generate_help() -> str:
    from simgen.config import GROUPS, choices

    return GENERATE.format(groups="".join(f"  {group:10} {', '.join(choices(group))}\n" for group in GROUPS))


VERBS: dict[str, tuple[Callable[[Sequence[str]], int], Callable[[], str]]] = {
    "generate": (generate, _generate_help),
    "serve": (serve, lambda: SERVE),
    "verify": (verify, lambda: VERIFY),
    "show": (show, lambda: SHOW),
    **DATASET_VERBS,
    "train": (train, lambda: TRAIN),
    "doctor": (doctor, lambda: DOCTOR),
}
_HELP = frozenset({"-h", "--help", "help"})


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors of the user or the machine are one line on stderr."""
    try:
        return _dispatch(arguments)
    except SimgenError as error:
        print(f"simgen: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("simgen: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the flush at the end
        return 0
    except OSError as error:
        print(f"simgen: {EnvironmentFault(f'files must be readable and writable, got {error}')}", file=sys.stderr)
        return EnvironmentFault.exit_code


def _dispatch(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in _HELP:
        print(USAGE, end="")
        return 0 if arguments else 2
    verb, *rest = arguments
    if verb == "--version":
        print(f"simgen {simgen.__version__}")
        return 0
    if verb not in VERBS:
        raise ConfigError(f"the verb must be one of {', '.join(VERBS)}, got {verb}{closest(verb, VERBS)}")
    act, help_text = VERBS[verb]
    if _HELP & set(rest):
        print(help_text(), end="")
        return 0
    return act(rest)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> NoReturn:
    """The `simgen` command. It leaves by os._exit: the client library may abort in the interpreter's clean-up."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start background jobs with it ignored
    signal.signal(signal.SIGTERM, _terminate)  # so that children are ended and half-written files removed
    try:
        code = run(sys.argv[1:])
    except SystemExit as stop:
        code = int(stop.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
