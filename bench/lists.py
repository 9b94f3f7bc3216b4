"""One letter to lists of several sizes, through a running instance; ordinary mail sent meanwhile.

    .venv/bin/python bench/lists.py --home DIR [--kills N] [--bare] [SIZE …]

DIR is the home of a demonstration started with `bin/up --home DIR`. Agents that never sign in are added.
For each size, in seconds: from the letter sent to the last copy in its mailbox, per thousand copies, and how
long an ordinary message takes to arrive, before and meanwhile; processor time of the whole instance, which a
machine busy with something else does not lengthen. `--kills`: how many times its worker is killed on the way.
`--bare`: the letter once more, to mailboxes that exist by now, then the same message handed to the mail
store alone (LMTP) for the same mailboxes, one recipient a transaction as the queue does, then a hundred:
a store that dies on the way would deliver those before twice. And what each part of the
instance spent beyond what it spends idle. Each recipient must have one copy, by what the mail server says it
put in mailboxes.
"""

import argparse
import os
import smtplib
import ssl
import statistics
import sys
import threading
import time
from collections import Counter
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import batched
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]
_asked = argparse.ArgumentParser()
_asked.add_argument("--home", required=True)
_asked.add_argument("--kills", type=int, default=0)
_asked.add_argument("--bare", action="store_true")
_asked.add_argument("sizes", nargs="*", type=int, default=[1000, 2000, 4000])
ASKED = _asked.parse_args()
os.environ["VAGUEMESTRE_HOME"] = str(Path(ASKED.home).resolve())
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported: the home above comes first.
import json  # noqa: E402

import django  # noqa: E402

django.setup()

from bench.bare import Bare  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.journeys.seen import imap, uids_of  # noqa: E402
from tests.journeys.test_t10_one_copy_whatever_is_killed import kill  # noqa: E402

from vaguemestre.people.credentials import services as credentials  # noqa: E402
from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.people.directory.models import Assignment, MailAddress, Person, Structure  # noqa: E402
from vaguemestre.people.provisioning import services as provisioning  # noqa: E402
from vaguemestre.people.provisioning.ports import mail_directory  # noqa: E402
from vaguemestre.post.outbox.models import RecipientStatus  # noqa: E402
from vaguemestre.schools.lists import queries, services  # noqa: E402
from vaguemestre.schools.lists.models import ListLetter, MailingList  # noqa: E402
from vaguemestre.schools.lists.rules.list_address import bounce_prefix  # noqa: E402
from vaguemestre.schools.lists.services.administration import Creator, NewList  # noqa: E402
from vaguemestre.schools.lists.values import Criteria, Kind, Rule, State  # noqa: E402

BY = "bench"
_IDLE_SECONDS = 20


