"""`webmail.ports.Previews`: PDFs of office documents, kept for an hour where all machines find them."""

import re
import time
from collections.abc import Callable

from vaguemestre.engines.conversion.sandbox import can_convert_office
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.file_store import MAX_PIECE_BYTES, WorkStore
from vaguemestre.mailbox.webmail.ports import ConversionRefused, Convert
from vaguemestre.mailbox.webmail.values import Conversion

_KEY = re.compile(r"[0-9a-f]{64}")
_HOUR = 3600.0  # seconds


class PreviewStore:
    """Names begin with the hour in which they were made. `is_wanted`: the setting of the configuration.

    `.pdf` is the content, `.done` says that it is whole, `.failed` why there is none.
    """

    def __init__(
        self, files: WorkStore, convert: Convert, *, is_wanted: bool, clock: Callable[[], float] = time.time
    ) -> None:
        self._files, self._convert, self._is_wanted, self._clock = files, convert, is_wanted, clock

    def are_made(self) -> bool:
        return self._is_wanted and can_convert_office()

    def make(self, key: str, content: bytes) -> None:
        if any(self._read(f"{name}.done") is not None for name in self._names(key)):
            return
        name = self._names(key)[0]
        for ending in ("failed", "pdf"):
            self._files.remove(f"{name}.{ending}")
        try:
            self._keep(f"{name}.pdf", self._convert(Conversion.OFFICE, content))
            self._keep(f"{name}.done", b"")
        except Refusal as refusal:
            self._keep(f"{name}.failed", refusal.code.encode("ascii"))
        except EngineDown:
            self._keep(f"{name}.failed", b"webmail.preview-impossible")

    def find(self, key: str) -> bytes | None:
        for name in self._names(key):
            if self._read(f"{name}.done") is not None:
                return self._read(f"{name}.pdf")
            if code := self._read(f"{name}.failed"):
                raise ConversionRefused(code.decode("ascii"))
        return None

    def forget_old(self) -> None:
        recent_hours = self._hours()
        for name in self._files.names():
            if name.partition("-")[0] not in recent_hours:
                self._files.remove(name)

    def _names(self, key: str) -> list[str]:
        """The names under which a preview may be stored, the newest first."""
        if not _KEY.fullmatch(key):
            raise ConversionRefused("webmail.preview-impossible")
        return [f"{hour}-{key}" for hour in self._hours()]

    def _hours(self) -> list[str]:
        hour = int(self._clock() // _HOUR)
        return [str(hour), str(hour - 1)]

    def _keep(self, name: str, content: bytes) -> None:
        for start in range(0, max(1, len(content)), MAX_PIECE_BYTES):
            self._files.append(name, start, content[start : start + MAX_PIECE_BYTES])

    def _read(self, name: str) -> bytes | None:
        try:
            with self._files.open(name) as content:
                return content.read()
        except FileNotFoundError:
            return None
