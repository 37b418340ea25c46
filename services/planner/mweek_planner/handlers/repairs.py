"""Plans a week again where an audit found machines that came or went since it was planned."""

from __future__ import annotations

from functools import partial

import structlog
from mweek_contracts.events import AuditFailedV1
from mweek_messaging import Voice
from sqlmodel import Session

from mweek_planner.handlers.decisions import NotRepaired, repair
from mweek_planner.handlers.situation import SituationReader
from mweek_planner.handlers.week_windows import WeekWindows
from mweek_planner.interfaces import Revision
from mweek_planner.storage.plans import was_repaired
from mweek_planner.translation import Repair, repairable, scheduled

log = structlog.get_logger()


class RepairHandler:
    """Handles `audit-failed`."""

    def __init__(self, *, situations: SituationReader, weeks: WeekWindows, voice: Voice) -> None:
        """Keep the collaborators."""
        self._weeks = weeks
        self._situations = situations
        self._voice = voice

    def audit_failed(self, session: Session, event: AuditFailedV1) -> None:
        """Make the revision that repairs what planning again can repair; the operator is told of all else by mail."""
        found = repairable(event)
        if found is None:
            return
        self._situations.enter(session, event.location)
        answer = self._decide(session, event, found)
        if isinstance(answer, NotRepaired):
            log.warning("audit-not-repaired", plan_id=event.plan_id, findings=found.findings[:20], why=answer.why)
            return
        before = self._weeks.store(session, answer)
        self._voice.say_all(session, scheduled(answer, partial(self._voice.envelope, event), command_id=None))
        self._weeks.see_to_requests(session, answer, before)
        log.info("audit-repaired", plan_id=event.plan_id, revision=answer.plan.revision, findings=len(found.findings))

    def _decide(self, session: Session, event: AuditFailedV1, found: Repair) -> Revision | NotRepaired:
        """Return the repair, once for the same findings in the same inventory.

        Should the auditor find them again, it and the planner disagree, and no number of revisions would end that.
        """
        situation = self._situations.read(session, event.location, found.week)
        key = found.key(situation.inventory)
        if was_repaired(session, event.location, found.week, repair_key=key):
            return NotRepaired("it was repaired before, in just this inventory")
        return repair(event, situation, repair_key=key)
