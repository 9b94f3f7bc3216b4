"""Upload, terms, download and withdrawal of shared files."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q, Sum

from vaguemestre.access.signin.rules.throttle import (
    ACCOUNT,
    LENT_FILE,
    LENT_FILE_FIRST,
    NETWORK,
    Budget,
    customer_network,
    near_subject,
)
from vaguemestre.access.signin.services import charge, has_failed, refund
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.file_store import FileStore
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import limits_of_account
from vaguemestre.people.credentials.services import hash_slot, lock_account_row
from vaguemestre.post.filelinks import rules
from vaguemestre.post.filelinks.events import FileUploaded
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.ports import Scan
from vaguemestre.post.filelinks.queries import available_row, download_ticket, filelink_of, link_keys
from vaguemestre.post.filelinks.rules.links import new_token, sealed_token, token_digest
from vaguemestre.post.filelinks.values import FileLimits, Filelink, Terms, Verdict

_CHUNK_BYTES = 4 * 1024 * 1024
_JOB_IS_OVER = timedelta(days=4)  # the job of an upload is tried for three
_FILES_PER_ROUND = 20
_ROUND = timedelta(seconds=20)


def begin_upload(
    account_id: int, name: str, kind: str, size: int, store: FileStore, limits: FileLimits, *, now: datetime
) -> Filelink:
    """Announce a file of `size` octets; `append_chunk` uploads it. Inside the caller's transaction.

    Files announced together wait for each other: each is held to the account's total.

    Raises Refusal `filelinks.not-in-class` and those of `check_limits`.
    """
    lock_account_row(account_id)
    return filelink_of(_create(account_id, name, kind, size, store, limits, now))


def append_chunk(
    account_id: int, file_id: int, offset: int, content: bytes, store: FileStore, scan: Scan
) -> int:
    """Append a chunk that starts at `offset`. Returns the octets received: where the next chunk starts.

    A repeated or misplaced chunk changes nothing. Raises Refusal `filelinks.gone`, `filelinks.overflow` past
    the announced size.
    """
    if not store.keeps_writers_apart:
        with transaction.atomic(durable=True):
            row = _locked_row(account_id, file_id)
            return _save_end(row, offset, _append(row, offset, content, store), scan)
    announced = SharedFile.objects.filter(account_id=account_id, pk=file_id).first()
    if announced is None:
        raise Refusal("filelinks.gone")
    # The disk comes before the transaction, which on SQLite keeps every other writer waiting.
    end = _append(announced, offset, content, store)
    try:
        with transaction.atomic(durable=True):
            return _save_end(_locked_row(account_id, file_id), offset, end, scan)
    except Refusal:  # withdrawn meanwhile
        store.remove(announced.token_sha256)
        raise


def share_content(
    account_id: int | None,
    name: str,
    kind: str,
    content: bytes,
    store: FileStore,
    scan: Scan,
    limits: FileLimits,
    *,
    now: datetime,
) -> Filelink:
    """Share contents we already have; account None: on behalf of the system. Inside the caller's transaction.

    Raises the refusals of `check_limits`, EngineDown.
    """
    row = _create(account_id, name, kind, len(content), store, limits, now)
    for start in range(0, len(content), _CHUNK_BYTES):
        row.received = store.append(row.token_sha256, start, content[start : start + _CHUNK_BYTES])
    _request_scan(row, scan)
    row.save(update_fields=("received", "verdict"))
    return filelink_of(row)


@transaction.atomic(durable=True)
def set_terms(
    account_id: int, file_id: int, terms: Terms, limits: FileLimits, *, by: str, now: datetime
) -> None:
    """Change the last day and the password. Raises Refusal `filelinks.gone` and those of the rules."""
    row = _locked_row(account_id, file_id)
    row.expires_on = rules.check_until(terms.until, paris_day(now), limits)
    if terms.password is not None:
        password = rules.check_password(terms.password)
        row.password = make_password(password) if password else ""
    row.save(update_fields=("expires_on", "password"))
    record(
        "filelinks.terms-set",
        to=account_subject(account_id),
        by=by,
        at=now,
        deposit=row.pk,
        until=row.expires_on.isoformat(),
        has_password=bool(row.password),
    )


def withdraw_file(account_id: int, file_id: int, store: FileStore, *, by: str, now: datetime) -> None:
    """Delete a file before its last day. Idempotent."""
    row = SharedFile.objects.filter(account_id=account_id, pk=file_id).first()
    if row is None:
        return
    with transaction.atomic(durable=True):
        row.delete()
        record("filelinks.taken-back", to=account_subject(account_id), by=by, at=now, name=row.name)
    store.remove(row.token_sha256)


def issue_ticket(token: str, password: str, network: str, *, now: datetime) -> str:
    """A ticket for `queries.open_download`, given the link and its password. Counts a download.

    Raises Refusal `filelinks.gone`, `filelinks.waiting`, `filelinks.password-wrong`, `filelinks.wait`.
    """
    row = available_row(token, paris_day(now))
    if row is None:
        raise Refusal("filelinks.gone")
    if not filelink_of(row).is_available:
        raise Refusal("filelinks.waiting")
    if row.password:
        _check_password(row, password, network, now)
    with transaction.atomic(durable=True):
        SharedFile.objects.filter(pk=row.pk).update(downloads=F("downloads") + 1)
    return download_ticket(row)


def scan_file(file_id: int, store: FileStore, scan: Scan, *, now: datetime) -> None:
    """Store the scanner's verdict on a complete file; delete an infected one. Idempotent."""
    unscanned = (Verdict.WAITING, Verdict.UNCHECKED)
    row = SharedFile.objects.filter(pk=file_id, verdict__in=unscanned, received=F("size")).first()
    if row is None:
        return
    with store.open(row.token_sha256) as content:
        virus = scan(content)
    with transaction.atomic(durable=True):
        verdict = Verdict.INFECTED if virus else Verdict.CLEAN
        SharedFile.objects.filter(pk=row.pk).update(verdict=verdict)
        if virus:
            to = account_subject(row.account_id) if row.account_id else "house"
            record("filelinks.infected", to=to, by="system", at=now, name=row.name, found=virus[:100])
    if virus:
        store.remove(row.token_sha256)


