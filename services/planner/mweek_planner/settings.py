"""What the environment says to the planner."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from mweek_timewindows.clock import Clock
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class PlannerSettings(BaseSettings):
    """Each setting is an environment variable; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, populate_by_name=True)

    nats_url: str = Field(default="nats://127.0.0.1:4222", validation_alias="MWEEK_NATS_URL")
    clock: str = Field(default="", validation_alias="MWEEK_CLOCK")
    log_format: Literal["json", "console"] = Field(default="json", validation_alias="MWEEK_LOG_FORMAT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", validation_alias="MWEEK_LOG_LEVEL")
    database_url: str = Field(default="sqlite:///var/planner.sqlite3", validation_alias="MWEEK_PLANNER_DATABASE_URL")
    http_port: int = Field(default=0, ge=0, le=65_535, validation_alias="MWEEK_PLANNER_HTTP_PORT")
    """0: any free one."""
    patterns: Path | None = Field(default=None, validation_alias="MWEEK_PLANNER_PATTERNS")
    """A directory with an operator's own patterns, `<name>.yaml`; it must be there."""

    @field_validator("clock")
    @classmethod
    def _is_a_clock(cls, text: str) -> str:
        Clock.parse(text, real_now=lambda: datetime.min.replace(tzinfo=UTC), monotonic=lambda: 0.0)
        return text

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("is neither sqlite:///path nor postgresql://user@host/name")
        return url

    @field_validator("patterns")
    @classmethod
    def _is_a_directory(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError(f"{path} is not a directory")
        return path
