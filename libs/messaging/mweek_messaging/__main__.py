"""`mweek-streams apply|check`: makes a server's streams match the contracts, or says where they do not."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys


def main() -> int:
    """Run the command; exit code 0 done, 1 drift or error, 2 usage."""
    arguments = _parser().parse_args()
    try:
        return asyncio.run(_run(arguments))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mweek-streams", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, what in (
        ("apply", "create what is missing, update what differs; deletes nothing"),
        ("check", "say what apply would change; exit code 1 when there is anything"),
    ):
        command = verbs.add_parser(verb, help=what, description=what)
        command.add_argument("--nats-url", default=os.environ.get("MWEEK_NATS_URL", "nats://127.0.0.1:4222"))
        command.add_argument("--replicas", type=int, default=1, help="copies of each stream: 1, or 3 in a cluster")
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    import nats  # here, so that --help needs no client
    import nats.errors

    from mweek_messaging.provisioning import ProvisioningError, apply_streams, drift_of_streams

    work = apply_streams if arguments.verb == "apply" else drift_of_streams
    try:
        connection = await nats.connect(arguments.nats_url, connect_timeout=5, allow_reconnect=False)
    except (TimeoutError, OSError, nats.errors.Error) as error:
        return _fail(f"no NATS server answers at {arguments.nats_url}: {error or type(error).__name__}")
    try:
        sentences = await work(connection, replicas=arguments.replicas)
    except ProvisioningError as error:
        return _fail(str(error))
    finally:
        await connection.close()
    print("\n".join(sentences) or "streams and consumers are as the contracts say")
    return 1 if arguments.verb == "check" and sentences else 0


def _fail(sentence: str) -> int:
    print(f"mweek-streams: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
