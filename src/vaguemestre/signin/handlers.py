"""What follows the end of sessions and the closing of accounts."""

from django.utils import timezone

from vaguemestre.credentials.events import AccountChanged, AccountsChanged
from vaguemestre.provisioning.ports import mail_directory
from vaguemestre.signin import services
from vaguemestre.signin.events import SessionsEnded
from vaguemestre.signin.ports import revocations


def refuse_tokens(event: SessionsEnded) -> None:
    """The engines forget the tokens minted for those sessions."""
    if event.token_sha256s:
        mail_directory.get().refuse_tokens(event.token_sha256s)


def put_out(event: AccountChanged) -> None:
    """Nobody stays signed in to an account that is no longer active."""
    _put_out([event.account_id])


def put_many_out(event: AccountsChanged) -> None:
    """The same for many."""
    _put_out(event.account_ids)


def _put_out(account_ids: list[int]) -> None:
    dead = services.end_sessions_of_closed(account_ids, revocations.get(), now=timezone.now())
    if dead:
        mail_directory.get().refuse_tokens(dead)
