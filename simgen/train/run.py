"""`simgen train`: shards in, a net, its metrics and pictures out."""

from __future__ import annotations

import io
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from simgen.data.catalogue import Catalogue
from simgen.data.frames import FrameDataset
from simgen.data.loader import Samples
from simgen.data.mixing import MixedDataset
from simgen.data.real import open_real
from simgen.data.splits import Part, by_sequence
from simgen.data.taxonomy import taxonomy
from simgen.errors import ConfigError, EnvironmentFault
from simgen.shards.whole import write_whole
from simgen.train.detection import Detection
from simgen.train.loop import Report, fit, measure, reproducible, spread
from simgen.train.nets import parameters_of, prepared
from simgen.train.options import TrainOptions
from simgen.train.pictures import draw_curve, draw_sheet, save_picture
from simgen.train.progress import plain
from simgen.train.segmentation import Segmentation
from simgen.train.task import Task
from simgen.train.views import picture_of

METRICS, WEIGHTS, CURVE, SHEET = "metrics.json", "weights.pt", "curve.png", "predictions.png"
_LOOKED_AT = 64
_SHOWN = 6


@dataclass(frozen=True)
class Sets:
    """What is trained on and what is measured on."""

    learnt: Samples
    seen: Part
    """The synthetic frames of `learnt`, as they are measured."""
    held_out: Part
    episodes: tuple[str, ...]
    """The names of those held out."""
    real: Samples | None


def train(options: TrainOptions, report: Report) -> dict[str, Any]:
    """Train and measure a net; writes metrics.json, weights.pt, curve.png and predictions.png into `out`.

    Returns the metrics: the same for the same options, data and machine. Raises ConfigError for data that the task cannot
    use, and before anything else where `out` holds a training already.
    """
    out = Path(options.out)
    if (out / METRICS).exists() and not options.overwrite:
        raise ConfigError(f"{out / METRICS} must not exist yet, got one (overwrite=true replaces it)")
    _make_folder(out)
    task: Task = Segmentation(taxonomy(options.classes), options.size_px) if options.task == "segmentation" else Detection(options.size_px)
    began_s = time.process_time()
    with reproducible(options.seed, options.threads):
        sets = open_sets(task, options)
        net: nn.Module = task.net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        task.look_at(sets.seen.iterate(spread(len(sets.seen), _LOOKED_AT)))
        history = fit(task, net, sets.learnt, sets.held_out, options, report)
        metrics = plain(_metrics(task, net, sets, options, history.losses))
        rows = _rows(task, net, sets)
    save_picture(out / CURVE, draw_curve(history, task.score))
    save_picture(out / SHEET, draw_sheet(rows, ("picture", "truth", "found")))
    write_whole(out / WEIGHTS, _saved(net), "weights")
    write_whole(out / METRICS, (json.dumps(metrics, indent=1) + "\n").encode(), "metrics")
    if metrics["real"] is not None:
        value = metrics["real"][task.score]
        report({"event": "measured", "step": options.steps, "on": options.real, "score": task.score, "value": value or math.nan})
    report({"event": "done", "out": str(out), "cpu_s": time.process_time() - began_s})
    return metrics


def open_sets(task: Task, options: TrainOptions) -> Sets:
    """Return the datasets of a training: whole episodes are held out."""
    camera = _camera(task, options)
    sensors = [f"{camera}.{output}" for output in task.outputs]
    parts = []
    for learning in (True, False):
        dataset = FrameDataset([options.data], sensors, task.labels, transform=task.transform(camera, learning))
        if not len(dataset):
            raise ConfigError(f"data must have frames with {', '.join(sensors)}, got none ({options.data})")
        names = [Path(episode.name).stem for episode in dataset.catalogue.episodes]
        parts.append(by_sequence(dataset, {"learnt": 1.0 - options.held_out, "held_out": options.held_out}, options.seed))
    learnt: Samples = parts[0]["learnt"]
    real = _real(task, options, options.real_split, learning=False) if options.real else None
    if options.real_share:
        mixed = {"data": learnt, "real": _real(task, options, "train", learning=True)}
        learnt = MixedDataset(mixed, {"data": 1.0 - options.real_share, "real": options.real_share}, len(learnt))
    held_out = parts[1]["held_out"]
    return Sets(learnt, parts[1]["learnt"], held_out, tuple(names[k] for k in sorted(set(held_out.sequence_of.tolist()))), real)


def _real(task: Task, options: TrainOptions, split: str, learning: bool) -> Samples:
    sensors = [f"front.{output}" for output in task.outputs]
    return open_real(options.real, sensors, task.labels, split, transform=task.transform("front", learning))


def _camera(task: Task, options: TrainOptions) -> str:
    """Return the device whose outputs are used: every shard must have it."""
    rigs = [index.rig for index in Catalogue.of([options.data], ()).indices]
    needed = [{f"{device}.{output}" for output in task.outputs} for device in rigs[0].cameras()]
    there = [device for device, names in zip(rigs[0].cameras(), needed, strict=True) if all(names <= _names(rig) for rig in rigs)]
    if options.camera and options.camera not in there:
        raise ConfigError(f"camera must have {' and '.join(task.outputs)} in all shards, got {options.camera} (data has {there})")
    if not there:
        raise ConfigError(f"data must have a camera with {' and '.join(task.outputs)} in all shards, got none ({options.data})")
    return options.camera or there[0]


def _names(rig: Any) -> set[str]:
    return {mount.name for mount in rig.mounts}


def _metrics(task: Task, net: nn.Module, sets: Sets, options: TrainOptions, losses: list[float]) -> dict[str, Any]:
    tenth = max(1, len(losses) // 10)
    return {
        "task": options.task,
        "seed": options.seed,
        "steps": options.steps,
        "parameters": parameters_of(net),
        "size_px": list(options.size_px),
        "learnt_frames": len(sets.seen),
        "held_out_frames": len(sets.held_out),
        "held_out_episodes": list(sets.episodes),
        "real_share": options.real_share,
        "loss": {"first": sum(losses[:tenth]) / tenth, "last": sum(losses[-tenth:]) / tenth},
        "learnt": measure(task, net, sets.seen, options),
        "held_out": measure(task, net, sets.held_out, options),
        "real": None if sets.real is None else {"set": options.real, "frames": len(sets.real), **measure(task, net, sets.real, options)},
    }


def _rows(task: Task, net: nn.Module, sets: Sets) -> list[list[Any]]:
    """Return picture, truth and prediction of some frames: held-out ones, and real ones where there are."""
    net.eval()
    shown = [*sets.held_out.iterate(spread(len(sets.held_out), _SHOWN))]
    if sets.real is not None:
        shown += sets.real.iterate(spread(len(sets.real), _SHOWN // 2))
    with torch.no_grad():
        return [[picture_of(s["image"]), *task.pictures(net(prepared(s["image"][None])), s)] for s in shown]


def _saved(net: nn.Module) -> bytes:
    memory = io.BytesIO()
    torch.save(net.state_dict(), memory)
    return memory.getvalue()


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(f"out must be a folder that can be written to, got {error.strerror} ({out})") from None
