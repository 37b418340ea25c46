"""Freezes the databases and streams of this release: `python -m tests.upgrade.freeze 0.2.0`, on the day of the release.

What lies under `released/` is never made anew: it is what that release wrote. Needs PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mweek_contracts.streams import EVENTS, RECORDS
from mweek_messaging import follow
from nats.aio.client import Client

from tests.support.databases import SERVICES, Databases
from tests.support.frozen_database import freeze
from tests.support.postgres import temporary_cluster
from tests.upgrade.meaning import meaning_of
from tests.upgrade.story import Scene, play, scene_on

RELEASED = Path(__file__).parent / "released"


def main(release: str) -> None:
    """Play the story on a database of each kind and write what is left."""
    with ExitStack() as ends:
        cluster = ends.enter_context(temporary_cluster())
        for databases in (Databases(), Databases(cluster)):
            target = RELEASED / release / databases.dialect
            target.mkdir(parents=True)
            work = Path(ends.enter_context(tempfile.TemporaryDirectory()))
            asyncio.run(_freeze(databases.urls(work), work, target))


async def _freeze(urls: dict[str, str], work: Path, target: Path) -> None:
    async with scene_on(urls, work) as scene:
        await play(scene, work)
        (target / "streams.jsonl").write_text(await _said(scene), encoding="utf-8")
        ids = sorted({command.command_id for command in scene.commands})
        meaning = {name: meaning_of(name, scene.databases[name], command_ids=ids) for name in SERVICES}
    for service, url in urls.items():
        (target / f"{service}.sql").write_text(freeze(url), encoding="utf-8")
    text = json.dumps({"commands": ids, "meaning": meaning}, indent=1, ensure_ascii=False)
    (target / "meaning.json").write_text(text + "\n", encoding="utf-8")


async def _said(scene: Scene) -> str:
    """Return the streams as lines of JSON: what was told, and the commands, which a work queue does not keep."""
    told = [line for stream in (RECORDS, EVENTS) for line in await _stored(scene.connection, stream.name)]
    asked = [
        {"stream": "COMMANDS", "subject": command.subject, "body": command.body().decode()}
        for command in scene.commands
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (*told, *asked))


async def _stored(connection: Client, stream: str) -> list[dict[str, Any]]:
    return [
        {"stream": stream, "subject": one.subject, "headers": dict(one.headers), "body": one.body.decode()}
        async for one in follow(connection, stream, until_caught_up=True)
    ]


if __name__ == "__main__":
    main(sys.argv[1])
