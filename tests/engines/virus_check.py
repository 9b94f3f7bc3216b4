"""Debian's clamd with two signatures: EICAR, by its digest, and a text of ours. No database from outside."""

import hashlib
import signal
import subprocess
from pathlib import Path

from tests.engines.live import wait_until
from tests.own_network import free_port

from vaguemestre.engines.clamd import Clamd
from vaguemestre.foundation.kernel.errors import EngineDown

MARK = b"marque de la maison, qui ne fait rien 4d1f"
# in two halves: a virus check of the machine would take this file away
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAMES = {EICAR: "Eicar-Test.UNOFFICIAL", MARK: "Vaguemestre.Essai.UNOFFICIAL"}


class RealClamd:
    """One that listens on `address` between `start` and `end`, as often as wanted."""

    def __init__(self, place: Path) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        signatures = place / "signatures"
        signatures.mkdir()
        digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
        (signatures / "ours.hdb").write_text(f"{digest}:{len(EICAR)}:Eicar-Test\n")
        (signatures / "ours.ndb").write_text(f"Vaguemestre.Essai:0:*:{MARK.hex()}\n")
        self._settings = place / "clamd.conf"
        self._settings.write_text(
            f"TCPAddr 127.0.0.1\nTCPSocket {port}\nDatabaseDirectory {signatures}\n"
            f"TemporaryDirectory {place}\nForeground yes\nStreamMaxLength 30M\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None:
            argv = ["clamd", "--config-file", str(self._settings)]
            self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
            wait_until(self._answers, 60)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def end(self) -> None:
        """As a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def _answers(self) -> bool:
        try:
            Clamd(self.address).ping()
        except EngineDown:
            return False
        return True
