"""Refuses to tell customers of a revision that was not heard whole."""

from __future__ import annotations


class IncompleteRevisionError(RuntimeError):
    """Messages of a revision are missing: what would be told to customers is not the plan."""


def require_parts(plan_id: str, *, given: tuple[int, int], taken: tuple[int, int]) -> None:
    """Refuse a revision of which parts are missing.

    Args:
        given: heard and announced `windows-assigned` messages.
        taken: heard and announced `windows-withdrawn` messages.

    Raises:
        IncompleteRevisionError: heard and announced numbers differ.
    """
    for name, (heard, announced) in (("windows-assigned", given), ("windows-withdrawn", taken)):
        if heard != announced:
            raise IncompleteRevisionError(
                f"{plan_id}: heard {heard} of {announced} {name} messages; replay the missing ones from the dead "
                "letters (`mweek dead list`), then this one"
            )


def require_digest(plan_id: str, *, ours: str, announced: str) -> None:
    """Refuse a revision whose windows are not those that the planner has.

    Raises:
        IncompleteRevisionError: the digests differ.
    """
    if ours != announced:
        raise IncompleteRevisionError(
            f"{plan_id}: the windows as heard have the digest {ours[:12]}…, the plan has {announced[:12]}…: an earlier "
            "revision is missing; replay its dead letters in their order (`mweek dead list`), then this one"
        )
