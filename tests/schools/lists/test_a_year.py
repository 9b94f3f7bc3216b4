"""A year of feeds: a rule means who serves so that day or lately left for another post, nobody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.directory.values import NewPerson, NumenLayout, Place, Post
from vaguemestre.people.intake import services
from vaguemestre.people.intake.sample import feed_text, sample, structures_text
from vaguemestre.people.intake.services import FeedFiles, ImportContext
from vaguemestre.people.intake.values import ImportTerms
from vaguemestre.schools.lists.queries import rule_members
from vaguemestre.schools.lists.values import Criteria, Rule

START = date(2026, 9, 1)
KEPT = 15  # days after a change of post


def moved(people: list[NewPerson], places: list[Place], day: date, draw: Random) -> list[NewPerson]:
    """What HR says a month later: some leave, some go elsewhere, some serve in two places."""
    told = []
    for person in people:
        posts, chance = list(person.posts), draw.random()
        last = posts[-1]
        if chance < 0.05:
            posts = [
                replace(post, ends_on=min(post.ends_on or day, day))
                for post in posts
                if post.starts_on <= day
            ]
        elif chance < 0.15:
            elsewhere = draw.choice(
                [place.uai for place in places if place.uai not in {p.uai for p in posts}]
            )
            is_second = chance < 0.08
            if not is_second:
                posts = [
                    replace(post, ends_on=min(post.ends_on or day, day), is_primary=False) for post in posts
                ]
            function = draw.choice(("ENS", "DIR", "ADF"))
            new = replace(
                last, uai=elsewhere, starts_on=day + timedelta(days=1), ends_on=None, function=function
            )
            posts.append(replace(new, is_primary=not is_second))
        told.append(replace(person, posts=tuple(posts)))
    return told


def drawn_rule(people: list[NewPerson], places: dict[str, Place], draw: Random) -> Rule:
    """A rule about somebody's post, more or less narrow; sometimes two, sometimes with an exception."""
    return Rule(
        tuple(_criteria(people, places, draw) for _ in range(draw.choice((1, 1, 2)))),
        tuple(_criteria(people, places, draw) for _ in range(draw.choice((0, 0, 1)))),
    )


def _criteria(people: list[NewPerson], places: dict[str, Place], draw: Random) -> Criteria:
    person = draw.choice(people)
    post = draw.choice(person.posts)
    place = places[post.uai]
    asked = {
        "functions": post.function,
        "corps": post.corps,
        "disciplines": post.discipline,
        "categories": str(person.category),
        "kinds": place.kind,
        "departments": place.department,
        "districts": place.district,
        "uais": post.uai,
    }
    chosen = draw.sample([name for name, value in asked.items() if value], 2)
    return Criteria(**{name: (asked[name],) for name in chosen})


def fits(criteria: Criteria, person: NewPerson, post: Post, place: Place) -> bool:
    """The same question asked of what HR said, without the directory."""
    found = {
        "functions": post.function,
        "corps": post.corps,
        "disciplines": post.discipline,
        "categories": str(person.category),
        "kinds": place.kind,
        "departments": place.department,
        "districts": place.district,
        "uais": post.uai,
    }
    return all(
        not getattr(criteria, name) or value in getattr(criteria, name) for name, value in found.items()
    )


def serves(post: Post, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)


def just_left(post: Post, day: date) -> bool:
    return bool(post.ends_on and day - timedelta(days=KEPT) <= post.ends_on < day)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_no_list_contains_somebody_it_should_not(tmp_path: Path, how_many: Callable[[int, int], int]) -> None:
    draw = Random(20260901)
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    setting = ImportContext(academy, numen_keys.get(), 2048, "test", tmp_path / "feed.lock")
    made = sample(how_many(60, 2000), 7, today=START, academy="20", layout=NumenLayout.SEED)
    people, places = list(made.people), {place.uai: place for place in made.places}
    checked = moving = 0
    for month in range(12):
        day = START + timedelta(days=30 * month + 3)
        now = datetime.combine(day, time(12), UTC)
        files = FeedFiles("".join(feed_text(people)).encode(), "".join(structures_text(made.places)).encode())
        terms = ImportTerms(day, grace_days=10, closure_limit_percent=100.0)
        services.apply_feed(files, setting, terms, now=now, progress=lambda *_: None)
        numbers = dict(Person.objects.values_list("dossier", "pk"))
        closed = set(Account.objects.filter(state="closed").values_list("person_id", flat=True))
        for _ in range(how_many(12, 60)):
            rule = drawn_rule(people, places, draw)
            expected = set()
            for person in people:
                served = [(post, places[post.uai]) for post in person.posts if serves(post, day)]
                left = [(post, places[post.uai]) for post in person.posts if just_left(post, day)]
                meant = [*served, *left] if served else []  # whoever left for nowhere is out at once
                is_in = any(fits(c, person, *one) for c in rule.any for one in meant)
                is_out = any(fits(c, person, *one) for c in rule.besides for one in served)
                if is_in and not is_out and numbers[person.dossier] not in closed:
                    expected.add(numbers[person.dossier])
            found = rule_members(rule, now, academy_id=academy)
            assert {one.person_id for one in found} == expected
            assert len({one.address for one in found}) == len(found)
            checked += len(found)
            moving += sum("quitté le" in reason for one in found for reason in one.reasons)
        # told a month later: some moved meanwhile, long ago or lately
        people = moved(people, list(made.places), day + timedelta(days=draw.choice((0, 20))), draw)
    assert checked, "somebody was meant"
    assert moving, "somebody was meant by a post they had left"
    assert Account.objects.filter(state="closed").exists(), "somebody left"
