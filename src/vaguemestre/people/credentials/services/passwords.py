"""Hash, store and compare passwords. Hashing is slow on purpose: never inside a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore

from django.contrib.auth.hashers import (
    UNUSABLE_PASSWORD_PREFIX,
    get_hasher,
    identify_hasher,
    make_password,
)
from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.functional import SimpleLazyObject

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.hashers import HEAVY, LIGHT, hasher_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.rules.passwords import check_password as check_chosen
from vaguemestre.people.credentials.rules.passwords import normalized_password
from vaguemestre.people.credentials.rules.passwords import strength as rated_strength
from vaguemestre.people.credentials.values import AccountRole, PasswordContext, Strength

_UNDO_PERIOD = timedelta(days=7)
_MAX_TAKEN = 6  # each is a slow hash to compare with
_SAVED_FIELDS = ("password", "password_barred_at", "former_password", "former_until", "taken_passwords")
# Hashes that a process computes at once. A request that waits for its turn blocks a web thread, so anonymous
# requests need one of a few slots first (`hash_slot`).
_turns = {LIGHT: BoundedSemaphore(2), HEAVY: BoundedSemaphore(1)}

# Compared if there is no hash, so that an unknown user costs as much as a known one.
_dummy_hashes = {
    kind: SimpleLazyObject(partial(make_password, "not the password of anybody", hasher=kind))
    for kind in (LIGHT, HEAVY)
}
_slots = BoundedSemaphore(2)


_validator = SimpleLazyObject(CommonPasswordValidator)


@contextmanager
def hash_slot() -> Iterator[bool]:
    """Take a slot for an anonymous hash until the block ends; yields False at once if none is free."""
    has_slot = _slots.acquire(blocking=False)
    try:
        yield has_slot
    finally:
        if has_slot:
            _slots.release()


def hash_password(password: str, role: AccountRole = AccountRole.AGENT) -> str:
    """Hash a password with Argon2id: about 25 ms, 100 ms for an administrator."""
    kind = hasher_of(role)
    with _turns[kind]:
        return make_password(normalized_password(password), hasher=kind)


def needs_rehash(password_hash: str, role: AccountRole) -> bool:
    """Whether the role or our parameters changed since the hash was made."""
    if not password_hash:
        return False
    hasher = get_hasher(hasher_of(role))
    return identify_hasher(password_hash).algorithm != hasher.algorithm or hasher.must_update(password_hash)


def save_rehash(account_id: int, password_hash: str) -> None:
    """Store a new hash of the same password, silently. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(password=password_hash)


def matches_hash(password: str, password_hash: str) -> bool:
    """Whether the password matches the hash; "" matches nothing and takes the same time."""
    with _turns[_kind_of(password_hash)]:
        is_same = matches(normalized_password(password), password_hash or str(_dummy_hashes[LIGHT]))
    return is_same and bool(password_hash)


def equalize_hash_cost(password: str, password_hash: str) -> None:
    """Compute the other kind of hash too after a failed comparison, so that both take as long.

    Every refusal then costs one of each, and its duration does not reveal administrators.
    """
    other = HEAVY if _kind_of(password_hash) == LIGHT else LIGHT
    with _turns[other]:
        matches(normalized_password(password), str(_dummy_hashes[other]))


def save_password_hash(account_id: int, password_hash: str, *, by: str, now: datetime) -> None:
    """Set the hash of the password. The former hash is kept a week: a lock of the account bars it as well.

    A barred one does not come back so, nor is it chosen again. Inside the caller's transaction.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    if account.password_barred_at is not None:
        account.taken_passwords = with_taken(account, account.password, account.former_password)
        account.former_password, account.former_until = "", None
    elif account.is_active and account.has_usable_password():
        account.former_password, account.former_until = account.password, now + _UNDO_PERIOD
    account.password, account.password_barred_at = password_hash, None
    account.save(update_fields=_SAVED_FIELDS)
    record("credentials.password-set", to=account_subject(account_id), by=by, at=now)
    announce(AccountChanged(account_id))


def with_taken(account: Account, *hashes: str) -> str:
    """The column `taken_passwords` of an account once a thief may know these too; "" is no hash."""
    known = account.taken_passwords.split()
    usable = (each for each in hashes if each and not each.startswith(UNUSABLE_PASSWORD_PREFIX))
    return "\n".join([*known, *(each for each in usable if each not in known)][-_MAX_TAKEN:])


def check_chosen_password(password: str, bearer: PasswordContext) -> None:
    """Require that a person may choose that password.

    Raises Refusal `credentials.password-too-…`, `credentials.password-taken`.
    """
    check_chosen(password, bearer, _common_passwords())
    if any(matches_hash(password, taken) for taken in bearer.taken):
        raise Refusal("credentials.password-taken")


def strength_of(password: str, bearer: PasswordContext) -> Strength:
    return rated_strength(password, bearer, _common_passwords())


def _common_passwords() -> frozenset[str] | set[str]:
    """The twenty thousand most common passwords, shipped with Django; French ones are in the rules."""
    passwords: set[str] = _validator.passwords
    return passwords


def _kind_of(password_hash: str) -> str:
    return HEAVY if password_hash.startswith(f"{HEAVY}$") else LIGHT
