"""Who signs mail tokens: this process when it holds the key, else the token service (ADR 0032)."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from vaguemestre.access.signin.queries import session_holder
from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.engines import agent
from vaguemestre.engines.agent import Verb
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.ports import ProgramToken
from vaguemestre.people.credentials.rules.tokens import sha256_of
from vaguemestre.people.credentials.services.tokens import mint_mail_token, mint_program_token
from vaguemestre.people.credentials.values import TokenKeys
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.schools.lists.queries import is_nobodys_list_mailbox
from vaguemestre.schools.sharing.queries import has_access
from vaguemestre.site.agents.sockets import token_socket

_OVER = "credentials.session-over"


class SignedTokens:
    """Implements `credentials.ports.MailTokens` with the key."""

    def __init__(self, keys: TokenKeys) -> None:
        self._keys = keys

    def for_session(self, mailbox: str, secret: str) -> str:
        key, now = session_digest(secret), timezone.now()
        holder = session_holder(key, now) if key else None
        if holder is None:
            raise Refusal(_OVER)
        member_id = 0 if holder.mailbox == mailbox else holder.account_id
        if member_id and not has_access(mailbox, member_id, now):
            raise Refusal(_OVER)
        return mint_mail_token(self._keys, mail_directory.get(), mailbox, key, now, member_id=member_id)

    def for_list(self, mailbox: str) -> str:
        if not is_nobodys_list_mailbox(mailbox):
            raise Refusal(_OVER)
        return self.for_job(mailbox)

    def for_job(self, mailbox: str) -> str:
        return mint_mail_token(self._keys, mail_directory.get(), mailbox, "", timezone.now())

    def for_program(self, key: str) -> ProgramToken:
        return mint_program_token(self._keys, mail_directory.get(), sha256_of(key), timezone.now())


class AskedTokens:
    """Implements `credentials.ports.MailTokens` by asking the service."""

    def __init__(self, instance: Place) -> None:
        self._socket = token_socket(instance)

    def for_session(self, mailbox: str, secret: str) -> str:
        return str(self._ask("session", mailbox, secret)[0])

    def for_list(self, mailbox: str) -> str:
        return str(self._ask("list", mailbox)[0])

    def for_job(self, mailbox: str) -> str:
        return str(self._ask("job", mailbox)[0])

    def for_program(self, key: str) -> ProgramToken:
        account_id, token, seconds = self._ask("program", key)
        return ProgramToken(account_id, token, timedelta(seconds=seconds))

    def _ask(self, verb: str, *arguments: str) -> list[Any]:
        answer: list[Any] = agent.ask(self._socket, verb, *arguments)
        if not answer:
            raise Refusal(_OVER)
        return answer


def verbs(tokens: SignedTokens, pages: Collection[int], jobs: Collection[int]) -> dict[str, Verb]:
    """What the token service does: for those who show a secret, and for the users that work on their own.

    An answer is empty when the account may not, or no more.
    """

    def session(mailbox: str, secret: str) -> list[str]:
        return [tokens.for_session(mailbox, secret)]

    def program(key: str) -> list[int | str]:
        account_id, token, lifetime = tokens.for_program(key)
        return [account_id, token, int(lifetime.total_seconds())]

    def list_(mailbox: str) -> list[str]:
        return [tokens.for_list(mailbox)]

    def job(mailbox: str) -> list[str]:
        return [tokens.for_job(mailbox)]

    return {
        "session": Verb(_or_nothing(session), pages),
        "program": Verb(_or_nothing(program), pages),
        "list": Verb(_or_nothing(list_), pages),
        "job": Verb(_or_nothing(job), jobs),
    }


def _or_nothing(run: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def answer(*arguments: str) -> list[Any]:
        close_old_connections()
        try:
            return run(*arguments)
        except Refusal:
            return []

    return answer
