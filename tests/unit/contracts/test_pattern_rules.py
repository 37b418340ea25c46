"""The rules of a pattern: its times, shares, quotas and selectors, each with its place and its sentence."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mweek_contracts.documents import built_in_pattern, built_in_patterns
from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector, basis_points, length, opens_offset
from mweek_contracts.reading import problems_of
from pydantic import ValidationError


def phase(name: str = "one", opens: str = "mon 09:00", lasts: str = "4h", *entries: dict[str, Any]) -> dict[str, Any]:
    """Write a phase."""
    return {"name": name, "opens": opens, "lasts": lasts, "takes": list(entries)}


def entry(**quota: Any) -> dict[str, Any]:
    """Write an entry over the storage servers."""
    return {"select": {"role": ["storage"]}} | quota


def pattern(*phases: dict[str, Any], **fields: Any) -> Pattern:
    """Read a pattern of these phases."""
    return Pattern.model_validate_json(json.dumps({"pattern": "mine", "phases": list(phases)} | fields))


def problems(*phases: dict[str, Any], **fields: Any) -> list[str]:
    """Return what is wrong with a pattern of these phases."""
    with pytest.raises(ValidationError) as caught:
        pattern(*phases, **fields)
    return [f"{problem.place}: {problem.text}" for problem in problems_of(caught.value)]


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "offset"),
        [
            ("mon 00:00", timedelta(0)),
            ("tue 17:00", timedelta(days=1, hours=17)),
            ("sun 23:59", timedelta(days=7, minutes=-1)),
        ],
    )
    def test_opening_is_counted_from_monday_midnight(self, text: str, offset: timedelta) -> None:
        assert opens_offset(text) == offset

    @pytest.mark.parametrize(
        "text", ["", "mon", "Mon 09:00", "mon 9:00", "mon 24:00", "mon  09:00", "mon 09:00Z", "mon ٠٩:٠٠"]
    )
    def test_what_is_no_opening_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not a day and UTC time such as 'tue 17:00'"):
            opens_offset(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("4h", 240), ("90m", 90), ("4h30m", 270), ("15m", 15), ("168h", 10_080), ("0h15m", 15)],
    )
    def test_length_is_hours_and_minutes(self, text: str, expected: int) -> None:
        assert length(text) == timedelta(minutes=expected)

    @pytest.mark.parametrize("text", ["", "4", "h", "4 h", "30m4h", "-4h", "1.5h", "4H", "1000h", "PT4H", "٤h"])
    def test_what_is_no_length_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not a length such as 4h, 90m or 4h30m"):
            length(text)

    @pytest.mark.parametrize("text", ["14m", "0h", "169h", "168h1m"])
    def test_length_between_a_quarter_of_an_hour_and_a_week(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not between 15 minutes and 7 days"):
            length(text)


class TestShares:
    @pytest.mark.parametrize(
        ("text", "points"),
        [("30%", 3_000), ("12.5%", 1_250), ("0.01%", 1), ("100%", 10_000), ("100.00%", 10_000), ("5.05%", 505)],
    )
    def test_share_is_an_integer_of_basis_points(self, text: str, points: int) -> None:
        assert basis_points(text) == points

    @pytest.mark.parametrize(
        "text", ["", "%", "30", "30 %", "0%", "0.00%", "100.01%", "101%", "-5%", "5.123%", "1e1%", ".5%", "٣٠%"]
    )
    def test_what_is_no_share_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"is not a percentage such as 30% or 12\.5%"):
            basis_points(text)

    def test_shares_of_one_selector_may_add_up_to_everything(self) -> None:
        read = pattern(
            phase("one", "mon 09:00", "4h", entry(share="60%")), phase("two", "tue 09:00", "4h", entry(share="40%"))
        )
        assert [p.takes[0].share for p in read.phases] == ["60%", "40%"]

    def test_shares_of_one_selector_beyond_everything_are_refused_where_they_get_there(self) -> None:
        phases = (
            phase("one", "mon 09:00", "4h", entry(share="60%")),
            phase("two", "tue 09:00", "4h", entry(share="40.01%")),
        )
        assert problems(*phases) == ["phases[1].takes[0].share: the shares of one selector add up to more than 100%"]

    def test_shares_of_different_selectors_have_nothing_to_do_with_each_other(self) -> None:
        other = {"select": {"role": ["router"]}, "share": "60%"}
        assert pattern(phase("one", "mon 09:00", "4h", entry(share="60%"), other)).phases[0].takes[1].share == "60%"


class TestQuotas:
    @pytest.mark.parametrize(
        "quota",
        [{"take": "all"}, {"take": "remainder"}, {"count": 1}, {"share": "30%"}, {"at_most": "5%"}, {"sample": "12%"}],
    )
    def test_one_quota_is_taken(self, quota: dict[str, Any]) -> None:
        (name, value) = next(iter(quota.items()))
        assert getattr(pattern(phase("one", "mon 09:00", "4h", entry(**quota))).phases[0].takes[0], name) == value

    def test_no_quota_is_refused(self) -> None:
        (problem,) = problems(phase("one", "mon 09:00", "4h", entry()))
        assert problem == "phases[0].takes[0]: needs exactly one of take, count, share, at_most, sample; here: none"

    def test_two_quotas_are_refused_by_name(self) -> None:
        (problem,) = problems(phase("one", "mon 09:00", "4h", entry(count=1, share="5%")))
        assert problem.endswith("here: count and share")

    @pytest.mark.parametrize(
        ("field", "value"), [("count", 0), ("count", 1.5), ("count", True), ("take", "most"), ("prefer", "tested")]
    )
    def test_quota_of_another_kind_is_refused_at_its_place(self, field: str, value: object) -> None:
        assert problems(phase("one", "mon 09:00", "4h", entry(**{field: value})))[0].startswith(
            f"phases[0].takes[0].{field}: "
        )


class TestSelectors:
    def test_one_value_stands_for_a_list(self) -> None:
        assert Selector.model_validate_json('{"role": "router"}') == Selector.model_validate_json(
            '{"role": ["router"]}'
        )

    def test_empty_selector_matches_everything_and_is_taken(self) -> None:
        assert Selector.model_validate_json("{}") == Selector()

    @pytest.mark.parametrize(
        "text",
        [
            '{"role": []}',
            '{"role": ["Router"]}',
            '{"environment": "prod"}',
            '{"tested": "false"}',
            '{"tested": 0}',
            '{"kind": 1}',
        ],
    )
    def test_selector_that_could_not_match_what_was_meant_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            Selector.model_validate_json(text)

    def test_unknown_field_is_refused_in_a_document(self) -> None:
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            Selector.model_validate_json('{"rôle": "router"}')


class TestWeek:
    def test_phases_may_follow_each_other_without_a_pause(self) -> None:
        read = pattern(phase("one", "mon 09:00", "4h"), phase("two", "mon 13:00", "4h"))
        assert [p.name for p in read.phases] == ["one", "two"]

    def test_phase_that_opens_before_the_last_has_closed_is_refused(self) -> None:
        found = problems(phase("one", "mon 09:00", "4h"), phase("two", "mon 12:59", "4h"))
        assert found == ["phases[1].opens: phase two opens before phase one has closed"]

    def test_phases_out_of_order_are_refused(self) -> None:
        found = problems(phase("one", "tue 09:00", "4h"), phase("two", "mon 09:00", "4h"))
        assert found == ["phases[1].opens: phase two opens before phase one has closed"]

    def test_phase_may_end_with_the_week_and_not_after_it(self) -> None:
        assert pattern(phase("one", "sun 20:00", "4h"))
        found = problems(phase("one", "sun 20:00", "4h1m"))
        assert found == ["phases[0].lasts: phase one closes after the end of the week (Sunday 24:00 UTC)"]

    def test_two_phases_of_one_name_are_refused(self) -> None:
        found = problems(phase("one", "mon 09:00", "4h"), phase("one", "tue 09:00", "4h"))
        assert found == ["phases[1].name: two phases are named one"]

    def test_remainder_names_a_phase_of_the_pattern(self) -> None:
        assert pattern(phase(), remainder="one").remainder == "one"
        assert problems(phase(), remainder="two") == ["remainder: names the phase two, which does not exist"]

    def test_pattern_without_phases_is_refused(self) -> None:
        assert problems() == ["phases: needs at least 1 entry"]


def test_one_few_many_comes_with_the_product_and_has_the_phases_of_the_article() -> None:
    assert "one-few-many" in built_in_patterns()
    week = built_in_pattern("one-few-many")
    assert week is not None
    assert [(p.opens, p.lasts) for p in week.phases] == [
        ("mon 09:00", "4h"),
        ("mon 13:00", "4h"),
        ("mon 17:00", "5h"),
        ("tue 17:00", "5h"),
        ("wed 17:00", "5h"),
        ("thu 17:00", "5h"),
        ("sat 09:00", "4h"),
        ("sat 13:00", "4h"),
    ]
    assert week.remainder == "thursday-1700"


@pytest.mark.parametrize("name", built_in_patterns())
def test_pattern_survives_json(name: str) -> None:
    week = built_in_pattern(name)
    assert week is not None
    assert Pattern.model_validate_json(week.model_dump_json()) == week


def test_patterns_are_frozen() -> None:
    taken = Entry.model_validate_json('{"select": {}, "take": "all"}')
    for value in (pattern(phase()), PatternPhase.model_validate_json(json.dumps(phase())), taken):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, next(iter(type(value).model_fields)), "other")
