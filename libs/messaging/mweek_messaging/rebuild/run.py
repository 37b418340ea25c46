"""The rebuild, step by step. Every step may be repeated; a second run finds nothing to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mweek_contracts.catalogue import CATALOGUE
from mweek_contracts.streams import COMMANDS, DEAD, EVENTS, RECORDS, StreamSpec
from mweek_outbox import Database
from nats.aio.client import Client

from mweek_messaging.acceptance import accept_stream
from mweek_messaging.guard import StreamGuard, Verdict, Watched
from mweek_messaging.provisioning import apply_streams, drift_of_streams
from mweek_messaging.rebuild.databases import SERVICES
from mweek_messaging.rebuild.mending import Damage, StreamMender, make_anew
from mweek_messaging.rebuild.outboxes import Outboxes
from mweek_messaging.rebuild.steps import Say, Step, StepKind
from mweek_messaging.regression import Loss
from mweek_messaging.stream_state import read_state
from mweek_messaging.workers import Workers

OWNER_OF_RECORDS: Final = next(entry.owner for entry in CATALOGUE if entry.stream is RECORDS)
"""The service that can say every record again."""


Losses = Mapping[str, Mapping[str, Watched]]
"""By service and stream: what went back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """One run. What it needs of the outside comes as arguments."""

    connection: Client
    databases: Mapping[str, Database]
    """Those at hand, by service; the others' part is left to a run where they are."""
    say_records_again: Callable[[], Awaitable[None]]
    """Has the inventory record all of its records again, in its outbox."""
    now: Callable[[], datetime]
    run_id: str
    say: Say
    replicas: int = 1
    dry_run: bool = False

    async def run(self) -> None:
        """Do it; with `dry_run` say what would be done.

        Raises:
            ProvisioningError, StillPublishingError, NotMendedError: each says what to do; what was done stands.
            nats.errors.Error, TimeoutError, OSError: the server went away; run it again.
        """
        workers = Workers()
        outboxes = Outboxes(self.databases, workers)
        try:
            await self._apply()
            losses = await self._losses(workers, tell=True)
            menders = self._menders(outboxes, losses)
            await self._take_roles(outboxes, losses, [await mender.look() for mender in menders])
            for mender in menders:
                await self._mend(mender)
            withheld = await self._records(outboxes, losses)
            await self._accept(losses if self.dry_run else await self._losses(workers), withheld)
            self._notes(losses)
        finally:
            outboxes.give_back()
            workers.close()

    async def _apply(self) -> None:
        work = drift_of_streams if self.dry_run else apply_streams
        for sentence in await work(self.connection, replicas=self.replicas):
            self.say(Step(StepKind.STREAM, sentence))

    async def _losses(self, workers: Workers, *, tell: bool = False) -> Losses:
        """Return what each service sees gone back, by its own memory; nothing is remembered of this look."""
        losses: dict[str, dict[str, Watched]] = {}
        for service, database in self.databases.items():
            guard = StreamGuard(connection=self.connection, database=database, workers=workers, service=service)
            watched = await guard.look(remember=False)
            losses[service] = {one.stream: one for one in watched if one.verdict is Verdict.WENT_BACK}
            for one in losses[service].values():
                if tell and one.regression:
                    sentence = f"{service}: the stream {one.stream} {one.regression.sentence}"
                    self.say(Step(StepKind.FOUND, sentence, {"service": service, "stream": one.stream}))
        return losses

    def _menders(self, outboxes: Outboxes, losses: Losses) -> list[StreamMender]:
        # What is not in DEAD was most likely dropped or replayed by an operator: only a loss brings it back.
        specs = (EVENTS, DEAD) if _lost(losses, DEAD) else (EVENTS,)
        return [
            StreamMender(self.connection, spec, outboxes, run_id=self.run_id, replicas=self.replicas) for spec in specs
        ]

    async def _take_roles(self, outboxes: Outboxes, losses: Losses, damages: Sequence[Damage]) -> None:
        """See that nobody publishes from an outbox meanwhile: what it says next must come after what is missing."""
        lacking = {service for damage in damages for service in damage.lacking}
        everybody = any(damage.anew for damage in damages)
        concerned = [name for name in self.databases if everybody or losses[name] or name in lacking]
        if not self.dry_run:
            await outboxes.take(concerned, on_wait=self._say_waiting)

    def _say_waiting(self, service: str) -> None:
        sentence = f"waiting until the {service} has noticed and stops publishing (a minute at most)"
        self.say(Step(StepKind.WAITING, sentence, {"service": service}))

    async def _mend(self, mender: StreamMender) -> None:
        damage = await mender.look()  # again, now that nobody else publishes
        if not (damage.missing or damage.copied):
            return
        if not self.dry_run:
            await mender.mend(damage)
        stream, count = mender.stream, len(damage.missing)
        whose = ", ".join(f"{number} of the {service}" for service, number in damage.lacking.items()) or "of a copy"
        how = "written anew as a whole, in order" if damage.anew else "these are published again, in order"
        fields = {"stream": stream, "messages": count, "anew": damage.anew, "lacking": damage.lacking}
        self.say(Step(StepKind.PUBLISHED, f"{stream} lacks {count} messages ({whose}): {how}", fields))

    async def _records(self, outboxes: Outboxes, losses: Losses) -> frozenset[str]:
        """Bring RECORDS back from the inventory's tables; returns the streams that nobody may accept yet."""
        if not _lost(losses, RECORDS):
            return frozenset()
        state = await read_state(self.connection, RECORDS.name)
        if _was_filled_again(losses) and state is not None and state.messages:
            return frozenset()
        if OWNER_OF_RECORDS in self.databases:
            if not self.dry_run:
                await self._say_records_again(outboxes)
            sentence = "RECORDS is made anew; every record is published again from the inventory's tables"
            self.say(Step(StepKind.PUBLISHED, sentence, {"stream": RECORDS.name, "anew": True}))
            return frozenset()
        sentence = (
            "RECORDS can be brought back only from the inventory's database, which is not at hand: run this where it "
            "is, and then here once more"
        )
        self.say(Step(StepKind.NOTE, sentence, {"stream": RECORDS.name}))
        return frozenset({RECORDS.name})

    async def _say_records_again(self, outboxes: Outboxes) -> None:
        # Anew and not only filled up: plans name the position in RECORDS that they were made from, and the positions of
        # two histories of one stream would be mixed up.
        await make_anew(self.connection, RECORDS, replicas=self.replicas)
        await outboxes.take([OWNER_OF_RECORDS], on_wait=self._say_waiting)
        await self.say_records_again()
        await outboxes.publish_waiting(self.connection, OWNER_OF_RECORDS, self.now)

    async def _accept(self, losses: Losses, withheld: frozenset[str]) -> None:
        for service, lost in losses.items():
            for stream in lost:
                if stream in withheld:
                    continue
                fields = {"service": service, "stream": stream}
                sentences = [f"{service} takes {stream} as it is then, and reads it from the beginning"]
                if not self.dry_run:
                    database = self.databases[service]
                    sentences = await accept_stream(self.connection, database, service=service, stream=stream)
                for sentence in sentences:
                    self.say(Step(StepKind.ACCEPTED, sentence, fields))

    def _notes(self, losses: Losses) -> None:
        if _lost(losses, COMMANDS):
            self.say(
                Step(
                    StepKind.NOTE,
                    "Commands that no service had taken when COMMANDS was lost cannot come back from anywhere: ask who "
                    "gave some, and let them publish theirs again; with the same command_id nothing is done twice",
                    {"stream": COMMANDS.name},
                )
            )
        if _lost(losses, DEAD):
            sentence = "DEAD may hold letters again that somebody had dropped or replayed: see `mweek dead list`"
            self.say(Step(StepKind.NOTE, sentence, {"stream": DEAD.name}))
        missing = [service for service in SERVICES if service not in self.databases]
        if missing:
            sentence = (
                f"No database of {', '.join(missing)} is at hand: what they have published is not brought back by this "
                f"run, and they stay as they are. Run this where their databases are, or name them with --database"
            )
            self.say(Step(StepKind.NOTE, sentence, {"missing_databases": missing}))


def _lost(losses: Losses, spec: StreamSpec) -> bool:
    return any(spec.name in lost for lost in losses.values())


def _was_filled_again(losses: Losses) -> bool:
    """Return whether RECORDS lacks nothing, and was only made anew by a rebuild where the inventory's database is."""
    for service, lost in losses.items():
        watched = lost.get(RECORDS.name)
        if watched and (service == OWNER_OF_RECORDS or not watched.regression or watched.regression.loss is Loss.CUT):
            return False
    return True
