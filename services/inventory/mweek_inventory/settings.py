"""What the environment says to the inventory."""

from __future__ import annotations

from mweek_service.settings import ServiceSettings
from pydantic_settings import SettingsConfigDict


class InventorySettings(ServiceSettings):
    """Each setting is an environment variable, MWEEK_INVENTORY_…; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_prefix="MWEEK_INVENTORY_")

    database_url: str = ServiceSettings.database_field("inventory")
