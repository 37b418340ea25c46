"""Builds the planner from its settings: the only file that constructs its parts."""

from __future__ import annotations

from mweek_messaging import RecordsLag, ServiceParts
from mweek_service.bootstrap import Frame, Runtime

from mweek_planner.handlers import CommandHandlers, RepairHandler, SituationReader, apply_records
from mweek_planner.routes import routes
from mweek_planner.settings import PlannerSettings
from mweek_planner.storage.patterns import PatternDirectory


def build(settings: PlannerSettings, runtime: Runtime) -> ServiceParts:
    """Return the planner, ready to be run."""
    lag = RecordsLag()
    situations = SituationReader(database=runtime.database, records_lag=lag, now=runtime.clock.now)
    patterns = PatternDirectory(settings.patterns)
    commands = CommandHandlers(situations=situations, patterns=patterns, voice=runtime.voice)
    return ServiceParts(
        service=FRAME.name,
        nats_url=settings.nats_url,
        database=runtime.database,
        clock=runtime.clock,
        voice=runtime.voice,
        routes=routes(commands, RepairHandler(situations=situations, voice=runtime.voice)),
        records_apply=apply_records,
        records_lag=lag,
    )


FRAME = Frame(name="planner", settings=PlannerSettings, build=build)
