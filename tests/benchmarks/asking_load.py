"""Asks as many machines would, in a process of its own: `python -m tests.benchmarks.asking_load URL LOAD SECONDS`.

LOAD is `512` (so many requests in flight, each answer is followed by the next request), `900/s` (so many each second,
whatever comes back) or `flood` (one machine, as fast as it can, never more than 10,000 unanswered). Prints one line of
JSON. Nothing of our libraries: the peer is asked by the same client.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

WARM_UP_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.002
_LAST_REPLIES_SECONDS: Final = 10.0
LOCATION: Final = "rzob"
MACHINES: Final = 2_000
LOUD: Final = "loud"
_FLOOD: Final = 10_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back after the warm-up: how many each second, and after how long, in milliseconds."""

    each_second: float
    p50_ms: float
    p99_ms: float
    refused: int
    unanswered: int


@dataclass(slots=True)
class Load:
    """Requests and their replies over one connection; the number of a request is the last token of its inbox."""

    connection: Client
    run: str
    machines: int = MACHINES
    inbox: str = ""
    asked: int = 0
    refused: int = 0
    began: dict[int, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    again_until: float = 0.0
    measured_from: float = 0.0

    async def open(self) -> None:
        self.inbox = self.connection.new_inbox()
        await self.connection.subscribe(f"{self.inbox}.*", cb=self.hear)
        await self.connection.flush()

    async def ask(self, at: float) -> None:
        number, self.asked = self.asked, self.asked + 1
        machine = machine_name(number % self.machines) if self.machines > 1 else LOUD
        body = (
            f'{{"request_id":"{self.run}-{number}","location":"{LOCATION}","machine":"{machine}","reason":"Kernel",'
            '"activities":[{"name":"kernel 6.12.58","kind":"reboot","estimated_minutes":15}],"estimated_minutes":20}'
        )
        self.began[number] = at
        subject = f"req.{LOCATION}.{machine}.request-window.v1"
        await self.connection.publish(subject, body.encode(), reply=f"{self.inbox}.{number}")

    async def hear(self, message: Msg) -> None:
        now = time.perf_counter()
        began = self.began.pop(int(message.subject.rpartition(".")[2]))
        if began >= self.measured_from:
            self.latencies.append(now - began)
        if b'"refusal":{' in message.data:
            self.refused += 1
        if now < self.again_until:
            await self.ask(now)


async def main(url: str, load: str, seconds: float) -> Answered:
    """Ask for so long, after a warm-up, and return what came of it."""
    connection = await nats.connect(url)
    asking = Load(connection, run=f"{time.time_ns():x}", machines=1 if load == "flood" else MACHINES)
    await asking.open()
    begin = time.perf_counter()
    asking.measured_from = begin + WARM_UP_SECONDS
    end = asking.measured_from + seconds
    if load.endswith("/s"):
        await _at_a_rate(asking, float(load.removesuffix("/s")), begin, end)
    else:
        await _in_flight(asking, _FLOOD if load == "flood" else int(load), end)
    answered = len(asking.latencies)
    for _ in range(int(_LAST_REPLIES_SECONDS / 0.05)):
        if asking.began:
            await asyncio.sleep(0.05)
    await connection.close()
    ordered = sorted(asking.latencies)
    return Answered(
        each_second=answered / seconds,
        p50_ms=_quantile(ordered, 0.5) * 1_000,
        p99_ms=_quantile(ordered, 0.99) * 1_000,
        refused=asking.refused,
        unanswered=len(asking.began),
    )


async def _in_flight(asking: Load, number: int, end: float) -> None:
    asking.again_until = end
    for _ in range(number):
        await asking.ask(time.perf_counter())
    await asyncio.sleep(end - time.perf_counter())


async def _at_a_rate(asking: Load, each_second: float, begin: float, end: float) -> None:
    """Ask at the instants of the rate; one that comes late is measured from when it was due."""
    while (now := time.perf_counter()) < end:
        while (due := begin + asking.asked / each_second) <= now:
            await asking.ask(due)
        await asyncio.sleep(_TICK_SECONDS)


def machine_name(number: int) -> str:
    """Return the name of one of the machines that ask."""
    return f"m{number:04d}"


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]))))))
