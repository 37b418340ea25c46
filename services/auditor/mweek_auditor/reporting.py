"""`mweek-auditor report`: the verdicts on a week or on requested windows, from the auditor's own database."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from mweek_contracts.events import ADHOC
from mweek_outbox import SchemaOutOfDateError, open_database, require_current_schema

from mweek_auditor.domain.report import Report
from mweek_auditor.rendering import Figures, clock, occasion_words, report_lines
from mweek_auditor.storage.reports import load_reports

WINDOWS: Final = "windows"
"""What a person writes in the place of a week."""
EXIT_PASSED = 0
EXIT_FAILED = 1
EXIT_UNKNOWN = 2


def report(database_url: str, location: str, week: str, *, as_json: bool, every: bool) -> int:
    """Print the last verdict, or every one, and return the exit code: 0 passed, 1 failed, 2 none known.

    Args:
        every: the newest first; the exit code is of the newest.
    """
    try:
        require_current_schema(database_url, "mweek_auditor")
    except SchemaOutOfDateError as error:
        print(error, file=sys.stderr)
        return EXIT_UNKNOWN
    found = _load(database_url, location, ADHOC if week == WINDOWS else week)
    if not found:
        what = f"the requested windows of {location}" if week == WINDOWS else f"{location} {week}"
        print(f"mweek-auditor: no audit of {what} is known", file=sys.stderr)
        return EXIT_UNKNOWN
    shown = found if every else found[:1]
    print(json.dumps([_document(each) for each in shown], indent=2, ensure_ascii=False) if as_json else _text(shown))
    return EXIT_FAILED if found[0].findings_total else EXIT_PASSED


def _load(database_url: str, location: str, week: str) -> tuple[Report, ...]:
    database = open_database(database_url)
    try:
        with database.read() as session:
            return load_reports(session, location, week)
    finally:
        database.close()


def _text(reports: tuple[Report, ...]) -> str:
    return "\n\n".join("\n".join(_lines(each)) for each in reports)


def _lines(one: Report) -> list[str]:
    figures = Figures(
        location=one.location,
        week=None if one.week == ADHOC else one.week,
        revision=one.revision,
        machines=one.machines,
        windows=one.windows,
        phases=one.phases,
        unplaced=one.unplaced,
        preview=one.preview,
    )
    first, *rest = report_lines(figures, one.findings, one.findings_total)
    customers = f"{one.customers_told} customer{'' if one.customers_told == 1 else 's'}"
    told = f"  {customers} told; {clock(one.audited_at)}, {occasion_words(one.occasion)}"
    return [first, told, *rest]


def _document(one: Report) -> dict[str, Any]:
    of_windows = one.week == ADHOC
    return {
        "location": one.location,
        "week": None if of_windows else one.week,
        "plan_id": None if of_windows else one.plan_id,
        "revision": None if of_windows else one.revision,
        "preview": one.preview,
        "occasion": one.occasion,
        "audited_at": one.audited_at.isoformat(),
        "verdict": "failed" if one.findings_total else "passed",
        "machines": one.machines,
        "windows": one.windows,
        "customers_told": one.customers_told,
        "findings_total": one.findings_total,
        "findings": [{"code": f.code.value, "machine": f.machine, "text": f.text} for f in one.findings],
    }
