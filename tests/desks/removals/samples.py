"""Mailboxes in memory as removals see them, and steps that say who received what."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vaguemestre.desks.removals.services import PassContext, run_pass
from vaguemestre.desks.removals.values import Look, MailCopy, SoughtMail
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.trace.rules.subjects import comparable_subject
from vaguemestre.post.trace.services import collect_steps
from vaguemestre.post.trace.values import Engine, LogPiece, LogPosition, Step, StepKind

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENDER = "faux@dehors.example"
KEY = "cle"  # of marks of messages


@dataclass
class Letter:
    folder: str
    guid: str
    message_id: str
    subject: str
    flags: frozenset[str] = frozenset()
    uid: int = 0
    queue_id: str = ""  # of the first Received field of ours; empty: never came through our Postfix


@dataclass
class MemoryCopies:
    """Implements `removals.ports.MailCopies`. Mailboxes in `away` do not answer."""

    boxes: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    hidden: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    away: set[str] = field(default_factory=set)
    killed_after_move: bool = False
    uid: int = 0
    searches: int = 0
    lists: int = 0

    def put(self, mailbox: str, letter: Letter) -> None:
        self.uid += 1
        letter.uid = self.uid
        self.boxes[mailbox].append(letter)

    def find_copies(self, mailbox: str, sought: SoughtMail) -> list[MailCopy]:
        self._check(mailbox)
        self.searches += 1
        return [
            MailCopy(letter.folder, letter.uid, letter.guid, letter.flags)
            for letter in self.boxes[mailbox]
            if (letter.queue_id in sought.queue_ids or self._is_own(letter, sought))
            and (sought.arrivals or letter.message_id in sought.message_ids)
            and sought.subject in ("", comparable_subject(letter.subject))
        ]

    @staticmethod
    def _is_own(letter: Letter, sought: SoughtMail) -> bool:
        return not letter.queue_id and letter.message_id in sought.written_here

    def look(self, mailbox: str, sought: SoughtMail) -> Look:
        return Look(self.state(mailbox), self.find_copies(mailbox, sought))

    def state(self, mailbox: str) -> str:
        return repr(self.boxes[mailbox])

    def find_guids(self, mailbox: str, guids: Collection[str]) -> list[MailCopy]:
        self._check(mailbox)
        return [
            MailCopy(letter.folder, letter.uid, letter.guid, letter.flags)
            for letter in self.boxes[mailbox]
            if letter.guid in guids
        ]

    def remove_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> int:
        self._check(mailbox)
        taken = [letter for letter in self.boxes[mailbox] if letter.uid in uids.get(letter.folder, ())]
        self.boxes[mailbox] = [letter for letter in self.boxes[mailbox] if letter not in taken]
        self.hidden[mailbox] += taken
        if self.killed_after_move:
            self.killed_after_move = False
            raise KeyboardInterrupt
        return len(taken)

    def list_removed(self, mailbox: str) -> list[tuple[int, str]]:
        self._check(mailbox)
        self.lists += 1
        return [(letter.uid, letter.guid) for letter in self.hidden[mailbox]]

    def restore_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        self._check(mailbox)
        for folder, numbers in uids.items():
            for letter in [one for one in self.hidden[mailbox] if one.uid in numbers]:
                self.hidden[mailbox].remove(letter)
                letter.folder = folder
                self.boxes[mailbox].append(letter)

    def restore_guids(self, mailbox: str, guids: Mapping[str, Sequence[str]]) -> None:
        known = {letter.guid: letter.uid for letter in self.hidden[mailbox]}
        self.restore_copies(
            mailbox,
            {folder: [known[guid] for guid in names if guid in known] for folder, names in guids.items()},
        )

    def discard_copies(self, mailbox: str, uids: Sequence[int]) -> None:
        self._check(mailbox)
        self.hidden[mailbox] = [letter for letter in self.hidden[mailbox] if letter.uid not in uids]

    def _check(self, mailbox: str) -> None:
        if mailbox in self.away:
            raise EngineDown(f"{mailbox} away")


def told(steps: Sequence[Step], name: str = "dovecot") -> None:
    """Store these steps as if the logs had said them."""
    head = f"{name}{datetime.now(UTC).isoformat()}"
    collect_steps(name, lambda position: LogPiece(steps, LogPosition(head, 1), True), now=NOON)


def arrival(mailbox: str, message_id: str, queue_id: str, sender: str = SENDER) -> list[Step]:
    """The steps of a letter from outside to one mailbox."""
    saved = f"250 2.0.0 <{mailbox}> 7WCZM1grC2t3JQUAg+zDdQ Saved"
    return [
        Step(NOON, Engine.POSTFIX, StepKind.IDENTIFIED, queue_id, message_id),
        Step(NOON, Engine.POSTFIX, StepKind.DELIVERED, queue_id, recipient=mailbox, detail=saved),
        Step(NOON, Engine.POSTFIX, StepKind.QUEUED, queue_id, sender=sender),
        Step(NOON, Engine.DOVECOT, StepKind.FILED, "", message_id, "", mailbox),
    ]


def work(removal_id: int, number: int, copies: MemoryCopies, at: datetime = NOON, limit: int = 50) -> None:
    """One slice of the job, by a clock that stands still."""
    run_pass(
        removal_id,
        number,
        PassContext(copies, lambda: at, limit, lambda addresses: {one: one for one in addresses}, KEY),
    )
