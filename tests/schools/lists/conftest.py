"""Lists over mailboxes in memory, and a queue that remembers who was given what."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import count

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.seals import with_voucher
from vaguemestre.mailbox.webmail.services.message import message_reader
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import people_with_mail
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import people_by_address, primary_address
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.values import Acceptance, Origin, Recipient, ReportPosition
from vaguemestre.schools.lists import services
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.services.administration import Creator, ListSettings, NewList
from vaguemestre.schools.lists.services.fanout import FanoutContext
from vaguemestre.schools.lists.values import Files, Kind, ReplyTo, Rule, Writers
from vaguemestre.site.adapters.lists import is_sealed

DOMAIN = "ac-amiens.test"
SITE = "http://localhost:8000"
_numbers = count(1)


class Queue:
    """Postfix as lists see it: who was given a copy, under which envelope sender."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[str, ...], bytes]] = []
        self.refused: set[str] = set()
        self.unseen = Acceptance.NO  # what is said of a copy that was not seen
        self.kill_before = self.kill_after = 0  # so many submissions from now on

    def submit(
        self, mailbox: str, sender: str, recipients: Sequence[str], content: bytes, *, report: bool = False
    ) -> None:
        if self._counts("kill_before"):
            raise Killed
        if self.refused & set(recipients):
            raise EngineRefused("smtp: 550 5.1.1 no such user")
        self.sent.append((sender, tuple(recipients), content))
        if self._counts("kill_after"):
            raise Killed

    def was_sent_as(self, sender: str, attempted_at: datetime) -> Acceptance:
        is_known = any(known == sender for known, _, _ in self.sent)
        return Acceptance.YES if is_known else self.unseen

    @property
    def reached(self) -> list[str]:
        return [one for _, recipients, _ in self.sent for one in recipients]

    def _counts(self, name: str) -> bool:
        left = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return bool(left == 1)


class Killed(BaseException):
    """What a SIGKILL leaves: nothing after it runs."""


class Clock:
    """A clock that is two minutes later each time a job begins again."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self) -> None:
        self.now += timedelta(minutes=2)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailboxes() -> Iterator[MemoryMailboxes]:
    before, memory = open_mailbox.get(), MemoryMailboxes()
    message_reader._bodies.clear()
    open_mailbox.replace(memory)
    yield memory
    open_mailbox.replace(before)


@pytest.fixture
def means(mailboxes: MemoryMailboxes, queue: Queue, clock: Clock) -> FanoutContext:
    return FanoutContext(mailboxes, queue.submit, queue.was_sent_as, SITE, clock)


@pytest.fixture
def owner(db: None) -> Account:
    return account("proprio", role="administrator", last_name="Proprio")


@pytest.fixture
def moderator(db: None) -> Account:
    return account("modero", last_name="Modero")


@pytest.fixture
def subscriber(db: None) -> Account:
    return account("abonne", last_name="Abonne")


@pytest.fixture
def stranger(db: None) -> Account:
    return account("passant", last_name="Passant")


def address_of(who: Account) -> str:
    return primary_address(who.person_id or 0) or who.mailbox


def made(owner: Account, kind: Kind = Kind.MANUAL, rule: Rule | None = None, **chosen: object) -> MailingList:
    """A list of that owner's, with those settings."""
    now = timezone.now()
    maker = Creator(owner.pk, owner.person_id or 0, AccountRole.ADMINISTRATOR)
    wanted = NewList("Conseil pédagogique", f"conseil-{next(_numbers)}", kind)
    list_id = services.create_list(maker, wanted, DOMAIN, by="test", now=now)
    if rule:
        services.change_rule(list_id, owner.pk, rule, by="test", now=now)
    given = {
        "title": "Conseil pédagogique",
        "description": "",
        "writers": Writers.MEMBERS,
        "is_moderated": False,
        "refuses_others": False,
        "reply_to": ReplyTo.AUTHOR,
        "files": Files.KEEP,
        "has_archive": True,
        "may_join": False,
    }
    services.change_settings(list_id, owner.pk, ListSettings(**{**given, **chosen}), by="test", now=now)  # type: ignore[arg-type]
    return MailingList.objects.get(pk=list_id)


