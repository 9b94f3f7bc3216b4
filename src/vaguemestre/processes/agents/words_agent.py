"""The process that has attachments read for Dovecot's index, in production. `python -m … HOME`.

Reading starts bubblewrap, which needs rights that the unit of Dovecot, whose master is root, does without.
Each file is read by a process of its own (`engines/dovecot/files/door.py`); this one reads none of it.
"""

import logging
import os
import pwd
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from vaguemestre.engines.agent import peer_user
from vaguemestre.engines.dovecot import files
from vaguemestre.engines.instance import Home
from vaguemestre.foundation.kernel import logs

_MAX_READERS = 16  # more wait: the indexers of Dovecot are fewer
_READER_SECONDS = 20  # its own limits are shorter

log = logging.getLogger("agent")


class WordsAgent(socketserver.ThreadingUnixStreamServer):
    """Hands each connection over to a reader; only root and its own user may connect."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, folder: Path) -> None:
        self.folder, self.readers = folder, threading.BoundedSemaphore(_MAX_READERS)
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Request)
        path.chmod(0o600)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return peer_user(request) in (0, os.geteuid())


class _Request(socketserver.BaseRequestHandler):
    request: socket.socket
    server: WordsAgent

    def handle(self) -> None:
        peer = self.request.fileno()
        with self.server.readers:
            try:
                subprocess.run(
                    files.served_argv(self.server.folder), stdin=peer, stdout=peer,
                    timeout=_READER_SECONDS, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                log.warning("a reader of an attachment was ended")


def main(home: Path) -> None:
    logs.configure()
    os.umask(0o077)
    instance = Home(home)
    folder = instance.engines_dir / "dovecot" / "files"
    if not files.is_sandbox_working(folder, pwd.getpwuid(os.geteuid())):
        log.error("attachments are not indexed: bubblewrap does not work here")
    server = WordsAgent(files.socket_path(instance), folder)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
