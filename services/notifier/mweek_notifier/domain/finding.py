"""Findings of the auditor, and whether they are worth a mail to the operator."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

PLACED_BY_PLANNER: Final = "no-window"
"""The planner answers this finding with a revision of its own; a person need not act."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that the auditor found wrong. `machine` is empty where it is about no single one."""

    code: str
    machine: str
    text: str


def needs_operator(findings: Collection[Finding]) -> bool:
    """Say whether a person must look: anything but machines that the planner will place by itself."""
    return any(finding.code != PLACED_BY_PLANNER for finding in findings)


def is_news(findings: Collection[Finding], last_told: Collection[Finding]) -> bool:
    """Say whether these are other findings than the operator was last told of the same plan.

    An audit is repeated before every phase; the same findings in every one of those mails would teach people not to
    read them.
    """
    return set(findings) != set(last_told)
