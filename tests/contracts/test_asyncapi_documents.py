"""What a service says of itself is AsyncAPI 3.0.0, judged by the official schema, and agrees with the catalogue."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mweek_contracts.catalogue import CATALOGUE, REQUESTS
from mweek_contracts.replies import Reply
from mweek_messaging import AnswerRoute
from mweek_messaging.asyncapi import asyncapi_document
from mweek_service.bootstrap import describe

SERVICES = ("inventory", "planner", "notifier", "auditor")
SCHEMA = Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json"


@cache
def document_of(service: str) -> dict[str, Any]:
    return describe(import_module(f"mweek_{service}.bootstrap").FRAME)


@cache
def judge() -> jsonschema.Validator:
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def operations(service: str, action: str) -> set[str]:
    operations = document_of(service)["operations"].values()
    of_action = [operation for operation in operations if operation["action"] == action]
    return {message["$ref"].rpartition("/")[2] for operation in of_action for message in operation["messages"]}


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_asyncapi(service: str) -> None:
    problems = [error.message[:300] for error in judge().iter_errors(document_of(service))]
    assert problems == []


def _answer(session: object, request: object) -> Reply:
    raise NotImplementedError("a document does not call it")


def test_document_with_requests_and_replies_is_asyncapi() -> None:
    answers = [AnswerRoute(entry.message, _answer) for entry in REQUESTS]
    document = asyncapi_document("planner", (), version="0.1.0", answers=answers)
    assert [error.message[:300] for error in judge().iter_errors(document)] == []


def test_schema_refuses_what_is_not_asyncapi() -> None:
    broken = document_of("planner") | {"operations": {"hear": {"action": "listen"}}}
    assert not judge().is_valid(broken)


@pytest.mark.parametrize("service", SERVICES)
def test_service_hears_what_the_catalogue_says_and_nothing_else(service: str) -> None:
    requests = {entry.message.__name__ for entry in REQUESTS}
    assert operations(service, "receive") - requests == {
        entry.message.__name__ for entry in CATALOGUE if service in entry.consumers
    }


@pytest.mark.parametrize("service", SERVICES)
def test_service_says_what_the_catalogue_says_and_nothing_else(service: str) -> None:
    owners = (service, "every service")
    assert operations(service, "send") == {entry.message.__name__ for entry in CATALOGUE if entry.owner in owners}


def test_message_with_two_subjects_is_sent_on_both() -> None:
    operations = document_of("planner")["operations"].values()
    channels = document_of("planner")["channels"]
    addresses = {
        channels[operation["channel"]["$ref"].rpartition("/")[2]]["address"]
        for operation in operations
        if operation["messages"][0]["$ref"].endswith("/MachineEnteredV1")
    }
    assert addresses == {
        "evt.{location}.{week}.machine-entered.v1",
        "evt.{location}.adhoc.machine-entered.v1.{machine}",
    }
