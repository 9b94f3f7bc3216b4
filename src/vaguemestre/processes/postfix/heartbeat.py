"""The heartbeat of a process that answers Postfix in a loop: a loop that hangs does not beat."""

import asyncio
import contextlib
import os
from pathlib import Path

_EVERY_SECONDS = 0.5


async def beat(file: Path) -> None:
    """Date the file anew twice a second, for ever."""
    while True:
        with contextlib.suppress(OSError):  # a full disk stops the heartbeat, not the answers
            file.touch()
            os.utime(file)
        await asyncio.sleep(_EVERY_SECONDS)
