"""Decides a group of requests in one transaction: what was answered before, handlers, what is remembered. Blocking.

First all of them together, as if nothing could fail. Where something does, all of it rolls back and is done once more,
each request in a savepoint of its own: savepoints cost more than most handlers, and are seldom needed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from mweek_contracts.replies import Reply
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import Request
from mweek_outbox import Database, OutgoingMessage, gathering
from mweek_outbox.trouble import DATABASE_TROUBLE, is_passing
from sqlmodel import Session

from mweek_messaging.answering.answer_book import AnswerBook, Decided, content_digest
from mweek_messaging.answering.asked import Asked
from mweek_messaging.answering.refusing import LATER, is_undecided, outcome_of, refuse, reply_class
from mweek_messaging.answering.route import AnswerRoute
from mweek_messaging.parts import ServiceClock
from mweek_messaging.policy import Postponed

LONGEST_GROUP_SECONDS: Final = 0.1
"""How long a group goes on beginning with requests. Those behind form the next one: slow ones hold up few others."""
_TRIES: Final = 4
_OUR_ERROR: Final = "It could not be decided because of an error of ours, which is logged; ask again."
_log = structlog.get_logger()


class UndecidedError(Exception):
    """The request is to be asked again; nothing of it may stand."""

    def __init__(self, reply: Reply) -> None:
        """Keep what to say until then."""
        self.reply = reply
        super().__init__(reply.refusal.text if reply.refusal else "")


class Decider:
    """The handlers of a service over its database."""

    def __init__(self, *, routes: Sequence[AnswerRoute], database: Database, clock: ServiceClock) -> None:
        """Raises ValueError when two routes name the same request, KeyError when the catalogue does not list one."""
        self._routes = {route.request: route for route in routes}
        if len(self._routes) != len(routes):
            raise ValueError("two routes name the same request class; one of them would never run")
        self._replies = {route.request: reply_class(route.request) for route in routes}
        self._database = database
        self._clock = clock

    def decide(self, group: Sequence[Asked]) -> list[Decided]:
        """Decide some requests of a group (all of them, unless handlers are slow) and commit.

        Those of one location come one after the other: handlers that lock their location do it in the same order in
        every process.

        Raises:
            sqlalchemy.exc.DBAPIError: the database's trouble; nothing was decided, or it is not known.
        """
        ordered = sorted(group, key=lambda asked: asked.request.location)
        carefully = False
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._transaction(ordered, carefully=carefully)
            except DATABASE_TROUBLE as error:
                if not (tries_left and is_passing(error)):
                    raise
            except Exception:
                if carefully:
                    raise
                carefully = True
        raise AssertionError("the last try returns or raises")

    def _transaction(self, group: Sequence[Asked], *, carefully: bool) -> list[Decided]:
        latest = time.monotonic() + LONGEST_GROUP_SECONDS
        decided: list[Decided] = []
        with self._database.transaction() as session, gathering(session) as outgoing:
            keys = [asked.key for asked in group if not self._route(asked).anew]
            # Another process that decides one of them now is waited for, and its answer is then known.
            self._database.lock_all(session, (f"request {key}" for key in keys))
            book = AnswerBook(session, keys, self._clock.real_now())
            for asked in group:
                one = (
                    self._in_savepoint(session, asked, book, outgoing)
                    if carefully
                    else self._answer(session, asked, book)
                )
                book.note(one)
                decided.append(one)
                if time.monotonic() > latest:
                    break
            book.write()
        return decided

    def _in_savepoint(
        self, session: Session, asked: Asked, book: AnswerBook, outgoing: list[OutgoingMessage]
    ) -> Decided:
        recorded = len(outgoing)
        try:
            with session.begin_nested():
                return self._answer(session, asked, book)
        except DATABASE_TROUBLE:
            raise
        except UndecidedError as undecided:
            reply = undecided.reply
        except Postponed as postponed:
            reply = self._not_ready(asked.request, f"Waits for {postponed.waiting_for}; ask again.", postponed.delay)
        except Exception:  # noqa: BLE001  logged, and told to who asked
            _log.exception("request failed", request=asked.request.message_type, key=asked.key)
            reply = self._not_ready(asked.request, _OUR_ERROR, LATER)
        del outgoing[recorded:]
        return _decided(asked, reply)

    def _answer(self, session: Session, asked: Asked, book: AnswerBook) -> Decided:
        route, request = self._route(asked), asked.request
        if route.anew:
            return _decided(asked, self._handled(session, route, request))
        digest = content_digest(request)
        before = book.find(asked.key)
        if before is None:
            return _decided(asked, self._handled(session, route, request), digest)
        if before.content_digest == digest:
            return Decided(asked, before.reply, "repeated")
        text = f"{request.request_id} was used before, for another {before.request}: a new wish needs an id of its own."
        refusal = refuse(request, RequestRefusalCode.REQUEST_ID_REUSED, text, now=self._clock.now())
        return _decided(asked, refusal)

    def _handled(self, session: Session, route: AnswerRoute, request: Request) -> Reply:
        reply = route.handler(session, request)
        expected = self._replies[route.request]
        if type(reply) is not expected or reply.request_id != request.request_id:
            raise TypeError(f"{request.message_type} was answered with {reply!r:.200} and not its {expected.__name__}")
        if is_undecided(reply):
            raise UndecidedError(reply)
        return reply

    def _not_ready(self, request: Request, text: str, delay: timedelta) -> Reply:
        now = self._clock.now()
        return refuse(request, RequestRefusalCode.NOT_READY, text, now=now, retry_at=now + delay)

    def _route(self, asked: Asked) -> AnswerRoute:
        return self._routes[type(asked.request)]


def _decided(asked: Asked, reply: Reply, digest: str | None = None) -> Decided:
    return Decided(asked, reply.body(), outcome_of(reply), digest)
