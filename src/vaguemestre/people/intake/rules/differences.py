"""Differences between somebody known and what a feed makes of them: field, before, after."""

from collections.abc import Iterable, Sequence
from datetime import date

from vaguemestre.people.directory.values import CivilStatus, KnownPerson, PersonChange, Post
from vaguemestre.people.intake.values import Difference, Field

_NO_CIVIL = CivilStatus("", "", "", "", date.min)
_CIVIL = (
    (Field.CIVILITY, "civility"),
    (Field.BIRTH_NAME, "birth_name"),
    (Field.USAGE_NAME, "usage_name"),
    (Field.FIRST_NAME, "first_name"),
)
_OF_A_POST = (
    (Field.STATUS, "status"),
    (Field.CORPS, "corps"),
    (Field.DISCIPLINE, "discipline"),
)


def differences(change: PersonChange, person: KnownPerson) -> tuple[Difference, ...]:
    """What becomes different, in the order of the columns; days are ISO.

    A former NUMEN is known by its hash only: `before` is then None, for whoever may unseal it.
    """
    return (
        *_of_identity(change, person),
        *_of_civil_status(change.civil, person.civil),
        *_of_posts(change.posts, person.posts),
    )


def _of_identity(change: PersonChange, person: KnownPerson) -> Iterable[Difference]:
    if change.dossier is not None:
        yield Difference(Field.DOSSIER, person.dossier, change.dossier)
    if change.numen is not None:
        yield Difference(Field.NUMEN, None if person.numen_digests else "", change.numen.masked)
    if change.category is not None:
        yield Difference(Field.CATEGORY, person.category, change.category)
    if change.recovery_address is not None:
        yield Difference(Field.RECOVERY_ADDRESS, person.recovery_address, change.recovery_address)


def _of_civil_status(told: CivilStatus | None, known: CivilStatus | None) -> Iterable[Difference]:
    if told is None:
        return
    held = known or _NO_CIVIL
    for field, name in _CIVIL:
        before, after = getattr(held, name), getattr(told, name)
        if before != after:
            yield Difference(field, before, after)
    if held.birth_date != told.birth_date:
        before = held.birth_date.isoformat() if known else ""
        yield Difference(Field.BIRTH_DATE, before, told.birth_date.isoformat())


def _of_posts(written: Sequence[Post], held: Sequence[Post]) -> Iterable[Difference]:
    known = {post.key: post for post in held}
    for post in written:
        former = known.get(post.key)
        if former is None:
            yield Difference(Field.POST, "", post.starts_on.isoformat(), post.uai)
            if post.ends_on:
                yield Difference(Field.END, "", post.ends_on.isoformat(), post.uai)
            continue
        if former.ends_on != post.ends_on:
            yield Difference(Field.END, _day(former.ends_on), _day(post.ends_on), post.uai)
        for field, name in _OF_A_POST:
            before, after = getattr(former, name), getattr(post, name)
            if before != after:
                yield Difference(field, before, after, post.uai)
    before, after = _primary(held), _primary([*(p for p in held if p.key not in _keys(written)), *written])
    if before and after and before != after:
        yield Difference(Field.PRIMARY, before, after)


def _keys(posts: Sequence[Post]) -> set[tuple[str, date, str]]:
    return {post.key for post in posts}


def _primary(posts: Sequence[Post]) -> str:
    """The school (UAI) of the newest primary post, or ""."""
    primary = sorted((post.starts_on, post.uai) for post in posts if post.is_primary)
    return primary[-1][1] if primary else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
