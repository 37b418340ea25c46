"""A fleet is put in parts that a message can carry."""

from __future__ import annotations

from itertools import chain

from mweek.importing import BYTES_PER_COMMAND, Stamp, import_commands
from mweek_contracts.commands import PutRecordsV1
from mweek_contracts.documents import FleetDocument
from mweek_contracts.fleet import Contact, CustomerFields, Environment, Kind, MachineFields
from mweek_contracts.policy import LocationPolicyFields

from tests.support.ids import ReadableIds
from tests.support.told_week import NOW


def machines(count: int, **fields: object) -> tuple[MachineFields, ...]:
    common = {"kind": Kind.VIRTUAL, "role": "customer", "environment": Environment.PRODUCTION, **fields}
    return tuple(MachineFields.model_validate({"name": f"web{n:04d}", **common}) for n in range(count))


ACME = CustomerFields(customer="acme", contacts=(Contact(name="Ops", email="ops@acme.example"),))


def commands(fleet: FleetDocument, *, replace_location: bool = True) -> tuple[PutRecordsV1, ...]:
    stamp = Stamp(import_id="import-1", new_id=ReadableIds("command"), now=NOW, requested_by="kim@desk")
    return import_commands(fleet, replace_location=replace_location, stamp=stamp)


def test_small_fleet_is_one_command() -> None:
    (only,) = commands(FleetDocument("rzob", (ACME,), machines(2)))

    assert (only.part, only.parts, only.location, only.replace_location) == (1, 1, "rzob", True)
    assert (only.customers, only.machines) == ((ACME,), machines(2))
    assert only.requested_by == "kim@desk"


def test_fleet_without_anything_is_still_said() -> None:
    (only,) = commands(FleetDocument("rzob", (), ()))

    assert (only.parts, only.machines) == (1, ())


def test_part_has_at_most_500_records_and_none_is_lost() -> None:
    fleet = FleetDocument("rzob", (ACME,), machines(1200))

    parts = commands(fleet)

    assert [len(part.machines) + len(part.customers) for part in parts] == [500, 500, 201]
    assert tuple(chain.from_iterable(part.machines for part in parts)) == fleet.machines


def test_part_stays_below_what_a_message_may_weigh() -> None:
    heavy = machines(500, labels={f"note-{n}": "x" * 500 for n in range(10)})

    parts = commands(FleetDocument("rzob", (), heavy))

    assert len(parts) > 1
    assert max(len(part.body()) for part in parts) < BYTES_PER_COMMAND + 10_000
    assert tuple(chain.from_iterable(part.machines for part in parts)) == heavy


def test_parts_share_the_import_and_have_commands_of_their_own() -> None:
    parts = commands(FleetDocument("rzob", (ACME,), machines(600)), replace_location=False)

    assert {(part.import_id, part.correlation_id, part.parts, part.replace_location) for part in parts} == {
        ("import-1", "import-1", 2, False)
    }
    assert len({part.command_id for part in parts}) == len({part.message_id for part in parts}) == 2


def test_policy_is_in_the_first_part_alone() -> None:
    policy = LocationPolicyFields(capacity=40)
    parts = commands(FleetDocument("rzob", (), machines(1_200), policy))

    assert [part.policy for part in parts] == [policy, None, None]
