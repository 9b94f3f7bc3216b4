"""Reading lists, what went through, who is meant today. Nothing here writes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import identified, people_with_mail, presented
from vaguemestre.people.directory.queries import (
    OwnAddress,
    addresses_by_person,
    names_by_person,
    place_names,
    primary_address,
    recently_left_posts,
    served_posts,
)
from vaguemestre.people.directory.values import ServedPost
from vaguemestre.people.lifecycle.queries import withdrawn, withdrawn_among
from vaguemestre.post.outbox.queries import count_recipients_by_state, delivery_statuses
from vaguemestre.schools.lists.models import CopyRow, Keeper, LetterRow, MailingList, Subscriber
from vaguemestre.schools.lists.rules.list_address import bounces_begin, without_detail
from vaguemestre.schools.lists.rules.members import as_json, from_json, meant
from vaguemestre.schools.lists.values import (
    Addressed,
    CopyShown,
    Counted,
    Fates,
    Kind,
    LetterShown,
    ListCard,
    Member,
    Part,
    Rule,
    State,
    Writers,
)

SAMPLE = 12
_HEAD = "DIR"
_LOOKED_AT = 40  # lists of that name, at most, of which those one may write to are proposed
_PASSED = (State.SENDING, State.SENT, State.STOPPED)


def members_of(row: MailingList, now: datetime) -> tuple[Member, ...]:
    """Who a letter of the list goes to at that moment, each address once, by address."""
    if row.kind == Kind.RULE:
        return rule_members(from_json(row.rule), now)
    return _subscribed(row, now)


def rule_members(rule: Rule, now: datetime, *, person_id: int = 0) -> tuple[Member, ...]:
    """Whom a rule means at that moment: those who serve that day and whose mailbox receives.

    And, for the agreed days after a change of post, those whose former post it means (docs/domain.md §3.6).
    """
    blocks = as_json(rule)
    if not blocks["any"]:
        return ()
    day, kept = paris_day(now), settings.CONFIG.lifecycle.overlap
    served = served_posts(day, [*blocks["any"], *blocks["besides"]], person_id=person_id)
    left = recently_left_posts(day, blocks["any"], kept, person_id=person_id)
    found = meant(rule, chain(served, left))
    reached = _reached(found)
    addresses, names = addresses_by_person(reached), names_by_person(reached)
    return _ordered(
        Member(addresses[person][0][0].lower(), names.get(person, ""), person, found[person])
        for person in reached
        if addresses.get(person)
    )


def listed_members(row: MailingList, now: datetime) -> tuple[tuple[int, Member], ...]:
    """Everybody, by address, with the number of their subscription; 0 in a list the directory keeps."""
    members = members_of(row, now)
    by_person = dict(row.subscribers.filter(person__isnull=False).values_list("person_id", "pk"))
    by_address = dict(row.subscribers.filter(person__isnull=True).values_list("address", "pk"))
    return tuple(
        (by_person.get(one.person_id, 0) if one.person_id else by_address.get(one.address, 0), one)
        for one in members
    )


def places_of_rule(rule: Rule) -> dict[str, str]:
    """The names of the establishments a rule speaks of."""
    return place_names({uai for one in (*rule.any, *rule.besides) for uai in one.uais})


def counted(members: Collection[Member], *, most: int = SAMPLE) -> Counted:
    """How many, and some of them, spread over the whole."""
    listed = list(members)
    step = max(1, len(listed) // most)
    return Counted(len(listed), tuple(listed[::step][:most]))


def why_member(row: MailingList, person_id: int, now: datetime) -> tuple[str, ...]:
    """Why somebody is in a list; empty when they are not."""
    if not person_id:
        return ()
    if row.kind == Kind.RULE:
        found = rule_members(from_json(row.rule), now, person_id=person_id)
        return found[0].reasons if found else ()
    if row.subscribers.filter(person_id=person_id).exists() and _reached([person_id]):
        return _subscribed(row, now, person_id=person_id)[0].reasons
    return ()


def list_at(address: str) -> MailingList | None:
    """The list of that address, open or closed."""
    return MailingList.objects.filter(address=address.lower()).first()


def is_list_mailbox(mailbox: str) -> bool:
    return MailingList.objects.filter(address=mailbox.lower()).exists()


def lists_among(addresses: Iterable[str]) -> dict[str, int]:
    """Address → list, for those of the addresses (with or without detail) that are lists'."""
    wanted = {without_detail(one) for one in addresses}
    return dict(MailingList.objects.filter(address__in=wanted).values_list("address", "pk"))


