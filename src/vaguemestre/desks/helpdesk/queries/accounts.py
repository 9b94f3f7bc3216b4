"""What the desk sees. Nothing here writes; nothing here reads a message, a password, a NUMEN or a code."""

from collections.abc import Sequence
from datetime import datetime

from vaguemestre.access.assistant.queries import issued_code_until
from vaguemestre.access.signin.queries import sessions_of, throttle_of
from vaguemestre.desks.helpdesk.rules.story import STORY
from vaguemestre.desks.helpdesk.values import Line, Moment, Shown, Target, Touched
from vaguemestre.foundation.journal.queries import Kept, lines_about
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import (
    app_passwords_of,
    devices_of,
    find_account,
    identified,
    lives_of,
    passkeys_of,
    presented,
    usable_contact,
    usernames_of,
)
from vaguemestre.people.credentials.queries.keys import key_held
from vaguemestre.people.credentials.rules.delivered_codes import masked
from vaguemestre.people.directory.queries import find_person, helpdesk_people_page, newest_post_label
from vaguemestre.post.outbox.queries import count_on_hold, waiting_messages

_READ_BACK = 200
_STORY_LENGTH = 60


def accounts_found(
    typed: str, *, backwards: bool = False, first: int = 0, count: int = 30
) -> tuple[list[Line], int]:
    """A page of accounts by username, address, names or school, and how many people answer.

    The exact one comes before the first page, and so on none else.
    """
    if not typed.strip():
        return [], 0
    exact = find_account(typed)
    people, total = helpdesk_people_page(typed, backwards=backwards, first=first, count=count)
    lives = lives_of([one.person_id for one in people])
    lines = [
        Line(lives[one.person_id][0], lives[one.person_id][1], one.name, one.address, one.detail, state)
        for one in people
        if one.person_id in lives
        for state in lives[one.person_id][2:]
    ]
    if exact:
        known = presented(exact.account_id)
        lines = [line for line in lines if line.account_id != exact.account_id]
        if known and first == 0:
            place = newest_post_label(exact.person_id or 0)
            lines.insert(
                0, Line(known.account_id, known.username, known.name, known.address, place, known.state)
            )
    return lines, max(total, len(lines))


def target_of(account_id: int, now: datetime) -> Target:
    """Raises Refusal `helpdesk.account-gone`."""
    account = presented(account_id)
    if account is None:
        raise Refusal("helpdesk.account-gone")
    return Target(
        account_id,
        account.role,
        account.state,
        contact_for_code(account_id, account.state, now),
        count_on_hold(account_id),
        has_key=key_held(account_id) is not None,
    )


def contact_for_code(account_id: int, state: str, now: datetime) -> str:
    """Where the desk may send a code: the contact its owner proved; before an activation, the one on file."""
    if state != "pending":
        return usable_contact(account_id, now)
    person = find_person(identified(account_id).person_id or 0)
    return person.recovery_address if person else ""


def shown(account_id: int, now: datetime) -> Shown | None:
    """One account with its story; None when there is none of that number."""
    account = presented(account_id)
    if account is None:
        return None
    throttled = throttle_of(account_id, now)
    known = identified(account_id)
    contact = contact_for_code(account_id, account.state, now)
    return Shown(
        account_id=account_id,
        username=account.username,
        name=account.name,
        address=account.address,
        place=newest_post_label(known.person_id or 0),
        role=account.role,
        state=account.state,
        is_shut=account.state == "active" and not known.hashed,
        failures=throttled.failures,
        waits_until=throttled.until,
        contact=masked(contact) if contact else "",
        code_until=issued_code_until(account_id, now),
        factors=_factors(account_id),
        story=_story(account_id, lines_about(f"account:{account_id}", limit=_READ_BACK)),
    )


def touched_by(account_id: int, now: datetime) -> Touched:
    """What an act on that account would cut, as it stands. Raises Refusal `helpdesk.account-gone`."""
    account = shown(account_id, now)
    if account is None:
        raise Refusal("helpdesk.account-gone")
    return Touched(
        name=account.name,
        username=account.username,
        place=account.place,
        contact=account.contact,
        sessions=len(sessions_of(account_id, "", now)),
        app_passwords=len(app_passwords_of(account_id)),
        factors=account.factors,
        has_password=bool(identified(account_id).hashed),
        has_code=account.code_until is not None,
        going_out=len(waiting_messages(account_id)),
        kept_back=count_on_hold(account_id),
    )


def _factors(account_id: int) -> tuple[str, ...]:
    """The kinds of second factors an account holds, in words."""
    kinds = {device.kind for device in devices_of(account_id)}
    found = ["application"] if "app" in kinds else []
    found += ["clé OTP"] if "key" in kinds else []
    found += ["clé d’accès"] if passkeys_of(account_id) else []
    return tuple(found)


def _story(account_id: int, lines: Sequence[Kept]) -> tuple[Moment, ...]:
    told = [line for line in lines if line.action in STORY][:_STORY_LENGTH]
    names = usernames_of({int(line.by.partition(":")[2]) for line in told if line.by.startswith("account:")})
    return tuple(
        Moment(
            line.at,
            STORY[line.action],
            _actor(line.by, account_id, names),
            str(line.details.get("reason") or ""),
        )
        for line in told
    )


def _actor(by: str, account_id: int, names: dict[int, str]) -> str:
    """Who, in the desk's words."""
    kind, _, number = by.partition(":")
    if kind != "account":
        return {"anybody": "Un visiteur", "cli": "L’exploitation"}.get(by, "Le système")
    return "La personne" if int(number) == account_id else names.get(int(number), "Un compte disparu")
