"""Files left, lent, taken, taken back."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Sum

from vaguemestre.access.signin.rules.throttle import ACCOUNT, NETWORK, Budget
from vaguemestre.access.signin.services import give_back, pay
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.services import hash_place
from vaguemestre.post.filelinks import rules
from vaguemestre.post.filelinks.events import DepositReceived
from vaguemestre.post.filelinks.models import Deposit
from vaguemestre.post.filelinks.ports import Scan, Shelf
from vaguemestre.post.filelinks.queries import lent_row, link_keys, shown, ticket_of
from vaguemestre.post.filelinks.rules.links import new_token, sealed_token, token_digest
from vaguemestre.post.filelinks.values import Deposited, Room, Terms, Verdict

_SLICE = 4 * 1024 * 1024


def begin_deposit(
    account_id: int, name: str, kind: str, size: int, shelf: Shelf, room: Room, *, now: datetime
) -> Deposited:
    """Announce a file of `size` octets; its slices follow. Inside the caller's transaction.

    Raises the refusals of `check_room`.
    """
    return shown(_begun(account_id, name, kind, size, shelf, room, now))


@transaction.atomic(durable=True)
def add_slice(account_id: int, deposit_id: int, offset: int, content: bytes, shelf: Shelf, scan: Scan) -> int:
    """Keep the octets that begin at `offset`; how many of the file are there.

    A slice sent again, or out of order, changes nothing: the answer tells where to go on. Raises Refusal
    `filelinks.gone`, `filelinks.overflow` past the announced size.
    """
    row = _own(account_id, deposit_id)
    if row.received == row.size:
        return row.received
    if offset + len(content) > row.size:
        raise Refusal("filelinks.overflow")
    row.received = shelf.append(row.token_sha256, offset, content)
    if row.received == row.size:
        _received(row, scan)
    row.save(update_fields=("received", "verdict"))
    return row.received


def leave_whole(
    account_id: int | None,
    name: str,
    kind: str,
    content: bytes,
    shelf: Shelf,
    scan: Scan,
    room: Room,
    *,
    now: datetime,
) -> Deposited:
    """A file we hold already; account None: left by the house. Inside the caller's transaction.

    Raises the refusals of `check_room`, EngineDown.
    """
    row = _begun(account_id, name, kind, len(content), shelf, room, now)
    for start in range(0, len(content), _SLICE):
        row.received = shelf.append(row.token_sha256, start, content[start : start + _SLICE])
    _received(row, scan)
    row.save(update_fields=("received", "verdict"))
    return shown(row)


@transaction.atomic(durable=True)
def set_terms(account_id: int, deposit_id: int, terms: Terms, room: Room, *, by: str, now: datetime) -> None:
    """Until when, and under which password. Raises Refusal `filelinks.gone` and those of the rules."""
    row = _own(account_id, deposit_id)
    row.expires_on = rules.check_until(terms.until, paris_day(now), room)
    if terms.password is not None:
        chosen = rules.check_password(terms.password)
        row.password = make_password(chosen) if chosen else ""
    row.save(update_fields=("expires_on", "password"))
    record(
        "filelinks.terms-set",
        to=f"account:{account_id}",
        by=by,
        at=now,
        deposit=row.pk,
        until=row.expires_on.isoformat(),
        has_password=bool(row.password),
    )


def take_back(account_id: int, deposit_id: int, shelf: Shelf, *, by: str, now: datetime) -> None:
    """Nobody can take it any more. Twice is once."""
    row = Deposit.objects.filter(account_id=account_id, pk=deposit_id).first()
    if row is None:
        return
    with transaction.atomic(durable=True):
        row.delete()
        record("filelinks.taken-back", to=f"account:{account_id}", by=by, at=now, name=row.name)
    shelf.remove(row.token_sha256)


def take(token: str, password: str, network: str, *, now: datetime) -> str:
    """A ticket (`queries.taken`) for whoever has the address and its password; counted.

    Raises Refusal `filelinks.gone`, `filelinks.waiting`, `filelinks.password-wrong`, `filelinks.wait`.
    """
    row = lent_row(token, paris_day(now))
    if row is None:
        raise Refusal("filelinks.gone")
    if not shown(row).can_be_taken:
        raise Refusal("filelinks.waiting")
    if row.password:
        _check_password(row, password, network, now)
    with transaction.atomic(durable=True):
        Deposit.objects.filter(pk=row.pk).update(downloads=F("downloads") + 1)
    return ticket_of(row)


def judge(deposit_id: int, shelf: Shelf, scan: Scan, *, now: datetime) -> None:
    """What the virus check says of a whole file; one that is infected goes at once. Twice is once."""
    row = Deposit.objects.filter(pk=deposit_id, verdict=Verdict.WAITING).first()
    if row is None:
        return
    with shelf.open(row.token_sha256) as content:
        found = scan(content)
    with transaction.atomic(durable=True):
        verdict = Verdict.INFECTED if found else Verdict.CLEAN
        Deposit.objects.filter(pk=row.pk).update(verdict=verdict)
        if found:
            to = f"account:{row.account_id}" if row.account_id else "house"
            record("filelinks.infected", to=to, by="system", at=now, name=row.name, found=found[:100])
    if found:
        shelf.remove(row.token_sha256)


def forget_old(shelf: Shelf, *, now: datetime) -> int:
    """Files whose time is over, those begun and left half received a day ago, and what no row knows."""
    today = paris_day(now)
    over = Deposit.objects.filter(expires_on__lt=today)
    half = Deposit.objects.exclude(received=F("size")).filter(created_at__lt=now - timedelta(days=1))
    with transaction.atomic(durable=True):
        gone = list((over | half).values_list("token_sha256", flat=True))
        Deposit.objects.filter(token_sha256__in=gone).delete()
    for digest in gone:
        shelf.remove(digest)
    return len(gone)


def _begun(
    account_id: int | None, name: str, kind: str, size: int, shelf: Shelf, room: Room, now: datetime
) -> Deposit:
    mine = Deposit.objects.filter(account_id=account_id) if account_id else Deposit.objects.none()
    present = mine.aggregate(total=Sum("size"))["total"] or 0
    rules.check_room(size, present, shelf.free(), room)
    token = new_token()
    return Deposit.objects.create(
        account_id=account_id,
        token_sha256=token_digest(token),
        sealed_token=sealed_token(token, account_id, link_keys()),
        name=rules.file_name(name),
        kind=rules.file_kind(kind),
        size=size,
        expires_on=paris_day(now) + timedelta(days=room.days),
        verdict=Verdict.UNCHECKED,
        created_at=now,
    )


def _received(row: Deposit, scan: Scan) -> None:
    if scan.is_wanted:
        row.verdict = Verdict.WAITING
        announce(DepositReceived(row.pk))


def _check_password(row: Deposit, password: str, network: str, now: datetime) -> None:
    """Paid for before it is looked at, as at sign-in."""
    budgets: dict[str, Budget] = {f"deposit:{row.pk}": ACCOUNT, f"network:{network}": NETWORK}
    if not password:
        raise Refusal("filelinks.password-wrong", field="password")
    with hash_place() as has_place:
        if not has_place:
            raise Refusal("signin.busy", field="password")
        if wait := pay(budgets, now=now):
            raise Refusal("filelinks.wait", wait=wait)
        if not check_password(password, row.password):
            raise Refusal("filelinks.password-wrong", field="password")
    with transaction.atomic(durable=True):
        give_back(budgets)


def _own(account_id: int, deposit_id: int) -> Deposit:
    row = Deposit.objects.select_for_update().filter(account_id=account_id, pk=deposit_id).first()
    if row is None:
        raise Refusal("filelinks.gone")
    return row