def part_in(list_id: int, account_id: int, now: datetime) -> str:
    """`owner`, `moderator` or nothing.

    The list of a school is also its head's, for as long as they lead it; one whose owners have all gone, the
    administrators'.
    """
    rows = Keeper.objects.filter(list_id=list_id, account_id=account_id)
    part = rows.values_list("part", flat=True).first() or ""
    if withdrawn_among([account_id]):
        return ""
    if part == Part.OWNER:
        return part
    row = MailingList.objects.filter(pk=list_id).first()
    who = presented(account_id)
    if row is None or who is None or who.state != "active":
        return part
    if row.within and account_id in _heads(row.within, now):
        return Part.OWNER
    is_orphan = not _owning().filter(list_id=list_id).exists()
    return Part.OWNER if is_orphan and who.role == "administrator" else part


def open_list(list_id: int) -> MailingList | None:
    return MailingList.objects.select_related("account").filter(pk=list_id).first()


def cards_of(account_id: int, person_id: int, now: datetime) -> tuple[ListCard, ...]:
    """Lists somebody keeps or is in, and those they may join; none for whoever left or is away for long."""
    if withdrawn_among([account_id]):
        return ()
    parts = dict(Keeper.objects.filter(account_id=account_id).values_list("list_id", "part"))
    parts |= dict.fromkeys(_led_lists(account_id, person_id, now), Part.OWNER)
    subscribed = set(Subscriber.objects.filter(person_id=person_id).values_list("list_id", flat=True))
    posts = _posts(person_id, now) if person_id else []
    waiting = dict(
        LetterRow.objects.filter(list_id__in=parts, state=State.HELD)
        .values_list("list_id")
        .annotate(count=Count("pk"))
        .values_list("list_id", "count")
    )
    found = []
    for row in MailingList.objects.filter(closed_at__isnull=True).order_by("title", "pk"):
        is_rule = row.kind == Kind.RULE
        is_member = bool(meant(from_json(row.rule), posts)) if is_rule else row.pk in subscribed
        card = ListCard(
            list_id=row.pk,
            address=row.address,
            title=row.title,
            description=row.description,
            kind=Kind(row.kind),
            held=waiting.get(row.pk, 0),
            is_keeper=row.pk in parts,
            is_owner=parts.get(row.pk) == Part.OWNER,
            is_member=is_member,
            may_leave=is_member and not is_rule,
            may_join=not is_rule and not is_member and row.may_join,
        )
        if card.is_keeper or card.is_member or card.may_join:
            found.append(card)
    return tuple(found)


def keepers_of(list_id: int, now: datetime) -> list[tuple[int, str, str, str]]:
    """(account, name, address, part), owners first; the head of the school of the list as `head`."""
    rows = Keeper.objects.filter(list_id=list_id).select_related("account__person")
    told = []
    for one in rows.order_by("-part", "pk"):
        person = one.account.person
        address = primary_address(person.pk) if person else None
        told.append(
            (one.account_id, person.shown_name if person else one.account.username, address or "", one.part)
        )
    known = {account_id for account_id, *_ in told}
    within = MailingList.objects.values_list("within", flat=True).get(pk=list_id)
    for account_id in _heads(within, now) if within else ():
        head = presented(account_id)
        if head and account_id not in known:
            told.append((account_id, head.name, head.address, "head"))
    return told


