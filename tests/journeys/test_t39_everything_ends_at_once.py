"""Every process ends at once, again and again, under work of every kind: each message is accounted for.

Dovecot marks a message as taken after it has stored it (`05-once.sieve`): a cut between the two makes a
second copy when Postfix hands that message over again, which is deleted once it is delivered; so is what a
server sends again because a cut took the answer. A move is a copy, then a removal: a cut between the two is
mended before Dovecot starts again (ADR 0007). One start in four is an upgrade of older tables, and is cut.

The long form is seventeen campaigns of twelve, on one instance; a run makes one of six, drawn from its seed
(ADR 0058). `VAGUEMESTRE_CUTS_FILE` names a file that gains the account of each, a line of JSON; one that is
in it is not made again.
"""

import json
import logging
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests import drawn
from tests.journeys.conftest import wait_until
from tests.journeys.cuts import (
    Actor,
    Cuttable,
    ListWriter,
    Mover,
    Officer,
    Outsider,
    Writer,
    counted,
    counted_subjects,
    cuttable,
    header_subject,
    taken_as,
)
from tests.journeys.seen import sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]
_LOG = logging.getLogger(__name__)
SEED = 20261128
CAMPAIGNS = 17
CUTS = 12 if drawn.LONG else 6  # of a campaign; those of a run are the first of it
ACCOUNTS = os.environ.get("VAGUEMESTRE_CUTS_FILE")
FAMILIES = 10  # of the list
ONE_IN = 4  # cuts strikes while the instance starts
MAX_WORK_SECONDS, MAX_UPGRADE_SECONDS = 5.0, 3.0


@pytest.fixture(scope="module")
def instance() -> Iterator[Cuttable]:
    """For every campaign: one more is no slower for an instance that was cut a hundred times."""
    with cuttable() as made:
        yield made


def seeds() -> list[int]:
    """Those of the campaigns that have no account yet."""
    file = Path(ACCOUNTS or os.devnull)
    made = (
        {json.loads(line)["seed"] for line in file.read_text("utf-8").splitlines()} if file.exists() else {}
    )
    drawn_ones = drawn.some_of(range(SEED, SEED + CAMPAIGNS), 1, "everything ends at once")
    return [seed for seed in drawn_ones if seed not in made]


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
@pytest.mark.parametrize("seed", seeds())
def test_nothing_is_lost_doubled_or_half_done_when_everything_ends_at_once(
    seed: int, instance: Cuttable, page: Page, tmp_path: Path
) -> None:
    tag, began = secrets.token_hex(4), time.monotonic()
    instance.start_if_down()
    outsider, writer, mover = Outsider(instance, tag), Writer(instance, tag), Mover(instance, tag)
    lists = ListWriter(instance, tag, list_address(page, instance, tag))
    officer = Officer(instance, tag, tmp_path, rounds=3)
    mover.fill()
    actors: list[Actor] = [outsider, writer, lists, mover, officer]
    for actor in actors:
        actor.start()
    try:
        upgrades = cut_again_and_again(instance, random.Random(seed))
    finally:
        for actor in actors:
            actor.end()
    done = {actor.name: f"{len(actor.promised)} of {actor.tried}" for actor in actors}
    _LOG.info("%d cuts; %s; commands that did not end well: %s", CUTS, done, officer.refusals)
    instance.assert_up_to_date()
    foreign = assert_each_once(instance, writer, "outside", "INBOX", kept_again=CUTS)
    assert_each_once(instance, writer, "teacher", "Sent")
    assert counted_subjects(instance, "teacher", "Drafts", f"Writer {tag}") == Counter()
    assert_each_once(instance, outsider, "teacher", "INBOX")
    families = assert_whole_letters(instance, lists, kept_again=CUTS)
    assert_moved_once(instance, mover)
    assert_officer_is_right(instance, officer)
    _keep_account({
        "seed": seed, "cuts": CUTS, "cut in an upgrade": upgrades, **done, "lost": 0, "half done": 0,
        "twice here": 0, "handed twice to foreign servers": foreign + families,
        "seconds": round(time.monotonic() - began),
    })  # fmt: skip


