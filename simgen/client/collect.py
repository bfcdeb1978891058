"""Collecting readings: exactly those that are due at a tick, or an error that names the sensor.

CARLA calls a tick "frame"; this is the one place that renames it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from simgen.client.payloads import CONVERTERS, Ids, pose_of
from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import EVENT_KINDS, Kind, Mount, Rig
from simgen.errors import LateReading, ServerError

EVERY_TICK = frozenset({Kind.LIDAR, Kind.GNSS, Kind.IMU})
"""Kinds that send at every tick: a LiDAR its slice of the revolution, since CARLA casts only one tick's share of rays per
message; the others because they cost nothing. What is not due is dropped."""


@dataclass(frozen=True)
class Inbox:
    """The messages of one mounted sensor, put in by the client library's threads."""

    mount: Mount
    messages: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    by_frame: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Events that were taken out of the queue and not yet asked for."""


@dataclass(frozen=True)
class Collector:
    """Turns what arrived into readings. Tick 0 is `first_frame`; whatever is older came while the sensors warmed up."""

    rig: Rig
    inboxes: Sequence[Inbox]
    tick_rate_hz: float
    first_frame: int
    deadline_s: float

    def collect(self, tick: int, ids: Ids) -> dict[str, Reading]:
        """Return the readings due at `tick` by mount name, in rig order; waits for them at most `deadline_s` together.

        Raises LateReading for a sensor that does not deliver, and ServerError for one that delivers unasked.
        """
        deadline = time.monotonic() + self.deadline_s
        due = {mount.name for mount in self.rig.due(tick, self.tick_rate_hz)}
        return {inbox.mount.name: self._reading(inbox, tick, ids, deadline) for inbox in self.inboxes if inbox.mount.name in due}

    def events(self, tick: int, ids: Ids) -> dict[str, Reading]:
        """Return the event readings of `tick`. Ask one tick later: nothing tells when the last event of a tick is in."""
        readings = {}
        for inbox in self.inboxes:
            if inbox.mount.kind in EVENT_KINDS and (messages := _take_events(inbox, self.first_frame + tick)):
                readings[inbox.mount.name] = _make(inbox.mount, tick, messages, ids)
        return readings

    def finish(self, ticks: int) -> None:
        """Raise ServerError when a scheduled sensor has delivered more than the readings due in the `ticks` collected."""
        for inbox in self.inboxes:
            if inbox.mount.kind not in EVENT_KINDS | EVERY_TICK and not inbox.messages.empty():
                extra = inbox.messages.get().frame - self.first_frame
                raise ServerError(f"sensor {inbox.mount.name} must deliver only when due, got a reading of tick {extra} of {ticks}")

    def _reading(self, inbox: Inbox, tick: int, ids: Ids, deadline: float) -> Reading:
        frames = range(self.first_frame + tick - messages_per_reading(inbox.mount, self.tick_rate_hz) + 1, self.first_frame + tick + 1)
        return _make(inbox.mount, tick, [self._receive(inbox, frame, deadline) for frame in frames], ids)

    def _receive(self, inbox: Inbox, frame: int, deadline: float) -> Any:
        """Return the message of exactly `frame`; those before tick 0 that belong to no reading are dropped."""
        name, tick = inbox.mount.name, frame - self.first_frame
        while True:
            try:
                message = inbox.messages.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise LateReading(f"sensor {name} must deliver at tick {tick} within {self.deadline_s:g} s, got nothing") from None
            if message.frame == frame:
                return message
            arrived = message.frame - self.first_frame
            if message.frame > frame:
                raise LateReading(f"sensor {name} must deliver at tick {tick}, got the reading of tick {arrived}")
            if arrived >= 0 and inbox.mount.kind not in EVERY_TICK:
                raise ServerError(f"sensor {name} must deliver only when due, got a reading of tick {arrived} before tick {tick}")


def messages_per_reading(mount: Mount, tick_rate_hz: float) -> int:
    """Return how many ticks' messages make up one reading: all ticks of a LiDAR's revolution, else one."""
    return round(tick_rate_hz / mount.rate_hz) if mount.kind is Kind.LIDAR else 1


def _make(mount: Mount, tick: int, messages: list[Any], ids: Ids) -> Reading:
    return Reading(mount.name, mount.kind, tick, pose_of(messages[-1]), CONVERTERS[mount.kind](messages, ids))


def _take_events(inbox: Inbox, frame: int) -> list[Any]:
    """Return the events of `frame`; older ones, from before tick 0, are forgotten."""
    while not inbox.messages.empty():
        message = inbox.messages.get()
        inbox.by_frame[message.frame].append(message)
    for old in [known for known in inbox.by_frame if known < frame]:
        del inbox.by_frame[old]
    return inbox.by_frame.pop(frame, [])
