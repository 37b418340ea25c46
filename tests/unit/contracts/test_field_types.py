"""The types that messages are made of: what they take, what they refuse, and what they say then."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.fields import (
    TOKEN_PATTERN,
    ClockTime,
    Count,
    DowntimeMinutes,
    EmailAddress,
    Identifier,
    NoticeHours,
    PositiveCount,
    Sentence,
    Text,
    Token,
    UtcDatetime,
    Week,
    ZoneName,
)
from pydantic import ConfigDict, TypeAdapter, ValidationError


def reader(kind: Any) -> TypeAdapter[Any]:
    """Return what reads a field of this type, strictly, as every message does."""
    return TypeAdapter(kind, config=ConfigDict(strict=True))


def read(kind: Any, value: object) -> Any:
    """Return what a field of this type makes of a JSON value."""
    return reader(kind).validate_json(json.dumps(value))


def refusal(kind: Any, value: object) -> str:
    """Return why a field of this type refuses a JSON value."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return str(caught.value.errors()[0]["msg"]).removeprefix("Value error, ")


class TestToken:
    @pytest.mark.parametrize("name", ["a", "0", "acme03", "kvm-host", "a--b", "a" * 63, "1-1"])
    def test_names_of_the_bus_are_taken(self, name: str) -> None:
        assert read(Token, name) == name

    @pytest.mark.parametrize(
        "name",
        [
            *(
                "",
                " ",
                "*",
                ">",
                "a.b",
                "a b",
                "Acme",
                "-a",
                "a-",
                "a_b",
                "a" * 64,
                "a\n",
                "\na",
                "..",
                "%2e",
                "a.",
                "$js",
            ),
            *("\u0430cme", "acm\u00e9", "a\u202eb", "\u0663", "acme\u0000", "\u2460", "ａｃｍｅ"),
        ],
    )
    def test_what_would_widen_a_permission_or_deceive_a_person_is_refused(self, name: str) -> None:
        assert refusal(Token, name).endswith("lower-case letters, digits and inner hyphens, 1 to 63 characters")

    @pytest.mark.parametrize("value", [1, True, None, ["a"], {"a": 1}])
    def test_what_is_no_text_is_refused(self, value: object) -> None:
        assert refusal(Token, value) == "Input should be a valid string"

    @given(st.from_regex(TOKEN_PATTERN, fullmatch=True) | st.text(max_size=5))
    def test_a_token_is_always_one_token_of_a_subject(self, name: str) -> None:
        try:
            token = reader(Token).validate_python(name)
        except ValidationError:
            return
        assert re.fullmatch("[a-z0-9-]{1,63}", token)


class TestText:
    @pytest.mark.parametrize(
        "text", ["Acme GmbH", "Größe – 1½ ☃ 🚀", "x", "x" * 500, "=", "?=", "a = b?", "日本", "e\u0301"]
    )
    def test_what_people_write_is_taken_as_it_is(self, text: str) -> None:
        assert read(Text, text) == text

    @pytest.mark.parametrize(
        "character",
        [
            "\x00",
            "\t",
            "\n",
            "\r",
            "\x1b",
            "\x7f",
            "\x85",
            "\x9f",
            "\u2028",
            "\u2029",
            "\u202a",
            "\u202e",
            "\u2066",
            "\u2069",
        ],
    )
    def test_what_would_break_a_line_a_header_or_a_terminal_is_refused(self, character: str) -> None:
        reason = "contains control characters, line breaks or direction overrides"
        assert refusal(Text, f"Acme{character}GmbH") == reason

    def test_half_of_a_surrogate_pair_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            reader(Text).validate_json('"Acme\\ud800"')
        with pytest.raises(ValidationError):
            reader(Text).validate_python("Acme\ud800")

    def test_start_of_an_encoded_header_is_refused(self) -> None:
        assert refusal(Text, "=?utf-8?q?=0ABcc:x@evil.example?=").startswith("contains '=?'")

    @pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000 "])
    def test_blank_text_is_refused(self, text: str) -> None:
        assert refusal(Text, text) == "is empty"

    def test_501_characters_are_too_many(self) -> None:
        assert refusal(Text, "x" * 501) == "String should have at most 500 characters"

    def test_sentence_is_longer_and_may_have_lines(self) -> None:
        assert read(Sentence, "one\ntwo" + "x" * 3_900)
        assert refusal(Sentence, "x" * 4_001) == "String should have at most 4000 characters"


