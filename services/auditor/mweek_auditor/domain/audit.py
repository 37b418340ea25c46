"""The audit of one plan revision: all checks, in an order in which a fault is found once."""

from __future__ import annotations

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.announcement import Announcement
from mweek_auditor.domain.books import BookKeeping
from mweek_auditor.domain.consent import Consent
from mweek_auditor.domain.coverage import Coverage
from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding, in_order
from mweek_auditor.domain.moves import Moves
from mweek_auditor.domain.phases import Phases
from mweek_auditor.domain.place import Places
from mweek_auditor.domain.plan import Case
from mweek_auditor.domain.quota import Quotas
from mweek_auditor.domain.redundancy import Redundancy

_ASTRAY = frozenset(
    {
        FindingCode.NO_WINDOW,
        FindingCode.UNPLACED,
        FindingCode.SEVERAL_WINDOWS,
        FindingCode.UNKNOWN_PHASE,
        FindingCode.WRONG_PHASE,
    }
)
"""Findings that say where a machine is not as it should be: quotas and slots do not blame its phase once more."""


def audit(case: Case) -> tuple[Finding, ...]:
    """Return everything that is wrong with a plan, sorted; nothing when the rules of docs/planning.md hold.

    Notices are not looked at here: see `told.not_told`. The work grows in proportion to the number of machines.
    """
    coverage = Coverage(case)
    evidence = Evidence.of(case, coverage)
    places = Places(evidence)
    found = [*coverage.findings(), *Phases(case).findings(), *places.findings()]
    astray = frozenset(finding.machine for finding in found if finding.machine and finding.code in _ASTRAY)
    found += Quotas(evidence, places).findings(doubted=coverage.doubted, astray=astray)
    found += Redundancy(evidence).findings(astray)
    found += Moves(evidence).findings()
    found += Consent(evidence).findings()
    found += BookKeeping(case).findings()
    found += Announcement(case).findings()
    return in_order(found)
