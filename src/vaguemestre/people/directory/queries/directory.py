"""Reading the directory. Nothing here writes."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import reduce
from itertools import batched
from operator import or_

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    ManagementService,
    NameWord,
    NumenRow,
    Person,
    Structure,
    TakenName,
)
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.nomenclature import function_said
from vaguemestre.people.directory.rules.numen_vault import unseal
from vaguemestre.people.directory.values import (
    CivilStatus,
    KnownElsewhere,
    KnownPerson,
    Listed,
    Numen,
    NumenHeld,
    NumenKeys,
    Place,
    Post,
)

_LISTED = {"person__unlisted": False, "person__hidden_since": None}
_POST_COLUMNS = (
    "structure__uai",
    "starts_on",
    "ends_on",
    "function",
    "status",
    "corps",
    "discipline",
    "is_primary",
)
_PLACE_COLUMNS = ("uai", "name", "kind", "sector", "department", "town", "postal_code", "district")
_IN_ONE_QUESTION = 10_000  # names in one IN (…): far below SQLite's and PostgreSQL's limits


def academy_of_domain(domain: str) -> Academy:
    """Raises Academy.DoesNotExist."""
    return Academy.objects.get(domain=domain)


def find_academy_id(domain: str) -> int:
    """0 when it was never founded."""
    return Academy.objects.filter(domain=domain).values_list("pk", flat=True).first() or 0


def person_by_numen(digest: str) -> Person | None:
    """The holder of that NUMEN, present or former, by its keyed hash."""
    row = NumenRow.objects.select_related("person").filter(digest=digest).first()
    return row.person if row else None


def person_of(person_id: int) -> Person:
    """Raises Person.DoesNotExist."""
    return Person.objects.select_related("academy", "service").get(pk=person_id)


def people_named(person_ids: Collection[int]) -> dict[int, str]:
    """Person → the name they are shown by."""
    found: dict[int, str] = {}
    for some in batched(person_ids, _IN_ONE_QUESTION):
        found |= {person.pk: person.shown_name for person in Person.objects.filter(pk__in=some)}
    return found


def people_by_name(typed: str, *, limit: int) -> tuple[int, ...]:
    """People of whom each word typed begins a name, in any order, accents or not; by index."""
    words = [word for word in fold(typed).split("-") if word]
    found = Person.objects.all()
    for word in words:
        named = NameWord.objects.filter(begins("word", word))
        found = found.filter(pk__in=named.values("person_id"))
    return tuple(found.values_list("pk", flat=True)[:limit]) if words else ()


def person_by_number(person_id: int) -> Person | None:
    """None for 0 and for whoever is not there."""
    return Person.objects.filter(pk=person_id).first()


def heads_near(person_id: int, day: date) -> list[int]:
    """Who leads an establishment where that person serves that day (themselves apart), by person."""
    served = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    places = Assignment.objects.filter(served, person_id=person_id).values("structure_id")
    heads = Assignment.objects.filter(served, structure__in=places, function="DIR").exclude(
        person_id=person_id
    )
    return list(heads.order_by("person_id").values_list("person_id", flat=True).distinct())


def current_numen(person_id: int, keys: NumenKeys) -> Numen | None:
    """The NUMEN in clear: for the letter and the officer in charge only, who journal the reading."""
    row = NumenRow.objects.filter(person_id=person_id, is_current=True).first()
    return unseal(bytes(row.ciphertext), keys) if row and row.ciphertext else None


def masked_numens(person_ids: Collection[int], keys: NumenKeys) -> dict[int, str]:
    """Person → their current NUMEN, masked; nobody who has none, or whose civil status is erased."""
    rows = NumenRow.objects.filter(person_id__in=person_ids, is_current=True).exclude(ciphertext=b"")
    return {
        person_id: unseal(bytes(sealed), keys).masked
        for person_id, sealed in rows.values_list("person_id", "ciphertext")
    }


def people_by_dossier(academy_id: int, dossiers: Collection[str]) -> dict[str, int]:
    """Dossier → person, for those of the académie."""
    rows = Person.objects.filter(academy_id=academy_id, dossier__in=dossiers)
    return dict(rows.values_list("dossier", "pk"))


def numens_held(person_id: int, keys: NumenKeys) -> tuple[NumenHeld, ...]:
    """Every NUMEN somebody had, masked, the current one first; none once their civil status is erased."""
    rows = NumenRow.objects.filter(person_id=person_id).order_by("-is_current", "-since", "-pk")
    return tuple(
        NumenHeld(unseal(bytes(row.ciphertext), keys).masked, row.since, row.is_current)
        for row in rows
        if row.ciphertext
    )


def people_in(structure_id: int, day: date) -> QuerySet[Person]:
    """Those assigned there that day."""
    served = Q(assignments__structure_id=structure_id, assignments__starts_on__lte=day) & (
        Q(assignments__ends_on__isnull=True) | Q(assignments__ends_on__gte=day)
    )
    return Person.objects.filter(served).distinct().order_by("usage_name", "birth_name", "first_name")


def known_elsewhere(academy_id: int, digests: Collection[str] | None = None) -> dict[str, KnownElsewhere]:
    """Digest of NUMEN → somebody of another académie of this installation; of those NUMENs, or of all."""
    found = NumenRow.objects.all() if digests is None else NumenRow.objects.filter(digest__in=digests)
    rows = (
        found.exclude(person__academy_id=academy_id)
        .select_related("person")
        .annotate(last_start=Max("person__assignments__starts_on"))
    )
    return {
        row.digest: KnownElsewhere(row.person_id, civil_of(row.person), row.last_start or date.min)
        for row in rows.iterator(2000)
    }


def civil_of(person: Person) -> CivilStatus | None:
    """None once it was erased."""
    return _civil(
        person.civility,
        person.birth_name,
        person.usage_name,
        person.first_name,
        person.birth_date,
        person.chosen_first_name,
    )


def _civil(
    civility: str, birth_name: str, usage_name: str, first_name: str, born: date | None, chosen: str
) -> CivilStatus | None:
    return CivilStatus(civility, birth_name, usage_name, first_name, born, chosen) if born else None


def people_over(today: date, person_ids: Collection[int] | None = None) -> dict[int, date]:
    """Person → last day served, for those (of these people, if given) whose every assignment is over."""
    posts = Assignment.objects.all()
    posts = posts if person_ids is None else posts.filter(person_id__in=person_ids)
    rows = posts.values("person_id").annotate(
        last=Max("ends_on"), endless=Count("pk", filter=Q(ends_on=None))
    )
    over = rows.filter(endless=0, last__lt=today)
    return dict(over.values_list("person_id", "last"))


def people_serving(person_ids: Collection[int], today: date) -> frozenset[int]:
    """Those of them with an assignment that goes on, or is to come."""
    found: set[int] = set()
    for some in batched(person_ids, _IN_ONE_QUESTION):
        rows = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), person_id__in=some)
        found |= set(rows.values_list("person_id", flat=True))
    return frozenset(found)


def private_address(person_id: int) -> str:
    """The backup address HR knows, or the person gave; "" without one."""
    return Person.objects.filter(pk=person_id).values_list("recovery_address", flat=True).first() or ""


def posts_of(person_id: int) -> list[Post]:
    """Every assignment of somebody, past ones too."""
    rows = Assignment.objects.filter(person_id=person_id).order_by("starts_on", "id")
    return [Post(*row) for row in rows.values_list(*_POST_COLUMNS)]


def structures_of(person_id: int, day: date) -> tuple[tuple[int, str], ...]:
    """(id, name) of the establishments somebody is assigned to that day."""
    here = Assignment.objects.filter(person_id=person_id, starts_on__lte=day)
    served = here.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    return tuple(served.order_by("structure__name").distinct().values_list("structure_id", "structure__name"))


def places_of(person_id: int) -> list[tuple[str, str]]:
    """(name, town) of every establishment somebody was ever assigned to."""
    rows = Structure.objects.filter(assignments__person_id=person_id).distinct().order_by("id")
    return list(rows.values_list("name", "town"))


def placed_posts_of(person_id: int) -> list[tuple[Post, str]]:
    """The assignments of somebody, each with the name of its establishment."""
    names = Assignment.objects.filter(person_id=person_id).values_list("structure__uai", "structure__name")
    known = dict(names)
    return [(post, known[post.uai]) for post in posts_of(person_id)]


def served_places(person_id: int, day: date) -> list[tuple[Post, Place]]:
    """The assignments somebody serves that day, each with its establishment; the main one first."""
    rows = Assignment.objects.filter(
        Q(person_id=person_id, starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    )
    columns = [f"structure__{name}" for name in _PLACE_COLUMNS]
    read = rows.order_by("-is_primary", "starts_on", "id").values_list(*_POST_COLUMNS, *columns)
    return [(Post(*row[: len(_POST_COLUMNS)]), Place(*row[len(_POST_COLUMNS) :])) for row in read]


def addresses_by_person(person_ids: Collection[int] | None = None) -> dict[int, list[tuple[str, bool, bool]]]:
    """For each person (address, is primary, may send), primary first."""
    found: dict[int, list[tuple[str, bool, bool]]] = defaultdict(list)
    for rows in _address_rows(person_ids):
        ordered = rows.order_by("-is_primary", "id")
        columns = ordered.values_list("person_id", "address", "is_primary", "may_send")
        for person_id, address, is_primary, may_send in columns:
            found[person_id].append((address, is_primary, may_send))
    return found


def _address_rows(person_ids: Collection[int] | None) -> Iterator[QuerySet[MailAddress]]:
    if person_ids is None:
        yield MailAddress.objects.all()
        return
    for some in batched(person_ids, _IN_ONE_QUESTION):
        yield MailAddress.objects.filter(person_id__in=some)


def primary_address(person_id: int) -> str | None:
    return (
        MailAddress.objects.filter(person_id=person_id, is_primary=True)
        .values_list("address", flat=True)
        .first()
    )


def people_like(typed: str, *, limit: int) -> tuple[Listed, ...]:
    """Listed people of whom each word typed begins a name, by their primary address (docs/domain.md §2.3).

    The first word finds them by index, the others sort them out; posts are read for those found only: some
    2 ms for 45,000 people.
    """
    words = re.findall(r"[a-z0-9]+", fold(typed.partition("@")[0].replace(".", " ")))
    if not words:
        return ()
    wanted = Q(is_primary=True, may_send=True, **_LISTED)
    for word in words[1:]:
        wanted &= (
            Q(address__startswith=word) | Q(address__contains=f".{word}") | Q(address__contains=f"-{word}")
        )
    if "@" in typed:
        wanted &= Q(address__contains="@" + typed.partition("@")[2].strip().lower())
    rows: dict[int, MailAddress] = {}
    for column in ("address", "surname", "second_surname"):
        begun = MailAddress.objects.filter(wanted, begins(column, words[0])).select_related("person")
        rows |= {row.person_id: row for row in begun[:limit]}
        if len(rows) >= limit:
            break
    chosen = list(rows.values())[:limit]
    details = _details([row.person_id for row in chosen])
    found = [
        Listed(row.person_id, row.person.shown_name, row.address, details.get(row.person_id, ""))
        for row in chosen
    ]
    return tuple(sorted(found, key=lambda listed: (listed.name, listed.detail)))


def listed_by_address(addresses: Collection[str]) -> dict[str, Listed]:
    """Address (lower case) → the listed person who receives there, former addresses included."""
    found: dict[str, Listed] = {}
    rows = MailAddress.objects.filter(**_LISTED).select_related("person")
    for some in batched(addresses, _IN_ONE_QUESTION):
        here = list(rows.filter(address__in=some))
        details = _details([row.person_id for row in here])
        for row in here:
            shown = details.get(row.person_id, "")
            found[row.address] = Listed(row.person_id, row.person.shown_name, row.address, shown)
    return found


def with_homonyms(addresses: Collection[str]) -> set[str]:
    """Those of the addresses that another person's differs from by its number only (docs/domain.md §2.3)."""
    stems = {address: re.sub(r"\d*(?=@)", "", address, count=1) for address in addresses}
    variants = {stem.replace("@", f"{number}@", 1) for stem in stems.values() for number in ("", 1, 2, 3)}
    taken: dict[str, set[int]] = defaultdict(set)
    for some in batched(variants, _IN_ONE_QUESTION):
        rows = MailAddress.objects.filter(address__in=some, **_LISTED)
        for address, person_id in rows.values_list("address", "person_id"):
            taken[re.sub(r"\d*(?=@)", "", address, count=1)].add(person_id)
    return {address for address, stem in stems.items() if len(taken[stem]) > 1}