def scan_left_over_files(store: FileStore, scan: Scan, clock: Callable[[], datetime]) -> int:
    """Scan, for some seconds, files that wait longer than jobs are tried, or came before there was a scanner.

    Returns how many. One that the scanner refuses delays no other: they are taken in no order.
    """
    if not scan.is_wanted:
        return 0
    began = clock()
    waits = Q(verdict=Verdict.WAITING, created_at__lt=began - _JOB_IS_OVER)
    left_over = SharedFile.objects.filter(waits | Q(verdict=Verdict.UNCHECKED), received=F("size"))
    count = 0
    for file_id in list(left_over.order_by("?").values_list("pk", flat=True)[:_FILES_PER_ROUND]):
        if clock() - began >= _ROUND:
            break
        try:
            scan_file(file_id, store, scan, now=clock())
        except (EngineDown, FileNotFoundError):
            continue
        count += 1
    return count


def purge_files(store: FileStore, *, now: datetime) -> int:
    """Delete expired files, and uploads incomplete after a day. Returns how many."""
    expired = SharedFile.objects.filter(expires_on__lt=paris_day(now))
    incomplete = SharedFile.objects.exclude(received=F("size")).filter(created_at__lt=now - timedelta(days=1))
    with transaction.atomic(durable=True):
        digests = list((expired | incomplete).values_list("token_sha256", flat=True))
        SharedFile.objects.filter(token_sha256__in=digests).delete()
    for digest in digests:
        store.remove(digest)
    return len(digests)


def _create(
    account_id: int | None,
    name: str,
    kind: str,
    size: int,
    store: FileStore,
    limits: FileLimits,
    now: datetime,
) -> SharedFile:
    if account_id and not limits_of_account(account_id).lends_files:
        raise Refusal("filelinks.not-in-class")
    files = SharedFile.objects.filter(account_id=account_id) if account_id else SharedFile.objects.none()
    used = files.aggregate(total=Sum("size"))["total"] or 0
    rules.check_limits(size, used, store.free(), limits)
    token = new_token()
    return SharedFile.objects.create(
        account_id=account_id,
        token_sha256=token_digest(token),
        sealed_token=sealed_token(token, account_id, link_keys()),
        name=rules.file_name(name),
        kind=rules.file_kind(kind),
        size=size,
        expires_on=paris_day(now) + timedelta(days=limits.days),
        verdict=Verdict.UNCHECKED,
        created_at=now,
    )


def _append(row: SharedFile, offset: int, content: bytes, store: FileStore) -> int:
    """Append to the file unless it is complete. Returns its size. Raises Refusal `filelinks.overflow`."""
    if row.received == row.size:
        return row.received
    if offset + len(content) > row.size:
        raise Refusal("filelinks.overflow")
    return store.append(row.token_sha256, offset, content)


def _save_end(row: SharedFile, offset: int, end: int, scan: Scan) -> int:
    """Save the size of a file, a chunk at `offset` having found or made it `end`. Inside the transaction.

    A later chunk may have been saved first. A file that lost octets starts again from what is left.
    """
    if row.received == row.size:
        return row.received
    row.received = end if end < offset else max(end, row.received)
    if row.received == row.size:
        _request_scan(row, scan)
    row.save(update_fields=("received", "verdict"))
    return row.received


def _request_scan(row: SharedFile, scan: Scan) -> None:
    """The upload is complete: have it scanned, if a scanner is configured."""
    if scan.is_wanted:
        row.verdict = Verdict.WAITING
        announce(FileUploaded(row.pk))


def _check_password(row: SharedFile, password: str, network: str, now: datetime) -> None:
    """Each attempt is charged before it is checked, so parallel attempts cannot bypass the limit.

    By one network mostly: its errors close the file to nobody else, nor do those of some tens of them to one
    that makes its first try. Signing in has counters of its own, which no pupil uses up here for a school.
    """
    subject = f"deposit:{row.pk}"
    near = near_subject(subject, customer_network(network))
    is_first = not has_failed(near, ACCOUNT, now=now)
    budgets: dict[str, Budget] = {
        near: ACCOUNT,
        **({f"first:{subject}": LENT_FILE_FIRST} if is_first else {subject: LENT_FILE}),
        f"links:{network}": NETWORK,
    }
    if not password:
        raise Refusal("filelinks.password-wrong", field="password")
    with hash_slot() as has_place:
        if not has_place:
            raise Refusal("signin.busy", field="password")
        if wait := charge(budgets, now=now):
            raise Refusal("filelinks.wait", wait=wait)
        if not check_password(password, row.password):
            raise Refusal("filelinks.password-wrong", field="password")
    with transaction.atomic(durable=True):
        refund(budgets)


def _locked_row(account_id: int, file_id: int) -> SharedFile:
    return locked_row(SharedFile.objects.filter(account_id=account_id, pk=file_id), "filelinks.gone")
