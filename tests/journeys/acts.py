"""Acts on a running instance, each committed as its page commits it; what follows is the instance's own work.

A process of its own, in the instance's home: JSON lines in, JSON lines out.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from vaguemestre.people.credentials.values import AccountRole, AppPasswordScope

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.access.signin import services as signin  # noqa: E402
from vaguemestre.access.signin.ports import revocations  # noqa: E402
from vaguemestre.access.signin.sessions import SessionStore  # noqa: E402
from vaguemestre.access.sso.registry.services import keep_application  # noqa: E402
from vaguemestre.access.sso.registry.values import Protocol, Registration  # noqa: E402
from vaguemestre.access.sso.saml.rules.metadata import read_metadata  # noqa: E402
from vaguemestre.access.sso.saml.services import register_provider  # noqa: E402
from vaguemestre.desks.helpdesk import services as helpdesk  # noqa: E402
from vaguemestre.desks.helpdesk.values import DeskAction  # noqa: E402
from vaguemestre.foundation.jobs.services import announce  # noqa: E402
from vaguemestre.foundation.kernel.times import paris_day  # noqa: E402
from vaguemestre.people.credentials.models import Account, AppPassword  # noqa: E402
from vaguemestre.people.credentials.ports import secret_keys  # noqa: E402
from vaguemestre.people.credentials.services import (  # noqa: E402
    add_app_password,
    change_states,
    revoke_app_password,
)
from vaguemestre.people.directory.queries import primary_address  # noqa: E402
from vaguemestre.people.lifecycle import services as lives  # noqa: E402
from vaguemestre.people.lifecycle.values import EventKind  # noqa: E402
from vaguemestre.post.outbox.values import Recipient  # noqa: E402
from vaguemestre.schools.lists import services as lists  # noqa: E402
from vaguemestre.schools.lists.models import ListLetter, ListRole, MailingList  # noqa: E402
from vaguemestre.schools.lists.services.administration import Creator  # noqa: E402
from vaguemestre.schools.lists.services.administration import NewList as WantedList  # noqa: E402
from vaguemestre.schools.lists.values import Kind, Role, Writers  # noqa: E402
from vaguemestre.schools.sharing.models import Box, Member  # noqa: E402
from vaguemestre.schools.sharing.services import add_member, delegate_mailbox, end_delegation, end_member  # noqa: E402
from vaguemestre.schools.sharing.values import MembershipTerms, Right  # noqa: E402

BY = "account:0"
CLIENT, SECRET, BACK = "matrice", "m" * 43, "http://localhost:1/retour"


def activated(number: int) -> Account:
    """An agent whom nobody activated yet, once activated."""
    now = timezone.now()
    pending = Account.objects.filter(role="agent", person__isnull=False, state=Account.State.PENDING)
    row = pending.order_by("pk")[number]
    row.state, row.activated_at, row.state_since = Account.State.ACTIVE, now, now
    row.save()
    return row


def session_of(account_id: int) -> SessionStore:
    session = SessionStore()
    signin.open_browser_session(
        session, account_id, signin.BrowserOrigin("127.0.0.0/24", "Essai"), shared=False, now=timezone.now()
    )
    return session


def list_kept_by(account_id: int, subscriber: str, number: int) -> MailingList:
    """A list that only those who keep it write to: the administrator, and that account."""
    now = timezone.now()
    owner = Account.objects.get(username="lpoulain")
    owner = Account.objects.filter(role="administrator", state="active").first() or owner
    maker = Creator(owner.pk, owner.person_id or 0, AccountRole.ADMINISTRATOR)
    domain = settings.CONFIG.academy.domain
    wanted = WantedList(f"Matrice {number}", f"matrice-{number}", Kind.MANUAL)
    list_id = lists.create_list(maker, wanted, domain, by=BY, now=now)
    lists.subscribe(list_id, owner.pk, [Recipient("", subscriber)], domain, by=BY, now=now)
    ListRole.objects.create(list_id=list_id, account_id=account_id, role=Role.OWNER)
    MailingList.objects.filter(pk=list_id).update(writers=Writers.MANAGERS)
    return MailingList.objects.get(pk=list_id)


def lend(lender: Account, to: Account) -> tuple[int, int]:
    """The mailbox lent, with the right to send, and the loan."""
    now = timezone.now()
    today = paris_day(now)
    wanted = MembershipTerms(Right.SEND, today, today + timedelta(days=30))
    loan = delegate_mailbox(
        lender.pk, primary_address(to.person_id), wanted, inbox_only=False, by=BY, now=now
    )
    return Box.objects.get(account_id=lender.pk).pk, loan


def prepare(number: int, subscriber: str, metadata: str) -> dict[str, Any]:
    """Somebody of the demonstration: an account, a session, passwords, mailboxes shared and lent, a list."""
    now = timezone.now()
    row, friend = activated(number), activated(number + 60)
    shown = [
        add_app_password(row.pk, f"Essai {n}", by=BY, now=now, scope=AppPasswordScope.BOTH) for n in range(2)
    ]
    first = AppPassword.objects.filter(account_id=row.pk).order_by("pk").first()
    session, theirs = session_of(row.pk), session_of(friend.pk)
    address = primary_address(row.person_id)
    box = Box.objects.filter(account__isnull=False, closed_at__isnull=True).order_by("pk")[number]
    wanted = MembershipTerms(Right.SEND, paris_day(now))
    add_member(box.pk, address, wanted, by=BY, now=now)
    shared = add_app_password(box.account_id, "Boîte", by=BY, now=now, holder_id=row.pk)
    borrowed, loan = lend(friend, row)
    lent, _ = lend(row, friend)
    mailing_list = list_kept_by(row.pk, subscriber, number)
    register_provider(read_metadata(metadata.encode(), now)[0], by="instance", now=now)
    for account_id in (row.pk, box.account_id, friend.pk, mailing_list.account_id):
        from vaguemestre.people.credentials.events import AccountChanged

        announce(AccountChanged(account_id))
    registration = Registration(CLIENT, "Matrice", Protocol.OIDC, (BACK,), released=("name",))
    keep_application(registration, SECRET, by="instance", now=now)
    return {
        "account": row.pk, "username": row.username, "mailbox": row.mailbox, "address": address,
        "password": shown[0], "other": shown[1], "number": first.pk if first else 0,
        "cookie": {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key},
        "session": session.session_key, "digest": session.digest,
        "box": box.pk, "box_mailbox": box.account.mailbox, "box_password": shared,
        "member": Member.objects.get(box=box, account_id=row.pk).pk,
        "friend": friend.pk, "borrowed": borrowed, "loan": loan, "lent": lent,
        "friend_cookie": {"name": settings.SESSION_COOKIE_NAME, "value": theirs.session_key},
        "list": mailing_list.pk, "list_address": mailing_list.address,
    }  # fmt: skip


def _key(who: dict[str, Any]) -> None:
    from django.db import transaction

    with transaction.atomic(durable=True):
        revoke_app_password(who["account"], who["number"], by=BY, now=timezone.now())


def _sign_out(who: dict[str, Any]) -> None:
    signin.end_session(who["digest"], who["account"], revocations.get(), now=timezone.now())


def _everywhere(who: dict[str, Any]) -> None:
    signin.end_other_sessions(who["account"], "", revocations.get(), by=BY, now=timezone.now())


def _password(who: dict[str, Any]) -> None:
    signin.change_password(who["account"], "corail-lampe-Verger-39", by=BY, now=timezone.now())
    _everywhere(who)


def _desk(act: DeskAction, *, holds_mailbox: bool = True) -> Callable[[dict[str, Any]], None]:
    def do(who: dict[str, Any]) -> None:
        operator = Account.objects.get(username="lpoulain").pk
        helpdesk.perform_action(
            act, who["account"], "essai de la matrice", secret_keys.get(), operator_id=operator,
            now=timezone.now(), holds_mailbox=holds_mailbox,
        )  # fmt: skip
        revocations.get().bump()

    return do


def _closed(who: dict[str, Any]) -> None:
    from django.db import transaction

    from vaguemestre.people.credentials.events import AccountsChanged

    with transaction.atomic(durable=True):
        change_states([who["account"]], "close", by="feed", now=timezone.now())
        announce(AccountsChanged([who["account"]]))


def _death(who: dict[str, Any]) -> None:
    now = timezone.now()
    numbers = settings.CONFIG.lifecycle_delays()
    lives.declare_event(
        who["account"], EventKind.DEATH, paris_day(now), numbers, by=BY, now=now, today=paris_day(now)
    )


def _membership(who: dict[str, Any]) -> None:
    end_member(who["box"], who["member"], by=BY, now=timezone.now())


def _loan(who: dict[str, Any]) -> None:
    end_delegation(who["friend"], who["loan"], by=BY, now=timezone.now())


def _keeper(who: dict[str, Any]) -> None:
    owner = ListRole.objects.filter(list_id=who["list"]).exclude(account_id=who["account"]).get()
    lists.remove_role(who["list"], owner.account_id, who["account"], by=BY, now=timezone.now())


def letter(message_id: str) -> dict[str, Any]:
    """What a list decided of a message; an empty state while it was not read."""
    return {
        "state": ListLetter.objects.filter(message_id__contains=message_id.strip("<>"))
        .values_list("state", flat=True)
        .first()
        or ""
    }


ACTS = {
    "key": _key, "signed-out": _sign_out, "everywhere": _everywhere, "password": _password,
    "suspended": _desk(DeskAction.SUSPEND), "compromised": _desk(DeskAction.COMPROMISED), "closed": _closed,
    "death": _death, "membership": _membership, "loan": _loan, "keeper": _keeper,
    "sheltered": _desk(DeskAction.COMPROMISED, holds_mailbox=False),
}  # fmt: skip


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "prepare":
            told = prepare(asked["number"], asked["subscriber"], asked["metadata"])
        elif asked["do"] == "letter":
            told = letter(asked["message_id"])
        else:
            ACTS[asked["do"]](asked["who"])
            told = {"committed": time.time()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