def keeper_accounts(list_id: int, now: datetime) -> list[int]:
    """The accounts of those who decide."""
    rows = Keeper.objects.filter(list_id=list_id, account__state="active").exclude(account_id__in=withdrawn())
    rows = rows.order_by("pk")
    found = list(rows.values_list("account_id", flat=True))
    within = MailingList.objects.values_list("within", flat=True).get(pk=list_id)
    return list(dict.fromkeys((*found, *(_heads(within, now) if within else ()))))


def held_letters(list_id: int) -> tuple[LetterShown, ...]:
    """What waits for a decision, oldest first, and what waits for its hour."""
    rows = LetterRow.objects.filter(list_id=list_id, state__in=(State.HELD, State.SCHEDULED))
    return _shown(rows.order_by("state", "received_at")[:200])


def passed_letters(list_id: int, *, offset: int, limit: int) -> tuple[LetterShown, ...]:
    """What went through, newest first."""
    rows = LetterRow.objects.filter(list_id=list_id, state__in=_PASSED)
    return _shown(rows.order_by("-received_at", "-pk")[offset : offset + limit])


def turned_away(list_id: int, *, limit: int = 30) -> tuple[LetterShown, ...]:
    """What was refused lately, newest first."""
    rows = LetterRow.objects.filter(list_id=list_id, state=State.REFUSED)
    return _shown(rows.order_by("-received_at", "-pk")[:limit])


def letter_of(list_id: int, public_id: str) -> LetterRow | None:
    return (
        LetterRow.objects.select_related("list__account").filter(list_id=list_id, public_id=public_id).first()
    )


def letter_named(public_id: str) -> LetterRow | None:
    return LetterRow.objects.select_related("list__account").filter(public_id=public_id).first()


def letter_by_number(letter_id: int) -> LetterRow | None:
    return LetterRow.objects.select_related("list__account").filter(pk=letter_id).first()


def shown(row: LetterRow) -> LetterShown:
    return _shown(LetterRow.objects.filter(pk=row.pk))[0]


def has_passed(row: LetterRow) -> bool:
    return row.state in _PASSED


def copy_for(letter_id: int, person_id: int) -> tuple[str, ...] | None:
    """Why that person received a letter; None when they did not."""
    rows = (
        CopyRow.objects.filter(letter_id=letter_id, person_id=person_id)
        if person_id
        else CopyRow.objects.none()
    )
    found = rows.values_list("reasons", flat=True).first()
    return None if found is None else tuple(found)


def copy_at(letter_id: int, address: str) -> tuple[str, ...] | None:
    """Why somebody outside received a letter; None when they did not."""
    rows = CopyRow.objects.filter(letter_id=letter_id, address=address, person__isnull=True)
    found = rows.values_list("reasons", flat=True).first()
    return None if found is None else tuple(found)


def fates(row: LetterRow) -> Fates:
    """How many copies are delivered, refused, under way: three questions."""
    known = count_recipients_by_state(row.list.account_id, _senders(row))
    total = row.copies.count()
    handed = row.batches.filter(handed_at__isnull=False, reason="").values("number")
    on_the_way = row.copies.filter(number__in=handed).count()
    barred = row.copies.filter(number__in=row.batches.exclude(reason="").values("number")).count()
    told = {mark: count for mark, count in known.items() if count}
    rest = on_the_way - sum(told.values())
    told["accepted"] = told.get("accepted", 0) + max(0, rest)
    if barred:
        told["refused"] = told.get("refused", 0) + barred
    waiting = total - on_the_way - barred
    if waiting > 0:
        told["waiting"] = waiting
    return Fates(total, {mark: count for mark, count in told.items() if count})


