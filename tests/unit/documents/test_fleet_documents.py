"""Good fleet files in each format, and what may be known beside them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mweek_contracts.documents import DocumentError, FleetDocument, read_fleet
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

YAML = """\
location: rzob
customers:
  - customer: acme
    name: "Acme GmbH"
    contacts: [{name: "Ops", email: "ops@acme.example", language: de, delivery: per-slot}]
    timezone: Europe/Berlin
    acceptable_windows: [{days: [mon, tue], start: 22:00, end: "05:00"}]
    blackouts: [{starts_at: 2026-12-20T00:00Z, ends_at: "2027-01-04T01:00+01:00", reason: "Christmas sale"}]
    notice_hours: 48
    max_parallel: 2
machines:
  - name: kyle07
    kind: physical
    role: kvm-host
    environment: internal
    profile:          # nothing said
    os_release: ~
  - name: acme03
    kind: virtual
    role: customer
    environment: production
    customer: acme
    host: kyle07
    redundancy_group: acme-web
    profile: webgateway
    os_release: 25.10
    bios_version: 1.16
    downtime_minutes: 20
    in_service: false
    labels: {tier: front, rack: 07, wet: NO}
"""

DOCUMENT = FleetDocument(
    location="rzob",
    customers=(
        CustomerFields(
            customer="acme",
            name="Acme GmbH",
            contacts=(Contact(name="Ops", email="ops@acme.example", language=Language.DE, delivery=Delivery.PER_SLOT),),
            timezone="Europe/Berlin",
            acceptable_windows=(AcceptableWindow(days=(Weekday.MON, Weekday.TUE), start="22:00", end="05:00"),),
            blackouts=(
                Blackout(
                    starts_at=datetime(2026, 12, 20, tzinfo=UTC),
                    ends_at=datetime(2027, 1, 4, tzinfo=UTC),
                    reason="Christmas sale",
                ),
            ),
            notice_hours=48,
            max_parallel=2,
        ),
    ),
    machines=(
        MachineFields(name="kyle07", kind=Kind.PHYSICAL, role="kvm-host", environment=Environment.INTERNAL),
        MachineFields(
            name="acme03",
            kind=Kind.VIRTUAL,
            role="customer",
            environment=Environment.PRODUCTION,
            customer="acme",
            host="kyle07",
            redundancy_group="acme-web",
            profile="webgateway",
            os_release="25.10",
            bios_version="1.16",
            downtime_minutes=20,
            in_service=False,
            labels={"tier": "front", "rack": "07", "wet": "NO"},
        ),
    ),
)

CSV = """\
name,kind,role,environment,customer,host,redundancy_group,profile,os_release,bios_version,downtime_minutes,\
in_service,label:tier,label:rack,label:wet
kyle07,physical,kvm-host,internal,,,,,,,,,,,

