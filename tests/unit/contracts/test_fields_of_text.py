"""Names, texts and addresses: what they take, what they refuse, and what they say then."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.fields import TOKEN_PATTERN, EmailAddress, Identifier, Sentence, Text, Token, ZoneName
from pydantic import ValidationError

from tests.support.field_reading import read, reader, refusal


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


class TestIdentifier:
    @pytest.mark.parametrize(
        "name", ["1", "rzob/2026-W49/r2", "0193d5c2-7c3e-4b1a-9f00-000000000000", "a" * 128, "urn:x:1", "a.b_c"]
    )
    def test_ids_of_messages_commands_and_plans_are_taken(self, name: str) -> None:
        assert read(Identifier, name) == name

    @pytest.mark.parametrize("name", ["", "-a", "/a", "a b", "a" * 129, "a\n", "a\r\nX: y", "ä", "a*", "a?b", "a#"])
    def test_what_would_not_pass_through_a_header_is_refused(self, name: str) -> None:
        assert refusal(Identifier, name).startswith("String should match pattern")
