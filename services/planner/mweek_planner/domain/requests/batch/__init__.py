"""Requests that are answered together, before anybody is told: `optimised` looks for the order in which all wait least.

What it answers keeps every rule of docs/window-requests.md; what was announced is not moved. Pure functions: the dice
are the caller's, and so is the clock that says how long to look.
"""

from mweek_planner.domain.requests.batch.answers import REFUSAL_WEIGHT, Answers, answered_in_order, waiting_minutes
from mweek_planner.domain.requests.batch.change import Change, changes
from mweek_planner.domain.requests.batch.optimising import Optimised, optimised
from mweek_planner.domain.requests.batch.search import Progress

__all__ = [
    "REFUSAL_WEIGHT",
    "Answers",
    "Change",
    "Optimised",
    "Progress",
    "answered_in_order",
    "changes",
    "optimised",
    "waiting_minutes",
]
