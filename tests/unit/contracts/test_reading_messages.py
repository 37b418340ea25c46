"""What subject and body say together: whose message it is, record or tombstone, older or newer writer."""

from __future__ import annotations

import json

import pytest
from mweek_contracts.catalogue import CATALOGUE
from mweek_contracts.reading import read_message
from mweek_contracts.records import CustomerRemovedV1, MachineRemovedV1, MachineV1

from tests.support.bodies import COMMAND, ENVELOPE, EVENT, MACHINE, body, why_not


class TestSubjectAndBody:
    """Permissions are given on subjects: a body may not speak for another."""

    def test_machine_of_another_subject_is_refused(self) -> None:
        reason = "the body belongs to the subject rec.rzob.machine.acme03.v1"
        assert why_not("rec.rzob.machine.globex01.v1", body(MACHINE)) == [reason]

    def test_command_for_another_location_is_refused(self) -> None:
        assert why_not("cmd.whq.schedule-week.v1", body(COMMAND)) == [f"the body belongs to the subject {COMMAND}"]

    def test_event_of_another_week_is_refused(self) -> None:
        assert why_not("evt.rzob.2026-W50.notice-sent.v1", body(EVENT)) == [f"the body belongs to the subject {EVENT}"]

    def test_subject_with_a_wildcard_is_no_subject(self) -> None:
        assert why_not("rec.rzob.machine.*.v1", body(MACHINE)) == [f"the body belongs to the subject {MACHINE}"]


class TestTombstones:
    """A record and its removal share a subject; the body says which it is."""

    def test_machine_that_is_removed_is_a_tombstone(self) -> None:
        fields = ENVELOPE | {"location": "rzob", "name": "acme03", "revision": 2, "removed": True}
        assert isinstance(read_message(MACHINE, json.dumps(fields).encode()), MachineRemovedV1)

    def test_customer_that_is_removed_is_a_tombstone(self) -> None:
        fields = ENVELOPE | {"customer": "acme", "revision": 2, "removed": True}
        assert isinstance(read_message("rec.customer.acme.v1", json.dumps(fields).encode()), CustomerRemovedV1)

    def test_whole_record_that_says_it_is_removed_is_a_tombstone(self) -> None:
        assert isinstance(read_message(MACHINE, body(MACHINE, removed=True)), MachineRemovedV1)

    def test_record_that_says_it_is_not_removed_is_a_record(self) -> None:
        assert isinstance(read_message(MACHINE, body(MACHINE, removed=False)), MachineV1)

    @pytest.mark.parametrize("removed", [1, "true", None])
    def test_anything_but_a_truth_value_is_refused(self, removed: object) -> None:
        assert len(why_not(MACHINE, body(MACHINE, removed=removed))) == 1


class TestUnknownFields:
    """Records and events may come from a newer writer; a command is refused, not guessed at."""

    def test_event_of_a_newer_writer_is_read(self) -> None:
        assert read_message(EVENT, body(EVENT, mood="good")) == read_message(EVENT, body(EVENT))

    def test_pattern_of_a_newer_writer_is_read_in_an_event(self) -> None:
        subject = "evt.rzob.2026-W49.week-scheduled.v1"
        old = json.loads(next(e for e in CATALOGUE if e.name == "week-scheduled.v1").example())
        new = json.loads(json.dumps(old))
        new["pattern"]["halt_when_failed_above"] = 3
        new["pattern"]["phases"][0]["takes"][0]["select"]["colour"] = "red"
        assert read_message(subject, json.dumps(new).encode()) == read_message(subject, json.dumps(old).encode())

    def test_typo_in_a_command_is_refused_with_a_suggestion(self) -> None:
        assert why_not(COMMAND, body(COMMAND, dryrun=True)) == [
            "dryrun: unknown field 'dryrun'; did you mean 'dry_run'?"
        ]

    def test_typo_deep_in_a_command_is_refused_with_its_place(self) -> None:
        phase = {
            "name": "one",
            "opens": "mon 09:00",
            "lasts": "4h",
            "takes": [{"select": {"rôle": "x"}, "take": "all"}],
        }
        sentences = why_not(COMMAND, body(COMMAND, pattern={"pattern": "mine", "phases": [phase]}))
        assert [sentence.partition(";")[0] for sentence in sentences] == [
            "pattern.phases[0].takes[0].select.'rôle': unknown field 'rôle'"
        ]
