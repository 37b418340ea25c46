"""The rules of being down: who may `enter` a window now, how long a lease lasts, when a machine is overdue.

Pure functions. Whoever calls them sees to it that nothing else about the location is decided meanwhile: what they are
told of leases must still be true when their answer is stored.
"""

from mweek_planner.domain.leases.entry import Denial, DenialCode, Door, Entry, enter
from mweek_planner.domain.leases.lease import Lease, LeaseState, Stay, is_overdue, renew

__all__ = [
    "Denial",
    "DenialCode",
    "Door",
    "Entry",
    "Lease",
    "LeaseState",
    "Stay",
    "enter",
    "is_overdue",
    "renew",
]
