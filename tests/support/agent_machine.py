"""A machine with an agent: its directories, its programs, and `mweek agent` as systemd starts it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.support.typed_command import Typed, type_command

ESTIMATE = '{"name": "database 17.7", "kind": "restart", "estimated_minutes": 5}'


class AgentMachine:
    """One machine's directories, and its agent."""

    def __init__(self, folder: Path, url: str, *, name: str = "acme03", **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "etc"
        self.log = folder / "log"
        self.boot_id = folder / "boot_id"
        self.boot_id.write_text("boot-1\n")
        self.environment = {
            "MWEEK_NATS_URL": url,
            "MWEEK_AGENT_LOCATION": "rzob",
            "MWEEK_AGENT_MACHINE": name,
            "MWEEK_AGENT_STATE_DIR": str(folder / "state"),
            "MWEEK_AGENT_CONFIG_DIR": str(self.config),
            "MWEEK_AGENT_REBOOT_REQUIRED": str(folder / "reboot-required"),
            "MWEEK_AGENT_BOOT_ID": str(self.boot_id),
            "MWEEK_AGENT_LINGER": "2",
            "MWEEK_AGENT_TIMEOUT": "0.5",
            "LOG": str(self.log),
            **environment,
        }

    def program(self, name: str, text: str) -> Path:
        """Write an executable, e.g. `drain.d/10-gateway`."""
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def activity(self, name: str, run: str, estimate: str = ESTIMATE) -> None:
        """Write an activity that has something to do until it has run without an error."""
        done = self.folder / f"{name}.done"
        self.program(
            f"activities.d/{name}",
            f"if [ $1 = estimate ]; then test -e {done} || echo '{estimate}'; exit; fi\n"
            f"echo {name} >> $LOG\n{run}\ntouch {done}",
        )

    def start(self, *arguments: str) -> Any:
        return asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mweek",
            "agent",
            *arguments,
            env={**os.environ, **self.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def agent(self, *arguments: str) -> Typed:
        """Let the agent look once."""
        return await type_command("agent", *arguments, environment=self.environment)

    async def killed(self, *arguments: str) -> int:
        """Start the agent as a process that does not survive, and return what became of it."""
        process = await self.start(*arguments)
        await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0

    async def launch(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start the agent as a process, as its timer does; what it tells is in `events`."""
        with (self.folder / "agent.jsonl").open("ab") as out, (self.folder / "agent.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "mweek", "agent", "--json", *arguments),
                env={**os.environ, **self.environment},
                stdout=out,
                stderr=log,
            )

    @property
    def events(self) -> list[dict[str, Any]]:
        """What its agents that were launched have told, oldest first; a line that is being written is none yet."""
        told = self.folder / "agent.jsonl"
        whole = told.read_text().rpartition("\n")[0] if told.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    def told(self, event: str) -> list[dict[str, Any]]:
        """What it has told of one kind."""
        return [one for one in self.events if one["event"] == event]

    @property
    def ran(self) -> list[str]:
        """What ran, in order."""
        return self.log.read_text().split() if self.log.exists() else []
