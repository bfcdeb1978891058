"""The same work on many shards, in processes of its own: h5py reads one thing at a time in each."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Tell = Callable[[int, int], None]
"""Is told how many items are done, and of how many."""

_FEW = 3
"""So few items are done here: starting processes takes longer."""


def silent(done: int, of: int) -> None:
    """Tell nobody."""


def over(work: Callable[[Item], Result], items: Sequence[Item], processes: int = 1, tell: Tell = silent) -> Iterator[Result]:
    """Yield `work(item)` in the order of the items; the first error ends it. `work` and what it returns go through pickle.

    `processes` 0 takes one for each processor. Items wait to be begun until earlier results are taken, so memory is bounded.
    """
    count = min(processes or _processors(), len(items))
    if count <= 1 or len(items) <= _FEW:
        for done, item in enumerate(items, 1):
            result = work(item)
            tell(done, len(items))
            yield result
        return
    # Spawned, not forked: threads and open HDF5 files of this process must not be copied.
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        try:
            yield from _in_order(pool, work, items, 4 * count, tell)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(pool: ProcessPoolExecutor, work: Callable[[Item], Result], items: Sequence[Item], ahead: int, tell: Tell) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    rest, done = iter(items), 0
    while True:
        waiting.extend(pool.submit(work, item) for item in islice(rest, ahead - len(waiting)))
        if not waiting:
            return
        result = waiting.popleft().result()
        done += 1
        tell(done, len(items))
        yield result


def _processors() -> int:
    return len(os.sched_getaffinity(0))
