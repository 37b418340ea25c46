"""A request with all that its answer depends on beside the bookings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.requests.policy import Policy
from mweek_planner.domain.requests.request import WindowRequest
from mweek_planner.domain.requests.steps import step_at, step_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked, for whom, under which policy, at which instant.

    `customer` is None for a machine of the operator's own: any time is welcome then and no notice is due, as in a
    maintenance week; capacity and redundancy hold for it as for all. A customer that the machine names and nobody has
    described is `undescribed(name)`.
    """

    request: WindowRequest
    customer: Customer | None = None
    redundancy_group: str | None = None
    policy: Policy
    now: datetime

    @property
    def told_from(self) -> datetime:
        """From when on the customer has had its notice; now if urgent."""
        if self.request.urgent or self.customer is None:
            return self.now
        return self.now + self.customer.notice

    @property
    def earliest_at(self) -> datetime:
        """Before this a new window may not open."""
        return self.told_from if self.request.not_before is None else max(self.told_from, self.request.not_before)

    @property
    def horizon_at(self) -> datetime:
        """By this a window has to be over, whatever the request says."""
        return self.now + self.policy.horizon

    @property
    def latest_at(self) -> datetime:
        """By this a window has to be over."""
        return self.horizon_at if self.request.deadline is None else min(self.horizon_at, self.request.deadline)

    @property
    def earliest(self) -> int:
        """The first step in which a new window may open."""
        return step_from(self.earliest_at)

    @property
    def end(self) -> int:
        """The step before which a window has to be over."""
        return step_at(self.latest_at)

    @property
    def steps(self) -> int:
        """How many steps a window of its own has."""
        return self.policy.steps(self.request.estimated_minutes)

    def without_deadline(self) -> Case:
        """Return the same case as if the request had none."""
        return replace(self, request=replace(self.request, deadline=None))
