"""The power of a SQLite database's disk is cut while a service commits: what was committed must be on the disk."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from mweek_outbox import migrate

from tests.support.committer import committing, recorded_ids
from tests.support.eventually import eventually, pause
from tests.support.loop_disk import loop_disk
from tests.support.misfortune import Misfortune

CUTS = 3
LEAST_COMMITTED = 300
LONGEST_DELAY_SECONDS = 2.0


async def lost_in_a_power_cut(folder: Path, *, synchronous: str) -> set[str]:
    """Return the ids that were committed and are not on the disk after a cut at a random moment."""
    misfortune = Misfortune()
    with loop_disk(folder, megabytes=64) as disk:
        migrate(_url(disk.folder), "mweek_planner")
        with committing(_url(disk.folder), folder / "said", synchronous=synchronous) as committer:
            await eventually(lambda: len(committer.committed()) > LEAST_COMMITTED)
            await pause(misfortune.seconds(LONGEST_DELAY_SECONDS))
            committer.process.send_signal(signal.SIGSTOP)
            committed = committer.committed()
            with disk.as_after_a_power_cut() as copy:
                return committed - recorded_ids(_url(copy.folder))


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/planner.sqlite3"


@pytest.mark.parametrize("cut", range(CUTS))
async def test_power_cut_loses_nothing_that_was_committed(tmp_path: Path, cut: int) -> None:
    assert await lost_in_a_power_cut(tmp_path, synchronous="full") == set()


async def test_same_power_cut_loses_commits_with_synchronous_normal(tmp_path: Path) -> None:
    """Shows that the test above can see a loss."""
    assert await lost_in_a_power_cut(tmp_path, synchronous="normal") != set()
