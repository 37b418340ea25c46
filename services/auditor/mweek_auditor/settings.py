"""What the environment says to the auditor."""

from __future__ import annotations

from datetime import timedelta

from mweek_service.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class AuditorSettings(ServiceSettings):
    """Each setting is an environment variable, MWEEK_AUDITOR_…; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_prefix="MWEEK_AUDITOR_")

    database_url: str = ServiceSettings.database_field("auditor")
    notice_grace: timedelta = Field(default=timedelta(minutes=5), gt=timedelta(0), le=timedelta(days=1))
    """How long, in real time, after a revision every affected customer must have been told; seconds or `PT5M`."""