def copies(row: LetterRow, *, search: str, offset: int, limit: int) -> tuple[CopyShown, ...]:
    """Recipients by address, each with what became of their copy."""
    rows = row.copies.order_by("address")
    if search:
        rows = rows.filter(Q(address__icontains=search) | Q(name__icontains=search))
    some = list(rows[offset : offset + limit])
    known = delivery_statuses(row.list.account_id, _senders(row), [one.address for one in some])
    batches = {one.number: one for one in row.batches.filter(number__in={one.number for one in some})}
    told = []
    for one in some:
        batch, fate = batches.get(one.number), known.get(one.address)
        if batch is not None and batch.reason:
            told.append(_copy(one, "refused", batch.handed_at, batch.reason))
        elif fate is not None:
            told.append(_copy(one, fate.state.value, fate.at, fate.reason))
        elif batch is not None and batch.handed_at:
            told.append(_copy(one, "accepted", batch.handed_at))
        else:
            told.append(_copy(one, "waiting"))
    return tuple(told)


def under_way(row: LetterRow, since: datetime) -> int:
    """How many copies handed over since then have no fate yet: bounded, however long the letter."""
    lately = row.batches.filter(handed_at__gte=since).values("number")
    handed = row.copies.filter(number__in=lately).count()
    return handed - sum(count_recipients_by_state(row.list.account_id, _senders(row), since=since).values())


def answers_lately(list_id: int, roots: Collection[str], now: datetime) -> int:
    """How many answers to one of those messages went through in the last hour."""
    if not roots:
        return 0
    rows = LetterRow.objects.filter(
        list_id=list_id, state__in=_PASSED, received_at__gt=now - timedelta(hours=1)
    )
    return rows.filter(root__in=roots).count()


def lost_letters(before: datetime) -> list[int]:
    """Letters whose job was lost with its worker, and those whose hour has come."""
    stuck = Q(state=State.SENDING) & (Q(moved_at__lt=before) | Q(moved_at=None, decided_at__lt=before))
    late = Q(state=State.SCHEDULED, due_at__lt=before)
    return list(LetterRow.objects.filter(stuck | late).values_list("pk", flat=True))


def unread_lists(before: datetime, *, limit: int) -> list[int]:
    """Open lists whose mailbox was not looked into since then, longest first."""
    rows = MailingList.objects.filter(Q(read_at=None) | Q(read_at__lt=before), closed_at__isnull=True)
    return list(rows.order_by("read_at", "pk").values_list("pk", flat=True)[:limit])


