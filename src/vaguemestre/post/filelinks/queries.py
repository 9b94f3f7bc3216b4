"""Reading what was left with us."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import BinaryIO

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.secret_box import keys_from
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.post.filelinks.models import Deposit
from vaguemestre.post.filelinks.ports import Shelf
from vaguemestre.post.filelinks.rules.links import opened_token, token_digest
from vaguemestre.post.filelinks.values import Deposited, Verdict

TICKET_FOR = timedelta(days=1)


def deposits_of(account_id: int) -> tuple[Deposited, ...]:
    """The newest first."""
    return tuple(shown(row) for row in Deposit.objects.filter(account_id=account_id).order_by("-pk"))


def deposits_named(account_id: int, ids: Iterable[int]) -> tuple[Deposited, ...]:
    """Those of the account among these, in the order they were left."""
    rows = Deposit.objects.filter(account_id=account_id, pk__in=list(ids)).order_by("pk")
    return tuple(shown(row) for row in rows)


def find_deposit(account_id: int, deposit_id: int) -> Deposited:
    """One of the account's own. Raises Refusal `filelinks.gone`."""
    found = deposits_named(account_id, [deposit_id])
    if not found:
        raise Refusal("filelinks.gone")
    return found[0]


def find_lent(token: str, today: date) -> Deposited | None:
    """What that address still gives; nothing once it is over, taken back or infected."""
    row = lent_row(token, today)
    return shown(row) if row else None


def lent_row(token: str, today: date) -> Deposit | None:
    return (
        Deposit.objects.filter(token_sha256=token_digest(token), expires_on__gte=today)
        .exclude(verdict=Verdict.INFECTED)
        .first()
    )


def ticket_of(row: Deposit) -> str:
    """For whoever has just taken the file: with it a download that was cut goes on."""
    return _signer(row).sign(row.token_sha256).removeprefix(f"{row.token_sha256}:")


def taken(token: str, ticket: str, shelf: Shelf, today: date) -> tuple[Deposited, BinaryIO]:
    """The file, for whoever holds a ticket for it. Raises Refusal `filelinks.gone`."""
    row = lent_row(token, today)
    if row is None or not shown(row).can_be_taken:
        raise Refusal("filelinks.gone")
    try:
        _signer(row).unsign(f"{row.token_sha256}:{ticket}", max_age=TICKET_FOR)
        return shown(row), shelf.open(row.token_sha256)
    except (BadSignature, FileNotFoundError) as error:
        raise Refusal("filelinks.gone") from error


def _signer(row: Deposit) -> TimestampSigner:
    return TimestampSigner(salt=f"filelinks.ticket:{row.password}")


@cache
def link_keys() -> SecretKeys:
    """What seals the tokens of links: derived from Django's key, former ones still able to open."""
    return keys_from(settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


def link_of(deposit: Deposited) -> str:
    """The address one writes in a message."""
    return f"{settings.CONFIG.files_url}/{deposit.token}/"


def shown(row: Deposit) -> Deposited:
    return Deposited(
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
