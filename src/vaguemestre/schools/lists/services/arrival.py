"""Mail that came to a list: read once, judged, kept where it lies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.queries import account_of_mailbox, people_with_mail
from vaguemestre.people.directory.queries import people_by_address
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.post.outbox.ports import FindReports
from vaguemestre.post.outbox.services import collect_reports
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.events import LetterGoesOn, NoticeDue
from vaguemestre.schools.lists.models import LetterRow, MailingList
from vaguemestre.schools.lists.rules.acceptance import decided
from vaguemestre.schools.lists.rules.arrival import read_arrival
from vaguemestre.schools.lists.rules.list_address import without_detail
from vaguemestre.schools.lists.values import Arrival, Decision, Files, Policy, Standing, State, Writers

INBOX = "INBOX"
_PAGE = 100


def read_list(list_id: int, open_mailbox: OpenMailbox, find_reports: FindReports, *, now: datetime) -> int:
    """Take in what came since last time, oldest first; how many letters. Twice is once. Raises EngineDown."""
    row = MailingList.objects.filter(pk=list_id, closed_at__isnull=True).first()
    if row is None:
        return 0
    taken = 0
    with open_mailbox(MailLogin(row.address)) as box:
        fresh = list(_fresh(box, row))
        if fresh:
            collect_reports(row.account_id, row.address, "", find_reports, now=now)
        for ref in fresh:
            try:
                raw = box.raw(ref)
            except MessageGone:
                continue
            if _take_in(row, ref, raw, now):
                taken += 1
            else:
                box.expunge([ref])
    MailingList.objects.filter(pk=row.pk).update(read_at=now)
    return taken


def author_of(sender: str, return_path: str) -> int:
    """The account that certainly wrote it; 0 for anybody else.

    Nobody takes an envelope of ours without signing in, and whoever signs in is held to their own From: both
    must be the same account's.
    """
    one = _account_of(without_detail(return_path)) if return_path else 0
    return one if one and one == _account_of(without_detail(sender)) else 0


def _fresh(box: Mailbox, row: MailingList) -> Iterator[MessageRef]:
    """What was not looked at yet, oldest first."""
    found: list[MessageRef] = []
    offset = 0
    while True:
        page = box.page(INBOX, offset, _PAGE)
        seen = row.last_uid if page.uid_validity == row.uid_validity else 0
        new = [one.ref for one in page.rows if one.ref.uid > seen]
        found += new
        offset += _PAGE
        if len(new) < _PAGE:
            break
    yield from sorted(found, key=lambda ref: ref.uid)


@transaction.atomic(durable=True)
def _take_in(row: MailingList, ref: MessageRef, raw: bytes, now: datetime) -> bool:
    """Whether the message is kept. Its reading is noted in the same transaction: it is judged once."""
    arrival, return_path = read_arrival(raw, row.address)
    MailingList.objects.filter(pk=row.pk).update(uid_validity=ref.uid_validity, last_uid=ref.uid)
    known = LetterRow.objects.filter(list=row, uid_validity=ref.uid_validity, uid=ref.uid)
    if known.exists():
        return True
    arrival = replace(arrival, author_id=author_of(arrival.sender, return_path) if arrival.sender else 0)
    decision = decided(arrival, _policy(row), _standing(row, arrival, now))
    if decision.state is State.DROPPED:
        record("lists.dropped", to=f"list:{row.pk}", by="system", at=now, reason=decision.reason)
        return False
    _keep(row, ref, arrival, decision, now)
    return True


def _keep(row: MailingList, ref: MessageRef, arrival: Arrival, decision: Decision, now: datetime) -> None:
    letter = LetterRow.objects.create(
        list=row,
        uid_validity=ref.uid_validity,
        uid=ref.uid,
        message_id=arrival.message_id,
        root=arrival.roots[0] if arrival.roots else "",
        author_id=arrival.author_id or None,
        sender=arrival.sender,
        sender_name=arrival.sender_name,
        subject=arrival.subject,
        size=arrival.size,
        received_at=now,
        state=decision.state,
        reason=decision.reason,
        decided_at=now if decision.state is not State.HELD else None,
    )
    record(f"lists.letter-{decision.state}", to=f"list:{row.pk}", by="system", at=now, reason=decision.reason)
    match decision.state:
        case State.SENDING:
            announce(LetterGoesOn(letter.pk))
        case State.HELD:
            announce(NoticeDue(letter.pk, "held"))
            announce(NoticeDue(letter.pk, "to-decide"))
        case _:
            announce(NoticeDue(letter.pk, "refused"))


def _policy(row: MailingList) -> Policy:
    return Policy(Writers(row.writers), row.is_moderated, row.refuses_others, Files(row.files))


def _standing(row: MailingList, arrival: Arrival, now: datetime) -> Standing:
    author = arrival.author_id
    people = people_by_address([arrival.sender]) if author else {}
    person = next(iter(people.values()), 0)
    return Standing(
        is_keeper=bool(author and queries.part_in(row.pk, author, now)),
        is_member=bool(person and queries.why_member(row, person, now)),
        members=_reached(row, arrival, now) if arrival.roots else 0,
        answers_lately=queries.answers_lately(row.pk, arrival.roots, now),
        is_twice=bool(arrival.message_id)
        and LetterRow.objects.filter(list=row, message_id=arrival.message_id).exists(),
    )


def _reached(row: MailingList, arrival: Arrival, now: datetime) -> int:
    """How many an answer would reach: as many as what it answers did, where that is known."""
    answered = LetterRow.objects.filter(list=row, message_id__in=arrival.roots, planned_at__isnull=False)
    most = answered.order_by("-recipients").values_list("recipients", flat=True).first()
    return len(queries.members_of(row, now)) if most is None else most


def _account_of(address: str) -> int:
    person = people_by_address([address]).get(address)
    if person:
        return people_with_mail([person]).get(person, 0)
    return account_of_mailbox(address) or 0
