"""What is written as a document is read as the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.documents import FleetDocument, read_fleet, render_json_lines, render_yaml
from mweek_contracts.fleet import (
    AcceptableWindow,
    Blackout,
    Contact,
    CustomerFields,
    Delivery,
    Environment,
    Kind,
    Language,
    MachineFields,
    Weekday,
)
from mweek_contracts.policy import LocationPolicyFields
from pydantic import ValidationError

LOOKS_LIKE_SOMETHING_ELSE = (
    "null",
    "~",
    "NO",
    "true",
    "22:00",
    "0x10",
    "1_000",
    "25.10",
    "- a",
    "#x",
    "a: b",
    "'",
    "é",
)


def is_text(value: str) -> bool:
    """Tell whether a document may carry the text."""
    try:
        return Contact(name=value, email="a@b.example").name == value
    except ValidationError:
        return False


texts = st.sampled_from(LOOKS_LIKE_SOMETHING_ELSE) | st.text(min_size=1, max_size=30).filter(is_text)
tokens = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
instants = st.integers(0, 10**6).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
blackouts = st.builds(
    lambda start, hours, reason: Blackout(starts_at=start, ends_at=start + timedelta(hours=hours), reason=reason),
    instants,
    st.integers(1, 999),
    texts,
)
windows = st.builds(
    AcceptableWindow,
    days=st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple),
    start=st.sampled_from(["00:00", "22:00", "05:30"]),
    end=st.sampled_from(["24:00", "05:00", "06:30"]),
)
customers = st.builds(
    CustomerFields,
    customer=tokens,
    name=st.none() | texts,
    contacts=st.tuples(
        st.builds(
            Contact,
            name=texts,
            email=tokens.map(lambda token: f"{token}@acme.example"),
            language=st.sampled_from(Language),
            delivery=st.sampled_from(Delivery),
        )
    ),
    timezone=st.sampled_from(["Europe/Berlin", "America/New_York", "UTC"]),
    acceptable_windows=st.lists(windows, min_size=1, max_size=2).map(tuple),
    blackouts=st.lists(blackouts, max_size=2).map(tuple),
    notice_hours=st.integers(0, 100),
    max_parallel=st.none() | st.integers(1, 9),
)
machines = st.builds(
    MachineFields,
    name=tokens,
    kind=st.just(Kind.PHYSICAL),
    role=tokens,
    environment=st.sampled_from(Environment),
    profile=st.none() | texts,
    os_release=st.none() | texts,
    downtime_minutes=st.integers(0, 600),
    in_service=st.booleans(),
    labels=st.dictionaries(tokens, texts, max_size=3),
)
policies = st.builds(
    LocationPolicyFields,
    capacity=st.none() | st.integers(1, 99),
    padding_percent=st.just(25) | st.integers(0, 1000),
    lease_minutes=st.just(30) | st.integers(1, 600),
)
fleets = st.builds(
    FleetDocument,
    location=tokens,
    customers=st.lists(customers, max_size=3, unique_by=lambda c: c.customer).map(tuple),
    machines=st.lists(machines, max_size=4, unique_by=lambda m: m.name).map(tuple),
    policy=st.none() | policies,
)


@pytest.mark.parametrize(("suffix", "render"), [(".yaml", render_yaml), (".jsonl", render_json_lines)])
@given(fleet=fleets)
def test_what_is_written_is_read_as_the_same(
    suffix: str, render: Callable[[FleetDocument], list[str]], fleet: FleetDocument
) -> None:
    """Whatever a fleet's texts look like, it comes back whole."""
    text = "\n".join(render(fleet)) + "\n"
    assert read_fleet((f"fleet{suffix}", text)) == fleet
