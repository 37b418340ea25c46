"""Builds the auditor from its settings: the only file that constructs its parts."""

from __future__ import annotations

from datetime import timedelta

from mweek_messaging import Loop, ServiceParts, Ticker
from mweek_service.bootstrap import Frame, Runtime
from mweek_timewindows.clock import Clock

from mweek_auditor.handlers import (
    Inspector,
    NoticeHandlers,
    RecordsHandler,
    Watch,
    WeekHandlers,
    WindowHandlers,
    WindowInspector,
)
from mweek_auditor.routes import routes
from mweek_auditor.settings import AuditorSettings

_LOOK_EVERY = timedelta(minutes=10)
"""In the service's clock, so that an accelerated week is looked at as often; at most once a real second."""
_SETTLE = timedelta(seconds=2)
"""An import comes in batches of records: look once, after the last."""
_SETTLE_WINDOWS = timedelta(seconds=5)
"""All that is told of windows in this time is looked at together."""
_UPKEEP = timedelta(minutes=2)
"""The planner looks every minute of its clock for machines that were taken out of service, and takes their windows."""


def build(settings: AuditorSettings, runtime: Runtime) -> ServiceParts:
    """Return the auditor, ready to be run."""
    clock = runtime.clock
    inspector = Inspector(
        voice=runtime.voice,
        now=clock.now,
        new_id=runtime.new_id,
        take_lock=runtime.database.lock,
        grace=_on_clock(clock, timedelta(seconds=settings.notice_grace_seconds)),
    )
    windows = WindowInspector(
        voice=runtime.voice,
        now=clock.now,
        new_id=runtime.new_id,
        take_lock=runtime.database.lock,
        settle=_on_clock(clock, _SETTLE_WINDOWS),
        patience=inspector.grace + _UPKEEP,
        notice_patience=inspector.grace + timedelta(seconds=settings.gather_longest_seconds),
    )
    watch = Watch(
        database=runtime.database,
        inspector=inspector,
        windows=windows,
        every_seconds=lambda: min(1.0, max(0.05, clock.real_seconds(_LOOK_EVERY))),
    )
    return ServiceParts(
        service=FRAME.name,
        nats_url=settings.nats_url,
        database=runtime.database,
        clock=clock,
        voice=runtime.voice,
        routes=routes(
            WeekHandlers(inspector=inspector, windows=windows),
            WindowHandlers(inspector=windows),
            NoticeHandlers(inspector=inspector, windows=windows),
        ),
        records_apply=RecordsHandler(now=clock.now, settle=_on_clock(clock, _SETTLE)).apply,
        tickers=(Ticker("tidy", timedelta(days=1), watch.tidy),),
        loops=(Loop("watch", watch.run),),
    )


def _on_clock(clock: Clock, real: timedelta) -> timedelta:
    """Return how far the service's clock goes in a real span: mails and records travel in real time."""
    return real / clock.real_seconds(timedelta(seconds=1))


FRAME = Frame(name="auditor", settings=AuditorSettings, build=build)