class TestEmail:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("ops@acme.example", "ops@acme.example"),
            ("o.p-s+week@sub.acme.example", "o.p-s+week@sub.acme.example"),
            ("ops@ACME.Example", "ops@acme.example"),
            ("Ops@acme.example", "Ops@acme.example"),
            ("o'neil@acme.example", "o'neil@acme.example"),
            ("ops@bücher.example", "ops@xn--bcher-kva.example"),
            ("ops@xn--bcher-kva.example", "ops@xn--bcher-kva.example"),
        ],
    )
    def test_addresses_are_taken_and_their_domains_written_alike(self, written: str, kept: str) -> None:
        assert read(EmailAddress, written) == kept

    @pytest.mark.parametrize(
        "address",
        [
            *("", "ops", "@acme.example", "ops@", "a@b@acme.example", ".ops@acme.example", "ops.@acme.example"),
            *("o..ps@acme.example", "ops@acme.example.", "ops@localhost", "ops@acme..example", "ops@-acme.example"),
            *("ops@acme.example, evil@x.example", "Ops <ops@acme.example>", "ops@acme.example;x@x.example"),
            *("ops@[127.0.0.1]", '"o ps"@acme.example', "ops (team)@acme.example", "öps@acme.example"),
            *("x" * 65 + "@acme.example", "a@" + "x" * 250 + ".example"),
        ],
    )
    def test_what_is_no_single_plain_address_is_refused(self, address: str) -> None:
        assert refusal(EmailAddress, address)

    @pytest.mark.parametrize(
        "address",
        [
            "ops@acme.example\nBcc: x@x.example",
            "ops\x00@acme.example",
            "=?utf-8?q?=0A?=@acme.example",
            "ops@acme.example\r",
        ],
    )
    def test_what_would_add_a_header_is_refused(self, address: str) -> None:
        assert refusal(EmailAddress, address)


class TestZone:
    @pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"])
    def test_places_of_the_zone_database_are_taken(self, zone: str) -> None:
        assert read(ZoneName, zone) == zone

    @pytest.mark.parametrize(
        "zone",
        [
            *("Europe", "europe/berlin", "CET", "EST5EDT", "Factory", "localtime", "posixrules", "", "+01:00", "Z"),
            *("../../etc/passwd", "/etc/passwd", "Europe/Berlin\x00", "posix/Europe/Berlin", "right/Europe/Berlin"),
        ],
    )
    def test_what_names_no_place_is_refused(self, zone: str) -> None:
        assert refusal(ZoneName, zone).endswith("is not an IANA time zone such as Europe/Berlin")

    def test_overlong_names_are_refused_before_they_are_looked_up(self) -> None:
        assert refusal(ZoneName, "x" * 300) == "String should have at most 64 characters"


class TestWeek:
    @pytest.mark.parametrize(
        "week", ["2026-W01", "2026-W49", "2026-W53", "2020-W53", "2027-W52", "9999-W52", "0001-W01"]
    )
    def test_weeks_that_the_year_has_are_taken(self, week: str) -> None:
        assert read(Week, week) == week

    @pytest.mark.parametrize("week", ["2027-W53", "2025-W53", "2026-W00", "2026-W54", "2026-W99", "0000-W01"])
    def test_weeks_that_the_year_does_not_have_are_refused(self, week: str) -> None:
        assert refusal(Week, week) == f"the year {int(week[:4])} has no ISO week {int(week[6:])}"

    @pytest.mark.parametrize(
        "week",
        ["", "2026-49", "2026W49", "2026-w49", "26-W49", "2026-W4", "2026-W049", " 2026-W49", "2026-W49\n", "٢٠٢٦-W٤٩"],
    )
    def test_what_is_written_otherwise_is_refused(self, week: str) -> None:
        assert refusal(Week, week).endswith("is not an ISO week such as 2026-W49")


