"""A mailbox goes from one pod to another: nothing lost, nothing doubled, whatever is killed on the way."""

import imaplib
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.engines import live, pods
from tests.engines.live import Someone, wait_until
from tests.engines.pods import Cluster

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.dovecot.pod_mail import PodMail
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.provisioning.models import MailboxPlace
from vaguemestre.people.provisioning.services import MailboxMove, move_mailbox
from vaguemestre.people.provisioning.services.mailbox_moves import tidy_former_copies
from vaguemestre.site.adapters.pods import open_scripts, pod_mail

pytestmark = [pytest.mark.engines, pytest.mark.django_db]

MOVED_IN_A_ROW = 200 if os.environ.get("VAGUEMESTRE_LONG") else 6
ROW_OF_PEOPLE = 20 if os.environ.get("VAGUEMESTRE_LONG") else 3


class Killed(Exception):
    """Stands for the end of the process."""


class KilledAfter:
    """Passes calls on, and ends the process right after one of them."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def around(self, port: object) -> Any:
        outer = self

        class Port:
            def __getattr__(self, name: str) -> Callable[..., None]:
                def call(*arguments: str) -> None:
                    getattr(port, name)(*arguments)
                    outer.left -= 1
                    if outer.left == 0:
                        raise Killed

                return call

        return Port()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pods.cluster() as made:
        yield made


@pytest.fixture(scope="module")
def mail(cluster: Cluster) -> PodMail:
    return pod_mail(cluster.front.config)


def _account(person: Someone) -> int:
    username = person.mailbox.partition("@")[0]
    return Account.objects.create(username=username, mailbox=person.mailbox, state="active").pk


def _move(cluster: Cluster, mail: Any, account_id: int, target: str, places: Any = None) -> MailboxMove:
    places = places or cluster.places
    return move_mailbox(places, mail, account_id, target, first="un", by="tests", now=timezone.now)


def _empty_queue(cluster: Cluster) -> None:
    """Have what waits delivered, and wait until nothing does."""
    argv = ["postqueue", "-c", str(cluster.front.config.engines_dir / "postfix"), "-j"]

    def is_empty() -> bool:
        cluster.front.flush_queue()
        return not subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()

    wait_until(is_empty, 120)


def _messages(client: imaplib.IMAP4) -> tuple[object, list[str]]:
    """UIDVALIDITY of INBOX, and UID, date and flags of its messages."""
    client.select("INBOX", readonly=True)
    rows = client.fetch("1:*", "(UID FLAGS INTERNALDATE)")[1]
    return client.response("UIDVALIDITY")[1], [re.sub(r"\\Recent ?", "", str(row)) for row in rows]


def test_uids_flags_and_dates_are_kept(cluster: Cluster, mail: PodMail) -> None:
    person = cluster.someone()
    account_id = _account(person)
    with cluster.signed_in(person, "un") as client:
        client.append("INBOX", "", "", bytes(live.letter("a@b.example", person.address, "Un", "x" * 2000)))
        client.select("INBOX")
        for _ in range(7):
            client.copy("1:*", "INBOX")
        client.store("3:9", "+FLAGS", "(\\Seen \\Flagged etiquette)")
        client.store("12:20", "+FLAGS", "\\Deleted")
        client.expunge()
        before = _messages(client)
    assert len(before[1]) == 119
    moved = _move(cluster, mail, account_id, "deux")
    assert (moved.source, moved.target) == ("un", "deux")
    with cluster.signed_in(person, "deux") as client:
        assert _messages(client) == before
    with pytest.raises(imaplib.IMAP4.error):
        cluster.signed_in(person, "un")
    entries = Entry.objects.filter(action="provisioning.mailbox-moved", to=f"account:{account_id}")
    assert entries.count() == 1
    assert _move(cluster, mail, account_id, "deux").pause_seconds == 0
    assert entries.count() == 1


def test_the_script_of_the_house_goes_along_and_is_not_left_behind(cluster: Cluster, mail: PodMail) -> None:
    person = cluster.someone()
    account_id = _account(person)
    scripts = {name: HouseScripts(pod.config) for name, pod in cluster.pods.items()}
    scripts["un"](person.mailbox, "# absence\nkeep;\n")
    _move(cluster, mail, account_id, "deux")
    assert scripts["deux"].content(person.mailbox) == "# absence\nkeep;\n"
    tidy_former_copies(mail, now=timezone.now() + timedelta(hours=1))
    assert scripts["un"].content(person.mailbox) == ""
    scripts["deux"](person.mailbox, "")
    _move(cluster, mail, account_id, "un")
    assert scripts["un"].content(person.mailbox) == ""


def test_a_thousand_messages_move_and_how_long_nothing_opens_them_is_told(
    cluster: Cluster, mail: PodMail, record_property: Callable[[str, object], None]
) -> None:
    person = cluster.someone()
    account_id = _account(person)
    with cluster.signed_in(person, "un") as client:
        client.append("INBOX", "", "", bytes(live.letter("a@b.example", person.address, "Un", "x" * 2000)))
        client.select("INBOX")
        for _ in range(10):
            client.copy("1:*", "INBOX")
        client.store("300:600", "+FLAGS", "(\\Seen etiquette)")
        before = _messages(client)
    assert len(before[1]) == 1024
    pause = _move(cluster, mail, account_id, "deux").pause_seconds
    with cluster.signed_in(person, "deux") as client:
        assert _messages(client) == before
    record_property("pause", pause)
    print(f"moved {len(before[1])} letters, pause {pause:.2f}")  # noqa: T201


def test_scripts_and_subscriptions_go_along(cluster: Cluster, mail: PodMail) -> None:
    person, front = cluster.someone(), cluster.front
    account_id, scripts_of = _account(person), open_scripts(front.config, front.token)
    rule = 'require ["fileinto"];\r\nfileinto "Projets";\r\n'
    with scripts_of(person.mailbox) as scripts:
        scripts.put("règles", rule)
        scripts.put("autre", "keep;\r\n")
        scripts.activate("règles")
    with cluster.signed_in(person, "un") as client:
        client.create("Projets")
        client.create("Archives-1")
        client.subscribe("Projets")
        before = sorted(map(str, client.lsub()[1]))
    _move(cluster, mail, account_id, "deux")
    with scripts_of(person.mailbox) as scripts:
        assert set(scripts.list_scripts().names) == {"règles", "autre"}
        assert (scripts.list_scripts().active, scripts.read("règles")) == ("règles", rule)
    with cluster.signed_in(person, "deux") as client:
        assert sorted(map(str, client.lsub()[1])) == before
        noted = int(time.time())  # Dovecot dates by the second: of two in one, the subscription stays
        wait_until(lambda: int(time.time()) > noted)
        client.unsubscribe("Projets")
        before = sorted(map(str, client.lsub()[1]))
    cluster.arrive(person, "Suite")
    _empty_queue(cluster)
    with cluster.signed_in(person, "deux") as client:
        assert client.select("Projets", readonly=True)[1] == [b"1"]
    with scripts_of(person.mailbox) as scripts:
        scripts.put("autre", "discard;\r\n")
        scripts.activate("autre")
    _move(cluster, mail, account_id, "un")
    with scripts_of(person.mailbox) as scripts:
        assert (scripts.list_scripts().active, scripts.read("autre")) == ("autre", "discard;\r\n")
    with cluster.signed_in(person, "un") as client:
        assert sorted(map(str, client.lsub()[1])) == before


def test_mail_of_a_frozen_mailbox_waits_and_nothing_opens_it(cluster: Cluster) -> None:
    person = cluster.someone()
    cluster.arrive(person, "Avant")
    wait_until(lambda: cluster.subjects(person))
    cluster.places.freeze(person.mailbox)
    with pytest.raises(imaplib.IMAP4.error):
        cluster.signed_in(person, "un")
    cluster.arrive(person, "Pendant")
    wait_until(lambda: "status=deferred" in _log(cluster, person))
    cluster.places.settle(person.mailbox, "un")
    _empty_queue(cluster)
    assert cluster.subjects(person) == ["Avant", "Pendant"]


def _log(cluster: Cluster, person: Someone) -> str:
    lines = (cluster.front.config.logs_dir / "postfix.log").read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if person.address in line)


@pytest.mark.parametrize("calls", range(1, 7))
def test_killed_after_any_step_it_is_resumed(cluster: Cluster, mail: PodMail, calls: int) -> None:
    person = cluster.someone()
    account_id = _account(person)
    cluster.arrive(person, "Avant")
    wait_until(lambda: cluster.subjects(person))
    killed = KilledAfter(calls)
    with pytest.raises(Killed):
        _move(cluster, killed.around(mail), account_id, "deux", killed.around(cluster.places))
    cluster.arrive(person, "Pendant")
    assert _move(cluster, mail, account_id, "deux").target == "deux"
    _empty_queue(cluster)
    assert cluster.subjects(person, "deux") == ["Avant", "Pendant"]


def test_the_former_copy_is_brought_over_once_more_then_deleted(cluster: Cluster, mail: PodMail) -> None:
    person = cluster.someone()
    account_id = _account(person)
    cluster.arrive(person, "Avant")
    wait_until(lambda: cluster.subjects(person))
    _move(cluster, mail, account_id, "deux")
    assert tidy_former_copies(mail, now=timezone.now()) == 0
    place = MailboxPlace.objects.get(account_id=account_id)
    assert tidy_former_copies(mail, now=place.since + timedelta(hours=1)) >= 1
    assert cluster.subjects(person) == ["Avant"]
    assert _move(cluster, mail, account_id, "un").target == "un"
    assert cluster.subjects(person, "un") == ["Avant"]


def test_many_are_moved_in_a_row_while_mail_arrives(
    cluster: Cluster, mail: PodMail, record_property: Callable[[str, object], None]
) -> None:
    people = [cluster.someone() for _ in range(ROW_OF_PEOPLE)]
    accounts = [_account(person) for person in people]
    sent: dict[str, list[str]] = {person.mailbox: [] for person in people}
    over = threading.Event()

    def deliver() -> None:
        number = 0
        while not over.is_set():
            person = people[number % len(people)]
            cluster.arrive(person, f"n{number}")
            sent[person.mailbox].append(f"n{number}")
            number += 1

    sender = threading.Thread(target=deliver)
    sender.start()
    pauses = []
    try:
        for number in range(MOVED_IN_A_ROW):
            account_id = accounts[number % len(accounts)]
            place = MailboxPlace.objects.filter(account_id=account_id, pod="deux")
            pauses.append(_move(cluster, mail, account_id, "un" if place else "deux").pause_seconds)
    finally:
        over.set()
        sender.join()
    _empty_queue(cluster)
    for person in people:
        assert sorted(cluster.subjects(person)) == sorted(sent[person.mailbox])
    record_property("pauses", pauses)
    print(f"moved {len(pauses)}, {sum(map(len, sent.values()))} letters, longest pause {max(pauses):.2f}")  # noqa: T201
