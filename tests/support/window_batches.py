"""Random batches of requests for the judge: four machines of two owners, windows that were announced, one instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from tests.support.window_oracle import Booked, House, Situation, Wish
from tests.support.window_situations import ESTIMATES, situations

MOST_REQUESTS = 8


@dataclass(frozen=True)
class BatchSituation:
    """What is asked, each as a situation without the windows of the others, and what was announced."""

    asked: tuple[Situation, ...]
    announced: tuple[Booked, ...]

    @property
    def house(self) -> House:
        """The policy that all are asked under."""
        return self.asked[0].house


def asked_batches() -> st.SearchStrategy[BatchSituation]:
    """Return batches of one to eight requests."""
    return st.builds(_batch, situations(), st.lists(_ASKED, min_size=1, max_size=MOST_REQUESTS))


_ASKED = st.fixed_dictionaries(
    {
        "machine": st.sampled_from(("m1", "m2", "m3", "m4")),
        "estimate": ESTIMATES,
        "is_timed": st.booleans(),
        "urgent": st.sampled_from((False, False, True)),
    }
)


def _batch(base: Situation, asked: list[dict[str, Any]]) -> BatchSituation:
    return BatchSituation(tuple(_asked(base, **fields) for fields in asked), base.booked)


def _asked(base: Situation, *, machine: str, estimate: int, is_timed: bool, urgent: bool) -> Situation:
    """Return what a machine asks: m4 is the operator's own, m1 and m3 are peers where the situation has peers."""
    timed = {"not_before": base.wish.not_before, "deadline": base.wish.deadline} if is_timed else {}
    return replace(
        base,
        wish=Wish(estimate=estimate, urgent=urgent, **timed),
        machine=machine,
        owner=None if machine == "m4" else base.owner,
        group=base.group if machine in ("m1", "m3") else None,
        booked=(),
    )