def cut_again_and_again(instance: Cuttable, drawn: random.Random) -> int:
    """Returns how many upgrades were cut besides."""
    upgrades = 0
    for number in range(CUTS):
        time.sleep(drawn.uniform(0, MAX_WORK_SECONDS))  # the moment is drawn: no event is awaited
        instance.cut()
        if number % ONE_IN == 0:
            instance.make_older()
            instance.begin_upgrade(drawn.uniform(0, MAX_UPGRADE_SECONDS))
            instance.cut()
            upgrades += 1
        instance.start()
    return upgrades


def _keep_account(account: Mapping[str, object]) -> None:
    if ACCOUNTS:
        with Path(ACCOUNTS).open("a", encoding="utf-8") as lines:
            lines.write(f"{json.dumps(account)}\n")


def assert_each_once(instance: Cuttable, actor: Actor, role: str, folder: str, *, kept_again: int = 0) -> int:
    """Each promised message once; one that had no answer once at most.

    Nobody can spare a foreign server what Postfix hands over again (RFC 1047): `kept_again` at most.
    Returns how many those are.
    """
    promised = {actor.subject(number) for number in actor.promised}
    mark = f"{actor.name} {actor.tag}"

    def copies() -> Counter[tuple[str, str]]:
        return counted(
            instance, role, folder, mark, lambda header: (header_subject(header), taken_as(header))
        )

    def subjects() -> set[str]:
        return {subject for subject, _ in copies()}

    def missing() -> set[str]:
        instance.flush_queue()
        return promised - subjects()

    wait_until(lambda: not missing(), 300, lambda: f"{mark}: lost {missing()}")
    if not kept_again:  # second copies go by a job
        wait_until(lambda: copies().total() == len(subjects()), 120, lambda: str(copies().most_common(9)))
    assert len(subjects() - promised) <= actor.tried - len(actor.promised)
    return assert_few_twice(copies(), kept_again)


def assert_few_twice(copies: Counter[tuple[str, str]], kept_again: int) -> int:
    """`copies`: of each message, by the queue identifier under which Postfix took it: one, never two."""
    kept = {key: count for key, count in copies.items() if count > 1}
    sent = {key: count for key, count in Counter(subject for subject, _ in copies).items() if count > 1}
    _LOG.info("%d messages; handed over again and kept: %s; sent again: %s", len(copies), kept, sent)
    assert not sent
    assert len(kept) <= kept_again, kept
    assert set(kept.values()) <= {2}
    return len(kept)


def assert_moved_once(instance: Cuttable, mover: Mover) -> None:
    both = Counter[str]()
    for folder in Mover.FOLDERS:
        both += counted_subjects(instance, "colleague", folder, f"Mover {mover.tag}")
    twice = {key: count for key, count in both.items() if count > 1}
    _LOG.info("%d messages moved to and fro, in both folders: %s", len(both), twice)
    assert not twice
    assert set(both) == {mover.subject(number) for number in range(Mover.MESSAGES)}


def assert_whole_letters(instance: Cuttable, actor: ListWriter, *, kept_again: int) -> int:
    """A letter to a list that was accepted reached each family once; another all of them once, or none."""

    def copies() -> Counter[tuple[str, str]]:
        def copy(header: bytes) -> tuple[str, str]:
            lines = header.decode().splitlines()
            to = next(line.split(":", 1)[1] for line in lines if line.lower().startswith("delivered-to:"))
            return f"{header_subject(header)} {to.strip()}", taken_as(header)

        return counted(instance, "outside", "INBOX", f"{actor.name} {actor.tag}", copy)

    def letters() -> Counter[str]:
        each = {copy for copy, _ in copies()}
        return Counter(copy.rsplit(" ", 1)[0].split("] ")[-1] for copy in each)

    def is_over() -> bool:
        instance.flush_queue()
        got = letters()
        return all(got[actor.subject(number)] == FAMILIES for number in actor.promised) and set(
            got.values()
        ) <= {FAMILIES}

    wait_until(is_over, 600, lambda: f"{actor.promised} of {actor.tried}: {letters()}")
    return assert_few_twice(copies(), kept_again)


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
