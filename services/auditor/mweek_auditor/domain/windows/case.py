"""What one audit of a location's requested windows looks at: all that was told of them, and the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from mweek_auditor.domain.windows.answer import Answer
from mweek_auditor.domain.windows.lease import Lease
from mweek_auditor.domain.windows.records import Records
from mweek_auditor.domain.windows.window import RequestedWindow, WeekWindow


@dataclass(frozen=True, kw_only=True)
class WindowCase:
    """The requested windows of a location that are not over or ended after `since`.

    `weeks` names each week whose plan is known, with the number (see `Grant`) of the revision that stands. `patience`
    is how long the planner may take to act on a changed record, `notice_patience` how long customers may take to be
    told.
    """

    location: str
    now: datetime
    since: datetime
    patience: timedelta
    notice_patience: timedelta
    records: Records
    windows: Mapping[str, RequestedWindow]
    week_windows: Sequence[WeekWindow] = ()
    weeks: Mapping[str, int] = field(default_factory=dict)
    leases: Sequence[Lease] = ()
    answers: Sequence[Answer] = ()

    @cached_property
    def requested(self) -> Sequence[RequestedWindow]:
        """The windows that were made for requests, gone ones too; not those of a week that meet some."""
        return [window for window in self.windows.values() if window.grant.week is None]

    @cached_property
    def standing(self) -> Sequence[RequestedWindow]:
        """The windows that machines have, those of a week that meet requests included: what is gone is put right."""
        return [window for window in self.windows.values() if window.stands]

    @property
    def machines_in_service(self) -> int:
        """How many machines of the location are in service."""
        found = (history.now for history in self.records.machines.values())
        return sum(machine is not None and machine.in_service for machine in found)

    @property
    def next_settled_at(self) -> datetime | None:
        """When the planner has had its time to act on the next of the machines that changed; None where none did."""
        histories = [self.records.machine(window.grant.machine) for window in self.requested if window.stands]
        changes = (history.versions[0].since for history in histories if history.versions)
        looks = [since + self.patience for since in changes if since is not None]
        return min((at for at in looks if at > self.now), default=None)

    @cached_property
    def week_window(self) -> Mapping[str, WeekWindow]:
        """The windows of weeks by id."""
        return {window.window_id: window for window in self.week_windows}

    @cached_property
    def finished(self) -> Mapping[str, datetime]:
        """When the machines left that are done with their windows."""
        return {lease.window_id: lease.left_at for lease in self.leases if lease.finished and lease.left_at is not None}
