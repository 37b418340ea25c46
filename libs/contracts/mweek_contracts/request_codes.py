"""What machines say and are answered in codes: refusals, denials, changes of windows. Standard library only.

Snake case, as the design writes them and as agents in shell take them: `too_early`.
"""

from __future__ import annotations

from enum import StrEnum


class ActivityKind(StrEnum):
    """What an activity does to the machine."""

    REBOOT = "reboot"
    """The machine reboots. A customer is told anew when one is added."""
    RESTART = "restart"
    """Services stop for a while; the machine stays up."""
    OTHER = "other"
    """Anything else that disrupts."""


class LeaveResult(StrEnum):
    """What became of the work."""

    DONE = "done"
    """It is done, and the machine is well."""
    FAILED = "failed"
    """It could not be done, or the machine is not well; counts against the rollout."""
    NOT_NEEDED = "not_needed"
    """There was nothing left to do."""


class ClosingRule(StrEnum):
    """What closes hours to a wish for a window, in the order in which a refusal looks for what left no room."""

    NOTICE = "notice"
    """The customer would not have had its notice hours."""
    NOT_BEFORE = "not_before"
    """The wish itself wants nothing so soon."""
    DEADLINE = "deadline"
    """The wish itself wants nothing so late."""
    ACCEPTABLE_TIMES = "acceptable_times"
    """The customer accepts other times only."""
    BLACKOUT = "blackout"
    """A blackout of the customer."""
    OWN_WINDOW = "own_window"
    """The machine has another window then."""
    REDUNDANCY = "redundancy"
    """A peer in the redundancy group has a window then."""
    CUSTOMER_LIMIT = "customer_limit"
    """As many of the customer's machines as it allows have windows then."""
    CAPACITY = "capacity"
    """As many machines as the location takes have windows then."""
    LENGTH = "length"
    """Nothing else closes it, but what is free in a row is shorter than the window."""


class RequestRefusalCode(StrEnum):
    """Why a request is not met; asking the same again does not help, unless `retry_at` says when it might."""

    NO_ACCEPTABLE_TIME = "no_acceptable_time"
    """No time within 60 days, and before the deadline, is acceptable to the customer and outside of its blackouts."""
    NO_CAPACITY = "no_capacity"
    """Every acceptable time is taken, counting `max_parallel`, the location's capacity and redundancy peers."""
    TOO_LONG = "too_long"
    """The window would be longer than any acceptable time in the next 60 days."""
    DEADLINE_TOO_SOON = "deadline_too_soon"
    """The customer's notice hours, and the length of the window, do not fit in before the deadline."""
    DEADLINE_IN_PAST = "deadline_in_past"
    """The deadline is over."""
    UNKNOWN_MACHINE = "unknown_machine"
    """No machine of that name is known in the location."""
    NOT_IN_SERVICE = "not_in_service"
    """The machine is out of service: nobody waits for it, and it gets no windows."""
    UNKNOWN_WINDOW = "unknown_window"
    """The machine has no window of that id, or has it no more; `my-windows` tells which it has."""
    ALREADY_OPEN = "already_open"
    """The machine has entered the window: leave it instead of withdrawing it."""
    UNKNOWN_REQUEST = "unknown_request"
    """No window that the machine has meets a request of that id: say the wish itself."""
    UNKNOWN_LEASE = "unknown_lease"
    """The machine does not hold that lease, or holds it no more: it has left, or was found overdue."""
    BAD_REQUEST = "bad_request"
    """The body cannot be read; `problems` says what is wrong, by field."""
    WRONG_MACHINE = "wrong_machine"
    """The body names another machine or location than the subject: a machine speaks for itself alone."""
    REQUEST_ID_REUSED = "request_id_reused"
    """The machine used the `request_id` before for something else: every wish needs one of its own."""
    TOO_MANY_REQUESTS = "too_many_requests"
    """The machine asks more often than the location's policy lets it; again at `retry_at`."""
    NOT_READY = "not_ready"
    """The planner cannot decide yet, e.g. because it is still reading what is known; again at `retry_at`."""


class DenialCode(StrEnum):
    """Why a machine may not enter now, or may not stay longer."""

    TOO_EARLY = "too_early"
    """The window has not opened; again at `retry_at`."""
    TOO_LATE = "too_late"
    """The latest start is over, or of a lease that is to be renewed: it has expired. Request another window."""
    HELD = "held"
    """The week is held: nobody enters until an administrator resumes it."""
    PEER_DOWN = "peer_down"
    """A member of the machine's redundancy group is down."""
    CAPACITY = "capacity"
    """As many machines of the customer, or of the location, are down as may be at once."""
    SUPERSEDED = "superseded"
    """The window was moved: the revision that was named is not the current one. `my-windows` tells the new times."""
    UNKNOWN_WINDOW = "unknown_window"
    """The machine has no window of that id, or has it no more."""


class WindowChange(StrEnum):
    """What a grant did to the machine's window."""

    NEW = "new"
    """The machine had no such window."""
    JOINED = "joined"
    """One more request is met by a window that the machine had."""
    LEFT = "left"
    """A request was withdrawn; the window stays for the others."""
    MOVED = "moved"
    """The window is at another time, or longer or shorter: `previous`."""


class WindowWithdrawnCode(StrEnum):
    """Why a machine has lost a window."""

    REQUESTED = "requested"
    """The machine withdrew every request that it was for."""
    RETIRED = "retired"
    """The machine is no longer in service, or no longer known."""
    MISSED = "missed"
    """The latest start is over and the machine has not entered."""
    NO_ACCEPTABLE_TIME = "no_acceptable_time"
    """The customer's wishes or the fleet changed, and no other time was found."""
    JOINED_WEEK = "joined_week"
    """A window of a maintenance week meets its requests instead."""
