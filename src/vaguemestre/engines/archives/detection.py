"""The kind of an archive, by its content and never by its name alone."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from vaguemestre.engines.archives import folder_tree, outlook, zip_and_tar
from vaguemestre.engines.archives.members import Archive, Member
from vaguemestre.mailbox.portability.ports import Source, SourceRefused
from vaguemestre.mailbox.portability.rules.identity import fields

_PST = b"!BDN"
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_DAMAGED = (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, NotImplementedError, RecursionError)
# the header fields a message may begin with
_HEADER = {b"from", b"to", b"date", b"subject", b"received", b"message-id", b"return-path", b"mime-version"}


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[Source]:
    """Implements `portability.ports.OpenArchive`."""
    if path.is_dir():
        yield Archive(folder_tree.members(path))
        return
    try:
        with path.open("rb") as file:
            beginning = file.read(8192)
    except OSError as error:
        raise SourceRefused("portability.file-unreadable", name=name) from error
    if beginning.startswith(_PST):
        with outlook.unpacked_messages(path) as folder:
            yield Archive(folder_tree.members(folder))
    elif beginning.startswith((_ZIP, _GZIP)):
        with _packed_members(path, name, is_zip=beginning.startswith(_ZIP)) as members:
            if not members:  # a document of an office program is a zip too
                raise SourceRefused("portability.file-unknown", name=name)
            yield Archive(members)
    else:
        yield Archive([_single(path, name, beginning)])


@contextmanager
def _packed_members(path: Path, name: str, *, is_zip: bool) -> Iterator[list[Member]]:
    packed_bytes = path.stat().st_size
    try:
        if is_zip:
            with zip_and_tar.opened_zip(path) as archive:
                yield zip_and_tar.zip_members(archive, packed_bytes)
        else:
            with tarfile.open(path, "r:gz", tarinfo=zip_and_tar.BoundedTarInfo) as archive:
                yield zip_and_tar.tar_members(archive, packed_bytes)
    except _DAMAGED as error:
        raise SourceRefused("portability.file-damaged", name=name) from error


def _single(path: Path, name: str, beginning: bytes) -> Member:
    def opened() -> IO[bytes]:
        return path.open("rb")

    folder, size = PurePosixPath(name).stem, path.stat().st_size
    if beginning.startswith(b"From "):
        return Member(name, _usual_folder(folder), size, opened, is_mbox=True)
    if any(field in _HEADER for field, _ in fields(beginning.partition(b"\n\n")[0])):
        return Member(name, "", size, opened)
    raise SourceRefused("portability.file-unknown", name=name)


def _usual_folder(stem: str) -> str:
    """The folder of a lone mbox: the inbox, unless its name is that of a folder every mailbox has."""
    return stem if zip_and_tar.is_usual(stem) else ""
