"""`kernel.file_store.WorkStore` on S3 (boto3): a file is the objects of its pieces, `PREFIX/NAME/OFFSET`.

An object cannot grow: each piece that is appended is one of its own, whose key says where it starts.
"""

import hashlib
import io
import re
import shutil
import sys
import tempfile
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.file_store import LARGEST_PIECE

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_READ_BYTES = 256 * 1024
_LISTED_AT_ONCE = 1000  # as S3 does by itself


@dataclass(frozen=True)
class Bucket:
    """Where objects go, and the two halves of the key that opens it."""

    url: str
    name: str
    region: str
    key: str
    secret: str


class _Piece(NamedTuple):
    offset: int
    size: int


class ObjectStore:
    """The files below `prefix`."""

    is_served_by_front = False

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix

    def append(self, name: str, offset: int, content: bytes) -> int:
        folder = self._folder(name)
        if len(content) > LARGEST_PIECE:
            raise ValueError("a piece too large for what looks for the end of a file")
        end = self._end(folder, offset)
        if end != offset:
            return end
        self._put(folder, offset, content)
        return end + len(content)

    def open(self, name: str) -> BinaryIO:
        folder = self._folder(name)
        pieces = list(self._pieces(folder))
        if not pieces or not _are_joined(pieces):
            raise FileNotFoundError(name)
        return io.BufferedReader(_Joined(self._bucket, folder, pieces), _READ_BYTES)

    def cut(self, name: str, size: int) -> None:
        """A piece that the cut goes through is written again: it is not large."""
        folder = self._folder(name)
        pieces = list(self._pieces(folder))
        if (pieces[-1].offset + pieces[-1].size if pieces else 0) < size:
            raise FileNotFoundError(name)
        for piece in reversed(pieces):
            if piece.offset >= size:
                self._delete(folder, piece)
            elif piece.offset + piece.size > size:
                with self.open(name) as content:
                    content.seek(piece.offset)
                    kept = content.read(size - piece.offset)
                self._put(folder, piece.offset, kept)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        with self.open(name) as content, tempfile.NamedTemporaryFile(prefix="vaguemestre-") as copy:
            shutil.copyfileobj(content, copy, _READ_BYTES)
            copy.flush()
            yield Path(copy.name)

    def remove(self, name: str) -> None:
        """The first piece goes first: a removal that is cut short leaves nothing that opens."""
        folder = self._folder(name)
        for piece in list(self._pieces(folder)):
            self._delete(folder, piece)

    def names(self) -> set[str]:
        """Those of all files there are."""
        names: set[str] = set()
        with s3_errors("ListObjectsV2"):
            for page in self._pages(Prefix=f"{self._prefix}/", Delimiter="/"):
                names.update(one["Prefix"].split("/")[-2] for one in page.get("CommonPrefixes", ()))
        return names

    def free(self) -> int:
        return sys.maxsize

    def _put(self, folder: str, offset: int, content: bytes) -> None:
        digest = b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        with s3_errors("PutObject"):
            _client(self._bucket).put_object(
                Bucket=self._bucket.name, Key=_key(folder, offset), Body=content, ContentMD5=digest
            )

    def _delete(self, folder: str, piece: _Piece) -> None:
        with s3_errors("DeleteObject"):
            _client(self._bucket).delete_object(Bucket=self._bucket.name, Key=_key(folder, piece.offset))

    def _folder(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return f"{self._prefix}/{name}/"

    def _end(self, folder: str, near: int) -> int:
        """Where the file ends. What begins one piece before `near` or later is looked at first."""
        pieces = list(self._pieces(folder, after=near - LARGEST_PIECE)) or list(self._pieces(folder))
        return pieces[-1].offset + pieces[-1].size if pieces else 0

    def _pieces(self, folder: str, after: int = 0) -> Iterator[_Piece]:
        """In order. `after`: only those that start at or beyond that offset, if it is positive."""
        start = {"StartAfter": _key(folder, after - 1)} if after > 0 else {}
        with s3_errors("ListObjectsV2"):
            for page in self._pages(Prefix=folder, **start):
                for one in page.get("Contents", ()):
                    yield _Piece(int(one["Key"].removeprefix(folder)), one["Size"])

    def _pages(self, **asked: str) -> Iterator[dict[str, Any]]:
        pages = _client(self._bucket).get_paginator("list_objects_v2")
        size = {"PageSize": _LISTED_AT_ONCE}
        yield from pages.paginate(Bucket=self._bucket.name, PaginationConfig=size, **asked)


class _Joined(io.RawIOBase):
    """The pieces of a file as one, each asked for when it is reached."""

    def __init__(self, bucket: Bucket, folder: str, pieces: list[_Piece]) -> None:
        self._bucket, self._folder = bucket, folder
        self._starts, self._end = [piece.offset for piece in pieces], pieces[-1].offset + pieces[-1].size
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        if start + offset != self._at:
            self._leave()
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        while self._at < self._end:
            body = self._body = self._body or self._asked()
            with s3_errors("GetObject"):
                content = body.read(len(buffer))
            if content:
                buffer[: len(content)] = content
                self._at += len(content)
                return len(content)
            self._leave()
        return 0

    def close(self) -> None:
        self._leave()
        super().close()

    def _asked(self) -> Any:
        """The rest of the piece that holds the present offset."""
        start = self._starts[bisect_right(self._starts, self._at) - 1]
        with s3_errors("GetObject"):
            answer = _client(self._bucket).get_object(
                Bucket=self._bucket.name, Key=_key(self._folder, start), Range=f"bytes={self._at - start}-"
            )
        return answer["Body"]

    def _leave(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


@contextmanager
def s3_errors(request: str) -> Iterator[None]:
    """Nothing of boto3's leaves this module."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise EngineDown(f"S3 {request}: {type(error).__name__}") from error


def _key(folder: str, offset: int) -> str:
    return f"{folder}{offset:015d}"


def _are_joined(pieces: list[_Piece]) -> bool:
    end = 0
    for piece in pieces:
        if piece.offset != end:
            return False
        end += piece.size
    return True


@cache
def _client(bucket: Bucket) -> Any:
    """One for a process: threads share it. Paths and digests as radosgw and Garage know them too."""
    session = boto3.session.Session(aws_access_key_id=bucket.key, aws_secret_access_key=bucket.secret)
    return session.client(
        "s3",
        endpoint_url=bucket.url,
        region_name=bucket.region,
        config=ClientConfig(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