def begins(column: str, word: str) -> Q:
    """That the column begins with the word (ASCII), said so that the index serves."""
    if connection.vendor != "sqlite":
        return Q(**{f"{column}__startswith": word})
    following = word[:-1] + chr(ord(word[-1]) + 1)  # SQLite's LIKE with ESCAPE never uses an index
    return Q(**{f"{column}__gte": word, f"{column}__lt": following})


def people_found(
    typed: str, *, backwards: bool = False, first: int = 0, count: int
) -> tuple[tuple[Listed, ...], int]:
    """Anybody whose names, addresses or places hold every word typed, and how many they are.

    For the help desk: those who are not listed too.
    """
    found = Person.objects.all()
    for word in typed.split()[:6]:
        plain = word.lower() if "@" in word else fold(word) or word
        addresses = MailAddress.objects.filter(address__contains=plain)
        places = Structure.objects.filter(
            Q(name__icontains=word) | Q(town__icontains=word) | Q(uai__iexact=word)
        )
        posts = Assignment.objects.filter(structure__in=places)
        found = found.filter(
            Q(pk__in=addresses.values("person_id"))
            | Q(pk__in=posts.values("person_id"))
            | Q(birth_name__icontains=word)
            | Q(usage_name__icontains=word)
        )
    order = ("birth_name", "first_name", "pk")
    ordered = found.order_by(*(f"-{one}" if backwards else one for one in order))
    people = list(ordered[first : first + count])
    details = _details([person.pk for person in people])
    addresses_of = addresses_by_person([person.pk for person in people])
    listed = (
        Listed(
            person.pk,
            person.shown_name,
            next((address for address, _, _ in addresses_of.get(person.pk, ())), ""),
            details.get(person.pk, ""),
        )
        for person in people
    )
    return tuple(listed), found.count()


