"""Passwords: hashed, kept, compared. Hashing is slow on purpose: never inside a transaction."""

from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.functional import SimpleLazyObject

from vaguemestre.credentials.events import AccountChanged
from vaguemestre.credentials.hashers import hasher_of
from vaguemestre.credentials.models import Account
from vaguemestre.credentials.rules.passwords import as_hashed
from vaguemestre.credentials.rules.passwords import check_password as check_chosen
from vaguemestre.credentials.rules.passwords import strength as judged
from vaguemestre.credentials.values import Bearer, Strength
from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record

_UNDONE_WITHIN = timedelta(days=7)
_AT_ONCE = 2  # hashes computed together by a process: a storm queues here instead of starving the pages
_turn = BoundedSemaphore(_AT_ONCE)

# Compared when there is nothing to compare with, so that an unknown user costs what a known one costs.
_nobody = SimpleLazyObject(lambda: make_password("not the password of anybody"))


def hashed(password: str, role: str = "agent") -> str:
    """Argon2id, ready to be kept. About 25 ms; 100 for an administrator."""
    with _turn:
        return make_password(as_hashed(password), hasher=hasher_of(role))


def wants_other_hash(kept: str, role: str) -> bool:
    """Whether the account's role or our parameters changed since that hash was made."""
    if not kept:
        return False
    wanted = get_hasher(hasher_of(role))
    return identify_hasher(kept).algorithm != wanted.algorithm or wanted.must_update(kept)


def keep_better_hash(account_id: int, kept: str) -> None:
    """The same password hashed anew: nobody is told. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(password=kept)


def holds(password: str, kept: str) -> bool:
    """True when that password was hashed as `kept`; "" holds nothing and takes the same time."""
    with _turn:
        same = matches(as_hashed(password), kept or str(_nobody))
    return same and bool(kept)


def set_password(account_id: int, password: str, *, by: str, now: datetime) -> None:
    """Make it the account's password; a pending account stays pending. Inside the caller's transaction.

    No rule is asked here: see `check_chosen_password`.
    """
    keep_password(account_id, hashed(password), by=by, now=now)


def keep_password(account_id: int, kept: str, *, by: str, now: datetime) -> None:
    """The same with what `hashed` returned. What it replaces is kept a week, for the owner to undo it.

    Inside the caller's transaction.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    if account.is_active and account.has_usable_password():
        account.former_password, account.former_until = account.password, now + _UNDONE_WITHIN
    account.password, account.password_barred_at = kept, None
    account.save(update_fields=["password", "password_barred_at", "former_password", "former_until"])
    record("credentials.password-set", to=f"account:{account_id}", by=by, at=now)
    announce(AccountChanged(account_id))


def check_chosen_password(password: str, bearer: Bearer) -> None:
    """Raises Refusal `credentials.password-too-…` when it may not be chosen by that person."""
    check_chosen(password, bearer, _common())


def strength_of(password: str, bearer: Bearer) -> Strength:
    return judged(password, bearer, _common())


_validator = SimpleLazyObject(CommonPasswordValidator)


def _common() -> frozenset[str] | set[str]:
    """Twenty thousand of the most used passwords, shipped with Django; ours are in the rules."""
    passwords: set[str] = _validator.passwords
    return passwords
