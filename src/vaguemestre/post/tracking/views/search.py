"""Message search: for administrators, for the help desk about an account, for a person's own mail."""

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.credentials.queries import find_account, identified, presented
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import PeopleFilter, addresses_by_person, people_page
from vaguemestre.post.outbox.queries.by_account import HeldMessage, held_messages_in, held_messages_of
from vaguemestre.post.trace import queries
from vaguemestre.post.trace.rules.marks import marks_key, subject_mark
from vaguemestre.post.trace.rules.stories import (
    fates_of,
    masked,
    seen_by,
)
from vaguemestre.post.trace.rules.verdicts import verdict_of
from vaguemestre.post.trace.values import Fate, MessageSearch, Step
from vaguemestre.post.tracking import services
from vaguemestre.post.tracking.forms import VERDICT_CHOICES, MessageSearchForm, WholeSearchForm
from vaguemestre.post.tracking.http import for_the_desk
from vaguemestre.post.tracking.labels_fr import (
    FATE_CHOICES,
    THROWN_AWAY,
)
from vaguemestre.post.tracking.views.found_rows import Row, chosen_held, decision_on, found_row, with_held
from vaguemestre.post.tracking.views.stories import story_of, with_removals

_SHOWN = 100
_LOOKED_UP = 50  # recipients of one message
_NAMESAKES = 10
_DAYS = 14  # searched if no day is given
_DOMAIN = re.compile(r"@?(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)


@require_GET
@for_administrators
def search_messages(request: SignedInRequest) -> HttpResponse:
    """Search the mail of `q` (address or username), or everybody's by `objet` (exact) or `verdict`.

    `avec`, `du`, `au`, `etat` narrow it; a whole address in `avec` alone does for `q`. `message`: its steps;
    a Message-ID or queue identifier in `q`, as complaints bear them, shows them too; a name, whose it may be.
    """
    form = WholeSearchForm(request.GET)
    typed = _whose(form) if form.is_valid() else ""
    account = find_account(typed) if typed else None
    addresses = addresses_of(account.account_id) if account else frozenset({typed.lower()} - {""})
    context = _context(request, form, addresses)
    is_searching = form.is_valid() and bool(
        typed or form.cleaned_data["objet"] or form.cleaned_data["verdict"]
    )
    key = request.GET.get("message", "")[:255]
    named = key or ("" if context["rows"] else typed)
    if named and ((steps := _steps_of(named)) or key):
        context["story"] = _whole_story(named, steps)
    elif named and not account:
        context |= {"namesakes": _namesakes(named), "is_domain": bool(_DOMAIN.fullmatch(named))}
    context |= {"is_whole": True, "asked": is_searching, "verdicts": VERDICT_CHOICES}
    return render(request, "tracking/search.html", context)


class _Namesake(NamedTuple):
    """Somebody of the name typed, by the address that finds their mail."""

    name: str
    place: str
    address: str


def _namesakes(words: str, academy_id: int = 0) -> list[_Namesake]:
    """People of that name, of one académie or of all, whose address finds mail; none for an address."""
    if not words or "@" in words:
        return []
    people, _ = people_page(PeopleFilter(words, academy_id=academy_id), first=0, count=_NAMESAKES)
    addresses = addresses_by_person([person.person_id for person in people])
    return [
        _Namesake(person.name, person.place, own[0].address)
        for person in people
        if (own := addresses.get(person.person_id))
    ]


def _steps_of(key: str) -> tuple[Step, ...]:
    """The steps of a message by its queue identifier or Message-ID, in order."""
    return queries.steps_of_queue_id(key) if key.isalnum() else queries.steps_of_message(key)


def _whole_story(key: str, steps: tuple[Step, ...]) -> dict[str, Any]:
    story = story_of(steps, verdict_of(steps), with_detail=True)
    accounts = [found.account_id for one in story["recipients"][:_LOOKED_UP] if (found := find_account(one))]
    return with_removals(story, steps, accounts) | _held_story(key)


def _held_story(key: str) -> dict[str, Any]:
    """What the story of a message held at submission says besides its steps; empty for any other."""
    held = held_messages_in([key]).get(key)
    if held is None:
        return {}
    known: dict[str, Any] = {"sender": held.sender, "recipients": list(held.recipients)}
    if held.is_discarded:
        known |= {"decision": decision_on(held), "fate": Fate.DISCARDED, "words": THROWN_AWAY}
    return known


def _whose(form: WholeSearchForm) -> str:
    """The person whose mail is searched; "" for everybody's. A domain alone has no index."""
    fields, other = form.cleaned_data, form.cleaned_data["avec"].strip()
    is_alone = "@" in other and not (fields["objet"] or fields["verdict"])
    return str(fields["q"].strip() or (other if is_alone else ""))


@require_GET
@for_the_desk
def search_of_account(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Search the mail of one account, for the help desk; without engines' words, which may quote a header."""
    account = presented(account_id)
    if account is None or (account.person_id is None and request.who.role != AccountRole.ADMINISTRATOR):
        raise Http404  # what lists and notices send bears the private addresses of others
    addresses = addresses_of(account_id)
    services.record_search(account_id, by=actor_of(request), now=timezone.now())
    context = _own_context(request, addresses, account_id, ent_domain=str(settings.CONFIG.ent.domain))
    context |= {"account": account, "account_id": account_id, "held": _held(context["form"], account_id)}
    if context["form"].is_valid() and not context["rows"]:
        named = context["form"].cleaned_data["avec"].strip()
        context["correspondents"] = _namesakes(named, request.who.office_academy)
    return render(request, "tracking/search.html", context)


def _held(form: MessageSearchForm, account_id: int) -> list[HeldMessage]:
    """What the account sent and did not leave, for the same days, correspondent and fate."""
    if not form.is_valid():
        return []
    wanted = _criteria(form, frozenset(), timezone.now())
    ent_domain = str(settings.CONFIG.ent.domain)
    return [
        replace(message, recipients=tuple(masked(address, ent_domain) for address in message.recipients))
        for message in chosen_held(held_messages_of(account_id, wanted.since, wanted.until), wanted)
    ]


@require_GET
@signed_in
def find_own(request: SignedInRequest) -> HttpResponse:
    """« Où est mon courriel ? »: search the messages that the person sent or received."""
    account_id = request.who.account_id
    context = _own_context(request, addresses_of(account_id), account_id)
    return render(request, "tracking/search.html", {**context, "is_own": True})


def addresses_of(account_id: int) -> frozenset[str]:
    """The mailbox of an account and the addresses of its person, lower case."""
    account, person_id = presented(account_id), identified(account_id).person_id
    own = addresses_by_person([person_id])[person_id] if person_id else []
    mailbox = {account.mailbox} if account else set[str]()
    return frozenset({*mailbox, *(address.lower() for address, _, _ in own)})


def _own_context(
    request: SignedInRequest, addresses: frozenset[str], account_id: int, *, ent_domain: str = ""
) -> dict[str, Any]:
    """Context without addresses of others. `ent_domain`: of pupils and families, whom nobody may identify."""
    context = _context(request, MessageSearchForm(request.GET), addresses, is_own=True)
    context["rows"] = [
        row._replace(
            sender=masked(row.sender, ent_domain),
            recipients=[masked(address, ent_domain) for address in row.recipients],
            groups=[
                group._replace(recipients=[masked(address, ent_domain) for address in group.recipients])
                for group in row.groups
            ],
        )
        for row in context["rows"]
    ]
    if key := request.GET.get("message", "")[:255]:
        steps = _steps_of(key)
        seen = [
            replace(
                step, recipient=masked(step.recipient, ent_domain), sender=masked(step.sender, ent_domain)
            )
            for step in seen_by(steps, addresses)
        ]
        verdict, received = verdict_of(steps), addresses.intersection(fates_of(steps))
        story = story_of(seen, verdict if received else None, with_detail=False)
        context["story"] = with_removals(story, steps, [account_id] if received else [], is_alone=True)
    return {**context, "asked": True}


def _context(
    request: SignedInRequest,
    form: MessageSearchForm,
    addresses: frozenset[str],
    *,
    is_own: bool = False,
) -> dict[str, Any]:
    """Context of the page. `is_own`: other recipients of what the person received must not be shown."""
    rows: list[Row] = []
    criteria = replace(_criteria(form, addresses, timezone.now()), is_own=is_own) if form.is_valid() else None
    if criteria and (addresses or criteria.subject or criteria.verdicts):
        rows = [found_row(message) for message in queries.find_messages(criteria, limit=_SHOWN)]
        rows = rows if is_own else with_held(rows, criteria, limit=_SHOWN)
    query = request.GET.copy()
    query.pop("message", None)
    return {
        "form": form, "rows": rows, "most": _SHOWN, "query": query.urlencode(),
        "key": request.GET.get("message", ""), "fates": FATE_CHOICES.items(),
        "months": settings.CONFIG.mail.trace_months,
    }  # fmt: skip


def _criteria(form: MessageSearchForm, addresses: frozenset[str], now: datetime) -> MessageSearch:
    values = form.cleaned_data
    last = values["au"] or now.astimezone(PARIS).date()
    first = values["du"] or last - timedelta(days=_DAYS)
    return MessageSearch(
        addresses,
        since=datetime.combine(first, time(), PARIS),
        until=datetime.combine(last + timedelta(days=1), time(), PARIS),
        other=values["avec"].strip(),
        fate=Fate(values["etat"]) if values["etat"] else None,
        **_content(form),
    )


def _content(form: MessageSearchForm) -> dict[str, Any]:
    """The criteria of administrators."""
    if not isinstance(form, WholeSearchForm):
        return {}
    subject = form.cleaned_data["objet"]
    mark = subject_mark(marks_key(settings.SECRET_KEY), subject) if subject else 0
    return {"subject": mark, "verdicts": form.verdicts()}
