"""What the environment says to the planner."""

from __future__ import annotations

from pathlib import Path

from mweek_service.settings import ServiceSettings
from pydantic import field_validator
from pydantic_settings import SettingsConfigDict


class PlannerSettings(ServiceSettings):
    """Each setting is an environment variable, MWEEK_PLANNER_…; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_prefix="MWEEK_PLANNER_")

    database_url: str = ServiceSettings.database_field("planner")
    patterns: Path | None = None
    """A directory with an operator's own patterns, `<name>.yaml`; it must be there."""

    @field_validator("patterns")
    @classmethod
    def _is_a_directory(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError(f"{path} is not a directory")
        return path
