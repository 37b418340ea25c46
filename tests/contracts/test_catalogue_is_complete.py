"""The catalogue knows every message, and what it says of them is what classes, streams and consumers say."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter

import mweek_contracts
import pytest
from mweek_contracts.catalogue import (
    CATALOGUE,
    LISTED,
    REPLIES,
    REQUESTS,
    CatalogueEntry,
    Listed,
    MessageKind,
    RequestEntry,
    candidates,
    entry_of,
    request_on,
)
from mweek_contracts.message import Spoken
from mweek_contracts.streams import CONSUMERS, STREAMS, consumers_of

SERVICES = {"inventory", "planner", "notifier", "auditor"}
PARTIES = SERVICES | {"administrator", "dashboard", "machine", "every service"}
PREFIXES = {
    MessageKind.RECORD: ("rec", "RECORDS"),
    MessageKind.COMMAND: ("cmd", "COMMANDS"),
    MessageKind.EVENT: ("evt", "EVENTS"),
    MessageKind.DEAD_LETTER: ("dead", "DEAD"),
}

each_entry = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
each_request = pytest.mark.parametrize("entry", REQUESTS, ids=lambda entry: entry.name)
each_listed = pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry.name)


def matches(pattern: str, subject: str) -> bool:
    """Return whether a NATS pattern takes a subject, or all that another pattern takes."""
    wanted, given = pattern.split("."), subject.split(".")
    for index, token in enumerate(wanted):
        if token == ">":
            return len(given) > index
        if index >= len(given) or token not in ("*", given[index]):
            return False
    return len(wanted) == len(given)


def overlap(one: str, other: str) -> bool:
    """Return whether some subject is taken by both patterns of single-token wildcards."""
    pairs = list(zip(one.split("."), other.split("."), strict=False))
    return one.count(".") == other.count(".") and all(a == b or "*" in (a, b) for a, b in pairs)


def message_classes() -> set[type[Spoken]]:
    """Return every class of a message, request or reply of the package, whether or not anything imports its module."""
    for module in pkgutil.walk_packages(mweek_contracts.__path__, "mweek_contracts."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(cls: type[Spoken]) -> set[type[Spoken]]:
        return {cls}.union(*(below(inner) for inner in cls.__subclasses__()))

    ours = {cls for cls in below(Spoken) if cls.__module__.startswith("mweek_contracts")}
    return {cls for cls in ours if "message_type" in vars(cls)}


def test_every_message_class_is_in_the_catalogue_once() -> None:
    assert Counter(entry.message for entry in LISTED) == Counter(message_classes())


def test_names_are_unique() -> None:
    assert Counter(entry.name for entry in LISTED).most_common(1)[0][1] == 1


def test_only_a_record_and_its_tombstone_share_a_subject() -> None:
    shared = Counter(subject for entry in CATALOGUE for subject in entry.subjects)
    assert {subject for subject, count in shared.items() if count > 1} == {
        "rec.*.machine.*.v1",
        "rec.customer.*.v1",
        "rec.*.policy.windows.v1",
    }
    for one in shared:
        for other in shared:
            assert one == other or not overlap(one, other), (one, other)


@each_entry
def test_entry_names_parties_that_exist(entry: CatalogueEntry) -> None:
    assert entry.owner in PARTIES
    assert entry.consumers
    assert set(entry.consumers) <= PARTIES - {"every service"}
    assert len(set(entry.consumers)) == len(entry.consumers)
    assert entry.owner not in entry.consumers


@each_listed
def test_since_is_a_version_of_the_product(entry: Listed) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry.since)


@each_listed
def test_class_and_message_type_say_the_same(entry: Listed) -> None:
    words, version = entry.name.split(".v")
    assert entry.message.__name__ == "".join(word.capitalize() for word in words.split("-")) + f"V{version}"
    assert entry.message.__doc__, "says what it is"


@each_entry
def test_subject_ends_with_what_the_class_says(entry: CatalogueEntry) -> None:
    if entry.kind in (MessageKind.COMMAND, MessageKind.EVENT):
        assert all(f".{entry.name}" in subject for subject in entry.subjects)
        assert entry.subject.removesuffix(".*").endswith(f".{entry.name}")
    elif entry.kind is MessageKind.RECORD:
        assert entry.subject.rpartition(".")[2] == entry.name.rpartition(".")[2]


@each_entry
def test_kind_prefix_and_stream_agree(entry: CatalogueEntry) -> None:
    prefix, stream = PREFIXES[entry.kind]
    assert {subject.split(".")[0] for subject in entry.subjects} == {prefix}
    assert entry.stream.name == stream


@each_entry
def test_exactly_its_own_stream_takes_the_subject(entry: CatalogueEntry) -> None:
    for subject in entry.subjects:
        taking = [s.name for s in STREAMS if any(matches(pattern, subject) for pattern in s.subjects)]
        assert taking == [entry.stream.name]


@each_entry
def test_services_that_hear_it_are_the_ones_with_a_consumer_for_it(entry: CatalogueEntry) -> None:
    for subject in entry.subjects:
        listening = {
            consumer.service
            for consumer in CONSUMERS
            if consumer.stream == entry.stream.name and any(matches(p, subject) for p in consumer.filter_subjects)
        }
        assert listening == set(entry.consumers) & SERVICES


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.durable)
def test_every_filter_of_a_consumer_takes_a_message(consumer) -> None:
    assert consumer.durable == f"{consumer.service}-{consumer.stream.lower()}"
    assert consumer.service in SERVICES
    for pattern in consumer.filter_subjects:
        subjects = [s for entry in CATALOGUE if entry.stream.name == consumer.stream for s in entry.subjects]
        assert any(matches(pattern, subject) for subject in subjects), pattern


def test_no_two_consumers_of_the_work_queue_take_the_same_command() -> None:
    patterns = [p for consumer in CONSUMERS if consumer.stream == "COMMANDS" for p in consumer.filter_subjects]
    assert len(set(patterns)) == len(patterns)


def test_every_command_has_exactly_one_service() -> None:
    commands = [entry for entry in CATALOGUE if entry.kind is MessageKind.COMMAND]
    assert all(len(entry.consumers) == 1 and entry.consumers[0] in SERVICES for entry in commands)


def test_consumers_of_a_service_are_found_by_its_name() -> None:
    assert {spec.durable for spec in consumers_of("planner")} == {
        "planner-commands",
        "planner-records",
        "planner-events",
    }
    assert consumers_of("dashboard") == ()


@each_entry
def test_entry_is_found_by_class_and_by_subject(entry: CatalogueEntry) -> None:
    assert entry_of(entry.message) is entry
    for subject in entry.subjects:
        concrete = subject.replace("*", "rzob")
        assert entry in candidates(concrete)
        assert {found.subject for found in candidates(concrete)} == {entry.subject}
        assert candidates(concrete + ".more") == ()


def test_the_record_comes_before_its_tombstone() -> None:
    names = [entry.name for entry in candidates("rec.rzob.machine.acme03.v1")]
    assert names == ["machine.v1", "machine-removed.v1"]


@each_request
def test_request_is_carried_by_no_stream_and_found_by_its_subject(entry: RequestEntry) -> None:
    assert not [stream.name for stream in STREAMS if any(matches(p, entry.subject) for p in stream.subjects)]
    concrete = entry.subject.replace("*", "rzob")
    assert request_on(concrete) is entry
    assert candidates(concrete) == ()
    assert request_on(concrete + ".more") is None
    assert request_on("req." + concrete) is None
    assert request_on(concrete.replace(".rzob.", "..", 1)) is None


@each_request
def test_request_is_asked_by_machines_and_answered_by_one_service(entry: RequestEntry) -> None:
    assert set(entry.asked_by) <= PARTIES - SERVICES
    assert entry.answered_by in SERVICES
    assert entry.reply in {reply.message for reply in REPLIES}


def test_every_reply_answers_a_request() -> None:
    assert {entry.message for entry in REPLIES} == {entry.reply for entry in REQUESTS}


def test_wishes_refuse_unknown_fields_and_nothing_else_does() -> None:
    commands = {entry.message for entry in CATALOGUE if entry.kind is MessageKind.COMMAND}
    wishes = commands | {entry.message for entry in REQUESTS}
    assert {entry.message for entry in LISTED if entry.refuses_unknown_fields} == wishes
