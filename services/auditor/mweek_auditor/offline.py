"""`mweek-auditor check`: audits a plan file against a fleet file, without bus and database."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mweek_contracts.documents import DocumentError, built_in_pattern, built_in_patterns, read_fleet, read_pattern
from mweek_contracts.pattern import Pattern
from mweek_contracts.reading import problems_of
from pydantic import ValidationError

from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.plan import Case
from mweek_auditor.rendering import figures_of, report_lines
from mweek_auditor.translation.document import PlanDocument, plan_of
from mweek_auditor.translation.pattern import pattern_of
from mweek_auditor.translation.records import fleet_of

EXIT_PASSED = 0
EXIT_FINDINGS = 1
EXIT_BAD_INPUT = 2


class BadInputError(ValueError):
    """A file or an argument cannot be used; the message says which, where and why."""


def check(arguments: Namespace) -> int:
    """Audit, print the verdict and return the exit code: 0 passed, 1 findings, 2 bad input."""
    try:
        case = _case(arguments)
    except (BadInputError, DocumentError) as error:
        print(f"mweek-auditor: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    findings = audit(case)
    if arguments.json:
        print(json.dumps(_document(findings), indent=2, ensure_ascii=False))
    else:
        print("\n".join(report_lines(figures_of(case), findings)))
    return EXIT_FINDINGS if findings else EXIT_PASSED


def _case(arguments: Namespace) -> Case:
    now = None if arguments.now is None else _instant(arguments.now)
    document = _plan_document(arguments.plan)
    if arguments.location not in (None, document.location):
        raise BadInputError(f"{arguments.plan}: is a plan for {document.location}, not for {arguments.location}")
    pattern = pattern_of(_pattern(document, arguments), document.week)
    fields = read_fleet(arguments.fleet, location=document.location)
    fleet = fleet_of(fields.machines, fields.customers)
    plan = plan_of(document)
    if plan.planned_at is None:
        plan = replace(plan, planned_at=now)
    return Case(plan=plan, pattern=pattern, fleet=fleet, planned_from=fleet, now=now)


def _plan_document(name: str) -> PlanDocument:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise BadInputError(f"{name}: cannot be read: {error.strerror}") from None
    try:
        return PlanDocument.model_validate_json(content)
    except ValidationError as error:
        lines = (f"{name}: {p.place}: {p.text}" if p.place else f"{name}: {p.text}" for p in problems_of(error))
        raise BadInputError("\n".join(lines)) from None


def _pattern(document: PlanDocument, arguments: Namespace) -> Pattern:
    if arguments.pattern is not None:
        return read_pattern(arguments.pattern)
    if isinstance(document.pattern, Pattern):
        return document.pattern
    found = document.pattern_document or built_in_pattern(document.pattern)
    if found is None:
        raise BadInputError(
            f"{arguments.plan}: names the pattern {document.pattern}, which is not built in "
            f"({', '.join(built_in_patterns())}): give its file with --pattern"
        )
    return found


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--now {text!r} is no time such as 2026-11-23T08:00Z") from None
    if instant.tzinfo is None:
        raise BadInputError(f"--now {text!r} has no zone: end it with Z for UTC")
    return instant.astimezone(UTC)


def _document(findings: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "verdict": "failed" if findings else "passed",
        "findings": [{"code": f.code.value, "machine": f.machine, "text": f.text} for f in findings],
    }
