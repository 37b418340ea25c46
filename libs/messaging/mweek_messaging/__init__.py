"""All that knows FastStream and JetStream: services say what they hear and say, this library delivers.

Each name is imported when it is first used: who only asks and listens, as the client does, does without FastStream and
SQLAlchemy, which cost a command a second of processor time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mweek_messaging.answering.refusing import refuse
    from mweek_messaging.answering.route import AnswerRoute, AskingRate
    from mweek_messaging.asking import UnansweredError, ask
    from mweek_messaging.bus_reader import Received, follow
    from mweek_messaging.observation import HealthBoard, MessagingMetrics
    from mweek_messaging.parts import Loop, RecordsApply, Route, ServiceParts, Ticker
    from mweek_messaging.policy import DeliveryPolicy, Postponed
    from mweek_messaging.provisioning import apply_streams, drift_of_streams
    from mweek_messaging.publishing import NotAcknowledgedError, publish, publish_command
    from mweek_messaging.records_lag import RecordsLag, records_position
    from mweek_messaging.service import run_service
    from mweek_messaging.voice import Voice

__all__ = [
    "AnswerRoute",
    "AskingRate",
    "DeliveryPolicy",
    "HealthBoard",
    "Loop",
    "MessagingMetrics",
    "NotAcknowledgedError",
    "Postponed",
    "Received",
    "RecordsApply",
    "RecordsLag",
    "Route",
    "ServiceParts",
    "Ticker",
    "UnansweredError",
    "Voice",
    "apply_streams",
    "ask",
    "drift_of_streams",
    "follow",
    "publish",
    "publish_command",
    "records_position",
    "refuse",
    "run_service",
]

_HOMES: Final = {
    "AnswerRoute": "answering.route",
    "AskingRate": "answering.route",
    "DeliveryPolicy": "policy",
    "HealthBoard": "observation",
    "Loop": "parts",
    "MessagingMetrics": "observation",
    "NotAcknowledgedError": "publishing",
    "Postponed": "policy",
    "Received": "bus_reader",
    "RecordsApply": "parts",
    "RecordsLag": "records_lag",
    "Route": "parts",
    "ServiceParts": "parts",
    "Ticker": "parts",
    "UnansweredError": "asking",
    "Voice": "voice",
    "apply_streams": "provisioning",
    "ask": "asking",
    "drift_of_streams": "provisioning",
    "follow": "bus_reader",
    "publish": "publishing",
    "publish_command": "publishing",
    "records_position": "records_lag",
    "refuse": "answering.refusing",
    "run_service": "service",
}


def __getattr__(name: str) -> Any:
    """Return what one of the names above stands for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
