"""The rules of window requests: `answer` a machine, `withdraw` what it asked for, `explain` what is open to it.

Pure functions over an `Occupancy`, which its owner keeps up to date. Times are UTC; where a grid is meant it is that of
five-minute steps of UTC. docs/window-requests.md has the rules with their sources.
"""

from mweek_planner.domain.requests.answer import answer
from mweek_planner.domain.requests.booking import Booking, BookingKind, Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.change import is_significant, withdraw
from mweek_planner.domain.requests.explanation import Exclusion, explain, looked_at
from mweek_planner.domain.requests.moving import taking
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.owner import undescribed
from mweek_planner.domain.requests.placement import earliest_window
from mweek_planner.domain.requests.policy import Policy
from mweek_planner.domain.requests.refusal import Refusal, WindowRefusalCode
from mweek_planner.domain.requests.request import WindowRequest
from mweek_planner.domain.requests.rule import Rule
from mweek_planner.domain.requests.rule_sentences import sentence_of

__all__ = [
    "Booking",
    "BookingKind",
    "Case",
    "Exclusion",
    "Grant",
    "Occupancy",
    "Policy",
    "Refusal",
    "Rule",
    "WindowRefusalCode",
    "WindowRequest",
    "answer",
    "earliest_window",
    "explain",
    "is_significant",
    "looked_at",
    "sentence_of",
    "taking",
    "undescribed",
    "withdraw",
]
