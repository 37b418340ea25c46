"""What the environment says to any service; each adds its own settings under its own prefix."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from mweek_contracts.reading import problems_of
from mweek_timewindows.clock import Clock
from pydantic import AfterValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHARED_PREFIX = "MWEEK_"


class WrongSettingsError(ValueError):
    """The environment says something that a service cannot work with; the sentences name the variables."""


def _check_clock(text: str) -> str:
    Clock.parse(text, real_now=lambda: datetime.min.replace(tzinfo=UTC), monotonic=lambda: 0.0)
    return text


class ServiceSettings(BaseSettings):
    """Each setting is an environment variable; an empty one counts as absent.

    A service's class sets `env_prefix` (`MWEEK_PLANNER_`) and its `database_field`. The settings that all services
    share are named without the prefix.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    nats_url: str = Field(default="nats://127.0.0.1:4222", validation_alias="MWEEK_NATS_URL")
    clock: Annotated[str, AfterValidator(_check_clock)] = Field(default="", validation_alias="MWEEK_CLOCK")
    log_format: Literal["json", "console"] = Field(default="json", validation_alias="MWEEK_LOG_FORMAT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", validation_alias="MWEEK_LOG_LEVEL")
    http_host: str = Field(default="127.0.0.1", validation_alias="MWEEK_HTTP_HOST")
    """Where the pages are served: whoever reaches them reads them, and they change nothing."""
    database_url: str
    http_port: int = Field(default=0, ge=0, le=65_535)
    """0: any free one."""

    @field_validator("database_url", check_fields=False)
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("is neither sqlite:///path nor postgresql://user@host/name")
        return url

    @staticmethod
    def database_field(service: str) -> Any:
        """Return the field `database_url` with a service's default: a SQLite file under var/."""
        return Field(default=f"sqlite:///var/{service}.sqlite3", repr=False)

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            WrongSettingsError: with a sentence for each wrong variable.
        """
        try:
            return cls()
        except ValidationError as error:
            sentences = (f"{cls._variable(problem.place)}{problem.text}" for problem in problems_of(error))
            raise WrongSettingsError("\n".join(sentences)) from None

    @classmethod
    def _variable(cls, place: str) -> str:
        """Return the variable that a field comes from, with a colon; nothing for a rule over several."""
        if not place:
            return ""
        if place.startswith(_SHARED_PREFIX):
            return f"{place}: "
        return f"{cls.model_config.get('env_prefix', '')}{place.upper()}: "


AnySettings = TypeVar("AnySettings", bound=ServiceSettings)
