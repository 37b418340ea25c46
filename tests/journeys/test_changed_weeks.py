"""What happens to a week after it was scheduled: revisions, a cancellation, previews, refusals."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mweek import Client, Refusal, Revision
from mweek_contracts.documents import read_fleet
from mweek_contracts.events import AuditPassedV1, FleetImportedV1

from tests.support.eventually import eventually
from tests.support.house import RunningHouse
from tests.support.small_fleet import write_fleet

pytestmark = pytest.mark.xdist_group("house")

MACHINES = ("acme-test01", "acme-prod01", "acme-prod02", "globex-test01", "globex-prod01", "initech-prod01")
WEEK = "2026-W49"


def import_fleet(house: RunningHouse, location: str, machines: Sequence[str] = MACHINES, **options: Any) -> None:
    """Import a small fleet over the bus."""
    path = write_fleet(house.var / f"{location}.yaml", location, machines=machines, **options)
    house.mweek_json("fleet", "import", str(path))


def schedule(house: RunningHouse, location: str) -> dict[str, Any]:
    """Schedule the week of a location and wait for the verdict, which must be that it passed."""
    scheduled = house.mweek_json("week", "schedule", f"{location}/{WEEK}")
    assert scheduled["audit"]["verdict"] == "passed"
    return scheduled


def mailed(house: RunningHouse, location: str) -> Counter[str]:
    """Return how many mails each customer of a location has got."""
    mails = house.mails_to(*(f"{customer}-{location}.example" for customer in ("acme", "globex", "initech")))
    return Counter(str(mail["To"].addresses[0].domain).split("-")[0] for mail in mails)


def test_joiner_leaver_and_blackout_are_told_to_their_customers_alone(house: RunningHouse) -> None:
    import_fleet(house, "revised")
    first = schedule(house, "revised")
    assert mailed(house, "revised") == {"acme": 1, "globex": 1, "initech": 1}
    day = next(one["opens_at"][:10] for one in first["added"] if one["machine"] == "globex-test01")

    changed = (*(name for name in MACHINES if name != "acme-prod02"), "acme-prod03")
    import_fleet(house, "revised", changed, blackouts={"globex": day})
    second = schedule(house, "revised")

    assert (second["revision"], second["parent_revision"]) == (2, 1)
    assert [one["machine"] for one in second["added"]] == ["acme-prod03"]
    assert [one["machine"] for one in second["withdrawn"]] == ["acme-prod02"]
    assert {one["machine"] for one in second["moved"]} <= {"globex-test01", "globex-prod01"}
    assert not [one for one in second["moved"] if one["opens_at"].startswith(day)]
    assert second["customers_mailed"] == ["acme-revised", "globex-revised"]
    assert mailed(house, "revised") == {"acme": 2, "globex": 2, "initech": 1}


def test_what_changed_can_be_looked_up_afterwards(house: RunningHouse) -> None:
    import_fleet(house, "compared")
    schedule(house, "compared")
    import_fleet(house, "compared", (*MACHINES, "initech-prod02"))
    schedule(house, "compared")

    changes = house.mweek_json("week", "diff", f"compared/{WEEK}", "--detailed-exitcode", exit_code=10)
    none = house.mweek_json("week", "diff", f"compared/{WEEK}", "--from", "2", "--detailed-exitcode")

    assert (changes["from_revision"], changes["to_revision"]) == (1, 2)
    assert [one["machine"] for one in changes["added"]] == ["initech-prod02"]
    assert (none["added"], none["moved"], none["withdrawn"]) == ([], [], [])


def test_cancelled_week_has_no_windows_and_its_customers_are_told(house: RunningHouse) -> None:
    import_fleet(house, "cancelled")
    schedule(house, "cancelled")

    said = house.mweek_json("week", "cancel", f"cancelled/{WEEK}", "--reason", "the update is withdrawn")

    assert (said["outcome"], said["withdrawn"]) == ("cancelled", len(MACHINES))
    week = house.mweek_json("week", "show", f"cancelled/{WEEK}")
    assert (week["state"], week["windows"], week["assignments"]) == ("cancelled", 0, [])
    asyncio.run(_told_twice(house, "cancelled"))
    texts = [mail.get_body(("plain",)) for mail in house.mails_to("acme-cancelled.example")]
    assert "the update is withdrawn" in "".join(str(text.get_content()) for text in texts if text)


def test_cancelled_week_can_be_scheduled_again(house: RunningHouse) -> None:
    import_fleet(house, "again")
    schedule(house, "again")
    house.mweek_json("week", "cancel", f"again/{WEEK}", "--reason", "not yet")
    asyncio.run(_told_twice(house, "again"))

    scheduled = schedule(house, "again")

    assert scheduled["revision"] > 1
    assert sorted(one["machine"] for one in scheduled["added"]) == sorted(MACHINES)
    assert mailed(house, "again") == {"acme": 3, "globex": 3, "initech": 3}


def test_preview_is_judged_and_changes_and_mails_nothing(house: RunningHouse) -> None:
    import_fleet(house, "previewed")

    preview = house.mweek_json("week", "preview", f"previewed/{WEEK}", "--detailed-exitcode", exit_code=10)
    scheduled = schedule(house, "previewed")

    assert (preview["outcome"], preview["revision"], preview["audit"]["verdict"]) == ("preview", 1, "passed")
    assert [one["machine"] for one in preview["added"]] == sorted(MACHINES)
    assert preview["customers_mailed"] == ["acme-previewed", "globex-previewed", "initech-previewed"]
    assert scheduled["revision"] == 1
    assert scheduled["added"] == preview["added"]
    assert mailed(house, "previewed") == {"acme": 1, "globex": 1, "initech": 1}


def test_preview_of_a_revision_stands_on_the_current_plan(house: RunningHouse) -> None:
    import_fleet(house, "onward")
    schedule(house, "onward")
    import_fleet(house, "onward", (*MACHINES, "acme-prod03"))

    preview = house.mweek_json("week", "preview", f"onward/{WEEK}")
    week = house.mweek_json("week", "show", f"onward/{WEEK}")

    assert (preview["revision"], preview["audit"]["verdict"]) == (2, "passed")
    assert ([one["machine"] for one in preview["added"]], preview["windows"]) == (["acme-prod03"], len(MACHINES) + 1)
    assert (week["revision"], week["windows"]) == (1, len(MACHINES))


def test_week_that_starts_too_soon_is_refused_with_the_first_that_does_not(house: RunningHouse) -> None:
    import_fleet(house, "hasty", notice_hours=24 * 10)

    refused = house.mweek_json("week", "schedule", f"hasty/{WEEK}", exit_code=11)
    overridden = house.mweek_json("week", "schedule", f"hasty/{WEEK}", "--override-notice", "the hole is in use")

    assert (refused["code"], refused["earliest_week"]) == ("notice-too-short", "2026-W50")
    assert overridden["windows"] == len(MACHINES)
    assert [one["reason"] for one in overridden["overrides"]] == ["the hole is in use"]


def test_revision_that_somebody_else_made_first_refuses_the_second(house: RunningHouse) -> None:
    import_fleet(house, "raced")
    schedule(house, "raced")

    refused = house.mweek_json("week", "schedule", f"raced/{WEEK}", "--expected-revision", "0", exit_code=11)

    assert refused["code"] == "revision-conflict"


def test_pattern_of_an_operators_own_shapes_the_week(house: RunningHouse, tmp_path: Path) -> None:
    import_fleet(house, "shaped")
    pattern = tmp_path / "one-evening.yaml"
    pattern.write_text(
        "pattern: one-evening\n"
        "remainder: evening\n"
        "phases:\n"
        "  - {name: evening, opens: tue 18:00, lasts: 6h, takes: [{select: {role: customer}, take: all}]}\n"
    )

    scheduled = house.mweek_json("week", "schedule", f"shaped/{WEEK}", "--pattern", str(pattern))

    assert (scheduled["pattern"], scheduled["audit"]["verdict"]) == ("one-evening", "passed")
    assert scheduled["phases"] == [
        {
            "name": "evening",
            "opens_at": "2026-12-01T18:00:00Z",
            "closes_at": "2026-12-02T00:00:00Z",
            "machines": len(MACHINES),
        }
    ]


async def test_machine_that_joins_after_scheduling_is_found_by_the_audit_and_placed(house: RunningHouse) -> None:
    import_fleet(house, "joined")
    schedule(house, "joined")
    import_fleet(house, "joined", (*MACHINES, "globex-prod02"))

    async with Client.connect(house.nats_url) as client:

        async def placed() -> Revision | None:
            view = await client.week("joined", WEEK)
            done = view.latest and isinstance(view.latest.verdict, AuditPassedV1) and "globex-prod02" in view.windows
            return view.latest if done else None

        revision = await eventually(placed, within=60)

    assert revision
    assert revision.plan.revision == 2
    assert [one.machine for one in revision.changes.added] == ["globex-prod02"]
    assert mailed(house, "joined") == {"acme": 1, "globex": 2, "initech": 1}


async def test_program_of_a_third_party_can_do_all_of_it(house: RunningHouse) -> None:
    fleet = read_fleet(write_fleet(house.var / "scripted.yaml", "scripted", machines=MACHINES))

    async with Client.connect(house.nats_url, requested_by="a script") as client:
        imported = await client.import_fleet(fleet)
        revision = await client.schedule_week("scripted", WEEK)
        assert isinstance(revision, Revision)
        verdict = await client.verdict(revision, timeout=60)
        (why,) = await client.why("acme-test01", location="scripted")
        refused = await client.cancel_week("scripted", "2026-W52", reason="there is nothing")

    assert isinstance(imported, FleetImportedV1)
    assert isinstance(verdict, AuditPassedV1)
    assert why.window is not None
    assert isinstance(refused, Refusal)
    assert refused.code == "nothing-to-cancel"


async def _told_twice(house: RunningHouse, location: str) -> None:
    await eventually(lambda: mailed(house, location), lambda seen: seen == {"acme": 2, "globex": 2, "initech": 2})
