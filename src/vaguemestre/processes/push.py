"""The push process of this instance: `python -m vaguemestre.processes.push`."""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string
from granian.constants import HTTPModes, Interfaces, Loops
from granian.server import Server

from vaguemestre.access.signin.revocations import mark_of
from vaguemestre.foundation.live_push.application import PushApplication, Receive, Scope, Send
from vaguemestre.foundation.live_push.hub import Hub
from vaguemestre.foundation.live_push.session_watch import SessionWatch
from vaguemestre.foundation.live_push.values import FolderMove
from vaguemestre.processes import main_beat
from vaguemestre.processes.push_relay import PushRelay
from vaguemestre.processes.supervisor.open_files import OPEN_FILES, open_many_files
from vaguemestre.schools.sharing.rules.box_rights import names_ending
from vaguemestre.site import secrets

log = logging.getLogger(__name__)


def open_until(session_keys: set[str]) -> dict[str, float]:
    """Open sessions, among these → Unix time when each ends if unused, from the database."""
    close_old_connections()
    sessions_open_until = import_string("vaguemestre.access.signin.queries.sessions_open_until")
    session_names_open_until = import_string("vaguemestre.schools.sharing.queries.session_names_open_until")
    ends = session_names_open_until(session_keys, timezone.now(), sessions_open_until)
    return {key: ends_at.timestamp() for key, ends_at in ends.items()}


def marks_of(session_key: str) -> tuple[int, ...]:
    """The marks under which the end of that session is told."""
    return tuple(mark_of(name) for name in names_ending(session_key))


def door(question: bytes) -> int:
    """Seconds a mail program's sign-in must wait; what Dovecot asked and told is in `question` (JSON)."""
    close_old_connections()
    keys = import_string("vaguemestre.people.credentials.ports.secret_keys").get()
    wait: int = import_string("vaguemestre.access.signin.program_throttle.answer")(
        question, keys, timezone.now()
    )
    return wait


def folders_moved(moves: Sequence[FolderMove]) -> None:
    """Have the filters that file into these folders follow them; what cannot be noted is logged."""
    close_old_connections()
    announce_moved_folders = import_string("vaguemestre.mailbox.sorting.services.announce_moved_folders")
    try:
        for move in moves:
            announce_moved_folders(move.mailbox, move.former, move.new)
    except DatabaseError:
        log.exception("filters not told of %d renamed folders", len(moves))


def make() -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The ASGI application, its watcher started and ended with the server (ASGI lifespan)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    config = settings.CONFIG
    hub = Hub(marks_of=marks_of)
    revocations = import_string("vaguemestre.access.signin.ports.revocations").get()
    relay = PushRelay(config, hub, revocations) if config.database.engine == "postgresql" else None
    push = PushApplication(
        ticket_key=secrets.read(config.secrets_dir, "push_key"),
        notify_key=secrets.read(config.secrets_dir, "notify_key"),
        throttle_key=secrets.read(config.secrets_dir, "throttle_key"),
        origins=frozenset(
            (
                config.public_url,
                f"http://localhost:{config.ports.web}",
                f"http://127.0.0.1:{config.ports.web}",
            )
        ),
        hub=hub,
        sessions=SessionWatch(hub, relay.endings if relay else revocations, open_until),
        throttle=door,
        folders_moved=folders_moved,
        tell_others=relay.tell if relay else lambda _: None,
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await push(scope, receive, send)
            return
        async with _watching(push, relay):
            await _live(receive, send)

    return application


@contextlib.asynccontextmanager
async def _watching(push: PushApplication, relay: PushRelay | None) -> AsyncIterator[None]:
    task = asyncio.ensure_future(push.sessions.run())
    if relay:
        relay.start(asyncio.get_running_loop())
    yield
    task.cancel()
    if relay:
        relay.stop()


async def _live(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def main() -> None:
    main_beat.begin()
    open_many_files()
    port = int(os.environ.get("VAGUEMESTRE_PORT_BASE", "8000")) + 1
    Server(
        "vaguemestre.processes.push:make",
        factory=True,
        address="127.0.0.1",
        port=port,
        uds=Path(sys.argv[1]) if sys.argv[1:] else None,  # of a stand-in: the port is the other one's
        uds_permissions=0o660,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        workers=1,
        log_access=False,
        backlog=1024,
        backpressure=OPEN_FILES,  # a stream is a request that goes on, of which 1,024 do by default
        http=HTTPModes.http1,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
