"""Ends the streams of sessions that are over, and admits no other."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from vaguemestre.foundation.live_push.hub import Hub

log = logging.getLogger(__name__)

ASKED_TOGETHER = 500  # sessions in one question to the database
IDLE_SHARE = 4  # the watch rests that many times as long as a look took
MAX_REST_SECONDS = 1.0
MAX_PAUSE_SECONDS = 8.0  # seconds between two tries while the database is away
WHOLE_LOOK_SECONDS = (
    60.0  # all sessions are looked at that often: whoever ended one may have died before saying so
)


class Endings(Protocol):
    """What other processes tell of sessions that end."""

    def end_count(self) -> int:
        """Moves when sessions ended."""
        ...

    def ended_since(self, seen: int) -> frozenset[int] | None:
        """The marks of what ended since `end_count` was that; None: too much to tell."""
        ...


@dataclass
class SessionWatch:
    """`open_until(keys)`: those of the sessions that are open → Unix time when each ends if not used."""

    hub: Hub
    endings: Endings
    open_until: Callable[[set[str]], Mapping[str, float]]
    clock: Callable[[], float] = time.time
    _due: dict[str, float] = field(default_factory=dict)  # sessions that may end before the next whole look
    _whole_look_at: float = 0.0

    async def admits(self, session_key: str) -> bool:
        """Whether that session is open. Asked once its stream is in the hub: an end meanwhile finds it."""
        return not await self._end_closed({session_key})

    async def run(self, every: float = 0.5) -> None:
        """Look at the sessions that ended, whenever some did; never returns.

        A failed look is tried again, less and less often up to MAX_PAUSE_SECONDS: nobody else would end them.
        """
        seen, failures, pause = self.endings.end_count(), 0, every
        self._whole_look_at = self.clock() + WHOLE_LOOK_SECONDS
        while True:
            await asyncio.sleep(pause)
            try:
                began, count = time.monotonic(), self.endings.end_count()
                await self._look(seen, has_moved=count != seen)
                seen, failures = count, 0
                pause = max(every, min((time.monotonic() - began) * IDLE_SHARE, MAX_REST_SECONDS))
            except Exception:
                pause = min(every * 2**failures, MAX_PAUSE_SECONDS)
                failures += 1
                log.exception("streams not compared with the sessions; again in %g s", pause)

    async def _look(self, seen: int, *, has_moved: bool) -> None:
        now = self.clock()
        marks = self.endings.ended_since(seen) if has_moved else frozenset[int]()
        if marks is None or now >= self._whole_look_at:
            await self._end_closed(self.hub.sessions())
            self._whole_look_at = now + WHOLE_LOOK_SECONDS
            return
        due = {key for key, ends_at in self._due.items() if ends_at <= now}
        if marks:
            due |= self.hub.sessions(marks)
        await self._end_closed(due)

    async def _end_closed(self, session_keys: set[str]) -> set[str]:
        """Ask about them some at a time, and end the streams of those that are over: their keys."""
        closed: set[str] = set()
        ordered = sorted(session_keys)
        for start in range(0, len(ordered), ASKED_TOGETHER):
            some = set(ordered[start : start + ASKED_TOGETHER])
            ends = await asyncio.to_thread(self.open_until, some)
            if over := some - ends.keys():
                self.hub.end(over)
                closed |= over
            self._plan(some, ends)
        return closed

    def _plan(self, session_keys: set[str], ends: Mapping[str, float]) -> None:
        horizon = self.clock() + 2 * WHOLE_LOOK_SECONDS  # a whole look may come late
        for key in session_keys:
            ends_at = ends.get(key)
            if ends_at is not None and ends_at <= horizon:
                self._due[key] = ends_at
            else:
                self._due.pop(key, None)
