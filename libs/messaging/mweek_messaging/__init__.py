"""All that knows FastStream and JetStream: services say what they hear and say, this library delivers."""

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
