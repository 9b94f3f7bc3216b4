"""Field differences between a registered person and the change a feed makes."""

from collections.abc import Iterable, Sequence
from datetime import date

from vaguemestre.people.directory.values import CivilStatus, KnownPerson, PersonChange, Post
from vaguemestre.people.intake.values import Difference, Field

_NO_CIVIL = CivilStatus("", "", "", "", date.min)
_CIVIL_FIELDS = (
    (Field.CIVILITY, "civility"),
    (Field.BIRTH_NAME, "birth_name"),
    (Field.USAGE_NAME, "usage_name"),
    (Field.FIRST_NAME, "first_name"),
)
_POST_FIELDS = (
    (Field.STATUS, "status"),
    (Field.CORPS, "corps"),
    (Field.DISCIPLINE, "discipline"),
)


def field_differences(change: PersonChange, person: KnownPerson) -> tuple[Difference, ...]:
    """The fields that change, in the order of the columns; days are ISO.

    Only the hash of a former NUMEN is at hand: `before` is then None, and unsealed by the caller.
    """
    return (
        *_identity_differences(change, person),
        *_civil_status_differences(change.civil, person.civil),
        *_post_differences(change.posts, person.posts),
    )


def _identity_differences(change: PersonChange, person: KnownPerson) -> Iterable[Difference]:
    if change.dossier is not None:
        yield Difference(Field.DOSSIER, person.dossier, change.dossier)
    if change.numen is not None:
        yield Difference(Field.NUMEN, None if person.numen_digests else "", change.numen.masked)
    if change.category is not None:
        yield Difference(Field.CATEGORY, person.category, change.category)
    if change.recovery_address is not None:
        yield Difference(Field.RECOVERY_ADDRESS, person.recovery_address, change.recovery_address)


def _civil_status_differences(new: CivilStatus | None, former: CivilStatus | None) -> Iterable[Difference]:
    if new is None:
        return
    current = former or _NO_CIVIL
    for field, name in _CIVIL_FIELDS:
        before, after = getattr(current, name), getattr(new, name)
        if before != after:
            yield Difference(field, before, after)
    if current.birth_date != new.birth_date:
        before = current.birth_date.isoformat() if former else ""
        yield Difference(Field.BIRTH_DATE, before, new.birth_date.isoformat())


def _post_differences(changed: Sequence[Post], current: Sequence[Post]) -> Iterable[Difference]:
    current_by_key = {post.key: post for post in current}
    for post in changed:
        former = current_by_key.get(post.key)
        if former is None:
            yield Difference(Field.POST, "", post.starts_on.isoformat(), post.uai)
            if post.ends_on:
                yield Difference(Field.END, "", post.ends_on.isoformat(), post.uai)
            continue
        if former.ends_on != post.ends_on:
            yield Difference(Field.END, _iso_day(former.ends_on), _iso_day(post.ends_on), post.uai)
        for field, name in _POST_FIELDS:
            before, after = getattr(former, name), getattr(post, name)
            if before != after:
                yield Difference(field, before, after, post.uai)
    changed_keys = {post.key for post in changed}
    before = _primary_school(current)
    after = _primary_school([*(p for p in current if p.key not in changed_keys), *changed])
    if before and after and before != after:
        yield Difference(Field.PRIMARY, before, after)


def _primary_school(posts: Sequence[Post]) -> str:
    """The school (UAI) of the newest primary post, or ""."""
    primary = sorted((post.starts_on, post.uai) for post in posts if post.is_primary)
    return primary[-1][1] if primary else ""


def _iso_day(day: date | None) -> str:
    return day.isoformat() if day else ""
