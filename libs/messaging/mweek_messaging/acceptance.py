"""Accepts a stream that went back as it is now: an operator's decision after the guard has stopped a service."""

from __future__ import annotations

from mweek_contracts.streams import consumers_of
from mweek_outbox import Database
from mweek_outbox.streams import forget_stream
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from mweek_messaging.provisioning import ProvisioningError


async def accept_stream(connection: Client, database: Database, *, service: str, stream: str) -> list[str]:
    """Forget what a stream was, and let the service read the present one from its beginning.

    What it has processed before is in its inbox (or has its revision) and takes no second effect. The service must not
    run meanwhile, and has to be started afterwards.

    Returns:
        One sentence per step.

    Raises:
        LookupError: the service has no consumer on that stream.
        ProvisioningError: the stream or the consumer is not there; says to run `mweek-streams apply` first.
    """
    specs = [spec for spec in consumers_of(service) if spec.stream == stream]
    if not specs:
        known = ", ".join(sorted({spec.stream for spec in consumers_of(service)})) or "none"
        raise LookupError(f"{service} reads no stream {stream}; it reads: {known}")
    steps = []
    for spec in specs:
        try:
            await connection.jetstream().reset_consumer(stream, spec.durable, seq=1)
        except NotFoundError:
            raise ProvisioningError(f"{stream}/{spec.durable} is not there: run `mweek-streams apply` first") from None
        steps.append(f"consumer {stream}/{spec.durable}: reads from the beginning")
    with database.transaction() as session:
        forget_stream(session, stream)
    return [*steps, f"stream {stream}: {service} has forgotten what it was; start {service} again"]
