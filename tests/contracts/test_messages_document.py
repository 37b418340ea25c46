"""docs/messages.md is what the catalogue says, and its links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mweek_contracts.catalogue import CATALOGUE, LISTED, REQUESTS
from mweek_contracts.json_schema import schema_of
from mweek_contracts.printing import messages_document
from mweek_contracts.streams import CONSUMERS, STREAMS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")


def test_document_is_what_the_catalogue_says() -> None:
    """Else: `make documents`, and read the diff."""
    assert messages_document() == DOCUMENT


def test_every_message_has_its_section_with_its_example() -> None:
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##)", DOCUMENT + "\n## end", re.MULTILINE | re.DOTALL))
    for entry in LISTED:
        shown = re.search(r"```json\n(.*?)```", sections[entry.name], re.DOTALL)
        assert shown, entry.name
        assert json.loads(shown[1]) == json.loads(entry.example())
    for entry in CATALOGUE:
        assert all(word in sections[entry.name] for word in (entry.owner, *entry.consumers, entry.stream.name))
    for asked in REQUESTS:
        words = (*asked.asked_by, asked.answered_by, asked.reply.message_type)
        assert all(word in sections[asked.name] for word in words)


def test_every_link_within_the_document_has_its_heading() -> None:
    headings = re.findall(r"^#+ (.*)$", DOCUMENT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", DOCUMENT)) <= anchors


def test_every_link_to_a_file_has_its_file() -> None:
    for target in re.findall(r"\]\(([^#)][^)]*)\)", DOCUMENT):
        assert (ROOT / "docs" / target).exists(), target


def test_headings_are_unique_so_that_links_are() -> None:
    headings = re.findall(r"^#+ (.*)$", DOCUMENT, re.MULTILINE)
    assert len({heading.lower() for heading in headings}) == len(headings)


def test_every_form_of_text_is_explained() -> None:
    used = set(re.findall(r'"format": "([^"]+)"', json.dumps([schema_of(entry) for entry in LISTED])))
    explained = set(re.findall(r"^\| ([a-z0-9-]+) \| ", DOCUMENT.partition("### Forms of text")[2], re.MULTILINE))
    assert used <= explained


def test_every_stream_and_consumer_is_told() -> None:
    assert all(f"| {stream.name} |" in DOCUMENT for stream in STREAMS)
    assert all(f"| {consumer.durable} |" in DOCUMENT for consumer in CONSUMERS)
