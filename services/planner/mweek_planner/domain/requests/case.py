"""A request with all that its answer depends on beside the bookings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

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
    told_from: datetime = field(init=False, repr=False, compare=False)
    """From when on the customer has had its notice; now if urgent."""
    earliest_at: datetime = field(init=False, repr=False, compare=False)
    """Before this a new window may not open."""
    horizon_at: datetime = field(init=False, repr=False, compare=False)
    """By this a window has to be over, whatever the request says."""
    latest_at: datetime = field(init=False, repr=False, compare=False)
    """By this a window has to be over."""
    earliest: int = field(init=False, repr=False, compare=False)
    """The first step in which a new window may open."""
    end: int = field(init=False, repr=False, compare=False)
    """The step before which a window has to be over."""
    horizon: int = field(init=False, repr=False, compare=False)
    """The step that the horizon lies in."""
    steps: int = field(init=False, repr=False, compare=False)
    """How many steps a window of its own has."""

    def __post_init__(self) -> None:
        """Work out once what is asked many times."""
        request, customer, keep = self.request, self.customer, partial(object.__setattr__, self)
        told_from = self.now if request.urgent or customer is None else self.now + customer.notice
        earliest_at = told_from if request.not_before is None else max(told_from, request.not_before)
        horizon_at = self.now + self.policy.horizon
        latest_at = horizon_at if request.deadline is None else min(horizon_at, request.deadline)
        keep("told_from", told_from)
        keep("earliest_at", earliest_at)
        keep("horizon_at", horizon_at)
        keep("latest_at", latest_at)
        keep("earliest", step_from(earliest_at))
        keep("end", step_at(latest_at))
        keep("horizon", step_at(horizon_at))
        keep("steps", self.policy.steps(request.estimated_minutes))

    def without_deadline(self) -> Case:
        """Return the same case as if the request had none."""
        return replace(self, request=replace(self.request, deadline=None))
