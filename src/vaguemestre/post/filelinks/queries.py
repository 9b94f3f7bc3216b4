"""Reads of shared files."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import BinaryIO

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.file_store import FileStore
from vaguemestre.people.credentials.queries import is_stopped
from vaguemestre.people.credentials.rules.secret_box import keys_from
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.rules.links import opened_token, token_digest
from vaguemestre.post.filelinks.values import Filelink, Verdict

TICKET_LIFETIME = timedelta(days=1)


def files_of(account_id: int) -> tuple[Filelink, ...]:
    """The account's files, newest first."""
    return tuple(filelink_of(row) for row in SharedFile.objects.filter(account_id=account_id).order_by("-pk"))


def files_among(account_id: int, ids: Iterable[int]) -> tuple[Filelink, ...]:
    """The account's files among these ids, oldest first."""
    rows = SharedFile.objects.filter(account_id=account_id, pk__in=list(ids)).order_by("pk")
    return tuple(filelink_of(row) for row in rows)


def find_file(account_id: int, file_id: int) -> Filelink:
    """A file of the account. Raises Refusal `filelinks.gone`."""
    files = files_among(account_id, [file_id])
    if not files:
        raise Refusal("filelinks.gone")
    return files[0]


def find_available(token: str, today: date) -> Filelink | None:
    """The file of that link; None once it is expired, withdrawn or infected."""
    row = available_row(token, today)
    return filelink_of(row) if row else None


def available_row(token: str, today: date) -> SharedFile | None:
    """The file of that link; None as `find_available`, and while its owner's account is stopped.

    A thief shares under our name too: nobody downloads until the owner is back.
    """
    return (
        SharedFile.objects.filter(token_sha256=token_digest(token), expires_on__gte=today)
        .exclude(verdict=Verdict.INFECTED)
        .exclude(is_stopped("account"))
        .first()
    )


def download_ticket(row: SharedFile) -> str:
    """Signed ticket for a download, valid one day: it resumes an interrupted one."""
    return _signer(row).sign(row.token_sha256).removeprefix(f"{row.token_sha256}:")


def open_download(token: str, ticket: str, store: FileStore, today: date) -> tuple[Filelink, BinaryIO]:
    """The file of a valid ticket and its contents. Raises Refusal `filelinks.gone`."""
    row = available_row(token, today)
    if row is None or not filelink_of(row).is_available:
        raise Refusal("filelinks.gone")
    try:
        _signer(row).unsign(f"{row.token_sha256}:{ticket}", max_age=TICKET_LIFETIME)
        return filelink_of(row), store.open(row.token_sha256)
    except (BadSignature, FileNotFoundError) as error:
        raise Refusal("filelinks.gone") from error


def _signer(row: SharedFile) -> TimestampSigner:
    return TimestampSigner(salt=f"filelinks.ticket:{row.password}")


@cache
def link_keys() -> SecretKeys:
    """Keys that seal the tokens of links, derived from Django's secret key and its fallbacks."""
    return keys_from(settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


def link_address(file: Filelink) -> str:
    """Address of the download page."""
    return f"{settings.CONFIG.files_url}/{file.token}/"


def filelink_of(row: SharedFile) -> Filelink:
    return Filelink(
        id=row.pk,
        token=opened_token(bytes(row.sealed_token), row.account_id, link_keys()),
        name=row.name,
        kind=row.kind,
        size=row.size,
        received=row.received,
        until=row.expires_on,
        has_password=bool(row.password),
        downloads=row.downloads,
        verdict=Verdict(row.verdict),
        created_at=row.created_at,
    )
