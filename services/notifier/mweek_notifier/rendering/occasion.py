"""Occasions: one folder each with subject.txt, body.txt and body.html, filled in from a letter."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from mweek_notifier.rendering.header import safe_header, safe_text
from mweek_notifier.rendering.language import Language
from mweek_notifier.rendering.letter import FindingLetter, WeekLetter, texts_of
from mweek_notifier.rendering.window_letter import WindowLetter

TEXT_WIDTH = 72
"""Readable when quoted, and below every limit of a mail's line."""

SIGNATURE = "-- "
"""The line before a signature; its blank is part of it."""

Letter = WeekLetter | WindowLetter | FindingLetter


@dataclass(frozen=True, slots=True)
class Wording:
    """The three texts of a mail."""

    subject: str
    text: str
    html: str


def worded(letter: Letter, language: Language) -> Wording:
    """Fill in the templates of the letter's occasion.

    Raises:
        jinja2.TemplateError: a template asks for what the letter does not have: a mail with blanks is never made.
        UnsafeTextError: a text of the letter could do harm in a mail.
    """
    for name, text in texts_of(letter):
        safe_text(name, text)
    environment = _environment(language)

    def filled(name: str) -> str:
        return environment.get_template(f"{letter.kind}/{name}").render(letter=letter)

    return Wording(
        subject=safe_header("Subject", " ".join(filled("subject.txt").split())),
        text=_tidy(filled("body.txt")),
        html=_inliner().inline(filled("body.html")),
    )


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "occasions"),
        # Jinja's own choice would leave templates named `.html.j2` unescaped: ours end in .html, and this says so.
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        auto_reload=False,  # a service's templates do not change under it; looking took a tenth of a mail's time
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]  # by i18n
    environment.filters["paragraph"] = _paragraph
    environment.filters["wrapped"] = _wrapped
    for name in ("style", "screens"):
        environment.globals[name] = Markup(_occasion_file(f"{name}.css"))  # noqa: S704  our own files
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    # screens.css has media queries, which cannot be inlined: its element says so and is kept. Nothing is ever fetched.
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _occasion_file(name: str) -> str:
    return files(__package__).joinpath("occasions", name).read_text(encoding="utf-8")


def _tidy(text: str) -> str:
    """Leave at most one empty line between paragraphs, and no blanks at line ends but the signature's."""
    lines = (line if line == SIGNATURE else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _paragraph(text: str) -> str:
    """Fill a paragraph; long words (machine names) are never broken."""
    return textwrap.fill(" ".join(text.split()), TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _wrapped(items: Iterable[str], indent: int, label: str = "") -> str:
    """Join items with commas over as many lines as it takes, each indented; `label` stands before the first."""
    blanks = " " * indent
    return textwrap.fill(
        label + ", ".join(items),
        TEXT_WIDTH,
        initial_indent=blanks,
        subsequent_indent=blanks,
        break_long_words=False,
        break_on_hyphens=False,
    )
