"""What the environment says to the auditor."""

from __future__ import annotations

from mweek_service.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class AuditorSettings(ServiceSettings):
    """Each setting is an environment variable, MWEEK_AUDITOR_…; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_prefix="MWEEK_AUDITOR_")

    database_url: str = ServiceSettings.database_field("auditor")
    notice_grace_seconds: float = Field(default=300, gt=0, le=86_400)
    """How long, in real time, after a revision every affected customer must have been told."""
    gather_longest_seconds: float = Field(default=300, ge=0, le=86_400)
    """How long, on the clock, the notifier may gather news about requested windows: its setting of that name."""
