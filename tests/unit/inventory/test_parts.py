"""Which parts belong together, and when all are there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mweek_inventory.domain.parts import Arrival, Collection, Part, Stage, abandonment, receive

PART = Part(number=2, of=3, replaces=False, digest="b")
BEGUN = Collection(of=3, replaces=False, stage=Stage.COLLECTING, received=1)


@pytest.mark.parametrize(
    ("part", "collection", "earlier", "outcome"),
    [
        (Part(number=1, of=1, replaces=False, digest="a"), None, None, Arrival.COMPLETE),
        (PART, None, None, Arrival.INCOMPLETE),
        (PART, BEGUN, None, Arrival.INCOMPLETE),
        (PART, replace(BEGUN, received=2), None, Arrival.COMPLETE),
        (PART, BEGUN, "b", Arrival.REPEATED),
        (PART, BEGUN, "x", "part 2 came twice with different content"),
        (replace(PART, of=4), BEGUN, None, "part 2 says that there are 4 parts, those before said 3"),
        (replace(PART, replaces=True), BEGUN, None, "part 2 has another replace_location than those before"),
        (
            PART,
            replace(BEGUN, stage=Stage.IMPORTED),
            None,
            "the import was imported before: send it again, whole, under a new import_id",
        ),
        (
            PART,
            replace(BEGUN, stage=Stage.REFUSED),
            None,
            "the import was refused before: send it again, whole, under a new import_id",
        ),
        (replace(PART, of=2**31 - 1), None, None, "has 2,147,483,647 parts: an import has at most 10,000"),
    ],
)
def test_part_is_received(part: Part, collection: Collection | None, earlier: str | None, outcome: object) -> None:
    """What a part leads to depends on those before it and on nothing else."""
    assert receive(part, collection, earlier) == outcome


def test_abandoned_import_says_how_many_parts_are_missing() -> None:
    """The sender can see whether it stopped half-way."""
    assert abandonment(BEGUN) == "2 of 3 parts did not come within a day: nothing was done"
