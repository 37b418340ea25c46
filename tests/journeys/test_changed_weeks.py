"""What happens to a week after it was scheduled: revisions, a cancellation, previews, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any, Unpack

import pytest
from mweek import Client, Refusal, Revision, WeekView
from mweek.planning import ScheduleOptions
from mweek_contracts.documents import read_fleet, read_pattern
from mweek_contracts.events import AuditPassedV1, FleetImportedV1, WeekCancelledV1
from mweek_contracts.windows import AssignedWindow

from tests.support.eventually import eventually
from tests.support.house import RunningHouse
from tests.support.small_fleet import fleet_text

pytestmark = pytest.mark.xdist_group("house")

MACHINES = ("acme-test01", "acme-prod01", "acme-prod02", "globex-test01", "globex-prod01", "initech-prod01")
WEEK = "2026-W49"
EVERYBODY = {"acme": 1, "globex": 1, "initech": 1}


@pytest.fixture
async def client(house: RunningHouse) -> AsyncIterator[Client]:
    async with Client.connect(house.nats_url, requested_by="a journey") as connected:
        yield connected


async def put_fleet(client: Client, location: str, machines: Sequence[str] = MACHINES, **options: Any) -> None:
    """Import a small fleet over the bus."""
    fleet = read_fleet(("fleet.yaml", fleet_text(location, machines=machines, **options)))
    imported = await client.import_fleet(fleet)
    assert isinstance(imported, FleetImportedV1), imported


async def schedule(client: Client, location: str, **options: Unpack[ScheduleOptions]) -> Revision:
    """Schedule the week of a location, and wait for the verdict, which must be that it passed."""
    revision = await client.schedule_week(location, WEEK, **options)
    assert isinstance(revision, Revision), revision
    verdict = await client.verdict(revision, timeout=60)
    assert isinstance(verdict, AuditPassedV1), verdict
    return revision


def mailed(house: RunningHouse, location: str) -> Counter[str]:
    """Return how many mails each customer of a location has got."""
    mails = house.mails_to(*(f"{customer}-{location}.example" for customer in EVERYBODY))
    return Counter(str(mail["To"].addresses[0].domain).split("-")[0] for mail in mails)


def names(windows: Sequence[Any]) -> list[str]:
    return [window.machine for window in windows]


async def test_joiner_leaver_and_blackout_are_told_to_their_customers_alone(
    house: RunningHouse, client: Client
) -> None:
    await put_fleet(client, "revised")
    first = await schedule(client, "revised")
    assert mailed(house, "revised") == EVERYBODY
    day = f"{first.windows['globex-test01'].opens_at:%Y-%m-%d}"

    changed = (*(name for name in MACHINES if name != "acme-prod02"), "acme-prod03")
    await put_fleet(client, "revised", changed, blackouts={"globex": day})
    second = await schedule(client, "revised")

    assert (second.plan.revision, second.plan.parent_revision) == (2, 1)
    assert (names(second.changes.added), names(second.changes.withdrawn)) == (["acme-prod03"], ["acme-prod02"])
    assert "globex-test01" in names(second.changes.moved)
    assert all(_is_globex(window) and f"{window.opens_at:%Y-%m-%d}" != day for window in second.changes.moved)
    assert (await client.fleet("revised")).mailed(second.changes) == ("acme-revised", "globex-revised")
    assert mailed(house, "revised") == {"acme": 2, "globex": 2, "initech": 1}


async def test_cancelled_week_has_no_windows_and_its_customers_are_told(house: RunningHouse, client: Client) -> None:
    await put_fleet(client, "cancelled")
    await schedule(client, "cancelled")

    outcome = await client.cancel_week("cancelled", WEEK, reason="the update is withdrawn")
    assert isinstance(outcome, WeekCancelledV1)
    await eventually(lambda: mailed(house, "cancelled"), lambda seen: seen == {"acme": 2, "globex": 2, "initech": 2})

    view = await client.week("cancelled", WEEK)
    assert (outcome.withdrawn, dict(view.windows)) == (len(MACHINES), {})
    assert view.cancellation
    assert view.cancellation.reason == "the update is withdrawn"
    texts = (mail.get_body(("plain",)) for mail in house.mails_to("acme-cancelled.example"))
    assert "the update is withdrawn" in "".join(str(text.get_content()) for text in texts if text)


async def test_cancelled_week_can_be_scheduled_again(house: RunningHouse, client: Client) -> None:
    await put_fleet(client, "again")
    await schedule(client, "again")
    await client.cancel_week("again", WEEK, reason="not yet")
    await eventually(lambda: mailed(house, "again"), lambda seen: seen == {"acme": 2, "globex": 2, "initech": 2})

    scheduled = await schedule(client, "again")

    assert (scheduled.plan.revision, scheduled.plan.parent_revision) == (3, 2)
    assert names(scheduled.changes.added) == sorted(MACHINES)
    assert mailed(house, "again") == {"acme": 3, "globex": 3, "initech": 3}


async def test_preview_is_judged_and_changes_and_mails_nothing(house: RunningHouse, client: Client) -> None:
    await put_fleet(client, "previewed")

    preview = await client.preview_week("previewed", WEEK)
    assert isinstance(preview, Revision)
    verdict = await client.verdict(preview, timeout=60)
    scheduled = await schedule(client, "previewed")

    assert isinstance(verdict, AuditPassedV1)
    assert verdict.preview
    assert (preview.plan.revision, scheduled.plan.revision) == (1, 1)
    assert scheduled.changes == preview.changes
    assert mailed(house, "previewed") == EVERYBODY


async def test_preview_of_a_revision_stands_on_the_current_plan(client: Client) -> None:
    await put_fleet(client, "onward")
    await schedule(client, "onward")
    await put_fleet(client, "onward", (*MACHINES, "acme-prod03"))

    preview = await client.preview_week("onward", WEEK)
    assert isinstance(preview, Revision)

    assert (preview.plan.revision, names(preview.changes.assigned)) == (2, ["acme-prod03"])
    assert isinstance(await client.verdict(preview, timeout=60), AuditPassedV1)


async def test_week_that_starts_too_soon_is_refused_with_the_first_that_does_not(client: Client) -> None:
    await put_fleet(client, "hasty", notice_hours=24 * 10)

    refused = await client.schedule_week("hasty", WEEK)
    overridden = await schedule(client, "hasty", override_notice="the hole is in use")

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.earliest_week) == ("notice-too-short", "2026-W50")
    assert [one.reason for one in overridden.plan.overrides] == ["the hole is in use"]
    assert len(overridden.windows) == len(MACHINES)


async def test_revision_that_somebody_else_made_first_refuses_the_second(client: Client) -> None:
    await put_fleet(client, "raced")
    await schedule(client, "raced")

    refused = await client.schedule_week("raced", WEEK, expected_revision=0)

    assert isinstance(refused, Refusal)
    assert refused.code == "revision-conflict"


async def test_pattern_of_an_operators_own_shapes_the_week(client: Client) -> None:
    await put_fleet(client, "shaped")
    text = (
        "pattern: one-evening\n"
        "remainder: evening\n"
        "phases:\n"
        "  - {name: evening, opens: tue 18:00, lasts: 6h, takes: [{select: {role: customer}, take: all}]}\n"
    )

    scheduled = await schedule(client, "shaped", pattern=read_pattern(("one-evening.yaml", text)))

    assert [(one.phase, one.machines) for one in scheduled.plan.phases] == [("evening", len(MACHINES))]


async def test_machine_that_joins_later_is_found_by_the_audit_and_placed(house: RunningHouse, client: Client) -> None:
    await put_fleet(client, "joined")
    await schedule(client, "joined")
    await put_fleet(client, "joined", (*MACHINES, "globex-prod02"))

    view = await eventually(lambda: client.week("joined", WEEK), _has_passed_with("globex-prod02"), within=60)

    assert view.latest
    assert (view.latest.plan.revision, names(view.latest.changes.assigned)) == (2, ["globex-prod02"])
    assert mailed(house, "joined") == {"acme": 1, "globex": 2, "initech": 1}


async def test_two_weeks_of_a_location_do_not_touch_each_other(house: RunningHouse, client: Client) -> None:
    await put_fleet(client, "twice")
    first = await schedule(client, "twice")

    later = await client.schedule_week("twice", "2026-W51")
    assert isinstance(later, Revision)
    assert isinstance(await client.verdict(later, timeout=60), AuditPassedV1)
    await client.cancel_week("twice", "2026-W51", reason="not in this one")

    assert await client.weeks("twice") == (WEEK, "2026-W51")
    assert (await client.week("twice", WEEK)).windows == first.windows


async def test_week_that_was_never_scheduled_cannot_be_cancelled(client: Client) -> None:
    await put_fleet(client, "idle")

    refused = await client.cancel_week("idle", WEEK, reason="there is nothing")

    assert isinstance(refused, Refusal)
    assert refused.code == "nothing-to-cancel"


def _is_globex(window: AssignedWindow) -> bool:
    return bool(window.customer and window.customer.startswith("globex"))


def _has_passed_with(machine: str) -> Any:
    def look(view: WeekView) -> bool:
        return bool(view.latest and isinstance(view.latest.verdict, AuditPassedV1) and machine in view.windows)

    return look
