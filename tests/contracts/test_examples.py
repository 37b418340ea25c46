"""Every message has an example that is whole, that reads, and that tells the truth about its subject and headers."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from mweek_contracts.catalogue import (
    CATALOGUE,
    LISTED,
    REPLIES,
    REQUESTS,
    CatalogueEntry,
    Listed,
    ReplyEntry,
    RequestEntry,
)
from mweek_contracts.reading import read_message
from mweek_contracts.request_reading import read_request

from tests.support.ids import at

each_entry = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
each_request = pytest.mark.parametrize("entry", REQUESTS, ids=lambda entry: entry.name)
each_reply = pytest.mark.parametrize("entry", REPLIES, ids=lambda entry: entry.name)
each_listed = pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry.name)

HEADERS = {
    "Nats-Msg-Id",
    "ce-specversion",
    "ce-id",
    "ce-type",
    "ce-source",
    "ce-time",
    "content-type",
    "mweek-correlation-id",
}


def test_there_is_an_example_for_each_message_and_no_other() -> None:
    there = {file.name for file in files("mweek_contracts").joinpath("examples").iterdir()}
    assert there == {f"{entry.name}.json" for entry in LISTED}


@each_entry
def test_example_reads_on_its_subject_as_its_class(entry: CatalogueEntry) -> None:
    message = entry.message.model_validate_json(entry.example())
    assert type(read_message(message.subject, entry.example())) is entry.message


@each_listed
def test_example_shows_every_field(entry: Listed) -> None:
    assert set(json.loads(entry.example())) == set(entry.message.model_fields)


@each_entry
def test_example_comes_back_the_same_through_body_and_reading(entry: CatalogueEntry) -> None:
    message = entry.message.model_validate_json(entry.example())
    assert read_message(message.subject, message.body()) == message
    shown = json.loads(entry.example())
    assert without_none(json.loads(message.body())) == without_none(shown)


@each_entry
def test_subject_of_the_example_fits_the_catalogue(entry: CatalogueEntry) -> None:
    subject = entry.message.model_validate_json(entry.example()).subject
    assert any(fits(pattern, subject) for pattern in entry.subjects)


@each_entry
def test_headers_are_those_of_cloudevents_in_binary_mode(entry: CatalogueEntry) -> None:
    message = entry.message.model_validate_json(entry.example())
    headers = message.headers("planner")
    assert set(headers) == HEADERS
    assert headers["Nats-Msg-Id"] == headers["ce-id"] == message.message_id
    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-type"] == f"mweek.{entry.name}"
    assert headers["ce-source"] == "/mweek/planner"
    assert at(headers["ce-time"]) == message.occurred_at
    assert headers["content-type"] == "application/json"
    assert headers["mweek-correlation-id"] == message.correlation_id


@each_entry
def test_headers_fit_on_lines_of_a_nats_message(entry: CatalogueEntry) -> None:
    headers = entry.message.model_validate_json(entry.example()).headers("planner")
    assert all(value.isascii() and value.isprintable() and value == value.strip() for value in headers.values())


@each_entry
def test_body_is_the_plain_json_of_the_message_and_nothing_of_the_headers(entry: CatalogueEntry) -> None:
    body = json.loads(entry.message.model_validate_json(entry.example()).body())
    assert set(body) == set(entry.message.model_fields)


@each_request
def test_example_of_a_request_reads_on_its_subject_and_comes_back_the_same(entry: RequestEntry) -> None:
    request = entry.message.model_validate_json(entry.example())
    assert fits(entry.subject, request.subject)
    assert read_request(request.subject, entry.example()) == request
    assert read_request(request.subject, request.body()) == request
    assert without_none(json.loads(request.body())) == without_none(json.loads(entry.example()))


@each_reply
def test_example_of_a_reply_comes_back_the_same(entry: ReplyEntry) -> None:
    reply = entry.message.model_validate_json(entry.example())
    assert entry.message.model_validate_json(reply.body()) == reply
    assert without_none(json.loads(reply.body())) == without_none(json.loads(entry.example()))


@each_request
def test_example_of_the_reply_is_to_the_example_of_a_request(entry: RequestEntry) -> None:
    replied = next(json.loads(one.example())["request_id"] for one in REPLIES if one.message is entry.reply)
    asked = [json.loads(one.example())["request_id"] for one in REQUESTS if one.reply is entry.reply]
    assert replied in asked


def test_examples_tell_one_story() -> None:
    """Causes are messages of the story or stand before it; no two messages share an id."""
    bodies = [json.loads(entry.example()) for entry in CATALOGUE]
    assert len({body["message_id"] for body in bodies}) == len(bodies)
    assert {body.get("location", "rzob") for body in bodies} == {"rzob"}
    assert {body["week"] for body in bodies if body.get("week")} == {"2026-W48", "2026-W49"}


def fits(pattern: str, subject: str) -> bool:
    """Tell whether a subject is one of a pattern with single-token wildcards."""
    tokens = list(zip(pattern.split("."), subject.split("."), strict=False))
    return pattern.count(".") == subject.count(".") and all(wanted in ("*", token) for wanted, token in tokens)


def without_none(value: Any) -> Any:
    """Leave out fields that are null: absent and null mean the same in every message."""
    if isinstance(value, dict):
        return {key: without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_none(inner) for inner in value]
    return value
