"""Every process ends at once, again and again, under work of every kind: each message is accounted for.

Dovecot marks a message as taken after it has stored it (`05-once.sieve`): a cut between the two makes a
second copy when Postfix hands that message over again. A move is a copy, then a removal: a cut between
the two leaves a message in both folders, which this campaign still finds: it is for long runs.
"""

import logging
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import wait_until
from tests.journeys.cuts import (
    Actor,
    Cuttable,
    ListWriter,
    Mover,
    Officer,
    Outsider,
    Writer,
    counted_subjects,
    cuttable,
    header_subject,
)
from tests.journeys.seen import sign_in

pytestmark = [
    pytest.mark.engines,
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("VAGUEMESTRE_LONG"), reason="bin/test --long"),
]
_LOG = logging.getLogger(__name__)
SEED = 20261128
FAMILIES = 10  # of the list
ONE_IN = 4  # cuts strikes while the instance starts
LONGEST_WORK_SECONDS, LONGEST_START_SECONDS = 5.0, 6.0


@pytest.fixture
def instance() -> Iterator[Cuttable]:
    with cuttable() as made:
        yield made


def list_address(page: Page, instance: Cuttable, tag: str) -> str:
    """A new list of families outside, of the head of the school."""
    head = instance.account("head")
    sign_in(page, instance.web, head["username"], head["password"])
    page.goto(f"{instance.web}/listes/nouvelle")
    page.get_by_label("Titre").fill("Parents délégués")
    page.get_by_label("Nom dans l’adresse").fill(f"parents-{tag}")
    page.get_by_label("Composée à la main").check()
    page.get_by_role("button", name="Créer la liste").click()
    families = [f"parent{n}.{tag}@famille.example" for n in range(FAMILIES)]
    page.get_by_label("Adresses à inscrire").fill("\n".join(families))
    page.get_by_role("button", name="Inscrire").click()
    expect(page.get_by_text(f"{FAMILIES} inscriptions")).to_be_visible()
    return page.locator(".list-address code").inner_text()


@pytest.mark.timeout(7200)
def test_nothing_is_lost_doubled_or_half_done_when_everything_ends_at_once(
    instance: Cuttable, page: Page, tmp_path: Path, how_many: Callable[[int, int], int]
) -> None:
    tag, cuts, drawn = (
        secrets.token_hex(4),
        how_many(12, 200),
        random.Random(SEED),
    )
    outsider, writer, mover = (kind(instance, tag) for kind in (Outsider, Writer, Mover))
    lists = ListWriter(instance, tag, list_address(page, instance, tag))
    officer = Officer(instance, tag, tmp_path, rounds=how_many(3, 20))
    assert isinstance(mover, Mover)
    mover.fill()
    actors: list[Actor] = [outsider, writer, lists, mover, officer]
    for actor in actors:
        actor.start()
    for number in range(cuts):
        time.sleep(drawn.uniform(0, LONGEST_WORK_SECONDS))  # the moment is drawn: no event is awaited
        instance.cut()
        if number % ONE_IN == 0:
            instance.begin()
            time.sleep(drawn.uniform(0, LONGEST_START_SECONDS))
            instance.cut()
        instance.start()
    for actor in actors:
        actor.end()
    done = {actor.name: f"{len(actor.promised)} of {actor.tried}" for actor in actors}
    _LOG.info("%d cuts; %s; commands that did not end well: %s", cuts, done, officer.refusals)
    assert_each_once(instance, writer, "outside", "INBOX", doubled=cuts)
    assert_each_once(instance, writer, "teacher", "Sent")
    assert counted_subjects(instance, "teacher", "Drafts", f"Writer {tag}") == Counter()
    assert_each_once(instance, outsider, "teacher", "INBOX", doubled=cuts)
    assert_whole_letters(instance, lists, doubled=cuts)
    both = Counter[str]()
    for folder in Mover.FOLDERS:
        both += counted_subjects(instance, "colleague", folder, f"Mover {tag}")
    assert both == {mover.subject(number): 1 for number in range(Mover.MESSAGES)}
    assert_officer_is_right(instance, officer)


def assert_each_once(instance: Cuttable, actor: Actor, role: str, folder: str, *, doubled: int = 0) -> None:
    """Each promised message once, at most `doubled` of them twice; one that had no answer once at most."""
    promised = {actor.subject(number) for number in actor.promised}
    mark = f"{actor.name} {actor.tag}"

    def missing() -> set[str]:
        instance.flush_queue()
        return promised - counted_subjects(instance, role, folder, mark).keys()

    wait_until(lambda: not missing(), 300, lambda: f"{mark}: lost {missing()}")
    counts = counted_subjects(instance, role, folder, mark)
    assert_few_twice(counts, doubled)
    assert len(counts.keys() - promised) <= actor.tried - len(actor.promised)


def assert_few_twice(counts: Counter[str], doubled: int) -> None:
    twice = {key: count for key, count in counts.items() if count > 1}
    _LOG.info("%d messages, stored again after a cut: %s", len(counts), twice)
    assert len(twice) <= doubled, twice
    assert set(twice.values()) <= {2}


def assert_whole_letters(instance: Cuttable, actor: ListWriter, *, doubled: int) -> None:
    """A letter to a list that was accepted reached each family once; another all of them once, or none."""

    def copies() -> Counter[str]:
        def copy(header: bytes) -> str:
            lines = header.decode().splitlines()
            to = next(line.split(":", 1)[1] for line in lines if line.lower().startswith("delivered-to:"))
            return f"{header_subject(header)} {to.strip()}"

        return counted_subjects(instance, "outside", "INBOX", f"{actor.name} {actor.tag}", copy)

    def letters() -> Counter[str]:
        return Counter(key.rsplit(" ", 1)[0].split("] ")[-1] for key in copies())

    def is_over() -> bool:
        instance.flush_queue()
        got = letters()
        return all(got[actor.subject(number)] == FAMILIES for number in actor.promised) and set(
            got.values()
        ) <= {FAMILIES}

    wait_until(is_over, 600, lambda: f"{actor.promised} of {actor.tried}: {letters()}")
    assert_few_twice(copies(), doubled)


def assert_officer_is_right(instance: Cuttable, officer: Officer) -> None:
    """Feeds, imports and backups that ended well did all they had to, once."""
    feeds, imports, backups = (
        [number // 3 for number in officer.promised if number % 3 == kind] for kind in range(3)
    )
    for turn in set(feeds):
        file = officer.feed(turn)
        checked = instance.command(
            "feed", "check", str(file), "--structures", str(officer.structures), "--older"
        )
        assert f"Inchangés : {officer.feeds[file]}" in checked.stdout, checked.stdout + checked.stderr
    engines = instance.command("reconcile", "--dry-run")
    assert "à écrire : 0" in engines.stdout, engines.stdout
    assert "à retirer : 0" in engines.stdout, engines.stdout
    imported = counted_subjects(instance, "secretary", "Anciens", f"Officer {officer.tag}")
    expected = {
        officer.subject(number)
        for turn in imports
        for number in range(turn * Officer.LETTERS, (turn + 1) * Officer.LETTERS)
    }
    assert expected <= imported.keys()
    assert set(imported.values()) <= {1}
    assert backups or len(officer.promised) < 3
    assert officer.act(2), officer.refusals  # one more backup over whatever was left half-written
