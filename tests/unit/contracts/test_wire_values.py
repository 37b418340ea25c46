"""Customers, machines, windows and commands: rules over several fields, defaults, the digest, the sentences."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.commands import PutRecordsV1, ScheduleWeekV1
from mweek_contracts.fleet import AcceptableWindow, Blackout, CustomerFields, MachineFields, Weekday
from mweek_contracts.message import Message
from mweek_contracts.reading import problems_of
from mweek_contracts.reasons import (
    PLACEMENT_SENTENCES,
    UNPLACED_SENTENCES,
    PlacementCode,
    UnplacedCode,
    explain_placement,
    explain_unplaced,
)
from mweek_contracts.records import MachineV1
from mweek_contracts.strictness import PlacedError, render_place, unknown_fields
from mweek_contracts.windows import Slot, assignments_digest
from pydantic import BaseModel, ValidationError

from tests.support.ids import at

MACHINE = {"name": "acme03", "kind": "virtual", "role": "customer", "environment": "production"}
CONTACT = {"name": "Ops", "email": "ops@acme.example"}
CUSTOMER = {"customer": "acme", "contacts": [CONTACT]}


def read(model: type[BaseModel], fields: dict[str, Any]) -> Any:
    """Read a value from JSON."""
    return model.model_validate_json(json.dumps(fields))


def problems(model: type[BaseModel], fields: dict[str, Any]) -> list[str]:
    """Return what is wrong with a value."""
    with pytest.raises(ValidationError) as caught:
        read(model, fields)
    return [f"{problem.place}: {problem.text}".removeprefix(": ") for problem in problems_of(caught.value)]


class TestCustomers:
    def test_customer_who_says_nothing_accepts_every_night_in_berlin_after_twelve_hours(self) -> None:
        customer = read(CustomerFields, CUSTOMER)
        assert (customer.timezone, customer.notice_hours, customer.max_parallel) == ("Europe/Berlin", 12, None)
        (night,) = customer.acceptable_windows
        assert (set(night.days), night.start, night.end) == (set(Weekday), "22:00", "05:00")
        assert customer.display_name == "acme"

    def test_name_for_people_is_shown_where_there_is_one(self) -> None:
        assert read(CustomerFields, CUSTOMER | {"name": "Acme GmbH"}).display_name == "Acme GmbH"

    def test_customer_without_a_contact_is_refused(self) -> None:
        assert problems(CustomerFields, CUSTOMER | {"contacts": []}) == ["contacts: needs at least 1 entry"]

    def test_address_is_named_once_whatever_its_case(self) -> None:
        twice = [CONTACT, CONTACT | {"email": "OPS@acme.example"}]
        assert problems(CustomerFields, CUSTOMER | {"contacts": twice}) == [
            "the contacts name the address OPS@acme.example twice"
        ]

    def test_more_than_sixty_days_of_notice_are_refused(self) -> None:
        assert read(CustomerFields, CUSTOMER | {"notice_hours": 1_440}).notice_hours == 1_440
        assert problems(CustomerFields, CUSTOMER | {"notice_hours": 1_441}) == ["notice_hours: is 1441, more than 1440"]

    def test_acceptable_window_names_each_day_once(self) -> None:
        assert problems(AcceptableWindow, {"days": ["mon", "mon"], "start": "22:00", "end": "05:00"}) == [
            "days: names a day twice"
        ]

    @pytest.mark.parametrize(
        ("start", "end", "sentence"),
        [
            ("22:00", "22:00", "start and end are both 22:00: write 00:00 to 24:00 for a whole day"),
            ("24:00", "05:00", "start is 24:00: write 00:00 of the next day"),
        ],
    )
    def test_acceptable_window_without_length_is_refused(self, start: str, end: str, sentence: str) -> None:
        assert problems(AcceptableWindow, {"days": ["mon"], "start": start, "end": end}) == [sentence]

    def test_blackout_ends_after_it_starts(self) -> None:
        fields = {"starts_at": "2026-12-20T00:00Z", "ends_at": "2026-12-20T01:00+01:00"}
        assert problems(Blackout, fields) == ["ends_at is not after starts_at"]


class TestMachines:
    def test_four_fields_are_enough(self) -> None:
        machine = read(MachineFields, MACHINE)
        assert (machine.downtime_minutes, machine.in_service, machine.labels) == (15, True, {})

    def test_physical_machine_has_no_host(self) -> None:
        assert problems(MachineFields, MACHINE | {"kind": "physical", "host": "kyle07"}) == [
            "a physical machine has no KVM host: leave 'host' out or make it kind: virtual"
        ]

    def test_machine_is_not_its_own_host(self) -> None:
        assert problems(MachineFields, MACHINE | {"host": "acme03"}) == ["is its own host"]

    def test_labels_have_names_of_the_bus(self) -> None:
        assert problems(MachineFields, MACHINE | {"labels": {"Tier": "front"}})[0].startswith(
            "labels.Tier: 'Tier' is not"
        )


class TestCommands:
    ENVELOPE = {"message_id": "m", "correlation_id": "m", "occurred_at": "2026-11-23T08:00Z", "command_id": "c"}

    def test_pattern_is_a_name_or_a_pattern(self) -> None:
        fields = self.ENVELOPE | {"location": "rzob", "week": "2026-W49"}
        inline = {"pattern": "mine", "phases": [{"name": "one", "opens": "mon 09:00", "lasts": "4h"}]}
        assert read(ScheduleWeekV1, fields | {"pattern": "one-few-many"}).pattern == "one-few-many"
        assert read(ScheduleWeekV1, fields | {"pattern": inline}).pattern.phases[0].name == "one"
        assert read(ScheduleWeekV1, fields).pattern is None

    def test_error_in_a_pattern_is_about_what_was_meant(self) -> None:
        fields = self.ENVELOPE | {"location": "rzob", "week": "2026-W49"}
        (one,) = problems(ScheduleWeekV1, fields | {"pattern": "One Few"})
        assert one.startswith("pattern: 'One Few' is not a name for the bus")
        inline = {"pattern": "mine", "phases": [{"name": "one", "opens": "mon 25:00", "lasts": "4h"}]}
        (other,) = problems(ScheduleWeekV1, fields | {"pattern": inline})
        assert other == "pattern.phases[0].opens: 'mon 25:00' is not a day and UTC time such as 'tue 17:00'"

    def test_truth_values_are_not_guessed(self) -> None:
        fields = self.ENVELOPE | {"location": "rzob", "week": "2026-W49", "dry_run": "false"}
        assert problems(ScheduleWeekV1, fields) == ["dry_run: is the text 'false' where true or false is expected"]

    def test_part_is_one_of_the_parts(self) -> None:
        fields = self.ENVELOPE | {"location": "rzob", "import_id": "i", "part": 3, "parts": 2}
        assert problems(PutRecordsV1, fields) == ["is part 3 of 2"]


class TestMessages:
    def test_type_is_spelled_from_the_class(self) -> None:
        class RouterHasBeenMovedV12(Message):
            """For this test."""

        assert RouterHasBeenMovedV12.message_type == "router-has-been-moved.v12"

    def test_messages_are_frozen(self) -> None:
        machine = read(
            MachineV1,
            MACHINE
            | {"message_id": "m", "correlation_id": "m", "occurred_at": "2026-11-23T08:00Z"}
            | {"location": "rzob", "revision": 1},
        )
        with pytest.raises(ValidationError, match="frozen"):
            machine.revision = 2

    def test_slot_has_a_length(self) -> None:
        fields = {"phase": "one", "opens_at": "2026-11-30T09:00Z", "closes_at": "2026-11-30T09:00Z"}
        assert problems(Slot, fields) == ["closes_at is not after opens_at"]


class TestUnknownFields:
    def test_each_is_found_at_any_depth_with_its_place(self) -> None:
        data = CUSTOMER | {"contacts": [CONTACT, CONTACT | {"mail": 1}], "timezon": "UTC"}
        assert [(render_place(place), text) for place, text in unknown_fields(CustomerFields, data)] == [
            ("contacts[1].mail", "unknown field 'mail'; did you mean 'email'?"),
            ("timezon", "unknown field 'timezon'; did you mean 'timezone'?"),
        ]

    def test_labels_are_free(self) -> None:
        assert list(unknown_fields(MachineFields, MACHINE | {"labels": {"anything": "goes"}})) == []

    @pytest.mark.parametrize("data", [None, [], "text", 1, {"contacts": "none"}, {"contacts": [1, None]}])
    def test_other_shapes_are_left_to_validation(self, data: object) -> None:
        assert list(unknown_fields(CustomerFields, data)) == []

    def test_place_that_could_deceive_is_quoted(self) -> None:
        assert render_place(("a", 0, "b c\n", 1)) == "a[0].'b c\\n'[1]"

    def test_rules_over_several_fields_carry_their_places(self) -> None:
        error = PlacedError((("phases", 1, "name"), "is there already"), ((), "is odd"))
        assert str(error) == "phases[1].name: is there already; is odd"


ASSIGNMENTS = [
    ("acme03", "one", at("2026-11-30T09:00Z"), at("2026-11-30T13:00Z")),
    ("acme", "one", at("2026-11-30T09:00Z"), at("2026-11-30T13:00Z")),
    ("acme-1", "two", at("2026-12-01T09:00Z"), at("2026-12-01T13:00Z")),
]


class TestDigest:
    def test_digest_is_sha256_over_one_line_a_window_sorted_by_machine(self) -> None:
        text = (
            "acme one 2026-11-30T09:00Z 2026-11-30T13:00Z\n"
            "acme-1 two 2026-12-01T09:00Z 2026-12-01T13:00Z\n"
            "acme03 one 2026-11-30T09:00Z 2026-11-30T13:00Z\n"
        )
        assert assignments_digest(ASSIGNMENTS) == hashlib.sha256(text.encode()).hexdigest()

    def test_nothing_has_a_digest_too(self) -> None:
        assert assignments_digest([]) == hashlib.sha256(b"").hexdigest()

    @given(st.randoms(use_true_random=False))
    def test_order_of_the_input_does_not_matter(self, shuffler: random.Random) -> None:
        shuffled = list(ASSIGNMENTS)
        shuffler.shuffle(shuffled)
        assert assignments_digest(shuffled) == assignments_digest(ASSIGNMENTS)

    @pytest.mark.parametrize("changed", [("acme04",), ("acme03", "two"), ("acme03", "one", at("2026-11-30T09:05Z"))])
    def test_any_change_changes_it(self, changed: tuple[Any, ...]) -> None:
        other = [(*changed, *ASSIGNMENTS[0][len(changed) :]), *ASSIGNMENTS[1:]]
        assert assignments_digest(other) != assignments_digest(ASSIGNMENTS)

    def test_documented_way_to_compute_it_gives_the_same(self) -> None:
        """As docs/messages.md has it: lines sorted as text."""
        names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)

        @given(st.lists(names, unique=True, max_size=9))
        def holds(machines: list[str]) -> None:
            opens_at = datetime(2026, 11, 30, 9, tzinfo=UTC)
            closes_at = opens_at + timedelta(hours=4)
            lines = sorted(f"{name} one {opens_at:%Y-%m-%dT%H:%MZ} {closes_at:%Y-%m-%dT%H:%MZ}\n" for name in machines)
            expected = hashlib.sha256("".join(lines).encode()).hexdigest()
            assert assignments_digest((name, "one", opens_at, closes_at) for name in machines) == expected

        holds()


class TestReasons:
    def test_every_code_has_its_sentence(self) -> None:
        assert set(PLACEMENT_SENTENCES) == set(PlacementCode)
        assert set(UNPLACED_SENTENCES) == set(UnplacedCode)

    def test_sentence_is_filled_with_the_facts(self) -> None:
        sentence = explain_placement(PlacementCode.REDUNDANCY, {"avoided": "wednesday-1700", "group": "acme-web"})
        assert sentence == "moved away from wednesday-1700: a peer of redundancy group acme-web is there"
        assert explain_unplaced(UnplacedCode.TOO_LONG, {"downtime_minutes": 500}).startswith(
            "its downtime of 500 minutes"
        )

    @pytest.mark.parametrize("code", PlacementCode)
    def test_missing_facts_are_shown_and_do_not_fail(self, code: PlacementCode) -> None:
        assert "{" not in explain_placement(code, {})
        assert explain_placement(PlacementCode.KEPT, {}) == "kept from revision (revision?)"