def with_people(row: MailingList, owner: Account, *addresses: str) -> None:
    services.subscribe(
        row.pk, owner.pk, [Recipient("", one) for one in addresses], DOMAIN, by="test", now=timezone.now()
    )


def message(
    sender: str,
    to: str,
    subject: str = "Réunion",
    return_path: str | None = None,
    files: int = 0,
    **more: str,
) -> bytes:
    """What Dovecot holds once Postfix delivered it."""
    one = EmailMessage()
    one["Return-Path"] = f"<{sender if return_path is None else return_path}>"
    one["From"] = f"Quelqu’un <{sender}>"
    one["To"] = to
    one["Subject"] = subject
    one["Message-ID"] = f"<m{next(_numbers)}@exemple.test>"
    one["Date"] = "Tue, 01 Sep 2026 10:00:00 +0200"
    for name, value in more.items():
        del one[name.replace("_", "-")]
        one[name.replace("_", "-")] = value
    one.set_content("Bonjour à tous.\n")
    if files:
        one.add_attachment(b"%PDF-1.7 " + bytes(files), "application", "pdf", filename="Ordre du jour é.pdf")
    return one.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def submitted(content: bytes, *recipients: str) -> None:
    """The gate records the message as submitted by its envelope sender, if that is one of us."""
    mail = message_from_bytes(content, policy=policy.default)
    sender = str(mail["Return-Path"]).strip("<>")
    account_id = people_with_mail(people_by_address([sender]).values()).values()
    for number in account_id:
        Submission.objects.create(
            account_id=number,
            queue_id=f"Q{next(_numbers)}",
            origin=Origin.SUBMITTED,
            message_id=str(mail["Message-ID"]),
            sender=sender,
            recipients=list(recipients),
            counted=len(recipients),
            at=timezone.now(),
        )


def arrives(
    mailboxes: MemoryMailboxes, row: MailingList, content: bytes, *, written_to: str | None = None
) -> list[ListLetter]:
    """The message is delivered to the list and read by the worker; the letters there are.

    `written_to`: the recipient its author gave, the list unless somebody sent it on.
    """
    submitted(content, row.address if written_to is None else written_to)
    return received(mailboxes, row, sealed(content))


def sealed(content: bytes) -> bytes:
    """As the gate seals it for its author."""
    author = parseaddr(str(message_from_bytes(content, policy=policy.default)["From"]))[1].lower()
    return with_voucher(content, settings.SEAL_KEY, f"mail.{DOMAIN}", author)


def received(mailboxes: MemoryMailboxes, row: MailingList, content: bytes) -> list[ListLetter]:
    """That very content is delivered to the list and read; the letters there are."""
    mailboxes.box(row.address).append("INBOX", content, (), datetime.now(UTC))
    reads(mailboxes, row)
    return list(ListLetter.objects.filter(list=row).order_by("pk"))


def reads(mailboxes: MemoryMailboxes, row: MailingList, clock: Callable[[], float] = lambda: 0.0) -> int:
    def no_report(
        mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        return [], position

    return services.read_list(row.pk, mailboxes, no_report, is_sealed, now=timezone.now(), clock=clock)


def carried(letter: ListLetter, means: FanoutContext, clock: Clock, *, most: int = 200) -> ListLetter:
    """The worker works until the letter is over, whatever kills it meanwhile."""
    for _ in range(most):
        letter.refresh_from_db()
        if letter.state not in ("sending", "scheduled"):
            break
        with contextlib.suppress(Killed, EngineDown):
            services.fan_out(letter.pk, means)
        clock.pass_by()
    letter.refresh_from_db()
    return letter


def signed_in(who: Account) -> Client:
    return browser_of(who)