def place_of(person_id: int) -> str:
    """Function and school of somebody's newest post; "" without one."""
    return _details([person_id]).get(person_id, "")


def places_by_person(person_ids: Collection[int]) -> dict[int, str]:
    """Function and school of each one's newest post."""
    return _details(person_ids)


def numen_digests_of(person_id: int) -> list[str]:
    """The keyed hashes of the NUMENs somebody ever held."""
    return list(NumenRow.objects.filter(person_id=person_id).values_list("digest", flat=True))


def _details(person_ids: Collection[int]) -> dict[int, str]:
    """Function and school of each one's newest post."""
    posts = Assignment.objects.filter(person_id__in=person_ids).order_by("is_primary", "starts_on", "id")
    columns = ("person_id", "function", "structure__name", "structure__town")
    shown = {}
    for person_id, function, name, town in posts.values_list(*columns):
        place = name if not town or town.casefold() in name.casefold() else f"{name}, {town}"
        shown[person_id] = " · ".join(part for part in (function_said(function), place) if part)
    return shown


def taken_among(kind: str, names: Iterable[str]) -> set[str]:
    """Those of the names that were given once, whoever has them."""
    taken: set[str] = set()
    for some in batched(names, _IN_ONE_QUESTION):
        taken.update(
            TakenName.objects.filter(kind=kind, name__in=some).values_list("name", flat=True),
        )
    return taken