acme03,virtual,customer,production,acme,kyle07,acme-web,webgateway,25.10,1.16,20,false,front,07,NO
"""


def as_json() -> str:
    """Return the document in JSON."""
    return json.dumps(
        {
            "location": "rzob",
            "customers": [customer.model_dump(mode="json") for customer in DOCUMENT.customers],
            "machines": [machine.model_dump(mode="json") for machine in DOCUMENT.machines],
        }
    )


def as_json_lines(*, location: bool = True) -> str:
    """Return the document in JSON Lines, a machine before its customer."""
    lines: list[object] = [{"location": "rzob"}] if location else []
    lines += [{"machine": machine.model_dump(mode="json")} for machine in DOCUMENT.machines]
    lines += [{"customer": customer.model_dump(mode="json")} for customer in DOCUMENT.customers]
    return "\n\n".join(json.dumps(line) for line in lines)


class TestFormats:
    """The same fleet in four ways."""

    def test_yaml_scalars_mean_what_the_schema_says(self) -> None:
        """22:00 is no number, NO is no lie, 25.10 is not 25.1 and 07 not 7; what is left empty is absent."""
        assert read_fleet(("fleet.yaml", YAML)) == DOCUMENT

    def test_json(self) -> None:
        """With everything spelt out."""
        assert read_fleet(("fleet.json", as_json())) == DOCUMENT

    def test_json_lines(self) -> None:
        """The location first, then machines and customers in any order; blank lines do not count."""
        assert read_fleet(("fleet.jsonl", as_json_lines())) == DOCUMENT

    def test_csv_has_machines_alone(self) -> None:
        """An empty cell is no field, an empty line no machine."""
        assert read_fleet(("fleet.csv", CSV), location="rzob") == FleetDocument("rzob", (), DOCUMENT.machines)

    @pytest.mark.parametrize(("name", "text"), [("FLEET.YML", YAML), ("fleet.json", as_json()), ("fleet.csv", CSV)])
    def test_byte_order_mark_and_dos_lines_change_nothing(self, tmp_path: Path, name: str, text: str) -> None:
        """As editors and spreadsheets on Windows write them."""
        file = tmp_path / name
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert read_fleet(file, location="rzob").machines == DOCUMENT.machines

    def test_fleet_without_machines_or_customers_is_a_fleet(self) -> None:
        """Whether it may replace another one is for others to decide."""
        assert read_fleet(("fleet.yaml", "location: rzob\nmachines:\n")) == FleetDocument("rzob", (), ())


class TestPolicy:
    """What the location allows; a document need not say it."""

    SAID = LocationPolicyFields(capacity=40, padding_percent=0)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("fleet.yaml", "location: rzob\npolicy:\n  capacity: 40\n  padding_percent: 0\n"),
            ("fleet.json", '{"location": "rzob", "policy": {"capacity": 40, "padding_percent": 0}}'),
            ("fleet.jsonl", '{"location": "rzob"}\n{"policy": {"capacity": 40, "padding_percent": 0}}'),
        ],
    )
    def test_policy_in_each_format(self, name: str, text: str) -> None:
        """What it leaves out has its default."""
        assert read_fleet((name, text)) == FleetDocument("rzob", (), (), self.SAID)

    def test_nothing_said_is_no_policy(self) -> None:
        """And an empty one is a policy that says the defaults."""
        assert read_fleet(("fleet.yaml", "location: rzob\npolicy:\n")).policy is None
        assert read_fleet(("fleet.yaml", "location: rzob\npolicy: {}\n")).policy == LocationPolicyFields()

    def test_second_policy_is_refused(self) -> None:
        """Only JSON Lines can try."""
        with pytest.raises(DocumentError, match=r"fleet\.jsonl:3: policy: stands twice"):
            read_fleet(("fleet.jsonl", '{"location": "rzob"}\n{"policy": {}}\n{"policy": {}}'))


class TestLocation:
    """Documents that name none, or another one."""

    def test_location_may_be_given_beside_the_document(self) -> None:
        """For CSV, which has no place for it, and JSON Lines, which may leave it out."""
        assert read_fleet(("fleet.jsonl", as_json_lines(location=False)), location="rzob") == DOCUMENT

    def test_both_may_say_the_same(self) -> None:
        """Nothing is contradicted."""
        assert read_fleet(("fleet.yaml", YAML), location="rzob") == DOCUMENT

    def test_another_location_than_the_document_says_is_refused(self) -> None:
        """One of them is a mistake, and it could remove every machine of a location."""
        with pytest.raises(DocumentError, match=r"^fleet\.yaml:1: location: is rzob, but whq was given$"):
            read_fleet(("fleet.yaml", YAML), location="whq")

    def test_given_location_must_be_a_name_for_the_bus(self) -> None:
        """It becomes a token of every subject."""
        with pytest.raises(DocumentError, match=r"^fleet\.csv: location: 'rz\.ob' is not a name for the bus"):
            read_fleet(("fleet.csv", CSV), location="rz.ob")


class TestSurroundings:
    """References to what is known beside the document."""

    GUEST = "name,kind,role,environment,customer,host\nacme03,virtual,customer,test,acme,kyle07\n"

    def test_document_without_customers_may_name_any(self) -> None:
        """A CSV file cannot say more."""
        document = read_fleet(("fleet.csv", self.GUEST), location="rzob", known_hosts={"kyle07"})
        assert document.machines[0].customer == "acme"

    def test_unknown_customer_is_refused_where_the_known_ones_are_given(self) -> None:
        """With the line, since the reader knows it and nobody else."""
        with pytest.raises(DocumentError, match=r"^fleet\.csv:2: customer: no customer is named acme$"):
            read_fleet(("fleet.csv", self.GUEST), location="rzob", known_hosts={"kyle07"}, known_customers=())

    def test_known_customer_and_host_need_not_stand_in_the_document(self) -> None:
        """The inventory knows them."""
        document = read_fleet(
            ("fleet.csv", self.GUEST), location="rzob", known_hosts={"kyle07"}, known_customers={"acme"}
        )
        assert [machine.name for machine in document.machines] == ["acme03"]

    def test_known_host_that_the_document_makes_virtual_is_none(self) -> None:
        """The document says what will be."""
        rows = self.GUEST + "kyle07,virtual,customer,test,,\n"
        with pytest.raises(DocumentError, match=r"^fleet\.csv:2: host: kyle07 is virtual: a KVM host is physical$"):
            read_fleet(("fleet.csv", rows), location="rzob", known_hosts={"kyle07"})

    def test_reference_to_a_broken_entry_is_no_error_of_its_own(self) -> None:
        """One mistake, one error."""
        rows = self.GUEST + "kyle07,physical,kvm-host,nowhere,,\n"
        with pytest.raises(DocumentError) as caught:
            read_fleet(("fleet.csv", rows), location="rzob")
        assert [problem.field for problem in caught.value.problems] == ["environment"]

    def test_group_of_one_is_fine(self) -> None:
        """The others may be in another file."""
        row = "name,kind,role,environment,redundancy_group\nkenny00,physical,router,internal,routers\n"
        assert read_fleet(("fleet.csv", row), location="rzob").machines[0].redundancy_group == "routers"
