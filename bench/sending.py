"""Messages a second from the outbox to Sent, beside the bare engine; and when an original is marked.

    PYTHONPATH=src .venv/bin/python bench/sending.py --home HOME [--messages 600] [--answers 30] [--rounds 3]

HOME is an instance that runs (`bin/up --home HOME`). *Ours*: messages of the outbox, from the commit
that makes them due until the last copy is in Sent. *Bare*: as many threads as there are workers, each with
connections kept open: the same message to the same submission service, then APPEND to Sent. In turn, in one
run. *Answers*: the recipient's mailbox is asked again and again; once an answer is there, the original is
looked at once.
"""

import argparse
import json
import os
import smtplib
import ssl
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]
_parser = argparse.ArgumentParser(description=__doc__)
_parser.add_argument("--home", required=True)
_parser.add_argument("--messages", type=int, default=600)
_parser.add_argument("--answers", type=int, default=30)
_parser.add_argument("--processor", action="store_true", help="what a message costs, by family of processes")
_parser.add_argument("--rounds", type=int, default=3)
ASKED = _parser.parse_args()
os.environ["VAGUEMESTRE_HOME"] = str(Path(ASKED.home).resolve())
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported: the home above comes first.
import django  # noqa: E402

django.setup()

from bench import people  # noqa: E402
from bench.bare import Bare  # noqa: E402
from bench.processor import Spent  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from vaguemestre.people.credentials.models import Account  # noqa: E402
from vaguemestre.post.outbox.models import OutboxMessage, SenderState  # noqa: E402
from vaguemestre.post.outbox.services import queue_message  # noqa: E402
from vaguemestre.post.outbox.values import MessageToSend, StoredReference  # noqa: E402

_SENDERS = 20
_INDEX_SECONDS = 2.0
_SHOWN_FROM = 0.2  # milliseconds
_DAY = "01-Sep-2026 08:00:00 +0200"
READY = json.loads((Path(ASKED.home) / "run" / "ready.json").read_text())


def main() -> None:
    crowd = people.ready(timezone.now(), _SENDERS)

    workers = settings.CONFIG.worker.count
    _allow(crowd)
    print(f"{workers} workers, load {os.getloadavg()[0]:.1f}", flush=True)
    bare, ours = [], []
    for number in range(ASKED.rounds):
        turns: list[tuple[list[float], Callable[[], float]]] = [
            (bare, lambda: _bare(_opened(crowd), workers)),
            (ours, lambda: _ours(crowd)),
        ]
        for rates, turn in turns if number % 2 else reversed(turns):
            rates.append(turn())
            _wait_for_the_rest()
        print(f"bare {bare[-1]:.0f}/s, ours {ours[-1]:.0f}/s; load {os.getloadavg()[0]:.1f}", flush=True)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(
        f"medians: bare {statistics.median(bare):.0f}/s, ours {statistics.median(ours):.0f}/s, {ratio:.2f} ×"
    )
    if ASKED.processor:
        _processor(crowd, workers)
    if ASKED.answers:
        _answers(crowd)


def _wait_for_the_rest() -> None:
    """What follows a filing, and indexing, are of the turn that caused them."""
    waiting = DBTaskResult.objects.filter(status__in=("READY", "RUNNING"), queue_name="default")
    while waiting.filter(run_after__year=9999).exists():
        time.sleep(0.2)
    time.sleep(_INDEX_SECONDS)


def _processor(crowd: list[people.Measured], workers: int) -> None:
    """What one message costs, by family of processes; other load disturbs it little."""
    opened = _opened(crowd)  # a sign-in costs more than a message
    turns = {"bare": lambda: _bare(opened, workers), "ours": lambda: _ours(crowd)}
    for name, turn in turns.items():
        with Spent(Path(ASKED.home)) as spent:
            turn()
            _wait_for_the_rest()
        each = {family: seconds * 1000 / ASKED.messages for family, seconds in spent.seconds.most_common()}
        print(f"{name}: {sum(each.values()) - each.get('client', 0):.1f} ms of processor a message")
        for family, milliseconds in each.items():
            if milliseconds >= _SHOWN_FROM:
                print(f"  {milliseconds:6.2f}  {family}")


def _allow(crowd: list[people.Measured]) -> None:
    """More than a person may send in an hour, as for a confirmed mailing."""

    until = timezone.now() + timedelta(hours=2)
    for account_id in Account.objects.filter(mailbox__in=[one.mailbox for one in crowd]).values_list(
        "pk", flat=True
    ):
        values = {"bulk_until": until, "bulk_left": 1_000_000}
        SenderState.objects.update_or_create(account_id=account_id, defaults=values)


