"""The sample feed: realistic, valid, always the same."""

from collections import Counter
from datetime import date

import pytest

from vaguemestre.people.directory.rules.names import username_base
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake.feed_parsers import hr, structures
from vaguemestre.people.intake.sample import feed_text, sample, structures_text
from vaguemestre.people.intake.sample.feed import Sample

TODAY = date(2026, 11, 25)


def written(agents: int, seed: int, layout: NumenLayout = NumenLayout.SEED) -> tuple[str, str]:
    made = sample(agents, seed, today=TODAY, academy="20", layout=layout)
    return "".join(feed_text(made.people)), "".join(structures_text(made.places))


def sample_of(agents: int) -> Sample:
    return sample(agents, 1, today=TODAY, academy="20", layout=NumenLayout.SEED)


def test_the_same_seed_gives_the_same_files_and_another_gives_others() -> None:
    assert written(300, 4) == written(300, 4)
    assert written(300, 4) != written(300, 5)


@pytest.mark.heavy
@pytest.mark.parametrize("layout", NumenLayout)
@pytest.mark.parametrize("agents", [1, 10, 400, 3000])
def test_every_line_is_good_and_its_establishment_described(agents: int, layout: NumenLayout) -> None:
    feed, places = written(agents, 2, layout)
    reading, described = hr.parse_feed(feed.encode(), TODAY), structures.parse_structures(places.encode())
    assert not reading.refused
    assert not described.refused
    assert len({r.dossier for r in reading.records}) == agents
    assert {r.post.uai for r in reading.records} <= {p.uai for p in described.places}
    assert all(int(p.uai[3:7]) >= 9000 for p in described.places)


@pytest.mark.parametrize("agents", [45_000, 100_000, 1_200_000])
def test_however_many_agents_each_kind_of_establishment_is_there(agents: int) -> None:
    made = sample_of(agents)
    assert len({place.uai for place in made.places}) == len(made.places)
    assert {place.kind for place in made.places} == {place.kind for place in sample_of(400).places}


@pytest.mark.heavy
def test_the_mix_is_that_of_a_real_academie() -> None:
    reading = hr.parse_feed(written(6000, 3)[0].encode(), TODAY)
    people = {r.dossier: r for r in reading.records}.values()
    share = {str(category): count / 60 for category, count in Counter(r.category for r in people).items()}
    assert share["2D_PUBLIC"] == pytest.approx(33.7, abs=2.5)
    assert share["1D_PUBLIC"] == pytest.approx(27.2, abs=2.5)
    assert share["AESH"] == pytest.approx(14.1, abs=2)
    women = [r.civil.civility for r in people].count("Mme") / 60
    assert 60 < women < 80
    several = [n for n in Counter(r.dossier for r in reading.records).values() if n > 1]
    assert 200 < len(several) < 1200
    numens = [r.numen for r in people if r.numen]
    assert len(set(numens)) == len(numens) < 6000


@pytest.mark.heavy
def test_namesakes_are_some_but_not_most() -> None:
    reading = hr.parse_feed(written(4000, 3)[0].encode(), TODAY)
    people = {r.dossier: r.civil for r in reading.records}.values()
    bases = Counter(username_base(c.shown_first_name, c.shown_last_name) for c in people)
    assert 0.65 < len(bases) / 4000 < 0.95
