"""The AsyncAPI document of a service, from its routes and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mweek_contracts.catalogue import REQUESTS
from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import AuditFailedV1
from mweek_contracts.replies import Reply
from mweek_messaging import AnswerRoute, Route
from mweek_messaging.asyncapi import asyncapi_document
from sqlmodel import Session


def _ignore(session: Session, message: object) -> None:
    """Stand for a handler; the document does not call it."""


ROUTES = (Route(ScheduleWeekV1, _ignore), Route(CancelWeekV1, _ignore), Route(AuditFailedV1, _ignore))


def _answer(session: Session, request: object) -> Reply:
    raise NotImplementedError("the document does not call it")


ANSWERS = tuple(AnswerRoute(entry.message, _answer) for entry in REQUESTS)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_document_receives_what_the_routes_hear_and_the_records() -> None:
    operations = asyncapi_document("planner", ROUTES, version="0.1.0")["operations"]
    received = {name for name, operation in operations.items() if operation["action"] == "receive"}
    assert received == {
        "receiveScheduleWeekV1",
        "receiveCancelWeekV1",
        "receiveAuditFailedV1",
        "receiveMachineV1",
        "receiveMachineRemovedV1",
        "receiveCustomerV1",
        "receiveCustomerRemovedV1",
        "receiveLocationPolicyV1",
        "receiveLocationPolicyRemovedV1",
    }


def test_document_sends_what_the_catalogue_says_the_service_owns() -> None:
    operations = asyncapi_document("auditor", (), version="0.1.0")["operations"]
    sent = {name for name, operation in operations.items() if operation["action"] == "send"}
    assert sent == {"sendAuditPassedV1", "sendAuditFailedV1", "sendCommandRefusedV1", "sendDeadLetterV1"}


def test_channel_names_the_tokens_of_its_subject() -> None:
    channels = asyncapi_document("planner", ROUTES, version="0.1.0")["channels"]
    assert channels["cmd-location-schedule-week-v1"]["address"] == "cmd.{location}.schedule-week.v1"
    assert channels["evt-location-week-audit-failed-v1"]["address"] == "evt.{location}.{week}.audit-failed.v1"
    assert set(channels["evt-location-week-audit-failed-v1"]["parameters"]) == {"location", "week"}


def test_record_and_its_tombstone_share_a_channel() -> None:
    channels = asyncapi_document("planner", ROUTES, version="0.1.0")["channels"]
    machine = channels["rec-location-machine-name-v1"]
    assert machine["address"] == "rec.{location}.machine.{name}.v1"
    assert set(machine["messages"]) == {"MachineV1", "MachineRemovedV1"}
    assert channels["rec-customer-customer-v1"]["address"] == "rec.customer.{customer}.v1"


def test_operation_names_the_durable_consumer_that_carries_it() -> None:
    operation = asyncapi_document("planner", ROUTES, version="0.1.0")["operations"]["receiveScheduleWeekV1"]
    assert (operation["x-nats-stream"], operation["x-nats-durable"]) == ("COMMANDS", "planner-commands")


def test_request_is_received_in_the_queue_group_and_names_its_reply() -> None:
    document = asyncapi_document("planner", ROUTES, version="0.1.0", answers=ANSWERS)
    operation = document["operations"]["answerEnterWindowV1"]
    assert (operation["action"], operation["bindings"]) == ("receive", {"nats": {"queue": "planner"}})
    assert operation["reply"]["messages"] == [{"$ref": "#/channels/lease-reply-v1/messages/LeaseReplyV1"}]
    channels = document["channels"]
    assert channels["req-location-machine-enter-window-v1"]["address"] == "req.{location}.{machine}.enter-window.v1"
    assert channels["lease-reply-v1"]["address"] is None
    assert sum(name.startswith("answer") for name in document["operations"]) == len(REQUESTS)


def test_every_reference_resolves() -> None:
    document = asyncapi_document("planner", ROUTES, version="0.1.0", answers=ANSWERS)
    references = set(_references(document))
    assert len(references) > 50
    for reference in references:
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_document_is_plain_json() -> None:
    document = asyncapi_document("planner", ROUTES, version="0.1.0", answers=ANSWERS)
    assert json.loads(json.dumps(document)) == document
