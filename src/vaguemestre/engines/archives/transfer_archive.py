"""A transfer archive from another installation: signature checked first, then record after record."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from vaguemestre.engines.archives.detection import open_archive
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.ports import OpenArchive, Source, SourceRefused
from vaguemestre.mailbox.portability.rules import sealed
from vaguemestre.mailbox.portability.rules.sealed import Card, Header, Identity
from vaguemestre.mailbox.portability.values import Piece

_SIGNATURE_BYTES = 4 + 64
_CHUNK_BYTES = 1_048_576


class _Record(NamedTuple):
    """`offset`: after the record; `number`: from 1."""

    offset: int
    number: int
    meta: sealed.RecordMeta
    content: bytes


class OpenAnyArchive:
    """Implements `portability.ports.OpenArchive`: transfer archives, and those of `detection`."""

    def __init__(
        self, own_identity: Callable[[], Identity], partners: Callable[[], Mapping[str, Card]]
    ) -> None:
        self._own_identity, self._partners = own_identity, partners
        self._others: OpenArchive = open_archive

    def __call__(self, path: Path, name: str) -> AbstractContextManager[Source]:
        if path.is_file() and _is_transfer_archive(path):
            return self._opened(path, name)
        return self._others(path, name)

    @contextmanager
    def _opened(self, path: Path, name: str) -> Iterator[Source]:
        with path.open("rb") as file:
            try:
                yield TransferArchive(file, path.stat().st_size, self._own_identity(), self._partners())
            except Refusal as refusal:
                raise SourceRefused(refusal.code, **{"name": name, **refusal.facts}) from refusal


class TransferArchive:
    """Implements `portability.ports.Source`. A cursor is `offset:number`; `total` and `reached` are bytes.

    The signature is checked on opening. Raises Refusal `portability.file-damaged`, `portability.not-for-us`,
    `portability.partner-unknown`, `portability.signature-wrong`.
    """

    def __init__(self, file: IO[bytes], size: int, own: Identity, partners: Mapping[str, Card]) -> None:
        self._file = file
        self._end = size - _SIGNATURE_BYTES
        self.total = self._end
        file.seek(len(sealed.MAGIC))
        self._header = sealed.read_header(self._frame(sealed.MAX_HEADER_BYTES))
        self._start = file.tell()
        self._check(self._header, own, partners)
        self._key = sealed.opening_key(own, self._header)

    def pieces(self, after: str) -> Iterator[Piece]:
        for offset, number, meta, content in self._records(after):
            if "folder" not in meta:
                continue
            piece = Piece(
                place=f"courriel n° {number}",
                cursor=f"{offset}:{number}",
                reached=offset,
                folder=meta["folder"],
                use=meta["use"],
                flags=frozenset(meta["flags"]),
                date=datetime.fromisoformat(meta["date"]),
            )
            if hashlib.sha256(content).hexdigest() == meta["sha256"]:
                yield replace(piece, content=content)
            else:
                yield replace(piece, problem="damaged")

    def parts(self) -> Mapping[str, bytes]:
        return {meta["part"]: content for _, _, meta, content in self._records("") if "part" in meta}

    def _records(self, after: str) -> Iterator[_Record]:
        offset, number = map(int, (after or f"{self._start}:0").split(":"))
        while offset < self._end:
            self._file.seek(offset)
            record = self._frame(sealed.MAX_RECORD_BYTES)
            meta, content = sealed.opened_record(self._key, number, self._header.raw, record)
            offset, number = self._file.tell(), number + 1
            yield _Record(offset, number, meta, content)

    def _check(self, header: Header, own: Identity, partners: Mapping[str, Card]) -> None:
        if header.receiver != own.card.domain:
            raise Refusal("portability.not-for-us", domain=header.receiver)
        card = partners.get(header.sender)
        if card is None:
            raise Refusal("portability.partner-unknown", domain=header.sender)
        self._file.seek(0)
        digest, remaining = hashlib.sha256(), self._end
        while remaining > 0 and (chunk := self._file.read(min(_CHUNK_BYTES, remaining))):
            digest.update(chunk)
            remaining -= len(chunk)
        sealed.check_signature(card, digest.digest(), self._frame(64))

    def _frame(self, longest: int) -> bytes:
        length = int.from_bytes(self._file.read(4))
        if length > longest:
            raise Refusal("portability.file-damaged")
        content = self._file.read(length)
        if len(content) != length:
            raise Refusal("portability.file-damaged")
        return content


def _is_transfer_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(sealed.MAGIC)) == sealed.MAGIC