class TestTime:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("2026-11-30T09:00Z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30T09:00:00Z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30 10:00+01:00", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30T14:45:00.123456+05:45", datetime(2026, 11, 30, 9, 0, 0, 123456, tzinfo=UTC)),
            ("2026-11-30t09:00:00z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ],
    )
    def test_any_offset_is_taken_and_kept_in_utc(self, written: str, kept: datetime) -> None:
        found = read(UtcDatetime, written)
        assert found == kept
        assert found.tzinfo is UTC

    @pytest.mark.parametrize(
        "value", [1_795_942_800, "1795942800", 1.5, True, None, "2026", "2026-11-30", "", "now", []]
    )
    def test_numbers_and_dates_are_no_times(self, value: object) -> None:
        assert refusal(UtcDatetime, value)

    @pytest.mark.parametrize(
        "value",
        [
            *(
                "2026-11-30T09:00",
                "2026-11-30T24:00Z",
                "2026-11-30T23:59:60Z",
                "2026-02-29T00:00Z",
                "2026-13-01T00:00Z",
            ),
            *("0000-01-01T00:00Z", "10000-01-01T00:00Z", "2026-11-30T09:00Z\n", "2026-11-30T09:00 Europe/Berlin"),
        ],
    )
    def test_naive_and_impossible_times_are_refused(self, value: str) -> None:
        assert refusal(UtcDatetime, value)

    @pytest.mark.parametrize("value", ["0001-01-01T00:00+01:00", "9999-12-31T23:59:59-01:00"])
    def test_times_that_utc_does_not_reach_are_refused(self, value: str) -> None:
        assert refusal(UtcDatetime, value) == "lies outside the years 1 to 9999 in UTC"

    @given(
        st.datetimes(
            datetime(2, 1, 1),  # noqa: DTZ001  bounds are naive
            datetime(9998, 1, 1),  # noqa: DTZ001
            timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
        )
    )
    def test_every_instant_comes_back_from_json_as_the_same_instant_in_utc(self, instant: datetime) -> None:
        adapter = reader(UtcDatetime)
        text = adapter.dump_json(adapter.validate_python(instant)).decode()
        assert text.endswith('Z"')
        assert adapter.validate_json(text) == instant


class TestClockTime:
    @pytest.mark.parametrize("clock", ["00:00", "09:05", "19:59", "23:59", "24:00"])
    def test_times_of_day_are_taken(self, clock: str) -> None:
        assert read(ClockTime, clock) == clock

    @pytest.mark.parametrize(
        "clock", ["9:00", "24:01", "25:00", "12:60", "12:00:00", "", "12:00\n", "٠٩:٠٠", "noon", "-1:00"]
    )
    def test_what_is_no_time_of_day_is_refused(self, clock: str) -> None:
        assert refusal(ClockTime, clock).startswith("String should match pattern")

    def test_a_number_is_refused_as_yaml_makes_one_of_22_00(self) -> None:
        assert refusal(ClockTime, 1320) == "Input should be a valid string"


class TestNumbers:
    @pytest.mark.parametrize(
        ("kind", "lowest", "highest"),
        [(Count, 0, 2**31 - 1), (PositiveCount, 1, 2**31 - 1), (DowntimeMinutes, 0, 10_080), (NoticeHours, 0, 1_440)],
    )
    def test_bounds_belong_to_the_range_and_nothing_beyond(self, kind: Any, lowest: int, highest: int) -> None:
        assert (read(kind, lowest), read(kind, highest)) == (lowest, highest)
        assert "greater than or equal" in refusal(kind, lowest - 1)
        assert "less than or equal" in refusal(kind, highest + 1)
        assert "less than or equal" in refusal(kind, 10**30)

    @pytest.mark.parametrize("value", ["1", 1.5, 1.0, None, [1]])
    def test_what_is_no_integer_is_refused(self, value: object) -> None:
        assert refusal(Count, value)

    def test_a_truth_value_is_no_number(self) -> None:
        assert refusal(Count, True) == "is a truth value where a number is expected"


class TestIdentifier:
    @pytest.mark.parametrize(
        "name", ["1", "rzob/2026-W49/r2", "0193d5c2-7c3e-4b1a-9f00-000000000000", "a" * 128, "urn:x:1", "a.b_c"]
    )
    def test_ids_of_messages_commands_and_plans_are_taken(self, name: str) -> None:
        assert read(Identifier, name) == name

    @pytest.mark.parametrize("name", ["", "-a", "/a", "a b", "a" * 129, "a\n", "a\r\nX: y", "ä", "a*", "a?b", "a#"])
    def test_what_would_not_pass_through_a_header_is_refused(self, name: str) -> None:
        assert refusal(Identifier, name).startswith("String should match pattern")
