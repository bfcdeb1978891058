"""The training loop: steps over endless epochs, measurements in between."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import torch
from torch import Tensor, nn

from simgen.data.collate import collate
from simgen.data.loader import FrameLoader, Samples
from simgen.data.order import Order
from simgen.rng import derive_seed
from simgen.train.nets import prepared
from simgen.train.options import TrainOptions
from simgen.train.task import Task

Report = Callable[[dict[str, Any]], None]
"""Gets events: {"event": "step", "step", "steps", "loss"} and {"event": "measured", "step", "on", "score", "value"}."""

_MEASUREMENTS = 4
"""How often the net is measured, evenly spread, the last time at the end."""
_DECAY = 0.01
_WARM_UP = 0.15
"""The share of the steps in which the learning rate rises (Smith and Topin 2019, "Super-convergence")."""


@dataclass
class History:
    """How a training went."""

    losses: list[float] = field(default_factory=list)
    """By step."""
    scores: list[tuple[int, float]] = field(default_factory=list)
    """Step, and the score on held-out episodes."""


def fit(task: Task, net: nn.Module, learnt: Samples, held_out: Samples, options: TrainOptions, report: Report) -> History:
    """Train a net; the same for the same seed, data and number of threads."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=_DECAY)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=options.steps + 1, pct_start=_WARM_UP)
    history = History()
    measured_at = {options.steps * k // _MEASUREMENTS for k in range(1, _MEASUREMENTS + 1)}
    net.train()
    for step, batch in zip(range(1, options.steps + 1), endless(learnt, options), strict=False):
        optimizer.zero_grad(set_to_none=True)
        loss = task.loss(net(prepared(batch["image"])), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        cycle.step()
        history.losses.append(float(loss.detach()))
        report({"event": "step", "step": step, "steps": options.steps, "loss": history.losses[-1]})
        if step in measured_at:
            value = measure(task, net, held_out, options)[task.score]
            history.scores.append((step, value))
            report({"event": "measured", "step": step, "on": "held_out", "score": task.score, "value": value})
    return history


def endless(dataset: Samples, options: TrainOptions) -> Iterator[dict[str, Any]]:
    """Yield batches epoch after epoch; the last of an epoch is left out where it is smaller."""
    loader = FrameLoader(dataset, options.batch, order=Order(options.seed), drop_last=len(dataset) >= options.batch)
    while True:
        yield from loader


def measure(task: Task, net: nn.Module, dataset: Samples, options: TrainOptions) -> dict[str, Any]:
    """Return the task's metrics of a net on a dataset, at most `measured_frames` of it, evenly spread."""
    net.eval()
    try:
        with torch.no_grad():
            return task.measure(_outputs(net, dataset, spread(len(dataset), options.measured_frames), options.batch))
    finally:
        net.train()


def spread(count: int, most: int) -> Sequence[int]:
    """Return at most `most` places, evenly spread over 0..count-1."""
    taken = min(count, most)
    return [place * count // taken for place in range(taken)]


def _outputs(net: nn.Module, dataset: Samples, places: Sequence[int], size: int) -> Iterator[tuple[Tensor, dict[str, Any]]]:
    samples = dataset.iterate(places)
    for start in range(0, len(places), size):
        batch = collate([next(samples) for _ in places[start : start + size]])
        yield net(prepared(batch["image"])), batch


@contextlib.contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Within it torch begins at `seed`, with so many threads; afterwards it is as it was."""
    before = torch.get_num_threads(), cv2.getNumThreads(), torch.are_deterministic_algorithms_enabled(), torch.get_rng_state()
    torch.set_num_threads(threads)
    cv2.setNumThreads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(derive_seed(seed, "train"))
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
        torch.use_deterministic_algorithms(before[2])
        torch.set_rng_state(before[3])
