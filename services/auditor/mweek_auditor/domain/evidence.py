"""What the checks of one audit share: each answer is worked out once."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_auditor.domain.census import Census
from mweek_auditor.domain.coverage import Coverage
from mweek_auditor.domain.holding import Holding
from mweek_auditor.domain.layout import Layout
from mweek_auditor.domain.plan import Case
from mweek_auditor.domain.welcome import Welcome


@dataclass(frozen=True, slots=True)
class Evidence:
    """A case, seen by the records that the plan was made from."""

    case: Case
    census: Census
    layout: Layout
    welcome: Welcome
    holding: Holding

    @classmethod
    def of(cls, case: Case, coverage: Coverage) -> Evidence:
        """Prepare the answers for a case."""
        census = Census(case.planned_from, case.frame)
        layout = Layout(case, coverage)
        welcome = Welcome(case)
        return cls(case, census, layout, welcome, Holding(census, layout, welcome))
