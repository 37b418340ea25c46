"""Who is asked, in its own process: `python -m tests.benchmarks.answering_process NATS DATABASE RATE`, or `NATS echo`.

RATE is `limited` (as shipped) or `unlimited`. The service is the probe of the delivery tests with one handler, which
inserts a row and records an event. To measure the planner instead, start it in `requests.py` as `services_run.py` does
(the same queue group and subject), import a fleet of the 2,000 machines that `asking_load.py` names and a policy that
lets them ask that often.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import nats
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import run_service
from mweek_messaging.answering.route import USUAL_RATE
from mweek_service.bootstrap import let_threads_take_short_turns
from mweek_telemetry import configure_logging
from nats.aio.msg import Msg

from tests.delivery.asking import granting
from tests.delivery.probe import UNLIMITED, Probe


async def echo(url: str) -> None:
    """Answer with what was asked: the peer."""
    connection = await nats.connect(url)

    async def answer(message: Msg) -> None:
        await message.respond(message.data)

    await connection.subscribe("req.*.*.request-window.v1", queue="planner", cb=answer)
    await connection.flush()
    print("ready", flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await connection.close()


async def serve(url: str, database_url: str, rate: str) -> None:
    """Answer as a service does; at the end say in how many transactions."""
    probe = Probe(url, database_url, asking_rate=USUAL_RATE if rate == "limited" else UNLIMITED)
    probe.answers[RequestWindowV1] = granting(probe)
    running = asyncio.create_task(run_service(probe.parts(), health=probe.health, metrics=probe.metrics))
    while not probe.health.ready:
        await asyncio.sleep(0.02)
    print("ready", flush=True)
    await running
    grouped = {
        part: probe.metrics.registry.get_sample_value(f"mweek_requests_grouped_{part}", {"service": "planner"})
        for part in ("sum", "count")
    }
    print(json.dumps(grouped), flush=True)
    probe.database.close()


if __name__ == "__main__":
    let_threads_take_short_turns()  # as every service does
    configure_logging("probe", json=True, level="WARNING")
    asyncio.run(echo(sys.argv[1]) if sys.argv[2] == "echo" else serve(*sys.argv[1:]))
