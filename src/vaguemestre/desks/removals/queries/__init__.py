"""Reads of removals."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Lower

from vaguemestre.access.signin.queries import office_academy_of
from vaguemestre.desks.removals.models import DiscardedCopy, Removal, RemovalBox, SecurityOfficer, TakenCopy
from vaguemestre.desks.removals.queries.quarantined import count_quarantined
from vaguemestre.desks.removals.rules.decisions import AWAITING, CONTENT_WAITS, GOALS, REFUSING
from vaguemestre.desks.removals.rules.marks import marks, marks_of_message
from vaguemestre.desks.removals.rules.queue_ids import queue_id_in, queue_id_of_header
from vaguemestre.desks.removals.rules.senders import is_sent_on
from vaguemestre.desks.removals.values import (
    Box,
    BoxHolder,
    BoxPhase,
    ContentState,
    Counts,
    Criteria,
    RemovalFile,
    RemovalState,
)
from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.people.credentials.queries import person_by_account, presented
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import addresses_by_person, names_by_person
from vaguemestre.post.redirects.queries import accounts_that_clicked
from vaguemestre.post.redirects.rules.listed_names import name_of_line, own_names
from vaguemestre.post.reports.values import ReportedLetter
from vaguemestre.post.trace.queries import senders_by_queue_id, steps_by_queue_id
from vaguemestre.post.trace.values import StepKind

_MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_RETURN_PATH = re.compile(r"Return-Path:\s*<([^<>\s]*)>", re.IGNORECASE)  # Dovecot writes it first

_NOBODY = "<>"  # the sender of a bounce: no removal names it
_HOLDS = Exists(TakenCopy.objects.filter(box=OuterRef("pk")))  # another removal may hold the copies

# Sort keys of the pages → columns.
ORDERS = {"date": "asked_at", "expediteur": "sender", "objet": "subject"}
BOX_ORDERS = {"boite": "mailbox", "lus": "seen", "reponses": "answered", "copies": "copies"}


def is_security_officer(account_id: int) -> bool:
    """Whether that account has the right, and still is an administrator of the whole installation."""
    has_right = SecurityOfficer.objects.filter(account_id=account_id).exists()
    return has_right and administers_installation(account_id)


def administers_installation(account_id: int) -> bool:
    """Whether that account is an administrator, and not of one académie among several."""
    account = presented(account_id)
    return (
        account is not None and account.role == AccountRole.ADMINISTRATOR and not office_academy_of(account)
    )


def security_officers() -> list[tuple[int, str]]:
    """Account id and username of everybody who may use the right, by username."""
    rows = SecurityOfficer.objects.order_by("account__username")
    holders = rows.values_list("account_id", "account__username")
    return [(pk, username) for pk, username in holders if administers_installation(pk)]


def removals_page(*, search: str, order: str, first: int, count: int) -> tuple[tuple[RemovalFile, ...], int]:
    """A page of removals that have `search` in what they look for, and their total."""
    fields = ("sender", "subject", "message_id", "link", "file_sha256")
    matches = reduce(or_, (Q(**{f"{field}__icontains": search}) for field in fields))
    rows = Removal.objects.filter(matches if search else Q()).order_by(order, "-pk")
    return tuple(removal_file(row) for row in rows[first : first + count]), rows.count()


def count_waiting_removals() -> int:
    """Removals, returns and links that wait for a second person."""
    waits = Q(state__in=AWAITING) | Q(state__in=CONTENT_WAITS, content_state=ContentState.WAITS)
    return Removal.objects.filter(waits).count()


def find_removal(removal_id: int) -> RemovalFile | None:
    row = Removal.objects.filter(pk=removal_id).first()
    return removal_file(row) if row else None


def removed_guids(mailbox: str) -> frozenset[str]:
    """The GUIDs of the messages that are removed from that mailbox, or deleted since, and not given back."""
    taken = TakenCopy.objects.filter(box__mailbox=mailbox).values_list("guid", flat=True)
    discarded = DiscardedCopy.objects.filter(mailbox=mailbox).values_list("guid", flat=True)
    return frozenset((*taken, *discarded))


def removal_file(row: Removal) -> RemovalFile:
    criteria, counts = criteria_of(row), counts_of(row)
    return RemovalFile(
        removal_id=row.pk,
        criteria=criteria,
        state=RemovalState(row.state),
        note=row.note,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        approved_by=row.approved_by,
        undone_by=row.undone_by,
        counts=replace(counts, quarantined=count_quarantined(criteria)),
        content=ContentState(row.content_state),
    )


def criteria_of(row: Removal) -> Criteria:
    return Criteria(row.message_id, row.sender, row.subject, row.link, row.file_sha256)


def refused_criteria(row: Removal) -> Criteria:
    """What the removal refuses of what comes next: its link and its file once two people want it."""
    criteria = criteria_of(row)
    if row.content_state == ContentState.REFUSED:
        return criteria
    return replace(criteria, link="", file_sha256="")


def counts_of(row: Removal) -> Counts:
    goal = GOALS.get(RemovalState(row.state))
    done = Q(phase=goal) if goal else ~Q(phase=BoxPhase.LISTED)
    totals = (
        RemovalBox.objects.filter(removal=row)
        .annotate(holds=_HOLDS)
        .aggregate(
            boxes=Count("pk"),
            holding=Count("pk", filter=Q(copies__gt=0)),
            opened=Count("pk", filter=Q(seen__gt=0)),
            answered=Count("pk", filter=Q(answered__gt=0)),
            removed=Count("pk", filter=Q(phase=BoxPhase.REMOVED, holds=True)),
            restored=Count("pk", filter=Q(phase=BoxPhase.RESTORED)),
            copies=Sum("copies", default=0),  # last: it takes the name of a column
            done=Count("pk", filter=done),
            unreached=Count("pk", filter=~Q(error="")),
        )
    )
    return Counts(**totals)


def possible_holders(row: Removal) -> int:
    """Mailboxes that hold a copy, held one, or may: they were not looked into yet, or did not answer."""
    may_hold = Q(copies__gt=0) | Q(phase=BoxPhase.LISTED)
    return RemovalBox.objects.filter(may_hold, removal=row).count()


def boxes_page(
    removal_id: int, *, which: str, order: str, first: int, count: int, clicked: Collection[int] = ()
) -> tuple[Sequence[Box], int]:
    """A page of mailboxes. `which`: `ouverts`, `reponses`, `absentes` (not reached); else all with a copy.

    `clics`: of the accounts in `clicked`.
    """
    kinds = {
        "ouverts": Q(seen__gt=0), "reponses": Q(answered__gt=0), "absentes": ~Q(error=""),
        "clics": Q(account_id__in=clicked),
    }  # fmt: skip
    rows = RemovalBox.objects.filter(kinds.get(which, Q(copies__gt=0)), removal_id=removal_id)
    page = rows.annotate(holds=_HOLDS).order_by(order, "mailbox")[first : first + count]
    return [_box(row, holds=row.holds) for row in page], rows.count()


def box_holders(boxes: Collection[Box]) -> dict[str, BoxHolder]:
    """Mailbox → whose it is: its person, else a list or a shared mailbox. Three queries at most."""
    people = person_by_account([box.account_id for box in boxes if box.account_id is not None])
    names, addresses = names_by_person(people.values()), addresses_by_person(people.values())
    holders = {}
    for box in boxes:
        person_id = people.get(box.account_id or 0, 0)
        kind = "Liste de diffusion" if has_list_form(box.mailbox) else "Boîte partagée"
        own = addresses.get(person_id)
        address = own[0].address if own else box.mailbox
        holders[box.mailbox] = BoxHolder(names.get(person_id) or kind, address)
    return holders


def _box(row: RemovalBox, *, holds: bool) -> Box:
    return Box(
        row.mailbox, row.account_id, BoxPhase(row.phase), row.copies, row.seen, row.answered, row.error,
        row.next_try_at, holds,
    )  # fmt: skip


def refused_marks() -> frozenset[str]:
    """The marks of every removal that was decided and not undone."""
    return frozenset(mark for row in _refusing() for mark in marks(refused_criteria(row)))


def is_refused(senders: Collection[str], subject: str, message_id: str) -> bool:
    """Whether a message with these senders (envelope, header) bears a mark, links and files left out."""
    senders = [sender for sender in senders if sender] or [_NOBODY]
    bracketed = f"<{message_id.strip('<> ')}>"
    # asked for every message submitted: what follows costs much more than this question, and is for very few
    if not any(_NAMED.rows(bracketed, sender.lower()) for sender in senders):
        return False
    named = Q(message_id=bracketed)
    for sender in senders:
        named |= Q(sender__iexact=sender)
    message_marks = marks_of_message(senders, subject, message_id)
    return any(not message_marks.isdisjoint(marks(criteria_of(row))) for row in _refusing().filter(named))


def is_refused_link(address: str) -> bool:
    """Whether a removal refuses that link."""
    links = (
        _refusing().filter(content_state=ContentState.REFUSED).exclude(link="").values_list("link", flat=True)
    )
    names = set(own_names(address))
    return any(name_of_line(link) in names for link in links)


_NAMED = FrequentQuery(
    lambda message_id, sender: (
        Removal.objects.annotate(low=Lower("sender"))
        .filter(Q(message_id=message_id) | Q(low=sender))
        .values_list("pk")
    ),
    "<message>",
    "sender",
)


def _refusing() -> "QuerySet[Removal]":
    resumed = Q(state=RemovalState.AWAITING, pk__in=TakenCopy.objects.values("box__removal"))
    return Removal.objects.filter(Q(state__in=REFUSING) | resumed)


def senders_of(criteria: Criteria) -> list[str]:
    """The envelope senders that used that Message-ID, if they are several: it may be a forged one.

    Our own ways of sending on (lists, SRS) are not counted.
    """
    if not criteria.message_id or queue_id_in(criteria.message_id):
        return []
    senders = {sender.lower() for sender in senders_by_queue_id(criteria.message_id).values()}
    others = sorted(sender for sender in senders if sender and not is_sent_on(sender))
    return others if len(others) > 1 else []


def accounts_caught(removal_id: int, criteria: Criteria) -> frozenset[int]:
    """Accounts that followed a link of one of the messages removed, whatever Message-ID each copy bears."""
    own = RemovalBox.objects.filter(removal_id=removal_id).values_list("message_ids", flat=True)
    sought = {criteria.message_id} if criteria.message_id else set()
    return accounts_that_clicked(sought.union(*own), criteria.link)


def criteria_of_copy(letter: ReportedLetter) -> dict[str, str]:
    """What to look for, by field of the form, when that copy was reported.

    Without an envelope sender, its queue identifier, unless nobody else used its Message-ID.
    """
    queue_id, message_id = queue_id_of_header(letter.header), letter.message_id
    queued = steps_by_queue_id({queue_id}, StepKind.QUEUED) if queue_id else ()
    return_path = _RETURN_PATH.match(letter.header)
    sender = next((step.sender for step in queued if step.sender), return_path[1] if return_path else "")
    is_sure = bool(_MESSAGE_ID.fullmatch(message_id))
    if not sender and queue_id:
        is_sure = is_sure and set(senders_by_queue_id(message_id).values()) == {""}
    sought = message_id if is_sure else "" if sender else queue_id
    return {"message_id": sought, "sender": sender, "subject": letter.subject}