class Instance:
    """What the journeys' clients ask of an instance."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ready = json.loads((home / "run" / "ready.json").read_text())

    def port(self, name: str) -> int:
        return int(self.ready["ports"][name])

    def account(self, role: str) -> dict[str, str]:
        return next(one for one in self.ready["accounts"] if one["role"] == role)


INSTANCE = Instance(Path(ASKED.home))


def main(sizes: list[int]) -> None:
    _people(max(sizes))
    calm = [_ordinary() for _ in range(10)]
    print(f"ordinary mail, nothing else: median {statistics.median(calm):.2f} s, worst {max(calm):.2f} s")
    for size in sizes:
        _measure(size)
        if ASKED.bare:
            _compare(size)


def _measure(size: int) -> None:
    row = _list(size)
    before = time.perf_counter()
    counted = queries.audience_of(queries.members_of(row, timezone.now()))
    asked = time.perf_counter() - before
    took: list[float] = []
    over = threading.Event()

    def meanwhile() -> None:
        while not over.is_set():
            took.append(_ordinary())
            over.wait(3)  # below what one person may send in an hour

    subject = f"Mesure {make_msgid()}"
    spent, killed = _processor(), 0
    _send(INSTANCE.account("administrator"), row.address, subject)
    began = time.perf_counter()
    other = threading.Thread(target=meanwhile)
    other.start()
    handed = 0.0
    while True:
        letter = ListLetter.objects.filter(list=row, subject=subject[:250]).first()
        gone = letter.batches.filter(submitted_at__isnull=False).count() * 100 if letter else 0
        if killed < ASKED.kills and gone > counted.count * (killed + 1) / (ASKED.kills + 2):
            killed += kill(INSTANCE, "worker-long")  # type: ignore[arg-type]
        if letter and letter.state == State.SENT:
            handed = handed or time.perf_counter() - began
            if queries.delivery_counts(letter).by_state.get("delivered", 0) == counted.count:
                break
        time.sleep(0.5)
    whole = time.perf_counter() - began
    over.set()
    other.join()
    spent = _processor() - spent
    _check_once(row, letter, counted.count)
    print(
        f"{counted.count} recipients: counted in {asked:.2f} s, handed over in {handed:.0f} s, delivered in "
        f"{whole:.0f} s ({whole / counted.count * 1000:.1f} s per thousand); ordinary mail meanwhile: median "
        f"{statistics.median(took):.2f} s, worst {max(took):.2f} s ({len(took)} messages); processor "
        f"{spent:.0f} s ({spent / counted.count * 1000:.1f} s per thousand); worker killed {killed} times; "
        f"one copy each",
        flush=True,
    )


def _check_once(row: MailingList, letter: ListLetter, count: int) -> None:
    """By what the queue took and what became of it: the logs themselves are renamed on the way."""
    mine = RecipientStatus.objects.filter(
        submission__sender__startswith=bounce_prefix(row.address, letter.pk), state="delivered"
    )
    told = Counter(mine.values_list("recipient", flat=True))
    assert len(told) == count, f"{len(told)} recipients of {count}"
    twice = [to for to, copies in told.items() if copies > 1]
    assert not twice, f"twice: {twice[:5]}"


def _compare(size: int) -> None:
    """Processor time of the same letter by the list, and by the mail store alone."""
    row = _list(size)
    _settle()
    idle = _spent_by_part()
    time.sleep(_IDLE_SECONDS)
    idle = _spent_by_part() - idle
    began, before = time.perf_counter(), _spent_by_part()
    subject = f"Mesure {make_msgid()}"
    _send(INSTANCE.account("administrator"), row.address, subject)
    while not _is_delivered(row, subject, size):
        time.sleep(0.5)
    _settle()
    ours = _beyond_idle(_spent_by_part() - before, idle, time.perf_counter() - began)
    box = Bare(("127.0.0.1", INSTANCE.port("imap")), *_someone(row))
    box.run(b"SELECT INBOX")
    copy = box.run(b"FETCH * BODY.PEEK[]").partition(b"}\r\n")[2].rpartition(b")\r\n")[0]
    box.close()
    addresses = [copy.address for copy in ListLetter.objects.get(subject=subject[:250]).copies.all()]
    _tell(f"{size} copies by list", ours)
    for per_transaction in (1, 100):
        began, before = time.perf_counter(), _spent_by_part()
        _hand_over(addresses, copy, per_transaction)
        _settle()
        bare = _beyond_idle(_spent_by_part() - before, idle, time.perf_counter() - began)
        _tell(f"bare, {per_transaction} recipients a transaction", bare)
        whole, floor = sum(ours.values()), bare["dovecot"]
        print(f"{whole:.1f} s, bare {floor:.1f} s: {whole / floor:.2f} ×; load {os.getloadavg()[0]:.1f}")


def _tell(name: str, parts: Counter[str]) -> None:
    told = ", ".join(f"{part} {seconds:.1f}" for part, seconds in parts.most_common() if seconds >= 0.1)
    print(f"{name}: {told}", flush=True)


def _beyond_idle(spent: Counter[str], idle: Counter[str], seconds: float) -> Counter[str]:
    """What was spent beyond what the instance spends anyway; `idle` in _IDLE_SECONDS."""
    for part, usual in idle.items():
        spent[part] = max(0.0, spent[part] - usual * seconds / _IDLE_SECONDS)  # type: ignore[assignment]
    return spent


def _someone(row: MailingList) -> tuple[str, str]:
    """A recipient's mailbox and an application password for it."""
    member = queries.members_of(row, timezone.now())[0]
    account = Account.objects.get(person_id=member.person_id)
    password = f"list-esme-sure-{account.pk:04d}-2027"
    if account.state != "active":
        with transaction.atomic(durable=True):
            credentials.activate_with_hash(
                account.pk, credentials.hash_password("mesure-tranquille-27"), charter="bench", by=BY,
                now=timezone.now(),
            )  # fmt: skip
            credentials.add_app_password(account.pk, "Mesure", by=BY, now=timezone.now(), text=password)
        provisioning.reconcile(mail_directory.get(), now=timezone.now())
    return account.mailbox, password


def _is_delivered(row: MailingList, subject: str, count: int) -> bool:
    letter = ListLetter.objects.filter(list=row, subject=subject[:250]).first()
    return bool(letter) and queries.delivery_counts(letter).by_state.get("delivered", 0) >= count


def _hand_over(addresses: list[str], copy: bytes, per_transaction: int) -> None:
    """As Postfix would, on one connection."""
    quoted = copy.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    with smtplib.LMTP(str(INSTANCE.home / "run" / "d" / "lmtp")) as client:
        client.ehlo()
        for batch in batched(addresses, per_transaction, strict=False):
            client.mail("mesure@dehors.example")
            for address in batch:
                assert client.rcpt(address)[0] == 250, address
            assert client.docmd("DATA")[0] == 354
            client.send(quoted)
            for address in batch:  # LMTP answers for each recipient (RFC 2033)
                assert client.getreply()[0] == 250, address