def structure_ids(academy_id: int) -> dict[str, int]:
    """Every establishment of the académie: UAI → id."""
    return dict(Structure.objects.filter(academy_id=academy_id).values_list("uai", "id"))


def structures_by_uai(uais: Collection[str]) -> dict[str, tuple[int, str]]:
    """UAI → (id, name)."""
    rows = Structure.objects.filter(uai__in=uais).values_list("uai", "id", "name")
    return {uai: (pk, name) for uai, pk, name in rows}


def known_addresses(addresses: Collection[str]) -> set[str]:
    """Those that are somebody's."""
    found: set[str] = set()
    for some in batched(addresses, _IN_ONE_QUESTION):
        found.update(MailAddress.objects.filter(address__in=some).values_list("address", flat=True))
    return found


def service_ids(academy_id: int) -> dict[str, int]:
    """Every management service of the académie: code → id."""
    return dict(ManagementService.objects.filter(academy_id=academy_id).values_list("code", "id"))


def known_for_intake(academy_id: int, person_ids: Collection[int] | None = None) -> Iterator[KnownPerson]:
    """Everybody of the académie as a feed compares them, or some: three queries, whatever their number."""
    digests = _digests(academy_id, person_ids)
    posts = _posts(academy_id, person_ids)
    columns = (
        "id",
        "dossier",
        "civility",
        "birth_name",
        "usage_name",
        "first_name",
        "birth_date",
        "chosen_first_name",
        "category",
        "recovery_address",
    )
    found = Person.objects.filter(academy_id=academy_id)
    found = found if person_ids is None else found.filter(pk__in=person_ids)
    people = found.order_by("pk").values_list(*columns)
    for pk, dossier, civility, birth, usage, first, born, chosen, category, recovery in people.iterator(2000):
        yield KnownPerson(
            person_id=pk,
            dossier=dossier,
            civil=_civil(civility, birth, usage, first, born, chosen),
            category=category,
            numen_digests=tuple(digests.get(pk, ())),
            recovery_address=recovery,
            posts=tuple(posts.get(pk, ())),
        )


