"""How other tools put production machines into a week's phases: 5 % of the untested, 30 % of all, the rest.

Each gets the populations that the pattern means, and the second step counted over all of production, as it would not
count by itself: what is compared is the choice alone.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pandas
from ansible.utils.helpers import pct_to_int

from tests.benchmarks.decision import Row

FEW, MANY, REST = "tuesday-1700", "wednesday-1700", "thursday-1700"
FEW_PERCENT, MANY_PERCENT = 5, 30

Choice = Mapping[str, str]
"""The phase of each production machine."""


def serial_in_inventory_order(production: Sequence[Row], untested: set[str], seed: int) -> Choice:
    """Ansible's `serial`, `order: inventory`; the generator writes its machines in no order."""
    return _batches([row["name"] for row in production], untested)


def serial_sorted(production: Sequence[Row], untested: set[str], seed: int) -> Choice:
    """Ansible's `serial`, `order: sorted`: names of peers stand together, as they often do."""
    return _batches(sorted(row["name"] for row in production), untested)


def serial_shuffled(production: Sequence[Row], untested: set[str], seed: int) -> Choice:
    """Ansible's `serial`, `order: shuffle`."""
    names = [row["name"] for row in production]
    random.Random(seed).shuffle(names)
    return _batches(names, untested)


def hash_buckets(production: Sequence[Row], untested: set[str], seed: int) -> Choice:
    """A hundred buckets by the hash of the name, as feature flags have them."""
    phase_of = {}
    for row in production:
        bucket = zlib.crc32(row["name"].encode()) % 100
        few = bucket < FEW_PERCENT and row["name"] in untested
        many = FEW_PERCENT <= bucket < FEW_PERCENT + MANY_PERCENT
        phase_of[row["name"]] = FEW if few else MANY if many else REST
    return phase_of


def stratified_sample(production: Sequence[Row], untested: set[str], seed: int) -> Choice:
    """Pandas' `groupby("customer").sample(frac=…)`."""
    frame = pandas.DataFrame([(row["name"], row["customer"]) for row in production], columns=["name", "customer"])
    first = frame[frame["name"].isin(untested)].groupby("customer")
    few = set(first.sample(frac=FEW_PERCENT / 100, random_state=seed)["name"])
    left = frame[~frame["name"].isin(few)]
    share = MANY_PERCENT / 100 * len(frame) / len(left)
    many = set(left.groupby("customer").sample(frac=share, random_state=seed)["name"])
    return {name: FEW if name in few else MANY if name in many else REST for name in frame["name"]}


def _batches(names: Sequence[str], untested: set[str]) -> Choice:
    """Return what a play over the untested and one over all of production would do first."""
    tried = [name for name in names if name in untested]
    few = set(tried[: pct_to_int(f"{FEW_PERCENT}%", len(tried))])
    left = [name for name in names if name not in few]
    many = set(left[: pct_to_int(f"{MANY_PERCENT}%", len(names))])
    return {name: FEW if name in few else MANY if name in many else REST for name in names}


RIVALS: Final[Mapping[str, Callable[[Sequence[Row], set[str], int], Choice]]] = {
    "Ansible `serial`, `order: inventory`": serial_in_inventory_order,
    "Ansible `serial`, `order: sorted`": serial_sorted,
    "Ansible `serial`, `order: shuffle`": serial_shuffled,
    "hash buckets (crc32 of the name)": hash_buckets,
    "pandas `groupby.sample` by customer": stratified_sample,
}
