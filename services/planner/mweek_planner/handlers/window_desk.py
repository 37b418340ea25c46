"""What every handler of window requests needs: who asks, the location's calendar and policy, and a voice to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from mweek_contracts.message import Message
from mweek_contracts.replies import Reply
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import Request
from mweek_messaging import AskingRate, Postponed, Voice, records_position, refuse
from sqlmodel import Session

from mweek_planner.interfaces import Asker, LocationPolicy
from mweek_planner.storage.askers import Askers, guests_of
from mweek_planner.storage.calendars import Calendars, OpenCalendar

SOON: Final = timedelta(milliseconds=200)
LOOKS_EVERY: Final = timedelta(seconds=1)
"""How old, in real time, the knowledge may be that all records are applied: asking the server costs a round trip."""
_POSITION: Final = "mweek_planner.records_position"


class RecordsGate:
    """Nobody decides on half of a fleet."""

    def __init__(self, *, records_lag: Callable[[], int], real_now: Callable[[], datetime]) -> None:
        """Take the way to learn how many records are still to be applied."""
        self._records_lag = records_lag
        self._real_now = real_now
        self._passed_at: datetime | None = None

    def pass_through(self, *, surely: bool = False) -> None:
        """Go on when all records are applied.

        Args:
            surely: ask the server, however short ago it was asked.

        Raises:
            Postponed: records are still coming in.
        """
        now = self._real_now()
        if not surely and self._passed_at is not None and timedelta() <= now - self._passed_at < LOOKS_EVERY:
            return
        if waiting := self._records_lag():
            self._passed_at = None
            raise Postponed(f"{waiting} records that are not applied yet", SOON)
        self._passed_at = now


class AskingRates:
    """How often a machine may ask, by location: learnt from the policy each time that a location is decided about."""

    def __init__(self) -> None:
        """Know no policy yet."""
        self._rates: dict[str, AskingRate] = {}
        self._learnt: dict[str, int] = {}

    def of(self, location: str) -> AskingRate:
        """Return the rate of a location; the usual one until its policy was seen."""
        return self._rates.get(location, AskingRate())

    def learn(self, location: str, policy: LocationPolicy) -> None:
        """Take a location's policy from now on. At once a machine may ask what it may in ten seconds."""
        each_minute = policy.requests_per_minute
        if self._learnt.get(location) != each_minute:
            self._rates[location] = AskingRate(at_once=max(5, each_minute // 6), each_second=each_minute / 60)
            self._learnt[location] = each_minute


class WindowDesk:
    """Where windows are asked for; built once, in bootstrap."""

    def __init__(
        self, *, calendars: Calendars, gate: RecordsGate, rates: AskingRates, voice: Voice, now: Callable[[], datetime]
    ) -> None:
        """Keep the collaborators."""
        self._calendars = calendars
        self._gate = gate
        self._rates = rates
        self._voice = voice
        self._askers = Askers()
        self.now = now

    def calendar(self, session: Session, location: str) -> OpenCalendar:
        """Return the calendar of a location; nobody else decides about it until the transaction ends."""
        return self._calendars.open(session, location)

    def asker(self, session: Session, request: Request) -> Asker | Reply:
        """Return who asks, or the refusal of one that is unknown or out of service.

        Raises:
            Postponed: records are still coming in.
        """
        self._gate.pass_through()
        asker = self._find(session, request)
        if asker is None or not asker.in_service:
            self._gate.pass_through(surely=True)  # the record may have come a moment ago
            self._askers.look_again(session)
            asker = self._find(session, request)
        if asker is None:
            text = f"no machine {request.machine} is known in {request.location}: its fleet has to be imported first"
            return self.refuse(request, RequestRefusalCode.UNKNOWN_MACHINE, text)
        if not asker.in_service:
            text = f"{request.machine} is not in service: it gets no windows"
            return self.refuse(request, RequestRefusalCode.NOT_IN_SERVICE, text)
        return asker

    def named(self, session: Session, location: str, machine: str) -> Asker | None:
        """Return a machine, whether in service or not; None where none of that name is known."""
        return self._askers.find(session, location, machine)

    def policy(self, session: Session, location: str) -> LocationPolicy:
        """Return what a location allows in windows, one state of it for the whole transaction."""
        policy = self._askers.policy(session, location)
        self._rates.learn(location, policy)
        return policy

    def guests(self, session: Session, location: str, asker: Asker) -> tuple[str, ...]:
        """Return the machines that are down with the one that asks."""
        return guests_of(session, location, asker)

    def about(self, session: Session, location: str) -> dict[str, Any]:
        """Return the fields that all events about windows have.

        Raises:
            RuntimeError: no record was ever read, and so no machine can have a window.
        """
        if _POSITION not in session.info:
            session.info[_POSITION] = records_position(session)
        if session.info[_POSITION] is None:
            raise RuntimeError("windows were decided about before any record was read")
        return {**self._voice.envelope(None), "location": location, "records": session.info[_POSITION]}

    def say(self, session: Session, message: Message) -> None:
        """Tell of what was decided."""
        self._voice.say(session, message)

    def refuse(self, request: Request, code: RequestRefusalCode, text: str) -> Reply:
        """Return the refusal of a request."""
        return refuse(request, code, text, now=self.now())

    def _find(self, session: Session, request: Request) -> Asker | None:
        return self._askers.find(session, request.location, request.machine)
