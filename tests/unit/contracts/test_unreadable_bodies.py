"""Whatever arrives on a subject is a message or an UnreadableMessageError that says why, and nothing else ever."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.catalogue import CATALOGUE, MessageKind
from mweek_contracts.commands import PutRecordsV1, ScheduleWeekV1
from mweek_contracts.events import DeadLetterV1
from mweek_contracts.message import Message
from mweek_contracts.reading import LONGEST_REASON, MOST_PROBLEMS, UnreadableMessageError, read_message

from tests.support.bodies import COMMAND, ENVELOPE, EVENT, FIELDS, MACHINE, SUBJECTS, body, why_not, with_text


def read_or_refuse(subject: str, raw: bytes) -> Message | UnreadableMessageError:
    """Return the message, or the one error that reading may raise."""
    try:
        return read_message(subject, raw)
    except UnreadableMessageError as error:
        return error


@pytest.mark.parametrize("subject", FIELDS)
def test_good_body_is_read(subject: str) -> None:
    message = read_message(subject, body(subject))
    assert message.subject == subject
    assert read_message(subject, message.body()) == message


BYTES: dict[str, tuple[Callable[[str], bytes], str]] = {
    "nothing": (lambda _: b"", "is empty"),
    "blanks": (lambda _: b" \n\t", "is empty"),
    "NUL": (lambda _: b"\x00", "is not JSON"),
    "not UTF-8": (lambda subject: body(subject).replace(b"rzob", b"rz\xf6b"), "is not UTF-8: byte"),
    "UTF-16": (lambda subject: body(subject).decode().encode("utf-16"), "is not UTF-8: byte 0 is 0xff"),
    "byte order mark": (lambda subject: b"\xef\xbb\xbf" + body(subject), "is not JSON"),
    "truncated": (lambda subject: body(subject)[:-1], "is not JSON"),
    "two bodies": (lambda subject: body(subject) * 2, "is not JSON: Extra data"),
    "single quotes": (lambda subject: body(subject).replace(b'"', b"'"), "is not JSON"),
    "trailing comma": (lambda subject: body(subject)[:-1] + b",}", "is not JSON"),
    "deep lists": (lambda _: b"[" * 100_000 + b"]" * 100_000, "is nested deeper than 20 levels"),
    "deep unknown field": (
        lambda subject: with_text(subject, '"new": ' + '{"a":' * 500 + "1" + "}" * 500),
        "is nested deeper than 20 levels",
    ),
    "number of 5,000 digits": (
        lambda subject: with_text(subject, '"new": ' + "9" * 5_000),
        "new: is a number of 5,000 digits",
    ),
    "NaN": (lambda subject: with_text(subject, '"new": NaN'), "new: NaN is no JSON number"),
    "infinity": (lambda subject: with_text(subject, '"new": [1, -Infinity]'), "new[1]: -Infinity is no JSON number"),
    "a field twice": (
        lambda subject: with_text(subject, '"location": "other"'),
        "'location' is given twice, first on line 1",
    ),
    "an escaped field twice": (
        lambda subject: with_text(subject, '"loc\\u0061tion": "other"'),
        "'location' is given twice, first on line 1",
    ),
    "a deeper field twice": (
        lambda subject: with_text(subject, '"new": {"a": [{"b": 1, "b": 2}]}'),
        "new.a[0]: 'b' is given twice, first on line 1",
    ),
    "lone surrogate": (lambda subject: with_text(subject, '"new": "\\ud800"'), "is not JSON"),
    "lone surrogate as a key": (lambda subject: with_text(subject, '"\\udfff": 1'), "is not JSON"),
    "acknowledgement of a stream": (lambda _: b'{"stream":"EVENTS","seq":1}', "message_id: is missing"),
    "advisory": (lambda _: b'{"type":"io.nats.jetstream.advisory.v1.api_audit","id":"1"}', "message_id: is missing"),
    "list": (lambda _: b"[]", "is a list where a mapping is expected"),
    "null": (lambda _: b"null", "is empty where a mapping is expected"),
    "text": (lambda _: b'"hello"', "is the text 'hello' where a mapping is expected"),
    "number": (lambda _: b"42", "is the number 42 where a mapping is expected"),
}


@pytest.mark.parametrize("subject", [MACHINE, EVENT])
@pytest.mark.parametrize("case", BYTES)
def test_bytes_that_are_no_message_are_unreadable_with_the_reason(case: str, subject: str) -> None:
    make, reason = BYTES[case]
    assert any(sentence.startswith(reason) for sentence in why_not(subject, make(subject)))


@pytest.mark.parametrize("case", BYTES)
def test_bytes_that_are_no_command_are_unreadable(case: str) -> None:
    assert why_not(COMMAND, BYTES[case][0](COMMAND))


@given(st.sampled_from(SUBJECTS), st.binary(max_size=60))
def test_random_bytes_are_unreadable(subject: str, raw: bytes) -> None:
    assert why_not(subject, raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_random_value_in_any_field_is_read_or_refused_and_nothing_else(subject: str, data: st.DataObject) -> None:
    fields = FIELDS[subject] | {data.draw(st.sampled_from([*FIELDS[subject], "new"])): data.draw(json_values)}
    outcome = read_or_refuse(subject, json.dumps(fields).encode())
    assert outcome.subject == subject
    assert not isinstance(outcome, UnreadableMessageError) or outcome.problems


subjects = st.lists(st.sampled_from(["evt", "rzob", ".", "*", ">", "v1"])).map(".".join)


@given(st.text(st.characters(), max_size=30) | subjects)
def test_foreign_subject_is_unreadable(subject: str) -> None:
    assert why_not(subject, body(EVENT)) == ["no message of the catalogue has this subject"]


@pytest.mark.parametrize(
    "subject",
    [
        "evt.rzob.2026-W49.notice-sent.v2",
        "evt.rzob.notice-sent.v1",
        "evt.rzob..notice-sent.v1",
        "",
        "REQ.x",
        MACHINE + ".x",
    ],
)
def test_subject_that_the_catalogue_lacks_is_named_as_the_reason(subject: str) -> None:
    assert why_not(subject, body(EVENT)) == ["no message of the catalogue has this subject"]


class TestBounds:
    """What a body holds reaches logs, events and dead letters: it may not be larger than they bear."""

    def test_unknown_field_of_ten_thousand_letters_is_shortened(self) -> None:
        (sentence,) = why_not(COMMAND, body(COMMAND, **{"x" * 10_000: 1}))
        assert len(sentence) < 1_000

    def test_value_of_a_hundred_thousand_letters_is_shortened(self) -> None:
        (sentence,) = why_not(MACHINE, body(MACHINE, name="X" * 100_000))
        assert len(sentence) < 1_000

    def test_hundred_thousand_problems_are_counted_and_not_listed(self) -> None:
        sentences = why_not(COMMAND, body(COMMAND, **{f"x{number}": 1 for number in range(2_000)}))
        assert len(sentences) == MOST_PROBLEMS + 1
        assert sentences[-1] == "and 1,900 more"

    def test_error_fits_into_a_dead_letter(self) -> None:
        with pytest.raises(UnreadableMessageError) as caught:
            read_message(COMMAND, body(COMMAND, **{f"x{number}" * 20: 1 for number in range(200)}))
        assert len(str(caught.value)) <= LONGEST_REASON
        letter = ENVELOPE | {"service": "planner", "handler": "schedule-week", "original_subject": COMMAND}
        letter |= {
            "original_stream": "COMMANDS",
            "original_body_base64": "",
            "attempts": 1,
            "reason": str(caught.value),
        }
        assert DeadLetterV1.model_validate_json(json.dumps(letter)).reason == str(caught.value)

    def test_more_records_than_a_part_may_carry_are_refused(self) -> None:
        machine = {"name": "a", "kind": "physical", "role": "router", "environment": "internal"}
        fields = ENVELOPE | {"command_id": "c-1", "location": "rzob", "import_id": "i-1", "machines": [machine] * 501}
        sentences = why_not("cmd.rzob.put-records.v1", json.dumps(fields).encode())
        assert sentences == ["machines: has more than 500 entries"]


def test_problem_names_the_field_and_what_would_be_right() -> None:
    assert why_not(MACHINE, body(MACHINE, kind="virtal", revision=0, name="ACME 03", downtime_minutes=True)) == [
        "name: 'ACME 03' is not a name for the bus: lower-case letters, digits and inner hyphens, 1 to 63 characters",
        "kind: 'virtal' is none of physical, virtual; did you mean 'virtual'?",
        "downtime_minutes: is a truth value where a number is expected",
        "revision: is 0, less than 1",
    ]


@pytest.mark.parametrize("message", [ScheduleWeekV1, PutRecordsV1])
def test_commands_are_what_the_catalogue_calls_commands(message: type) -> None:
    assert {entry.message for entry in CATALOGUE if entry.kind is MessageKind.COMMAND} >= {message}
