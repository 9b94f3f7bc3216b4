"""Who opens NUMENs: this process when it holds the keys, else the service that does (ADR 0033)."""

import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Collection
from threading import Lock
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from vaguemestre.access.signin.presence import present_secret
from vaguemestre.access.signin.queries import session_holder
from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.desks.enrolment.queries import scope_of
from vaguemestre.desks.enrolment.services import reveal_numen
from vaguemestre.engines import agent
from vaguemestre.engines.agent import Verb
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.people.credentials.queries import numen_words_of, roles_of
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.rules.numen_vault import HeldKeys
from vaguemestre.people.intake.values import LINE_PURPOSE
from vaguemestre.schools.rosters.values import STAGED_PURPOSE
from vaguemestre.site.agents.sockets import numen_socket

_START_PATIENCE_SECONDS = 5.0  # an instance serves before the service listens
_OFFICERS = frozenset({AccountRole.HR_OFFICER})
_MAX_TYPED = 1_024  # characters; pages refuse longer passwords
_QUESTIONS_PER_HOUR = 200  # about one account's NUMEN: a meter asks as somebody types
_HOUR = 3_600.0
_STAFF = _OFFICERS | {AccountRole.ADMINISTRATOR}
# What pages open besides NUMENs, and the roles that may; any, where none is named. Lines quote NUMENs.
_OPENERS = {LINE_PURPOSE: _OFFICERS, STAGED_PURPOSE: frozenset[str]()}


class QuestionBudget:
    """Counts questions about each account in an hour. Since the answers add up, they are few."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._counts, self._ends_at = Counter[int](), 0.0

    def charge(self, account_id: int) -> None:
        """Count one. Raises Refusal `credentials.passwords-tried-too-often`."""
        with self._lock:
            if self._clock() >= self._ends_at:
                self._counts, self._ends_at = Counter(), self._clock() + _HOUR
            self._counts[account_id] += 1
            if self._counts[account_id] > _QUESTIONS_PER_HOUR:
                raise Refusal("credentials.passwords-tried-too-often")


class HeldNumens:
    """What is done with the keys."""

    def __init__(self, keys: HeldKeys) -> None:
        self.keys = keys

    def words_in(self, account_id: int, typed: str) -> tuple[str, ...]:
        """Implements `credentials.ports.NumenWords`."""
        return numen_words_of(account_id, typed, self.keys)

    def disclose(self, officer_id: int, person_id: int, why: str) -> str:
        """Implements `enrolment.ports.DiscloseNumen`."""
        scope, by = scope_of(officer_id), account_subject(officer_id)
        return reveal_numen(scope, person_id, self.keys, why, by=by, now=timezone.now()).text


class AskedNumens:
    """Implements `directory.values.NumenKeys`, and what else is done with the keys, by asking the service."""

    def __init__(self, instance: Place) -> None:
        self._socket = numen_socket(instance)

    def digest(self, text: str) -> str:
        return str(self._ask("digest", text))

    def seal(self, content: bytes, purpose: bytes) -> bytes:
        return b64decode(self._ask("seal", b64encode(content).decode(), purpose.decode()))

    def unseal(self, sealed: bytes, purpose: bytes) -> bytes:
        secret = present_secret.get() or ""
        return b64decode(self._ask("unseal", secret, b64encode(sealed).decode(), purpose.decode()))

    def mask(self, sealed: bytes) -> str:
        return str(self._ask("mask", present_secret.get() or "", b64encode(sealed).decode()))

    def words_in(self, account_id: int, typed: str) -> tuple[str, ...]:
        return tuple(self._ask("words", str(account_id), typed))

    def disclose(self, officer_id: int, person_id: int, why: str) -> str:
        """The officer is whoever's session the service finds."""
        return str(self._ask("disclose", present_secret.get() or "", str(person_id), why))

    def _ask(self, verb: str, *arguments: str) -> Any:
        answer = agent.ask(self._socket, verb, *arguments, start_patience=_START_PATIENCE_SECONDS)
        if "refusal" in answer:
            raise Refusal(answer["refusal"])
        return answer["is"]


def verbs(
    numens: HeldNumens, pages: Collection[int], doors: Collection[int], budget: QuestionBudget | None = None
) -> dict[str, Verb]:
    """What the service does for the pages of those signed in, and for those of the door."""
    keys, budget = numens.keys, budget or QuestionBudget()

    def seal(content: str, purpose: str) -> str:
        return b64encode(keys.seal(b64decode(content), purpose.encode())).decode()

    def words(account: str, typed: str) -> tuple[str, ...]:
        account_id = int(account)
        budget.charge(account_id)
        return numens.words_in(account_id, typed) if len(typed) <= _MAX_TYPED else ()

    def unseal(secret: str, sealed: str, purpose: str) -> str:
        openers = _OPENERS.get(purpose.encode())
        if openers is None:
            raise EngineRefused(f"{purpose} ne s’ouvre pas pour les pages")
        _holder(secret, openers)
        return b64encode(keys.unseal(b64decode(sealed), purpose.encode())).decode()

    def mask(secret: str, sealed: str) -> str:
        _holder(secret, _STAFF)
        return keys.mask(b64decode(sealed))

    def disclose(secret: str, person_id: str, why: str) -> str:
        return numens.disclose(_holder(secret, _OFFICERS), int(person_id), why)

    everybody = {*pages, *doors}
    return {
        "digest": Verb(_answering(keys.digest), everybody),
        "seal": Verb(_answering(seal), everybody),
        "words": Verb(_answering(words), everybody),
        "unseal": Verb(_answering(unseal), pages),
        "mask": Verb(_answering(mask), pages),
        "disclose": Verb(_answering(disclose), pages),
    }


def _holder(secret: str, roles: Collection[str]) -> int:
    """The account of that session, of one of the roles; none named: of any. Raises EngineRefused."""
    key = session_digest(secret)
    holder = session_holder(key, timezone.now()) if key else None
    if holder is None or (roles and roles_of({holder.account_id}).get(holder.account_id) not in roles):
        raise EngineRefused("aucune session n’en a le droit : reconnectez-vous")
    return holder.account_id


def _answering(run: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    def answer(*arguments: str) -> dict[str, Any]:
        close_old_connections()
        try:
            return {"is": run(*arguments)}
        except Refusal as refusal:
            return {"refusal": refusal.code}
        except ValueError as error:
            raise EngineRefused(f"demande mal formée : {type(error).__name__}") from None

    return answer