def lists_like(account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[Addressed, ...]:
    """Open lists that account may write to, whose title or address holds every word typed."""
    rows = MailingList.objects.filter(closed_at__isnull=True)
    words = typed.lower().split()[:5]
    if not words or len(typed.strip()) < 2:
        return ()
    for word in words:
        rows = rows.filter(Q(title__icontains=word) | Q(address__icontains=word))
    person_id = _person_of(account_id)
    found = []
    for row in rows.order_by("title", "pk")[:_LOOKED_AT]:
        if _may_write(row, account_id, person_id, now):
            found.append(Addressed(row.address, row.title, waits=False))
            if len(found) == limit:
                break
    return tuple(found)


def addressed(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, Addressed]:
    """Those of the addresses that are open lists', and for whoever may write there, who would receive it."""
    asked = [one.lower() for one in addresses]
    rows = list(MailingList.objects.filter(address__in=asked, closed_at__isnull=True))
    person_id = _person_of(account_id) if rows else 0
    found = {}
    for row in rows:
        keeps = bool(part_in(row.pk, account_id, now))
        writes = keeps or _may_write(row, account_id, person_id, now)
        waits = not keeps and (row.is_moderated or not writes)
        counted_now = counted(members_of(row, now), most=3) if writes else None
        found[row.address] = Addressed(row.address, row.title, waits, counted_now)
    return found


def _may_write(row: MailingList, account_id: int, person_id: int, now: datetime) -> bool:
    if row.writers in (Writers.INSIDE, Writers.ANYBODY):
        return True
    if row.writers == Writers.MEMBERS and why_member(row, person_id, now):
        return True
    return bool(part_in(row.pk, account_id, now))


def _person_of(account_id: int) -> int:
    return identified(account_id).person_id or 0


def _heads(uai: str, now: datetime) -> tuple[int, ...]:
    """The accounts of those who lead that school today."""
    people = {one.person_id for one in served_posts(paris_day(now), [{"functions": [_HEAD], "uais": [uai]}])}
    return tuple(sorted(_reached(people).values()))


def _led_lists(account_id: int, person_id: int, now: datetime) -> list[int]:
    """Lists that are somebody's by their post: of the schools they lead, of nobody for administrators."""
    posts = served_posts(paris_day(now), [{"functions": [_HEAD]}], person_id=person_id) if person_id else ()
    rows = MailingList.objects.filter(within__in={one.uai for one in posts}, closed_at__isnull=True)
    found = list(rows.values_list("pk", flat=True))
    who = presented(account_id)
    if who and who.role == "administrator":
        kept = _owning().values("list_id")
        orphans = MailingList.objects.filter(closed_at__isnull=True).exclude(pk__in=kept)
        found += orphans.values_list("pk", flat=True)
    return found


def _posts(person_id: int, now: datetime) -> list[ServedPost]:
    """Those somebody serves that day, and those they left lately for another."""
    day, kept = paris_day(now), settings.CONFIG.lifecycle.overlap
    served, left = (
        served_posts(day, (), person_id=person_id),
        recently_left_posts(day, (), kept, person_id=person_id),
    )
    return [*served, *left]


def _owning() -> QuerySet[Keeper]:
    """Owners who are there."""
    return Keeper.objects.filter(part=Part.OWNER, account__state="active").exclude(account_id__in=withdrawn())


def _reached(people: Collection[int]) -> dict[int, int]:
    """Person → account, for those whose mailbox receives and are not on long leave (docs/domain.md §3.6)."""
    found = people_with_mail(people)
    gone = withdrawn_among(found.values())
    return {person: account for person, account in found.items() if account not in gone}


def _senders(row: LetterRow) -> str:
    """What the envelope senders of a letter's batches begin with."""
    return bounces_begin(row.list.address, row.pk)


def _subscribed(row: MailingList, now: datetime, *, person_id: int = 0) -> tuple[Member, ...]:
    rows = row.subscribers.all()
    if person_id:
        rows = rows.filter(person_id=person_id)
    kept = list(rows)
    inside = [one.person_id for one in kept if one.person_id]
    reached = _reached(inside)
    addresses, names = addresses_by_person(reached), names_by_person(reached)
    return _ordered(
        _subscriber(one, addresses, names)
        for one in kept
        if not one.person_id or addresses.get(one.person_id)
    )


def _subscriber(
    one: Subscriber, addresses: Mapping[int, list[OwnAddress]], names: Mapping[int, str]
) -> Member:
    how = "inscription de votre part" if one.by_self else "inscription par un propriétaire de la liste"
    reason = f"{how}, le {paris_day(one.since):%d/%m/%Y}"
    if one.person_id:
        return Member(addresses[one.person_id][0][0].lower(), names[one.person_id], one.person_id, (reason,))
    return Member(one.address, one.name, 0, (reason,))


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    once: dict[str, Member] = {}
    for one in members:
        once.setdefault(one.address, one)
    return tuple(once[address] for address in sorted(once))


def _shown(rows: QuerySet[LetterRow]) -> tuple[LetterShown, ...]:
    return tuple(
        LetterShown(
            letter_id=row.pk,
            public_id=str(row.public_id),
            sender=row.sender,
            sender_name=row.sender_name,
            subject=row.subject,
            state=State(row.state),
            reason=row.reason,
            received_at=row.received_at,
            due_at=row.due_at,
            size=row.size,
            recipients=row.recipients,
            decided_by=_decider(row),
            note=row.note,
        )
        for row in rows.select_related("decided_by__person")
    )


def _decider(row: LetterRow) -> str:
    if row.decided_by is None or row.decided_by.person is None:
        return ""
    return row.decided_by.person.shown_name


def _copy(one: CopyRow, mark: str, at: datetime | None = None, reason: str = "") -> CopyShown:
    return CopyShown(one.address, one.name, tuple(one.reasons), mark, at, reason)
