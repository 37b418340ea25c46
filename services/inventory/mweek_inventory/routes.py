"""Which handler deals with which message."""

from __future__ import annotations

from mweek_contracts.commands import PutRecordsV1, RebuildRecordsV1
from mweek_messaging import Route

from mweek_inventory.handlers import CommandHandlers


def routes(commands: CommandHandlers) -> tuple[Route, ...]:
    """Return the table."""
    return (
        Route(PutRecordsV1, commands.put_records),
        Route(RebuildRecordsV1, commands.rebuild_records),
    )
