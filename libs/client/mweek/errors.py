"""What can go wrong for a client, each with what it means for what was asked and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mweek_contracts.events import Problem


class ClientError(Exception):
    """Something that the caller should tell a person; the text says what, and the remedy."""


class NotReachableError(ClientError):
    """Nothing that speaks NATS answers at the address, or it lets nobody in."""

    def __init__(self, url: str, cause: str) -> None:
        """Name the address and what was seen there."""
        self.url = url
        super().__init__(f"no NATS server can be used at {url}: {cause}")


class NotPreparedError(ClientError):
    """The server answers but has no streams: no Maintenance Week lives there yet."""

    def __init__(self, url: str, stream: str) -> None:
        """Say how to prepare it."""
        super().__init__(f"the NATS server at {url} has no stream {stream}; to prepare it, run: mweek-streams apply")


class OutcomeTimeoutError(ClientError):
    """A command is stored on the bus, but its outcome did not come in time."""

    def __init__(self, *, what: str, command_id: str, service: str, seconds: float) -> None:
        """Say what was waited for, who would say it, and that nothing is lost."""
        self.command_id = command_id
        super().__init__(
            f"no outcome of {what} within {seconds:.0f} s. The command {command_id} is stored on the bus and will be "
            f"carried out as soon as the {service} takes it; is the {service} running?"
        )


class UnansweredRequestError(ClientError):
    """A machine's request got no reply: it may have been decided, or not."""

    def __init__(self, request_id: str, cause: str) -> None:
        """Say how to ask again without asking for something else."""
        self.request_id = request_id
        super().__init__(f"{cause}. It may have been decided: asking again with --request-id {request_id} tells")


class UnansweredQuestionError(ClientError):
    """A question that changes nothing got no reply."""

    def __init__(self, cause: str) -> None:
        """Say what came of the last try."""
        super().__init__(f"{cause}. It was a question only: nothing has changed")


class VerdictTimeoutError(ClientError):
    """The auditor has not judged a revision in time."""

    def __init__(self, *, plan_id: str, seconds: float, told: int) -> None:
        """Say how far it came."""
        self.plan_id = plan_id
        super().__init__(
            f"no verdict on {plan_id} within {seconds:.0f} s ({told} notices sent so far). "
            "The week is scheduled all the same; are the notifier and the auditor running?"
        )


class UnknownDeadLetterError(ClientError):
    """There is no dead letter with this number."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"there is no dead letter {number}: it was replayed or dropped, or never was (mweek dead list)"
        )


class InvalidCommandError(ClientError, ValueError):
    """A command was never said: a field is not what the bus allows."""

    def __init__(self, message_type: str, problems: tuple[Problem, ...]) -> None:
        """Name the fields."""
        self.problems = problems
        super().__init__(
            f"{message_type}: " + "; ".join(f"{one.place}: {one.text}" if one.place else one.text for one in problems)
        )


class UnknownMachineError(ClientError):
    """There is no such machine, or more than one."""

    def __init__(self, machine: str, locations: Sequence[str]) -> None:
        """Name the locations that have one."""
        if locations:
            text = f"several locations have a machine {machine}: give --location (one of {', '.join(locations)})"
        else:
            text = f"there is no machine {machine} (mweek fleet show --machines lists them)"
        super().__init__(text)


class UnknownRequestError(ClientError):
    """Nothing was told of a machine's request for a window."""

    def __init__(self, machine: str, request_id: str | None) -> None:
        """Say of which."""
        what = f"no request {request_id}" if request_id else "no request for a window"
        super().__init__(f"{what} of {machine} was answered in the last 90 days")


class SupersededError(ClientError):
    """The revision that was waited for is no longer the current one; the auditor judges the newer."""

    def __init__(self, *, plan_id: str, newer: int) -> None:
        """Name both."""
        self.plan_id = plan_id
        self.newer = newer
        super().__init__(f"{plan_id} was superseded by revision {newer} before there was a verdict")


class UnknownRevisionError(ClientError):
    """The week has no revision with this number."""

    def __init__(self, week: str, number: int, known: Sequence[int]) -> None:
        """Name those that it has."""
        super().__init__(
            f"{week} has no revision {number} (there are {', '.join(str(one) for one in known) or 'none'})"
        )
