"""Acts on a running instance, each committed as its page commits it; what follows is the instance's own work.

A process of its own, in the instance's home: JSON lines in, JSON lines out.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.credentials.models import Account, AppPassword  # noqa: E402
from vaguemestre.credentials.ports import secret_keys  # noqa: E402
from vaguemestre.credentials.services import (  # noqa: E402
    add_app_password,
    change_states,
    revoke_app_password,
)
from vaguemestre.directory.queries import primary_address  # noqa: E402
from vaguemestre.helpdesk import services as helpdesk  # noqa: E402
from vaguemestre.helpdesk.values import Act  # noqa: E402
from vaguemestre.jobs.services import announce  # noqa: E402
from vaguemestre.kernel.times import paris_day  # noqa: E402
from vaguemestre.lives import services as lives  # noqa: E402
from vaguemestre.lives.values import Event  # noqa: E402
from vaguemestre.sharing.models import Box, Member  # noqa: E402
from vaguemestre.sharing.services import add_member, end_member  # noqa: E402
from vaguemestre.sharing.values import Right, Wanted  # noqa: E402
from vaguemestre.signin import services as signin  # noqa: E402
from vaguemestre.signin.ports import revocations  # noqa: E402
from vaguemestre.signin.sessions import SessionStore  # noqa: E402
from vaguemestre.sso.registry.services import keep_application  # noqa: E402
from vaguemestre.sso.registry.values import Protocol, Registration  # noqa: E402

BY = "account:0"
CLIENT, SECRET, BACK = "matrice", "m" * 43, "http://localhost:1/retour"


def prepare(number: int) -> dict[str, Any]:
    """Somebody of the demonstration: an open account, a session, passwords, a shared mailbox."""
    now = timezone.now()
    row = Account.objects.filter(role="agent", person__isnull=False, state=Account.State.PENDING).order_by(
        "pk"
    )[number]
    row.state, row.activated_at, row.state_since = Account.State.ACTIVE, now, now
    row.save()
    shown = [add_app_password(row.pk, f"Essai {n}", by=BY, now=now, scope="both") for n in range(2)]
    first = AppPassword.objects.filter(account_id=row.pk).order_by("pk").first()
    session = SessionStore()
    signin.open_browser_session(
        session, row.pk, shared=False, network="127.0.0.0/24", browser="Essai", now=now
    )
    address = primary_address(row.person_id)
    box = Box.objects.filter(account__isnull=False, closed_at__isnull=True).order_by("pk")[number]
    wanted = Wanted(Right.SEND, paris_day(now))
    add_member(box.pk, address, wanted, by=BY, now=now)
    shared = add_app_password(box.account_id, "Boîte", by=BY, now=now, holder_id=row.pk)
    for account_id in (row.pk, box.account_id):
        from vaguemestre.credentials.events import AccountChanged

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


def _desk(act: Act) -> Callable[[dict[str, Any]], None]:
    def do(who: dict[str, Any]) -> None:
        operator = Account.objects.get(username="lpoulain").pk
        helpdesk.do(
            act, who["account"], "essai de la matrice", secret_keys.get(), operator_id=operator,
            now=timezone.now(), holds_mailbox=True,
        )  # fmt: skip
        revocations.get().bump()

    return do


def _closed(who: dict[str, Any]) -> None:
    from django.db import transaction

    from vaguemestre.credentials.events import AccountsChanged

    with transaction.atomic(durable=True):
        change_states([who["account"]], "close", by="feed", now=timezone.now())
        announce(AccountsChanged([who["account"]]))


def _death(who: dict[str, Any]) -> None:
    now = timezone.now()
    numbers = settings.CONFIG.life_numbers()
    lives.declare(who["account"], Event.DEATH, paris_day(now), numbers, by=BY, now=now, today=paris_day(now))


def _membership(who: dict[str, Any]) -> None:
    end_member(who["box"], who["member"], by=BY, now=timezone.now())


ACTS = {
    "key": _key, "signed-out": _sign_out, "everywhere": _everywhere, "password": _password,
    "suspended": _desk(Act.SUSPEND), "compromised": _desk(Act.COMPROMISED), "closed": _closed,
    "death": _death, "membership": _membership,
}  # fmt: skip


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "prepare":
            told = prepare(asked["number"])
        else:
            ACTS[asked["do"]](asked["who"])
            told = {"committed": time.time()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