def dossiers_for_intake(academy_id: int) -> Iterator[tuple[int, str]]:
    """(id, dossier) of everybody, by increasing id."""
    people = Person.objects.filter(academy_id=academy_id).order_by("pk")
    return people.values_list("id", "dossier").iterator(2000)


def served_for_intake(academy_id: int) -> Iterator[tuple[int, CivilStatus, str]]:
    """(id, civil status, school) of everybody, once for each post; whoever was erased is left out."""
    people = Person.objects.filter(academy_id=academy_id).exclude(birth_date=None)
    columns = ("civility", "birth_name", "usage_name", "first_name", "birth_date", "chosen_first_name")
    for person_id, uai, *civil in people.values_list("id", "assignments__structure__uai", *columns).iterator(
        2000
    ):
        yield person_id, CivilStatus(*civil), uai or ""


def numen_digests_for_intake(academy_id: int) -> Iterator[tuple[int, str]]:
    """(person, keyed hash) of every NUMEN, present or former."""
    rows = NumenRow.objects.filter(person__academy_id=academy_id)
    return rows.values_list("person_id", "digest").iterator(2000)


def count_people() -> int:
    """Of every académie here."""
    return Person.objects.count()


def count_people_elsewhere(academy_id: int) -> int:
    """Of the other académies here."""
    return Person.objects.exclude(academy_id=academy_id).count()


def _digests(academy_id: int, person_ids: Collection[int] | None) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = NumenRow.objects.filter(person__academy_id=academy_id).order_by("-is_current", "-id")
    rows = rows if person_ids is None else rows.filter(person_id__in=person_ids)
    for person_id, digest in rows.values_list("person_id", "digest").iterator(2000):
        found[person_id].append(digest)
    return found


def _posts(academy_id: int, person_ids: Collection[int] | None) -> Mapping[int, list[Post]]:
    found: dict[int, list[Post]] = defaultdict(list)
    rows = Assignment.objects.filter(person__academy_id=academy_id)
    rows = rows if person_ids is None else rows.filter(person_id__in=person_ids)
    for person_id, *post in rows.values_list("person_id", *_POST_COLUMNS).iterator(2000):
        found[person_id].append(Post(*post))
    for several in found.values():
        several.sort(key=lambda post: post.key)  # a database gives rows in an order of its own
    return found


def listed_at(address: str) -> Listed | None:
    """The listed person who has that address (any case), with function and school; None for nobody."""
    row = (
        MailAddress.objects.filter(address=address.strip().lower(), **_LISTED)
        .select_related("person")
        .first()
    )
    if row is None:
        return None
    return Listed(row.person_id, row.person.shown_name, row.address, place_of(row.person_id))


def listed_names(addresses: Collection[str]) -> dict[str, str]:
    """Address (lower case) → the name of the listed person who has it. One question for a page of rows."""
    rows = MailAddress.objects.filter(address__in=addresses, **_LISTED).select_related("person")
    return {row.address: row.person.shown_name for row in rows}


def addresses_near(names: Iterable[tuple[str, str]], *, limit: int = 60) -> tuple[str, ...]:
    """Addresses of listed people worth comparing with names (first, last; folded).

    Same first name and initial of the surname, or same surname and initial of the first name; as many as
    there are, or `limit` of each sort. One question, by index; one for each sort when there are too many.
    """
    ways = [way for first, last in names if first and last for way in _ways_to_be_near(first, last)]
    if not ways:
        return ()
    listed = MailAddress.objects.filter(is_primary=True, **_LISTED).values_list("address", flat=True)
    most = limit * len(ways)
    found = tuple(listed.filter(reduce(or_, ways))[:most])
    return found if len(found) < most else tuple(one for way in ways for one in listed.filter(way)[:limit])


def _ways_to_be_near(first: str, last: str) -> tuple[Q, Q]:
    return (
        begins("address", f"{first}.{last[0]}"),
        Q(begins("surname", last), address__startswith=first[0]),
    )
