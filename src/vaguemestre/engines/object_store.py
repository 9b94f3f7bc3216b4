"""`kernel.file_store.WorkStore` on S3 (boto3): a file is a sequence of objects, `PREFIX/NAME/OFFSET`.

An S3 object cannot grow: each piece that is appended becomes an object, whose key says where it starts.
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
from vaguemestre.foundation.kernel.file_store import MAX_PIECE_BYTES

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_READ_BYTES = 256 * 1024
_KEYS_PER_PAGE = 1000  # S3's own default and maximum


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket, with the access key id (`key`) and the secret key that open it."""

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
    keeps_writers_apart = False

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix

    def append(self, name: str, offset: int, content: bytes) -> int:
        folder = self._folder(name)
        if len(content) > MAX_PIECE_BYTES:
            raise ValueError(f"a piece of more than {MAX_PIECE_BYTES} bytes")  # _end looks that far back
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
        return io.BufferedReader(_JoinedPieces(self._bucket, folder, pieces), _READ_BYTES)

    def cut(self, name: str, size: int) -> None:
        """Truncate; the piece that the cut falls in is written again."""
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
                    remainder = content.read(size - piece.offset)
                self._put(folder, piece.offset, remainder)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        with self.open(name) as content, tempfile.NamedTemporaryFile(prefix="vaguemestre-") as copy:
            shutil.copyfileobj(content, copy, _READ_BYTES)
            copy.flush()
            yield Path(copy.name)

    def remove(self, name: str) -> None:
        """Delete the first piece first: after an interrupted removal, `open` finds no file."""
        folder = self._folder(name)
        for piece in list(self._pieces(folder)):
            self._delete(folder, piece)

    def names(self) -> set[str]:
        """Names of all files."""
        names: set[str] = set()
        with s3_errors("ListObjectsV2"):
            for page in self._pages(Prefix=f"{self._prefix}/", Delimiter="/"):
                names.update(entry["Prefix"].split("/")[-2] for entry in page.get("CommonPrefixes", ()))
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
        """Size of the file. To list few keys, the pieces from one piece before `near` on are tried first."""
        pieces = list(self._pieces(folder, after=near - MAX_PIECE_BYTES)) or list(self._pieces(folder))
        return pieces[-1].offset + pieces[-1].size if pieces else 0

    def _pieces(self, folder: str, after: int = 0) -> Iterator[_Piece]:
        """Pieces of a file in order; with a positive `after`, those that start at that offset or beyond."""
        start = {"StartAfter": _key(folder, after - 1)} if after > 0 else {}
        with s3_errors("ListObjectsV2"):
            for page in self._pages(Prefix=folder, **start):
                for entry in page.get("Contents", ()):
                    yield _Piece(int(entry["Key"].removeprefix(folder)), entry["Size"])

    def _pages(self, **parameters: str) -> Iterator[dict[str, Any]]:
        pages = _client(self._bucket).get_paginator("list_objects_v2")
        size = {"PageSize": _KEYS_PER_PAGE}
        yield from pages.paginate(Bucket=self._bucket.name, PaginationConfig=size, **parameters)


class _JoinedPieces(io.RawIOBase):
    """The pieces of a file as one stream; each is requested when the reader reaches it."""

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
            self._close_body()
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        while self._at < self._end:
            body = self._body = self._body or self._request_body()
            with s3_errors("GetObject"):
                content = body.read(len(buffer))
            if content:
                buffer[: len(content)] = content
                self._at += len(content)
                return len(content)
            self._close_body()
        return 0

    def close(self) -> None:
        self._close_body()
        super().close()

    def _request_body(self) -> Any:
        """Request the piece at the current offset, from that offset on."""
        start = self._starts[bisect_right(self._starts, self._at) - 1]
        with s3_errors("GetObject"):
            answer = _client(self._bucket).get_object(
                Bucket=self._bucket.name, Key=_key(self._folder, start), Range=f"bytes={self._at - start}-"
            )
        return answer["Body"]

    def _close_body(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


@contextmanager
def s3_errors(request: str) -> Iterator[None]:
    """Turn boto3's errors into EngineDown."""
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
    """The client of a process, shared by its threads. radosgw and Garage know these addresses and digests."""
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
