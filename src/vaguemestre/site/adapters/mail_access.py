"""Mailbox access: one token per connection, for one's own or a shared mailbox, and the connection pool."""

from functools import cache

from django.db import close_old_connections
from django.utils import timezone

from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.presence import present_secret
from vaguemestre.access.signin.queries import sessions_open_until
from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.engines.imap.adapters.welcome_message import WelcomeMessages
from vaguemestre.engines.imap.cache.page_cache import MessageCache, PageCache, SummaryCache
from vaguemestre.engines.imap.cache.sort_cache import SortCache
from vaguemestre.engines.imap.store.gateway import ImapMailboxes
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.engines.smtp.submission import Submission
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.people.credentials.ports import mail_tokens
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.schools.sharing.rules.box_rights import parse_box_session
from vaguemestre.site import secrets
from vaguemestre.site.adapters.pods import imap_connector
from vaguemestre.site.config import Config


def mail_token(login: MailLogin) -> str:
    """An IMAP token for a mailbox: for the person whose request this is, else for the job that this is.

    Pages show what lists received, too. What one does in a mailbox of somebody else (a notice) is not its
    person's: EngineDown, so that the worker does it.
    """
    tokens, secret = mail_tokens.get(), present_secret.get()
    if login.session_key and _browser_session(login.session_key) != session_digest(secret or ""):
        raise Refusal("credentials.session-over")
    if secret is None:
        return tokens.for_job(login.mailbox)
    try:
        return tokens.for_session(login.mailbox, secret)
    except Refusal:
        if login.session_key:
            raise
    try:
        return tokens.for_list(login.mailbox)
    except Refusal as refusal:
        raise EngineDown(f"{login.mailbox} : laissé aux travaux de fond") from refusal


def _browser_session(session_name: str) -> str:
    inside = parse_box_session(session_name)
    return inside.session_key if inside else session_name


def ended_sessions(session_keys: set[str]) -> set[str]:
    # also asked by a thread of no request, whose database connection nobody else looks after
    close_old_connections()
    return sharing_queries.ended_session_names(session_keys, timezone.now(), sessions_open_until)


def submission_token(mailbox: str) -> str:
    """A token for submission or ManageSieve in that mailbox."""
    return mail_token(MailLogin(mailbox))


@cache
def mailboxes_of(config: Config) -> ImapMailboxes:
    """This process's IMAP mailboxes, with their connection pool and caches.

    Each is opened by a token made when a connection is.
    """
    pages, summaries, orders, letters = PageCache(), SummaryCache(), SortCache(), MessageCache()

    def forget(mailbox: str) -> None:
        for held in (pages, summaries, orders, letters):
            held.forget(mailbox)

    pool = Pool(
        imap_connector(config, mail_token),
        generation=lambda: revocations.get().end_count(),
        ended=ended_sessions,
        on_forget=forget,
        most_waiting=max(1, config.web.threads - 1),  # of a worker's threads, one is left for everybody else
    )
    patience = 3.0 if config.mail.full_text_search else 15.0
    return ImapMailboxes(pool, pages, summaries, orders, letters, search_patience=patience)


def welcome_messages(config: Config) -> WelcomeMessages:
    """What files in a mailbox the messages of the académie itself."""
    seal_key = secrets.given(config.secrets_dir, "seal_key").encode("ascii")
    return WelcomeMessages(mailboxes_of(config), f"mail.{config.academy.domain.lower()}", seal_key)


def submission_of(config: Config) -> Submission:
    """The submission service, on the door that is kept for us."""
    door = (config.mail.host, config.ports.submission_inside)
    return Submission(door, certificates.paths(config).ca, submission_token)
