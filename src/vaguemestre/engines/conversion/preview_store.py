"""`webmail.ports.Previews`: PDFs of office documents, kept for an hour in a private folder."""

import re
import time
from pathlib import Path

from vaguemestre.engines.conversion.sandbox import can_convert_office
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.mailbox.webmail.ports import ConversionRefused, Convert
from vaguemestre.mailbox.webmail.values import Conversion

_KEY = re.compile(r"[0-9a-f]{64}")
_KEPT_SECONDS = 3600.0  # seconds


class PreviewStore:
    """`folder` is created when first used. `is_wanted`: the setting of the configuration."""

    def __init__(self, folder: Path, convert: Convert, *, is_wanted: bool) -> None:
        self._folder, self._convert, self._is_wanted = folder, convert, is_wanted

    def are_made(self) -> bool:
        return self._is_wanted and can_convert_office()

    def make(self, key: str, content: bytes) -> None:
        if self._file(key, "pdf").exists():
            return
        self._file(key, "failed").unlink(missing_ok=True)
        try:
            self._keep(key, "pdf", self._convert(Conversion.OFFICE, content))
        except Refusal as refusal:
            self._keep(key, "failed", refusal.code.encode("ascii"))
        except EngineDown:
            self._keep(key, "failed", b"webmail.preview-impossible")

    def found(self, key: str) -> bytes | None:
        try:
            return self._file(key, "pdf").read_bytes()
        except FileNotFoundError:
            pass
        try:
            code = self._file(key, "failed").read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        raise ConversionRefused(code)

    def forget_old(self) -> None:
        if not self._folder.is_dir():
            return
        for file in self._folder.iterdir():
            if time.time() - file.stat().st_mtime > _KEPT_SECONDS:
                file.unlink(missing_ok=True)

    def _keep(self, key: str, ending: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        fresh = self._file(key, "new")
        fresh.write_bytes(content)
        fresh.rename(self._file(key, ending))

    def _file(self, key: str, ending: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ConversionRefused("webmail.preview-impossible")
        return self._folder / f"{key}.{ending}"
