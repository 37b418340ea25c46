"""What the exit code of a command means; docs and `mweek --help` repeat it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 and 1 as everywhere, 2 belongs to the parser of the command line."""

    OK = 0
    ERROR = 1
    """Also: the audit failed."""
    USAGE = 2
    CHANGES = 10
    """Only with `--detailed-exitcode`: done, and something changes or has changed."""
    REFUSED = 11
    """The planner or the inventory refused; nothing has changed."""
    TIMED_OUT = 12
    """No answer in time; what was asked stands on the bus all the same."""
    BUSY = 75
    """Only `mweek agent`: another agent is at work on this machine (EX_TEMPFAIL, as in the field)."""
