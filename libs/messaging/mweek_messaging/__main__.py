"""`mweek-streams apply|check|accept`: makes a server's streams match the contracts; accepts one that went back."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nats.aio.client import Client


def main() -> int:
    """Run the command; exit code 0 done, 1 drift or error, 2 usage."""
    try:
        return asyncio.run(_run(_parser().parse_args()))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mweek-streams", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    apply = _verb(verbs, "apply", "create what is missing, update what differs; deletes nothing")
    check = _verb(verbs, "check", "say what apply would change; exit code 1 when there is anything")
    for command in (apply, check):
        command.add_argument("--replicas", type=int, default=1, help="copies of each stream: 1, or 3 in a cluster")
    accept = _verb(verbs, "accept", "let a stopped service read a stream that went back, as it is now")
    accept.add_argument("--service", required=True, help="e.g. planner")
    accept.add_argument("--stream", required=True, help="e.g. EVENTS")
    accept.add_argument("--database-url", required=True, help="the service's database")
    return parser


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=what, description=what)
    verb.add_argument("--nats-url", default=os.environ.get("MWEEK_NATS_URL", "nats://127.0.0.1:4222"))
    return verb


async def _run(arguments: argparse.Namespace) -> int:
    # Imported here, so that --help needs no client.
    import nats
    import nats.errors

    from mweek_messaging.provisioning import ProvisioningError

    try:
        connection = await nats.connect(
            arguments.nats_url,
            connect_timeout=5,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            error_cb=_say_nothing,
        )
    except (TimeoutError, OSError, nats.errors.Error) as error:
        return _fail(f"no NATS server answers at {arguments.nats_url}: {error or type(error).__name__}")
    try:
        sentences = await _work(connection, arguments)
    except (ProvisioningError, LookupError) as error:
        return _fail(str(error))
    finally:
        await connection.close()
    print("\n".join(sentences) or "streams and consumers are as the contracts say")
    return 1 if arguments.verb == "check" and sentences else 0


async def _work(connection: Client, arguments: argparse.Namespace) -> Sequence[str]:
    from mweek_outbox import open_database

    from mweek_messaging.acceptance import accept_stream
    from mweek_messaging.provisioning import apply_streams, drift_of_streams

    if arguments.verb == "apply":
        return await apply_streams(connection, replicas=arguments.replicas)
    if arguments.verb == "check":
        return await drift_of_streams(connection, replicas=arguments.replicas)
    database = open_database(arguments.database_url)
    try:
        return await accept_stream(connection, database, service=arguments.service, stream=arguments.stream)
    finally:
        database.close()


async def _say_nothing(_error: Exception) -> None:
    """Leave it to the sentence that follows; nats-py would print a traceback."""


def _fail(sentence: str) -> int:
    print(f"mweek-streams: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
