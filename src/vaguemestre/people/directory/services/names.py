"""Giving names once and for ever: usernames, addresses (docs/domain.md §2.3)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count, islice

from django.db import connection, transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.models import TakenName
from vaguemestre.people.directory.rules import names as naming
from vaguemestre.people.directory.values import CivilStatus, Names

type _TakenOf = Callable[[Collection[str]], set[str]]

_LOCK = 0x4E41_4D45
_FIRST_REACH = 8  # candidates asked about at once; few people have more homonyms


def take_technical_names(username: str, mailbox: str) -> None:
    """Keep a name for an account that belongs to nobody. Inside the caller's transaction. Idempotent."""
    TakenName.objects.get_or_create(kind=TakenName.Kind.USERNAME, name=username)
    TakenName.objects.get_or_create(kind=TakenName.Kind.ADDRESS, name=mailbox)


def take_address(person_id: int | None, address: str) -> None:
    """Keep an address out of everybody else's reach, for ever. Inside the caller's transaction.

    Raises Refusal `directory.address-taken`.
    """
    if queries.taken_among(TakenName.Kind.ADDRESS, [address]):
        raise Refusal("directory.address-taken", address=address)
    TakenName.objects.create(kind=TakenName.Kind.ADDRESS, name=address, person_id=person_id)


def free_names(civils: Sequence[CivilStatus], domain: str) -> list[Names]:
    """Names nobody was ever given, in the order of the people; not kept yet. Inside the caller's transaction.

    Raises Refusal `directory.name-unwritable`.
    """
    one_at_a_time()
    shown = [(c.shown_first_name, c.shown_last_name) for c in civils]
    usernames = _allotted(
        [naming.username_base(*name) for name in shown],
        naming.USERNAME_LIMIT,
        lambda asked: _taken_usernames(asked, domain),
        _Reached(f"username {domain}"),
    )
    addresses = free_locals(shown, domain)
    return [
        Names(username, f"{local}@{domain}", f"{username}@{domain}")
        for username, local in zip(usernames, addresses, strict=True)
    ]


def free_locals(shown: Sequence[tuple[str, str]], domain: str) -> list[str]:
    """Local parts nobody was ever given in that domain, for those (first name, last name).

    Inside the caller's transaction.
    """
    one_at_a_time()
    return _allotted(
        [naming.address_base(*name) for name in shown],
        naming.LOCAL_PART_LIMIT,
        lambda asked: _taken_locals(asked, domain),
        _Reached(f"address {domain}"),
    )


def one_at_a_time() -> None:
    """Until the caller's transaction ends, what is found free stays free. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _taken_usernames(asked: Collection[str], domain: str) -> set[str]:
    # The mailbox is username@domain: that address must be free too.
    return queries.taken_among(TakenName.Kind.USERNAME, asked) | _taken_locals(asked, domain)


def _taken_locals(asked: Collection[str], domain: str) -> set[str]:
    taken = queries.taken_among(TakenName.Kind.ADDRESS, [f"{name}@{domain}" for name in asked])
    return {name.removesuffix(f"@{domain}") for name in taken}


def _allotted(
    bases: Sequence[str], limit: int, taken_of: _TakenOf, reached: "_Reached | None" = None
) -> list[str]:
    """The first free candidate for each base, in order; one question for all, more only for many homonyms."""
    reached = reached or _Reached("")
    froms = {base: reached.of(base) for base in set(bases)}
    starts = {base: list(islice(_numbered(base, limit, froms[base]), _FIRST_REACH)) for base in froms}
    before = {base: naming.numbered(base, number - 1, limit) for base, number in froms.items() if number}
    asked = {name for start in starts.values() for _, name in start}
    taken = taken_of(asked.union(before.values()))
    streams = {
        # What was reached is not so any more where the name before it is free: another database.
        base: _free(base, limit, start, taken, taken_of)
        if before.get(base) in taken or base not in before
        else _free(base, limit, [], taken, taken_of)
        for base, start in starts.items()
    }
    given: set[str] = set()
    chosen = []
    for base in bases:
        number, name = next(one for one in streams[base] if one[1] not in given)
        given.add(name)
        chosen.append(name)
        reached.comes_to(base, number)
    return chosen


def _numbered(base: str, limit: int, first: int) -> Iterator[tuple[int, str]]:
    """The candidates from that number on, each with its number."""
    candidates = ((number, naming.numbered(base, number, limit)) for number in count(first))
    return (one for one in candidates if not naming.is_reserved(one[1]))


def _free(
    base: str, limit: int, start: list[tuple[int, str]], taken: set[str], taken_of: _TakenOf
) -> Iterator[tuple[int, str]]:
    yield from (one for one in start if one[1] not in taken)
    further = _numbered(base, limit, start[-1][0] + 1 if start else 0)
    reach = _FIRST_REACH
    while True:
        reach *= 4
        asked = list(islice(further, reach))
        taken = taken_of([name for _, name in asked])
        yield from (one for one in asked if one[1] not in taken)


class _Reached:
    """The number from which free names are looked for, base by base: those before are taken, for ever.

    Told once what gives them is committed; without it the thousandth homonym would be looked for among all.
    """

    def __init__(self, what: str) -> None:
        self._what, self._fresh = what, dict[tuple[str, str], int]()

    def of(self, base: str) -> int:
        return _REACHED.get((self._what, base), 0) if self._what else 0

    def comes_to(self, base: str, number: int) -> None:
        if self._what and number >= _FIRST_REACH:
            self._fresh[self._what, base] = number + 1
            if len(self._fresh) == 1:
                transaction.on_commit(self._keep)

    def _keep(self) -> None:
        if len(_REACHED) > _REACHED_AT_MOST:
            _REACHED.clear()
        _REACHED.update(self._fresh)


_REACHED: dict[tuple[str, str], int] = {}
_REACHED_AT_MOST = 200_000
