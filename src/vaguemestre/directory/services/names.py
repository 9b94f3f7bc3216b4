"""Giving names once and for ever: usernames, addresses (DOMAIN.md §2.3)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, islice

from django.db import connection

from vaguemestre.directory import queries
from vaguemestre.directory.models import TakenName
from vaguemestre.directory.rules import names as naming
from vaguemestre.directory.values import CivilStatus, Names
from vaguemestre.kernel.errors import Refusal

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


def _allotted(bases: Sequence[str], limit: int, taken_of: _TakenOf) -> list[str]:
    """The first free candidate for each base, in order; one question for all, more only for many homonyms."""
    starts = {base: list(islice(naming.candidates(base, limit), _FIRST_REACH)) for base in set(bases)}
    taken = taken_of(set(chain.from_iterable(starts.values())))
    streams = {base: _free(base, limit, start, taken, taken_of) for base, start in starts.items()}
    given: set[str] = set()
    chosen = []
    for base in bases:
        name = next(name for name in streams[base] if name not in given)
        given.add(name)
        chosen.append(name)
    return chosen


def _free(base: str, limit: int, start: list[str], taken: set[str], taken_of: _TakenOf) -> Iterator[str]:
    yield from (name for name in start if name not in taken)
    further = islice(naming.candidates(base, limit), len(start), None)
    reach = _FIRST_REACH
    while True:
        reach *= 4
        asked = list(islice(further, reach))
        taken = taken_of(asked)
        yield from (name for name in asked if name not in taken)
