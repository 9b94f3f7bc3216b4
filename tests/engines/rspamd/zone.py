"""The name server of a test: the demonstration's, in a thread."""

import asyncio
import subprocess
import threading
from pathlib import Path

from vaguemestre.demo import names


class Zone:
    """A name server in a thread, and the key that signs for `signe.test` and `autre.test`."""

    def __init__(self, folder: Path, port: int, zone: str = "") -> None:
        self.key = folder / "signe.key"
        told = subprocess.run(
            ["rspamadm", "dkim_keygen", "-s", "ici", "-d", "signe.test", "-k", str(self.key)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        pieces = " ".join(piece for piece in told.split('"')[1::2])
        record = "".join(f'"{piece}" ' for piece in told.split('"')[1::2])
        assert "p=" in pieces
        keys = (f"ici._domainkey.{domain}. 300 IN TXT {record}\n" for domain in ("signe.test", "autre.test"))
        self._known = names.parse_zone(zone + "".join(keys))
        self._loop = asyncio.new_event_loop()
        self._wire = self._loop.run_until_complete(names.serve(self._known, port))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def end(self) -> None:
        async def finish() -> None:
            self._wire.close()
            await asyncio.sleep(0)  # it is closed by the loop

        asyncio.run_coroutine_threadsafe(finish(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def signed(self, message: bytes, folder: Path) -> bytes:
        file = folder / "a-signer.eml"
        file.write_bytes(message)
        return subprocess.run(
            ["rspamadm", "mime", "sign", "-t", "dkim", "-d", "signe.test", "-s", "ici", "-k", str(self.key),
             "-o", "message", str(file)],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
