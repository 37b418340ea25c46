"""The customers of the reference fleets: who has how many machines of which kind where. All of them are invented.

Of `rzob`, 84 production machines belong to the 18 customers that have test machines, 45, and 56 to the 12 that do not.
None has a blackout in the week of the demonstration, 2026-W49.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mweek_contracts.fleet import AcceptableWindow, Blackout, Language, Weekday

WORKDAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer and how many machines it has; one without test machines is untested."""

    customer: str
    name: str
    production: int
    test: int = 0
    pairs: int = 0
    triples: int = 0
    language: Language = Language.DE
    more: tuple[tuple[str, Any], ...] = ()
    """Fields of the customer's record that differ from the defaults."""
    second_contact: str | None = None


def night(*days: Weekday, start: str = "22:00", end: str = "05:00") -> AcceptableWindow:
    """Return a weekly acceptable window."""
    return AcceptableWindow(days=days, start=start, end=end)


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """Return an instant in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


CHRISTMAS = Blackout(starts_at=utc(2026, 12, 18), ends_at=utc(2027, 1, 4), reason="Christmas sale")
BLACK_FRIDAY = Blackout(starts_at=utc(2026, 11, 26), ends_at=utc(2026, 11, 29), reason="Black Friday weekend")
AUDIT = Blackout(starts_at=utc(2027, 2, 1), ends_at=utc(2027, 2, 12), reason="Annual audit")

SHARED = Account(
    "seehafen", "Seehafen Logistik GmbH", 3, pairs=1, second_contact="Leitstand", more=(("notice_hours", 24),)
)

RZOB = (
    Account("nordwind", "Nordwind Versand GmbH", 19, 9, 3, 1, second_contact="Bereitschaft",
            more=(("blackouts", (BLACK_FRIDAY, CHRISTMAS)), ("notice_hours", 48), ("max_parallel", 4))),
    Account("acme", "Acme GmbH", 11, 6, 3, more=(("max_parallel", 2), ("notice_hours", 48),
            ("acceptable_windows", (night(*WORKDAYS),)))),
    Account("ostsee-zeitung", "Ostsee-Zeitungsgruppe", 8, 4, 1, more=(("acceptable_windows",
            (night(*WORKDAYS, start="01:00"), night(Weekday.SAT, start="08:00", end="20:00"))),)),
    Account("heliograph", "Heliograph Ltd", 6, 3, 1, language=Language.EN, second_contact="Platform team",
            more=(("timezone", "Europe/London"), ("notice_hours", 24))),
    Account("stadtwerke-oben", "Stadtwerke Oben", 5, 3, 1, more=(("notice_hours", 72),)),
    Account("fernblick", "Fernblick Reisen AG", 4, 2, 1, more=(("timezone", "Europe/Zurich"),)),
    Account("papermill", "Papermill Inc.", 4, 2, 1, language=Language.EN,
            more=(("timezone", "America/New_York"), ("notice_hours", 24))),
    Account("moorhuhn", "Moorhuhn Spiele GmbH", 3, 2, 1),
    Account("kranich", "Kranich Apotheken eG", 3, 2, 1, second_contact="Rufdienst"),
    Account("lindenhof", "Klinikum Lindenhof", 3, 2, more=(("max_parallel", 1),
            ("acceptable_windows", (night(Weekday.SAT, Weekday.SUN, start="20:00", end="06:00"),)))),
    Account("quellwasser", "Quellwasser e. V.", 3, 1, 1),
    Account("tidewater", "Tidewater Analytics B.V.", 3, 2, language=Language.EN,
            more=(("timezone", "Europe/Amsterdam"),)),
    Account("buchfink", "Buchfink Verlag", 2, 1, 1),
    Account("sonnenrad", "Sonnenrad Energie GmbH", 2, 2),
    Account("bergwerk", "Bergwerk Medien KG", 2, 1, 1),
    Account("palimpsest", "Palimpsest Archives", 2, 1, language=Language.EN),
    Account("zuckertuete", "Zuckertüte Bildung gGmbH", 2, 1),
    Account("holzweg", "Holzweg Möbel GmbH", 2, 1, 1),
    Account("glasperle", "Glasperle Handels GmbH", 17, pairs=3, triples=1, second_contact="Shop-Betrieb",
            more=(("blackouts", (CHRISTMAS,)), ("notice_hours", 48))),
    Account("wattwurm", "Wattwurm Software", 9, pairs=2),
    Account("lighthouse", "Lighthouse Insurance plc", 6, pairs=1, language=Language.EN,
            more=(("timezone", "Europe/Dublin"), ("blackouts", (AUDIT,)), ("notice_hours", 72))),
    Account("zeitgeist", "Zeitgeist Agentur", 5, pairs=1),
    Account("feldpost", "Feldpost Logistik", 4, pairs=1),
    SHARED,
    Account("kirschbaum", "Kirschbaum Immobilien", 3),
    Account("outback", "Outback Outfitters Pty Ltd", 2, language=Language.EN,
            more=(("timezone", "Australia/Sydney"), ("notice_hours", 24))),
    Account("mauersegler", "Mauersegler Consulting", 2, pairs=1),
    Account("rosengarten", "Stiftung Rosengarten", 2),
    Account("federkiel", "Federkiel Notare", 2),
    Account("einhorn", "Einhorn Startup UG", 1),
)  # fmt: skip

WHQ = (
    Account("harbor-tea", "Harbor Tea Company", 10, 4, 2, language=Language.EN, second_contact="On call",
            more=(("timezone", "America/New_York"), ("notice_hours", 24), ("max_parallel", 2))),
    Account("wolkenkratzer", "Wolkenkratzer Bau AG", 5, 2, 1, more=(("timezone", "Europe/Vienna"),)),
    Account("seehafen", SHARED.name, 6, pairs=1, language=SHARED.language, more=SHARED.more,
            second_contact=SHARED.second_contact),
)  # fmt: skip
