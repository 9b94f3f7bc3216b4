"""The HR feed of `bin/up --feed`, applied once the site is up."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from vaguemestre.processes.supervisor import rights
from vaguemestre.processes.supervisor.screen import Screen

_MAX_LINE_BYTES = 4_000_000  # bytes


async def apply_feed(feed: Path, environment: Mapping[str, str], screen: Screen) -> None:
    """Apply the feed by the command line, showing its output; a refusal does not end the instance."""
    screen.step(f"Flux {feed.name} :")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vaguemestre.cli.main", "feed", "apply", str(feed),
        env=environment, start_new_session=True, umask=rights.UMASK,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=_MAX_LINE_BYTES,
    )  # fmt: skip
    while process.stdout and (line := await process.stdout.readline()):
        screen.log("flux", line.decode(errors="replace").rstrip())
    code = await process.wait()
    screen.step("Flux appliqué." if code == 0 else f"Le flux n’a pas été appliqué (code {code}).")
