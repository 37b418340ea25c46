"""Requests that must be refused, of every kind that a machine may ask, and the code that each gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mweek_contracts.request_codes import DenialCode, RequestRefusalCode

BAD: Final = RequestRefusalCode.BAD_REQUEST
WRONG: Final = RequestRefusalCode.WRONG_MACHINE

MACHINE: Final = "m1"
"""In service; `idle` is not, `gone` was removed, and nobody knows `nobody`."""

GOOD: Final[Mapping[str, Mapping[str, Any]]] = {
    "request-window": {"reason": "kernel", "estimated_minutes": 10},
    "withdraw-window": {"window_id": "w"},
    "my-windows": {},
    "explain-window": {"estimated_minutes": 10},
    "enter-window": {"window_id": "w"},
    "renew-window": {"window_id": "w", "lease_id": "l"},
    "leave-window": {"window_id": "w", "lease_id": "l", "result": "done", "downtime_minutes": 7},
}


class BadRequest(NamedTuple):
    """What is sent where, and the code of the refusal or denial."""

    kind: str
    sent: Mapping[str, Any] | bytes
    """Fields beside those of a good request, or the whole body; a field of None is left out."""
    code: RequestRefusalCode | DenialCode
    machine: str = MACHINE
    """In the subject."""

    def subject(self, location: str) -> str:
        """Return where it is sent."""
        return f"req.{location}.{self.machine}.{self.kind}.v1"

    def body(self, location: str, request_id: str) -> bytes:
        """Return what is sent."""
        if isinstance(self.sent, bytes):
            return self.sent
        about = {"request_id": request_id, "location": location, "machine": self.machine}
        fields = {**about, **GOOD[self.kind], **self.sent}
        return json.dumps({name: value for name, value in fields.items() if value is not _LEFT_OUT}).encode()


_LEFT_OUT: Final = object()


def _window(code: RequestRefusalCode = BAD, /, **fields: Any) -> BadRequest:
    return BadRequest("request-window", fields, code)


def _explain(code: RequestRefusalCode = BAD, /, **fields: Any) -> BadRequest:
    return BadRequest("explain-window", fields, code)


def _activity(**fields: Any) -> BadRequest:
    return _window(activities=[{"name": "kernel", **fields}])


BAD_REQUESTS: Final[Mapping[str, BadRequest]] = {
    # no request at all
    "empty body": BadRequest("request-window", b"", BAD),
    "not JSON": BadRequest("request-window", b"{", BAD),
    "a list": BadRequest("request-window", b"[]", BAD),
    "a number": BadRequest("enter-window", b"17", BAD),
    "null": BadRequest("leave-window", b"null", BAD),
    "no UTF-8": BadRequest("request-window", b"\xff\xfe\x00", BAD),
    "a byte order mark": BadRequest("request-window", b"\xef\xbb\xbf{}", BAD),
    "two documents": BadRequest("my-windows", b"{}{}", BAD),
    "NaN": BadRequest("request-window", b'{"estimated_minutes": NaN}', BAD),
    "a field twice": BadRequest("my-windows", b'{"request_id": "a", "request_id": "b"}', BAD),
    "nested without end": BadRequest("request-window", b"[" * 20_000 + b"]" * 20_000, BAD),
    "a megabyte of blanks": BadRequest("request-window", b" " * 1_000_000, BAD),
    "a megabyte of reason": _window(reason="x" * 1_000_000),
    "a megabyte to enter": BadRequest("enter-window", {"window_id": "w" * 1_000_000}, BAD),
    "an empty object": BadRequest("renew-window", b"{}", BAD),
    # who asks
    "another machine": _window(WRONG, machine="m2"),
    "another location": _window(WRONG, location="elsewhere"),
    "another machine to leave": BadRequest("leave-window", {"machine": "m2"}, WRONG),
    "another machine's windows": BadRequest("my-windows", {"machine": "m2"}, WRONG),
    "a machine in capitals": BadRequest("request-window", {}, BAD, machine="M1"),
    "a machine with an underline": BadRequest("request-window", {}, BAD, machine="m_1"),
    "a machine with a hyphen at its end": BadRequest("enter-window", {}, BAD, machine="m1-"),
    "a name of 64 characters": BadRequest("request-window", {}, BAD, machine="m" * 64),
    "a wildcard for a machine": _window(machine="*"),
    "a name with a dot": _window(machine="m1.m2"),
    "no machine": _window(machine=_LEFT_OUT),
    "no request id": _window(request_id=_LEFT_OUT),
    "an empty request id": _window(request_id=""),
    "a request id with a line break": _window(request_id="a\nb"),
    "a request id of 129 characters": _window(request_id="r" * 129),
    "a request id that is a number": _window(request_id=7),
    # what is asked for
    "an unknown field": _window(estimate=10),
    "an unknown field of an activity": _activity(reboot=True),
    "a typo in urgent": _window(urgnet=True),
    "no reason": _window(reason=_LEFT_OUT),
    "an empty reason": _window(reason=" "),
    "a reason with control characters": _window(reason="a\x1b[2Jb"),
    "a reason that would add a header": _window(reason="=?utf-8?q?a=0ABcc:?="),
    "no estimate": _window(estimated_minutes=_LEFT_OUT),
    "a negative estimate": _window(estimated_minutes=-10),
    "an estimate of nothing": _window(estimated_minutes=0),
    "an estimate of years": _window(estimated_minutes=10**9),
    "an estimate beyond all integers": _window(estimated_minutes=10**40),
    "an estimate in words": _window(estimated_minutes="ten"),
    "an estimate of a half": _window(estimated_minutes=10.5),
    "an estimate that is true": _window(estimated_minutes=True),
    "a naive time": _window(not_before="2026-11-21T08:00:00"),
    "a naive deadline": _window(deadline="2026-11-25T08:00:00"),
    "a date alone": _window(deadline="2026-11-25"),
    "a time that never was": _window(not_before="2026-02-30T08:00:00Z"),
    "a time as a number": _window(not_before=1_795_000_000),
    "a deadline before not-before": _window(not_before="2026-11-25T08:00:00Z", deadline="2026-11-24T08:00:00Z"),
    "a deadline in the past": _window(RequestRefusalCode.DEADLINE_IN_PAST, deadline="2026-11-19T08:00:00Z"),
    "a deadline that just passed": _window(RequestRefusalCode.DEADLINE_IN_PAST, deadline="2026-11-20T08:00:00Z"),
    "urgent in words": _window(urgent="yes"),
    "51 activities": _window(activities=[{"name": "a"}] * 51),
    "an activity of no kind": _activity(kind="explosion"),
    "an activity without a name": _activity(name=""),
    "activities that are no list": _window(activities={"name": "a"}),
    "a result of no kind": BadRequest("leave-window", {"result": "perhaps"}, BAD),
    "a negative downtime": BadRequest("leave-window", {"downtime_minutes": -1}, BAD),
    "21 facts": BadRequest("leave-window", {"facts": {f"f{number}": "x" for number in range(21)}}, BAD),
    "a fact that is no text": BadRequest("leave-window", {"facts": {"kernel": 6}}, BAD),
    "revision 0": BadRequest("enter-window", {"revision": 0}, BAD),
    # what is to be explained
    "a wish of nothing": _explain(estimated_minutes=_LEFT_OUT),
    "a wish of no minutes": _explain(estimated_minutes=0),
    "a wish of years": _explain(estimated_minutes=10**9),
    "a wish beyond all integers": _explain(estimated_minutes=10**40),
    "a wish in words": _explain(estimated_minutes="ten"),
    "a wish and an earlier request": _explain(earlier_request="r"),
    "an earlier request that is urgent": _explain(estimated_minutes=_LEFT_OUT, earlier_request="r", urgent=True),
    "an earlier request with a line break": _explain(estimated_minutes=_LEFT_OUT, earlier_request="a\nb"),
    "an earlier request that is a number": _explain(estimated_minutes=_LEFT_OUT, earlier_request=7),
    "a wish at a naive time": _explain(not_before="2026-11-21T08:00:00"),
    "a wish at a time that never was": _explain(deadline="2026-02-30T08:00:00Z"),
    "a wish that ends before it begins": _explain(not_before="2026-11-25T08:00:00Z", deadline="2026-11-24T08:00:00Z"),
    "a wish with a reason": _explain(reason="kernel"),
    "a wish of another machine": _explain(WRONG, machine="m2"),
    "a list to explain": BadRequest("explain-window", b"[]", BAD),
    "a megabyte to explain": _explain(earlier_request="r" * 1_000_000),
    # right in itself, about what is not there
    "an unknown machine": BadRequest("request-window", {}, RequestRefusalCode.UNKNOWN_MACHINE, machine="nobody"),
    "a machine that is gone": BadRequest("request-window", {}, RequestRefusalCode.UNKNOWN_MACHINE, machine="gone"),
    "a machine out of service": BadRequest("request-window", {}, RequestRefusalCode.NOT_IN_SERVICE, machine="idle"),
    "an unknown machine to enter": BadRequest("enter-window", {}, RequestRefusalCode.UNKNOWN_MACHINE, machine="nobody"),
    "windows of an unknown machine": BadRequest("my-windows", {}, RequestRefusalCode.UNKNOWN_MACHINE, machine="nobody"),
    "an unknown machine to explain": BadRequest(
        "explain-window", {}, RequestRefusalCode.UNKNOWN_MACHINE, machine="nobody"
    ),
    "a machine out of service to explain": BadRequest(
        "explain-window", {}, RequestRefusalCode.NOT_IN_SERVICE, machine="idle"
    ),
    "no such request to explain": _explain(
        RequestRefusalCode.UNKNOWN_REQUEST, estimated_minutes=_LEFT_OUT, earlier_request="no-such-request"
    ),
    "no such window to withdraw": BadRequest("withdraw-window", {}, RequestRefusalCode.UNKNOWN_WINDOW),
    "no such window to enter": BadRequest("enter-window", {}, DenialCode.UNKNOWN_WINDOW),
    "a window of a week that never was": BadRequest(
        "enter-window", {"window_id": "2026-W49/m1"}, DenialCode.UNKNOWN_WINDOW
    ),
    "no such lease to renew": BadRequest("renew-window", {}, RequestRefusalCode.UNKNOWN_LEASE),
    "no such lease to leave": BadRequest("leave-window", {}, RequestRefusalCode.UNKNOWN_LEASE),
    "longer than any night": _window(RequestRefusalCode.TOO_LONG, estimated_minutes=7 * 24 * 60),
}