def _settle() -> None:
    """Wait until indexing and reading of logs are over: nothing is spent any more but by what always runs."""
    while True:
        before = _spent_by_part()
        time.sleep(5)
        spent = _spent_by_part() - before
        if spent["dovecot"] + spent["postfix"] < 0.1:
            return


def _processor() -> float:
    """Seconds of processor of the instance so far, those of its processes that ended included."""
    return sum(_spent_by_part().values())


def _spent_by_part() -> Counter[str]:
    """The same by child of the supervisor."""
    known = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        known[int(stat.parent.name)] = int(told[1]), sum(map(int, told[11:15]))
    running = json.loads((INSTANCE.home / "run" / "children.json").read_text())
    parts = {child["pid"]: child["name"] for child in running["children"] if child["pid"] in known}
    parts[running["supervisor"]["pid"]] = "supervisor"
    spent: Counter[str] = Counter()
    for pid, (_, ticks) in known.items():
        ancestor = pid
        while ancestor not in parts and ancestor in known:
            ancestor = known[ancestor][0]
        if ancestor in parts:
            spent[parts[ancestor]] += ticks / os.sysconf("SC_CLK_TCK")  # type: ignore[assignment]
    return spent


def _send(who: dict[str, str], to: str, subject: str) -> None:
    one = EmailMessage()
    one["From"], one["To"], one["Subject"], one["Message-ID"] = who["address"], to, subject, make_msgid()
    one.set_content("Bonjour,\n\n" + "Un paragraphe comme un autre.\n" * 40)
    with smtplib.SMTP("localhost", INSTANCE.port("submission"), timeout=60) as client:
        client.starttls(context=ssl.create_default_context(cafile=INSTANCE.ready["ca"]))
        client.login(who["address"], who["app_password"])
        client.send_message(one)


def _ordinary() -> float:
    """Seconds for one message from a colleague to another, by an ordinary program."""
    subject = f"ordinaire {make_msgid()}"
    began = time.perf_counter()
    _send(INSTANCE.account("teacher"), INSTANCE.account("colleague")["address"], subject)
    with imap(INSTANCE, INSTANCE.account("colleague")) as client:
        while not uids_of(client, "INBOX", subject):
            time.sleep(0.05)
    return time.perf_counter() - began


def _list(size: int) -> MailingList:
    name = f"mesure-{size}"
    row = queries.find_list_by_address(f"liste.{name}@{settings.CONFIG.academy.domain}")
    if row is None:
        owner = Account.objects.get(username=INSTANCE.account("administrator")["username"])
        maker = Creator(owner.pk, owner.person_id or 0, "administrator")
        wanted = NewList(f"Mesure {size}", name, Kind.RULE)
        made = services.create_list(maker, wanted, settings.CONFIG.academy.domain, by=BY, now=timezone.now())
        rule = Rule((Criteria(functions=(f"M{size}",)),))
        services.change_rule(made, owner.pk, rule, by=BY, now=timezone.now())
        row = MailingList.objects.get(pk=made)
        provisioning.reconcile(mail_directory.get(), now=timezone.now())
    return row


def _people(count: int) -> None:
    school = Structure.objects.order_by("pk").first()
    assert school is not None
    known = Person.objects.filter(dossier__startswith="MESURE-").count()
    for start in range(known, count, 2000):
        numbers = range(start, min(count, start + 2000))
        people = Person.objects.bulk_create(
            Person(
                academy=school.academy,
                dossier=f"MESURE-{n}",
                birth_name=f"Mesure{n}",
                first_name="Ali",
                birth_date="1980-01-01",
                category="ATSS",
            )
            for n in numbers
        )
        pairs = list(zip(numbers, people, strict=True))
        domain = school.academy.domain
        MailAddress.objects.bulk_create(
            MailAddress(person=one, address=f"ali.mesure{n}@{domain}", is_primary=True) for n, one in pairs
        )
        Account.objects.bulk_create(
            Account(person=one, username=f"amesure{n}", mailbox=f"amesure{n}@{domain}") for n, one in pairs
        )
    everybody = Person.objects.filter(dossier__startswith="MESURE-").order_by("pk")
    for size in ASKED.sizes:
        held = set(Assignment.objects.filter(function=f"M{size}").values_list("person_id", flat=True))
        Assignment.objects.bulk_create(
            (
                Assignment(person=one, structure=school, function=f"M{size}", starts_on="2020-09-01")
                for one in everybody[:size]
                if one.pk not in held
            ),
            batch_size=2000,
        )
    provisioning.reconcile(mail_directory.get(), now=timezone.now())


if __name__ == "__main__":
    main(ASKED.sizes)
