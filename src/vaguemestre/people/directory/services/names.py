"""Allocate usernames and addresses, each given once and for ever (docs/domain.md §2.3)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count, islice

from django.db import connection, transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.models import TakenName
from vaguemestre.people.directory.rules import names as naming
from vaguemestre.people.directory.values import CivilStatus, Names

type _FindTaken = Callable[[Collection[str]], set[str]]

_LOCK = 0x4E41_4D45
_FIRST_CANDIDATES = 8  # candidates looked up together; few people have more homonyms


def take_technical_names(username: str, mailbox: str) -> None:
    """Reserve the names of an account without a person. Inside the caller's transaction. Idempotent."""
    TakenName.objects.get_or_create(kind=TakenName.Kind.USERNAME, name=username)
    TakenName.objects.get_or_create(kind=TakenName.Kind.ADDRESS, name=mailbox)


def take_address(person_id: int | None, address: str) -> None:
    """Reserve an address for ever. Inside the caller's transaction.

    Raises Refusal `directory.address-taken`.
    """
    if queries.taken_names(TakenName.Kind.ADDRESS, [address]):
        raise Refusal("directory.address-taken", address=address)
    TakenName.objects.create(kind=TakenName.Kind.ADDRESS, name=address, person_id=person_id)


def allocate_names(civils: Sequence[CivilStatus], domain: str) -> list[Names]:
    """Names never given before, in the order of the people; not stored yet. Inside the caller's transaction.

    Raises Refusal `directory.name-unwritable`.
    """
    lock_names()
    shown_names = [(c.shown_first_name, c.shown_last_name) for c in civils]
    usernames = _allocate(
        [naming.username_base(*name) for name in shown_names],
        naming.USERNAME_LIMIT,
        lambda candidates: _taken_username_candidates(candidates, domain),
        _SearchStart(f"username {domain}"),
    )
    addresses = allocate_local_parts(shown_names, domain)
    return [
        Names(username, f"{local}@{domain}", f"{username}@{domain}")
        for username, local in zip(usernames, addresses, strict=True)
    ]


def allocate_local_parts(shown_names: Sequence[tuple[str, str]], domain: str) -> list[str]:
    """Local parts never given before in that domain, for these (first name, last name).

    Inside the caller's transaction.
    """
    lock_names()
    return _allocate(
        [naming.address_base(*name) for name in shown_names],
        naming.LOCAL_PART_LIMIT,
        lambda candidates: _taken_local_parts(candidates, domain),
        _SearchStart(f"address {domain}"),
    )


def lock_names() -> None:
    """Lock allocation until the caller's transaction ends: free names stay free. SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _taken_username_candidates(candidates: Collection[str], domain: str) -> set[str]:
    # The mailbox is username@domain: that address must be free too.
    return queries.taken_names(TakenName.Kind.USERNAME, candidates) | _taken_local_parts(candidates, domain)


def _taken_local_parts(candidates: Collection[str], domain: str) -> set[str]:
    taken = queries.taken_names(TakenName.Kind.ADDRESS, [f"{name}@{domain}" for name in candidates])
    return {name.removesuffix(f"@{domain}") for name in taken}


def _allocate(
    bases: Sequence[str], limit: int, find_taken: _FindTaken, search_start: "_SearchStart | None" = None
) -> list[str]:
    """The first free candidate of each base, in order: one query for all, more only for many homonyms."""
    search_start = search_start or _SearchStart("")
    numbers = {base: search_start.of(base) for base in set(bases)}
    heads = {
        base: list(islice(_numbered_candidates(base, limit, numbers[base]), _FIRST_CANDIDATES))
        for base in numbers
    }
    previous = {base: naming.numbered(base, number - 1, limit) for base, number in numbers.items() if number}
    candidates = {name for head in heads.values() for _, name in head}
    taken = find_taken(candidates.union(previous.values()))
    streams = {
        # If the name before the remembered start is free, the database is another one: start from 0.
        base: _free_candidates(base, limit, head, taken, find_taken)
        if previous.get(base) in taken or base not in previous
        else _free_candidates(base, limit, [], taken, find_taken)
        for base, head in heads.items()
    }
    allocated: dict[str, None] = {}
    for base in bases:
        number, name = next(candidate for candidate in streams[base] if candidate[1] not in allocated)
        allocated[name] = None
        search_start.remember(base, number)
    return list(allocated)


def _numbered_candidates(base: str, limit: int, first: int) -> Iterator[tuple[int, str]]:
    """(number, candidate) from that number on, reserved names left out; endless."""
    candidates = ((number, naming.numbered(base, number, limit)) for number in count(first))
    return (candidate for candidate in candidates if not naming.is_reserved(candidate[1]))


def _free_candidates(
    base: str, limit: int, head: list[tuple[int, str]], taken: set[str], find_taken: _FindTaken
) -> Iterator[tuple[int, str]]:
    """Free (number, candidate): those of `head`, looked up already, then larger and larger batches."""
    yield from (candidate for candidate in head if candidate[1] not in taken)
    further = _numbered_candidates(base, limit, head[-1][0] + 1 if head else 0)
    size = _FIRST_CANDIDATES
    while True:
        size *= 4
        batch = list(islice(further, size))
        taken = find_taken([name for _, name in batch])
        yield from (candidate for candidate in batch if candidate[1] not in taken)


class _SearchStart:
    """The number from which free candidates of a base are looked for: lower ones are taken for ever.

    Remembered once the names are committed; without it the thousandth homonym would be searched from 1.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace, self._pending = namespace, dict[tuple[str, str], int]()

    def of(self, base: str) -> int:
        return _SEARCH_STARTS.get((self._namespace, base), 0) if self._namespace else 0

    def remember(self, base: str, number: int) -> None:
        if self._namespace and number >= _FIRST_CANDIDATES:
            self._pending[self._namespace, base] = number + 1
            if len(self._pending) == 1:
                transaction.on_commit(self._publish)

    def _publish(self) -> None:
        if len(_SEARCH_STARTS) > _MAX_SEARCH_STARTS:
            _SEARCH_STARTS.clear()
        _SEARCH_STARTS.update(self._pending)


_SEARCH_STARTS: dict[tuple[str, str], int] = {}
_MAX_SEARCH_STARTS = 200_000
