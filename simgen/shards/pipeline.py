"""Work in threads whose results come back in the order in which it was given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")

WAITING_BYTES = 64 << 20
"""What may wait in a pipeline: enough to smooth the load of several cameras, and a bound on memory."""


@dataclass(frozen=True)
class _Item:
    future: Future[Any]
    done: Callable[[Any], None]
    size: int


class Pipeline:
    """Runs `work` in the threads of a pool and `done(result)` in the calling thread, in order.

    Results are taken whenever something is put in, so whoever puts also writes; when too much waits, `put` does too.
    """

    def __init__(self, pool: ThreadPoolExecutor, waiting_bytes: int = WAITING_BYTES) -> None:
        self._pool, self._limit = pool, waiting_bytes
        self._items: deque[_Item] = deque()
        self._waiting = 0

    def put(self, work: Callable[[], Result], done: Callable[[Result], None], size: int) -> None:
        """Begin `work`, which holds about `size` bytes. Raises what earlier work raised."""
        self._items.append(_Item(self._pool.submit(work), done, size))
        self._waiting += size
        while self._items and (self._items[0].future.done() or self._waiting > self._limit):
            self._take()

    def finish(self) -> None:
        """Wait for everything that was put in."""
        while self._items:
            self._take()

    def drop(self) -> None:
        """Forget everything that waits."""
        for item in self._items:
            item.future.cancel()
        self._items.clear()
        self._waiting = 0

    def _take(self) -> None:
        item = self._items.popleft()
        self._waiting -= item.size
        item.done(item.future.result())
