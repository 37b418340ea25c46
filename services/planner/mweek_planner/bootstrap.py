"""Builds the planner from its settings: the only file that constructs its parts."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mweek_messaging import RecordsLag, ServiceParts, Ticker
from mweek_service.bootstrap import Frame, Runtime

from mweek_planner.handlers import (
    AskingRates,
    CommandHandlers,
    EntryHandlers,
    ExplanationHandler,
    Granting,
    RecordsGate,
    RepairHandler,
    SituationReader,
    WeekWindows,
    WindowDesk,
    WindowHandlers,
    WindowUpkeep,
    apply_records,
)
from mweek_planner.routes import answers, routes
from mweek_planner.settings import PlannerSettings
from mweek_planner.storage.calendars import Calendars
from mweek_planner.storage.patterns import PatternDirectory
from mweek_planner.translation.window_requests import window_request_from

LOOKS_EVERY: Final = timedelta(minutes=1)
"""How late it may be said that a machine is overdue. Nobody gets in sooner or later for it."""


def build(settings: PlannerSettings, runtime: Runtime) -> ServiceParts:
    """Return the planner, ready to be run."""
    lag = RecordsLag()
    situations = SituationReader(database=runtime.database, records_lag=lag, now=runtime.clock.now)
    patterns = PatternDirectory(settings.patterns)
    rates = AskingRates()
    desk = _window_desk(runtime, lag, rates)
    granting = Granting(desk=desk, new_id=runtime.new_id)
    weeks = WeekWindows(desk=desk, granting=granting)
    commands = CommandHandlers(situations=situations, patterns=patterns, weeks=weeks, voice=runtime.voice)
    repairs = RepairHandler(situations=situations, weeks=weeks, voice=runtime.voice)
    upkeep = WindowUpkeep(desk=desk, granting=granting, request_of=window_request_from)
    return ServiceParts(
        service=FRAME.name,
        nats_url=settings.nats_url,
        database=runtime.database,
        clock=runtime.clock,
        voice=runtime.voice,
        routes=routes(commands, repairs),
        answers=answers(
            WindowHandlers(desk=desk, granting=granting),
            ExplanationHandler(desk=desk),
            EntryHandlers(desk=desk, new_id=runtime.new_id),
        ),
        asking_rate=rates.of,
        records_apply=apply_records,
        records_lag=lag,
        tickers=[Ticker("windows", LOOKS_EVERY, upkeep.look)],
    )


def _window_desk(runtime: Runtime, lag: RecordsLag, rates: AskingRates) -> WindowDesk:
    clock = runtime.clock
    return WindowDesk(
        calendars=Calendars(database=runtime.database, now=clock.now, request_of=window_request_from),
        gate=RecordsGate(records_lag=lag, real_now=clock.real_now),
        rates=rates,
        voice=runtime.voice,
        now=clock.now,
    )


FRAME = Frame(name="planner", settings=PlannerSettings, build=build)
