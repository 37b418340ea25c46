"""What of a run is not moving messages, measured again alone: planning, writing mails, judging the plan.

Each is done once more from what the run has left in the services' databases, in this process, without storing anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa
from mweek_auditor.domain.audit import audit
from mweek_auditor.handlers.case_files import case_of_standing
from mweek_auditor.storage.weeks import standing_plan
from mweek_contracts.documents import built_in_pattern
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import NoticeKind
from mweek_notifier.rendering.mail import rendered
from mweek_notifier.storage.documents import notice_of
from mweek_notifier.storage.rows import NOTICE
from mweek_outbox import Database, open_database
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.storage.records import load_fleet
from mweek_planner.translation import pattern_from

from tests.benchmarks.services_run import CLOCK, WEEK
from tests.benchmarks.synthetic import LOCATION

_NOW: Final = datetime.fromisoformat(CLOCK)
_LETTERHEAD: Final = Letterhead("Maintenance Week", "maintenance@hoster.example", "noc@hoster.example")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Deciding:
    """CPU seconds of what the services decide and write."""

    planning: float
    mails: float
    audit: float


def deciding_of(folder: Path) -> Deciding:
    """Return what planning, mails and audit of a run cost alone; `folder` has the databases of the run."""
    return Deciding(planning=_planning(folder), mails=_mails(folder), audit=_audit(folder))


def _planning(folder: Path) -> float:
    with _database(folder, "planner").read() as session:
        fleet = load_fleet(session, LOCATION)
    document = built_in_pattern("one-few-many")
    assert document
    asked = PlanningInput(location=LOCATION, week=WEEK, now=_NOW, fleet=fleet, pattern=pattern_from(document))
    outcome, seconds = _timed(lambda: plan(asked))
    assert isinstance(outcome, Planned)
    return seconds


def _mails(folder: Path) -> float:
    with _database(folder, "notifier").read() as session:
        rows = session.connection().execute(sa.select(NOTICE.c.kind, NOTICE.c.content)).all()
    notices = [notice_of(NoticeKind(row.kind), row.content) for row in rows]

    def write_all() -> None:
        for notice in notices:
            rendered(notice, _LETTERHEAD, message_id="<benchmark@hoster.example>", dated_at=_NOW)

    return _timed(write_all)[1]


def _audit(folder: Path) -> float:
    with _database(folder, "auditor").read() as session:
        standing = standing_plan(session, LOCATION, WEEK)
        assert standing
        case = case_of_standing(session, standing, now=_NOW)
    findings, seconds = _timed(lambda: audit(case))
    assert not findings
    return seconds


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def _database(folder: Path, service: str) -> Database:
    return open_database(f"sqlite:///{folder / service}.sqlite3")
