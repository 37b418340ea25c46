"""Builds the inventory from its settings: the only file that constructs its parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mweek_messaging import ServiceParts
from mweek_outbox import open_database, require_current_schema
from mweek_service.bootstrap import Frame, Runtime, runtime_of

from mweek_inventory.handlers import CommandHandlers, FleetBook, Housekeeping
from mweek_inventory.offline import Desk
from mweek_inventory.routes import routes
from mweek_inventory.settings import InventorySettings


def build(settings: InventorySettings, runtime: Runtime) -> ServiceParts:
    """Return the inventory, ready to be run."""
    clock, book = runtime.clock, _book(runtime)
    return ServiceParts(
        service=FRAME.name,
        nats_url=settings.nats_url,
        database=runtime.database,
        clock=clock,
        voice=runtime.voice,
        routes=routes(CommandHandlers(book=book, real_now=clock.real_now)),
        tickers=(Housekeeping(book=book, real_now=clock.real_now).ticker(),),
    )


@contextmanager
def desk(settings: InventorySettings) -> Iterator[Desk]:
    """Give what a person can do with the database while no bus is there.

    Raises:
        SchemaOutOfDateError: the database must be migrated first.
    """
    require_current_schema(settings.database_url, FRAME.package)
    database = open_database(settings.database_url)
    try:
        runtime = runtime_of(FRAME, settings, database)
        yield Desk(database=database, book=_book(runtime), new_id=runtime.new_id)
    finally:
        database.close()


def _book(runtime: Runtime) -> FleetBook:
    return FleetBook(database=runtime.database, voice=runtime.voice, now=runtime.clock.now)


FRAME = Frame(name="inventory", settings=InventorySettings, build=build)
