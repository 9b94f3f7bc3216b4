"""App passwords and program keys of mail clients. Parts, inside the caller's transaction.

A program key is an app password of scope `program`: the program exchanges it for mail tokens and, now and
then, for its next key.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.events import AccountChanged, TokensWithdrawn
from vaguemestre.people.credentials.models import Account, AppPassword, FormerProgramKey
from vaguemestre.people.credentials.rules.app_passwords import drawn_app_password, sha256_of
from vaguemestre.people.credentials.services.tokens import forget_tokens, program_session
from vaguemestre.people.credentials.values import AppPasswordScope

_MAX_APP_PASSWORDS = 20
_USE_NOTED_EVERY = timedelta(minutes=10)
_RETRY_ALLOWED = timedelta(minutes=1)  # a program that did not get the answer shows its former key again


def add_app_password(
    account_id: int,
    name: str,
    *,
    by: str,
    now: datetime,
    text: str | None = None,
    expires_at: datetime | None = None,
    scope: AppPasswordScope = AppPasswordScope.MAIL,
    holder_id: int | None = None,
    login: str = "",
) -> str:
    """Create an app password. Returns its text, which is shown once.

    `holder_id`: account of the member it is made for, if the mailbox is shared. `text`: instead of a
    generated one, as random as that. Raises Refusal `credentials.too-many-app-passwords`.
    """
    active = AppPassword.objects.filter(account_id=account_id, holder_id=holder_id, revoked_at__isnull=True)
    if active.count() >= _MAX_APP_PASSWORDS:
        raise Refusal("credentials.too-many-app-passwords", most=_MAX_APP_PASSWORDS)
    password = text or drawn_app_password()
    row = AppPassword.objects.create(
        account_id=account_id,
        holder_id=holder_id,
        name=name[:80],
        token_sha256=sha256_of(password),
        scope=scope,
        created_at=now,
        expires_at=expires_at,
        login=login,
    )
    record("credentials.app-password-made", to=account_subject(account_id), by=by, at=now, number=row.pk)
    announce(AccountChanged(account_id))
    return password


def note_app_password_used(account_id: int, token_sha256: str, network: str, *, now: datetime) -> None:
    """Record the last use of an app password and its network, every ten minutes at most."""
    rows = AppPassword.objects.filter(account_id=account_id, token_sha256=token_sha256)
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    if rows.filter(stale | ~Q(last_network=network)).exists():
        rows.update(last_used_at=now, last_network=network)


def revoke_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> bool:
    """Revoke an app password of that account, and the mail tokens obtained with it.

    False if the account has none of that number that still opened something.
    """
    revoked = AppPassword.objects.filter(
        pk=app_password_id, account_id=account_id, revoked_at__isnull=True
    ).update(revoked_at=now)
    if revoked:
        record(
            "credentials.app-password-revoked",
            to=account_subject(account_id),
            by=by,
            at=now,
            number=app_password_id,
        )
        announce(AccountChanged(account_id))
        withdraw_program_tokens(account_id, app_password_id)
    return bool(revoked)


def withdraw_program_tokens(account_id: int, app_password_id: int) -> TokensWithdrawn | None:
    """Announce that the mail tokens got with that key are worth nothing more; None if there are none."""
    token_sha256s = forget_tokens([account_id], session_key=program_session(app_password_id))
    if not token_sha256s:
        return None
    mailbox = Account.objects.values_list("mailbox", flat=True).get(pk=account_id)
    withdrawn = TokensWithdrawn(mailbox, token_sha256s)
    announce(withdrawn)
    return withdrawn


def revoke_program_key(key_sha256: str, *, now: datetime) -> None:
    """Revoke a program key at the request of the program, which shows it or a former one."""
    is_key = Q(token_sha256=key_sha256) | Q(former_keys__token_sha256=key_sha256)
    rows = AppPassword.objects.filter(is_key, scope=AppPassword.Scope.PROGRAM)
    for pk, account_id in list(rows.values_list("pk", "account_id")):
        revoke_app_password(account_id, pk, by="program", now=now)


def standing_program_key(key_sha256: str, next_sha256: str, *, now: datetime) -> str:
    """The SHA-256 of the valid key behind the one that a program shows; "" if there is none.

    A key already exchanged for `next_sha256` is accepted for a minute, as long as the next one was not
    exchanged itself: the program did not get the answer. Later, two parties hold the key, and it is revoked
    (RFC 9700 §4.14.2).
    """
    if AppPassword.objects.filter(token_sha256=key_sha256, scope=AppPassword.Scope.PROGRAM).exists():
        return key_sha256
    former = FormerProgramKey.objects.select_related("app_password").filter(token_sha256=key_sha256).first()
    if former is None:
        return ""
    if former.app_password.token_sha256 == next_sha256 and now - former.replaced_at <= _RETRY_ALLOWED:
        return next_sha256
    revoke_app_password(former.app_password.account_id, former.app_password_id, by="system", now=now)
    return ""


def replace_program_key(key_sha256: str, next_sha256: str, *, now: datetime) -> None:
    """Replace a program's key by its next one. Idempotent."""
    rows = AppPassword.objects.filter(token_sha256=key_sha256, scope=AppPassword.Scope.PROGRAM)
    pk = rows.values_list("pk", flat=True).first()
    if pk is not None and rows.update(token_sha256=next_sha256):
        FormerProgramKey.objects.create(app_password_id=pk, token_sha256=key_sha256, replaced_at=now)


def revoke_every_app_password(account_id: int, *, by: str, now: datetime) -> int:
    """Revoke the app passwords of an account, and of its person in shared mailboxes. Returns the count."""
    is_theirs = Q(account_id=account_id) | Q(holder_id=account_id)
    active = AppPassword.objects.filter(is_theirs, revoked_at__isnull=True)
    rows = list(active.values_list("account_id", "pk"))
    for owner_id, number in rows:
        revoke_app_password(owner_id, number, by=by, now=now)
    return len(rows)


def revoke_app_passwords_held(account_id: int, holder_id: int, *, by: str, now: datetime) -> int:
    """Revoke the app passwords of a shared mailbox that one member holds. Returns the count."""
    active = AppPassword.objects.filter(account_id=account_id, holder_id=holder_id, revoked_at__isnull=True)
    numbers = list(active.values_list("pk", flat=True))
    for number in numbers:
        revoke_app_password(account_id, number, by=by, now=now)
    return len(numbers)
