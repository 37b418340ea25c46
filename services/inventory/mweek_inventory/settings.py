"""What the environment says to the inventory."""

from __future__ import annotations

from typing import Literal

from mweek_contracts.reading import problems_of
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class InventorySettings(BaseSettings):
    """Each setting is an environment variable; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, populate_by_name=True)

    nats_url: str = Field(default="nats://127.0.0.1:4222", validation_alias="MWEEK_NATS_URL")
    clock: str = Field(default="", validation_alias="MWEEK_CLOCK")
    log_format: Literal["json", "console"] = Field(default="json", validation_alias="MWEEK_LOG_FORMAT")
    log_level: str = Field(default="INFO", validation_alias="MWEEK_LOG_LEVEL")
    database_url: str = Field(
        default="sqlite:///var/inventory.sqlite3", validation_alias="MWEEK_INVENTORY_DATABASE_URL"
    )
    http_port: int = Field(default=0, ge=0, le=65_535, validation_alias="MWEEK_INVENTORY_HTTP_PORT")
    """0: any free one."""


class WrongSettingsError(ValueError):
    """The environment says something that the inventory cannot work with; the sentence names the variable."""


def load_settings() -> InventorySettings:
    """Read the environment.

    Raises:
        WrongSettingsError: naming each wrong variable.
    """
    try:
        return InventorySettings()
    except ValidationError as error:
        raise WrongSettingsError(
            "\n".join(f"{problem.place}: {problem.text}" for problem in problems_of(error))
        ) from None
