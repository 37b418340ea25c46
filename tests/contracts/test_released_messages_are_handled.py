"""What was said in a release is dealt with by the services that hear it: read, translated, decided, recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_contracts.catalogue import CATALOGUE, CatalogueEntry, entry_of
from mweek_contracts.events import WeekScheduledV1
from mweek_contracts.reading import read_message
from mweek_contracts.records import LocationPolicyRemovedV1, LocationPolicyV1
from mweek_contracts.windows import RecordsPosition
from mweek_messaging.processing import Outcome
from mweek_notifier.domain.revision_check import IncompleteRevisionError

from tests.support.databases import SERVICES
from tests.support.translated import Hearer, hearer

RELEASED = Path(__file__).parent / "released"
RELEASES = sorted(path.name for path in RELEASED.iterdir())
NOT_WHOLE = {
    ("notifier", "week-scheduled.v1"): "rzob/2026-W49/r2: the windows as heard have the digest",
    ("notifier", "week-cancelled.v1"): "rzob/2026-W49/r3: heard 0 of 1 windows-withdrawn messages",
}
"""The examples of a release are pieces of a week: who holds a revision to its digest finds that pieces are missing."""


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("service", SERVICES)
def test_released_messages_are_translated_and_decided_on(release: str, service: str, sqlite_url: str) -> None:
    entries = [
        entry
        for entry in CATALOGUE
        if service in entry.consumers and (RELEASED / release / f"{entry.name}.json").exists()
    ]
    with hearer(service, sqlite_url, records=planned_from(release)) as hears:
        outcomes = {entry.name: outcome_of(hears, entry, release) for entry in entries}
    expected = {name: NOT_WHOLE.get((service, name), Outcome.DONE.value) for name in outcomes}
    assert outcomes
    assert {name: said[: len(expected[name])] for name, said in outcomes.items()} == expected


@pytest.mark.parametrize("service", ["planner", "notifier", "auditor"])
def test_policy_and_its_tombstone_are_taken_in_by_who_reads_records(service: str, sqlite_url: str) -> None:
    with hearer(service, sqlite_url, records=planned_from("0.1.0")) as hears:
        for record in (LocationPolicyV1, LocationPolicyRemovedV1):
            body = entry_of(record).example()
            assert hears.hears(record.model_validate_json(body), body) == Outcome.DONE


def outcome_of(service: Hearer, entry: CatalogueEntry, release: str) -> str:
    body = (RELEASED / release / f"{entry.name}.json").read_bytes()
    message = entry.message.model_validate_json(body)
    try:
        return service.hears(read_message(message.subject, body), body)
    except IncompleteRevisionError as error:
        return str(error)


def planned_from(release: str) -> RecordsPosition:
    """Return up to where RECORDS must be known: what the released revision was planned from."""
    return WeekScheduledV1.model_validate_json((RELEASED / release / "week-scheduled.v1.json").read_bytes()).records