def _letter(sender: people.Measured, to: people.Measured, message_id: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender.address, to.address, "Mesure"
    message["Message-ID"] = message_id
    message.set_content("Bonjour,\n\n" + "Un paragraphe comme un autre.\n" * 40)
    return message.as_bytes()


def _pairs(crowd: list[people.Measured]) -> list[tuple[people.Measured, people.Measured]]:
    half = len(crowd) // 2
    return [(crowd[n % half], crowd[half + n % half]) for n in range(ASKED.messages)]


def _message(
    sender: people.Measured, to: people.Measured, answered: StoredReference | None = None
) -> MessageToSend:
    message_id = make_msgid(domain="mesure.test")
    return MessageToSend(
        account_id=Account.objects.get(mailbox=sender.mailbox).pk,
        key=message_id,
        message_id=message_id,
        sender=sender.address,
        recipients=(to.address,),
        bcc=(),
        subject="Mesure",
        content=_letter(sender, to, message_id),
        due_at=timezone.now(),
        answered=answered,
    )


def _ours(crowd: list[people.Measured]) -> float:
    """Messages a second."""
    messages = [_message(sender, to) for sender, to in _pairs(crowd)]
    with transaction.atomic(durable=True):
        for message in messages:
            queue_message(message, by="bench", now=timezone.now())
    began = time.perf_counter()
    mine = OutboxMessage.objects.filter(due_at__gte=messages[0].due_at)
    while (left := mine.exclude(state="filed").count()) > 0:
        refused = mine.filter(state="refused").first()
        assert refused is None, refused
        time.sleep(0.02 if left < 20 else 0.2)
    return len(messages) / (time.perf_counter() - began)


class Opened(NamedTuple):
    """Who sends, with connections of theirs that are kept."""

    crowd: list[people.Measured]
    connections: dict[str, tuple[smtplib.SMTP, Bare]]


def _opened(crowd: list[people.Measured]) -> Opened:
    return Opened(crowd, {sender.mailbox: _connections(sender) for sender in crowd[: len(crowd) // 2]})


def _bare(opened: Opened, threads: int) -> float:
    """Messages a second."""
    crowd, connections = opened
    pairs = _pairs(crowd)
    texts = [_letter(sender, to, make_msgid(domain="mesure.test")) for sender, to in pairs]

    def run(start: int) -> None:
        # a sender belongs to one thread
        mine = [n for n in range(len(pairs)) if (n % (len(crowd) // 2)) % threads == start]
        for n in mine:
            sender, to = pairs[n]
            service, box = connections[sender.mailbox]
            service.sendmail(sender.address, [to.address], texts[n])
            box.append_all("Sent", [(("\\Seen",), _DAY, texts[n])])

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rate = len(pairs) / (time.perf_counter() - began)
    for service, box in connections.values():
        service.quit()
        box.close()
    return rate


def _connections(who: people.Measured) -> tuple[smtplib.SMTP, Bare]:
    service = smtplib.SMTP("localhost", READY["ports"]["submission"], timeout=30)
    service.starttls(context=ssl.create_default_context(cafile=READY["ca"]))
    service.login(who.mailbox, who.app_password)
    return service, Bare(("127.0.0.1", READY["ports"]["imap"]), who.mailbox, who.app_password)


def _answers(crowd: list[people.Measured]) -> None:
    sender, to = crowd[0], crowd[-1]
    imap = "127.0.0.1", READY["ports"]["imap"]
    mine, theirs = (Bare(imap, who.mailbox, who.app_password) for who in (sender, to))
    waits = []
    for _ in range(ASKED.answers):
        mine.append_all("INBOX", [((), _DAY, _letter(to, sender, make_msgid(domain="mesure.test")))])
        selected = mine.run(b"SELECT INBOX")
        uid = _number(selected, b"UIDNEXT ") - 1
        original = StoredReference(folder="INBOX", uid_validity=_number(selected, b"UIDVALIDITY "), uid=uid)
        mine.run(b"UNSELECT")
        before = _next(theirs)
        with transaction.atomic(durable=True):
            queue_message(_message(sender, to, original), by="bench", now=timezone.now())
        while _next(theirs) == before:
            pass
        there = time.perf_counter()
        looks = 1
        while not _is_answered(mine, uid):
            looks += 1
        waits.append(0.0 if looks == 1 else time.perf_counter() - there)
    marked, worst = waits.count(0.0), max(waits) * 1000
    print(
        f"answers: {marked} of {len(waits)} originals marked once the recipient had the answer; "
        f"worst {worst:.1f} ms after; load {os.getloadavg()[0]:.1f}"
    )


def _next(box: Bare) -> int:
    return _number(box.run(b"STATUS INBOX (UIDNEXT)"), b"UIDNEXT ")


def _number(answer: bytes, name: bytes) -> int:
    return int(answer.partition(name)[2].split(b"]")[0].split(b")")[0])


def _is_answered(box: Bare, uid: int) -> bool:
    box.run(b"SELECT INBOX")
    flags = box.run(b"UID FETCH %d (FLAGS)" % uid)
    box.run(b"UNSELECT")
    return b"\\Answered" in flags


if __name__ == "__main__":
    main()
