"""Languages of notices: gettext catalogues. English is the language of the templates and needs none."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ENGLISH = "en"
_DOMAIN = "notices"


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its words. `code` is the language that the words are really in."""

    code: str
    words: gettext.NullTranslations


@cache
def language_of(wanted: str) -> Language:
    """Return the language of a contact; English where there is no catalogue `languages/<code>/LC_MESSAGES` of it."""
    try:
        found = gettext.translation(_DOMAIN, str(files(__package__).joinpath("languages")), languages=[wanted])
    except FileNotFoundError:
        return Language(ENGLISH, gettext.NullTranslations())
    return Language(wanted, found)
