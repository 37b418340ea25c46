"""How many CPU seconds of this process a function takes, beside others that take turns with it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median


def cpu_seconds_in_turns(
    functions: Mapping[str, Callable[[], object]], *, rounds: int, enough: float
) -> dict[str, float]:
    """Return the median of several rounds of the CPU seconds for one call of each.

    Args:
        enough: in each round a function is repeated for so many CPU seconds, far more than the clock can tell apart.
    """
    found: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            found[name].append(_cpu_seconds(function, enough))
    return {name: median(some) for name, some in found.items()}


def _cpu_seconds(function: Callable[[], object], enough: float) -> float:
    gc.collect()
    function()
    times, before = 0, time.process_time()
    while (used := time.process_time() - before) < enough:
        function()
        times += 1
    return used / times
