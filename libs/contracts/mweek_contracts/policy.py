"""What a location allows in windows: the same fields in a fleet file and in the record on the bus."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from mweek_contracts import rules
from mweek_contracts.fields import LONGEST_DOWNTIME_MINUTES, PositiveCount, refuse_bool
from mweek_contracts.message import Value

MOST_PADDING_PERCENT: Final = 1_000
MOST_REQUESTS_PER_MINUTE: Final = 60_000

PaddingPercent = Annotated[int, Field(ge=0, le=MOST_PADDING_PERCENT), BeforeValidator(refuse_bool)]
Minutes = Annotated[int, Field(ge=0, le=LONGEST_DOWNTIME_MINUTES), BeforeValidator(refuse_bool)]
SomeMinutes = Annotated[int, Field(ge=1, le=LONGEST_DOWNTIME_MINUTES), BeforeValidator(refuse_bool)]
Rate = Annotated[int, Field(ge=1, le=MOST_REQUESTS_PER_MINUTE), BeforeValidator(refuse_bool)]


class LocationPolicyFields(Value):
    """How long the windows of a location are that machines request, and how many machines may be down at once.

    The length is max(`shortest_window_minutes`, estimate + `preparation_minutes`), and `padding_percent` more, rounded
    up to 5 minutes.
    """

    capacity: PositiveCount | None = None
    """How many machines of the location may be down at once; absent: any number."""
    padding_percent: PaddingPercent = rules.DEFAULT_PADDING_PERCENT
    """How much longer than needed a window is."""
    shortest_window_minutes: SomeMinutes = rules.DEFAULT_SHORTEST_WINDOW_MINUTES
    """What a window is made for at least, before the padding."""
    preparation_minutes: Minutes = rules.DEFAULT_PREPARATION_MINUTES
    """What a machine needs beside its downtime, e.g. to drain."""
    lease_minutes: SomeMinutes = rules.DEFAULT_LEASE_MINUTES
    """How long a lease lasts before it must be renewed; longer than a reboot. Never beyond the end of the window."""
    requests_per_minute: Rate = rules.DEFAULT_REQUESTS_PER_MINUTE
    """How often one machine may ask; more are refused until it has been quiet."""
