"""The patterns that come with the product, as plain values: written as YAML, beside it as JSON by `make documents`.

JSON is there so that planning need not import, for a pattern that was checked before, what reads and checks YAML.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from mweek_contracts.rules import TOKEN_PATTERN


def plain_pattern(name: str) -> dict[str, Any] | None:
    """Return a pattern as `Pattern.model_dump(mode="json", exclude_none=True)` has it; None: none has this name."""
    if not re.fullmatch(TOKEN_PATTERN, name):
        return None
    try:
        with open(os.path.join(os.path.dirname(__file__), f"{name}.json"), "rb") as file:
            pattern: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    return pattern
