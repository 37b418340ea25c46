"""Programs that an agent runs: they end by themselves or are ended, with all that they started."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mweek.agent.interfaces import Ended
from mweek.agent.processes import Processes, Program

from tests.support.eventually import eventually, wait_for
from tests.support.house import is_running

heard: list[tuple[str, str]] = []


def now() -> datetime:
    return datetime.now(UTC)


def within(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)


processes = Processes(now, lambda name, line: heard.append((name, line)), grace=0.5)


def sh(text: str) -> Program:
    return Program(("/bin/sh", "-c", text), {"FROM_US": "yes"})


async def test_program_ends_with_its_code_and_its_last_line() -> None:
    heard.clear()
    until = within(60)
    ended = await processes.run(sh("echo one; echo two >&2; printf three; echo; exit 69"), lambda: until)

    assert ended.code == 69
    assert sorted(heard) == [("sh", "one"), ("sh", "three"), ("sh", "two")]
    assert ended.text in ("two", "three")


async def test_half_a_line_on_one_stream_is_not_mixed_with_the_other() -> None:
    heard.clear()
    until = within(60)
    await processes.run(
        sh("printf 'first half'; sleep 0.1; echo whole >&2; sleep 0.1; echo ' second half'"), lambda: until
    )

    assert heard == [("sh", "whole"), ("sh", "first half second half")]


async def test_silent_program_is_told_by_its_code() -> None:
    until = within(60)
    assert await processes.run(sh('test "$FROM_US" = yes && exit 3'), lambda: until) == Ended(3, "sh exited with 3")
    assert await processes.run(sh("kill -9 $$"), lambda: until) == Ended(-9, "sh was ended by signal 9")


async def test_program_that_cannot_be_started_is_told_as_a_shell_does() -> None:
    until = within(60)
    ended = await processes.run(Program(("/nowhere/at-all",)), lambda: until)
    assert ended == Ended(126, "at-all cannot be run: No such file or directory")


async def test_program_is_ended_with_its_children_even_when_it_does_not_want_to(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    stubborn = f"trap '' TERM; sleep 1000 & echo $! $$ > {pids}; while true; do sleep 1; done"
    started, until = time.monotonic(), within(0.5)
    ended = await processes.run(sh(stubborn), lambda: until)

    assert ended == Ended(-9, "sh was not done in time and was ended")
    assert time.monotonic() - started < 5
    for pid in pids.read_text().split():
        await eventually(lambda pid=int(pid): not is_running(pid))


async def test_program_that_ends_well_after_its_time_was_not_done_in_time() -> None:
    until = within(0.3)
    ended = await processes.run(sh("trap 'exit 0' TERM; while true; do sleep 0.1; done"), lambda: until)
    assert ended.code == -9


async def test_limit_that_comes_nearer_counts_at_once() -> None:
    limits = iter([within(60), within(60)])
    ended = await processes.run(sh("sleep 1000"), lambda: next(limits, now()))
    assert ended.code == -9


async def test_child_that_lives_on_is_not_waited_for() -> None:
    started, until = time.monotonic(), within(60)
    ended = await processes.run(sh("sleep 5 & echo gone"), lambda: until)

    assert (ended.code, ended.text) == (0, "gone")
    assert time.monotonic() - started < 4


async def test_endless_talk_is_cut() -> None:
    until = within(60)
    ended, output = await processes.output(sh("yes | head -c 1000000; printf x >&2"), lambda: until)
    assert (ended.code, len(output)) == (0, 64 * 1024)


async def test_program_that_is_given_up_while_it_starts_is_ended_with_its_children(tmp_path: Path) -> None:
    pids, until = tmp_path / "pids", within(60)
    pids.touch()
    for steps in range(6):
        before = pids.read_text()
        work = asyncio.create_task(processes.run(sh(f"echo $$ >> {pids}; sleep 1000"), lambda: until))
        for _ in range(steps):
            await asyncio.sleep(0)
        with suppress(AssertionError):  # it runs, and the event loop does not know yet
            wait_for(lambda before=before: pids.read_text() != before, within=0.3)
        work.cancel()
        done, _ = await asyncio.wait({work}, timeout=10)
        assert done, f"not given up after {steps} steps"
    for pid in pids.read_text().split():
        await eventually(lambda pid=int(pid): not is_running(pid))
