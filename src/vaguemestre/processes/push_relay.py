"""Changes of mailboxes and endings of sessions, exchanged by the push processes of machines (PostgreSQL)."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread

from vaguemestre.access.signin.shared_revocations import SharedRevocations
from vaguemestre.engines.database.notices import NoticeListener, NoticeSender
from vaguemestre.foundation.live_push import relay
from vaguemestre.foundation.live_push.hub import Hub
from vaguemestre.foundation.live_push.values import Change
from vaguemestre.site.config import Config
from vaguemestre.site.database.databases import notice_connection

_ENDINGS = "vaguemestre_endings"  # signin's `endings.CHANNEL`, which loads every table


class PushRelay:
    """Hears changes of mailboxes for the hub, and endings of sessions for every process of this machine."""

    def __init__(self, config: Config, hub: Hub, revocations: SharedRevocations) -> None:
        self.endings = revocations.file  # kept up to date from here: the loop need not ask the database
        self._hub = hub
        self._origin = secrets.token_hex(8)
        self._stop = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        parameters = notice_connection(config)
        self._sender = NoticeSender(parameters, relay.CHANNEL, partial(relay.pack_changes, self._origin))
        self._listener = NoticeListener(
            parameters,
            {relay.CHANNEL: self._receive},
            urgent=(_ENDINGS,),
            beat=revocations.hear,
            regained=lambda: self._in_loop(self._hub.end_all),
        )

    def tell(self, changes: Sequence[Change]) -> None:
        """Tell the pages of other machines. Returns at once."""
        self._sender.send(changes)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        for target in (self._listener.run, self._sender.run):
            Thread(target=target, args=(self._stop,), daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _receive(self, text: str) -> None:
        if changes := relay.unpack_changes(self._origin, text):
            self._in_loop(lambda: self._hub.notify(changes))

    def _in_loop(self, act: Callable[[], None]) -> None:
        if self._loop is not None and not self._stop.is_set():
            self._loop.call_soon_threadsafe(act)
