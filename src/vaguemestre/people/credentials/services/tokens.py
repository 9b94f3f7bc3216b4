"""Mail tokens: minted for a session or a program, accepted by the engines while they are on their list."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, AppPassword, MailToken
from vaguemestre.people.credentials.ports import ProgramToken, Tokens
from vaguemestre.people.credentials.rules.tokens import LIFE, PROGRAM_LIFE, sha256_of, signed_token
from vaguemestre.people.credentials.values import TokenKeys


def mint_mail_token(
    keys: TokenKeys, tokens: Tokens, mailbox: str, session_key: str, now: datetime, *, member_id: int = 0
) -> str:
    """Use case: mint a token that opens that mailbox for five minutes.

    `session_key`: the session it is for; "" for a job. `member_id`: the account of the session, if the
    mailbox is shared; the caller has checked the membership. Raises Refusal `credentials.session-over`
    (account not active, or session over); EngineDown.
    """
    token = signed_token(keys, mailbox, now, actor=account_subject(member_id) if member_id else "")
    sha256 = sha256_of(token)
    with transaction.atomic(durable=True):
        holders = Account.objects.filter(mailbox=mailbox, state=Account.State.ACTIVE)
        if session_key:
            bearers = (
                Account.objects.filter(pk=member_id, state=Account.State.ACTIVE) if member_id else holders
            )
            sessions = bearers.filter(sessions__session_key=session_key, sessions__expire_date__gt=now)
            holders = holders if sessions.exists() else holders.none()
        account_id = holders.values_list("pk", flat=True).first()
        if account_id is None:
            raise Refusal("credentials.session-over")
        MailToken.objects.create(
            account_id=account_id, session_key=session_key, token_sha256=sha256, expires_at=now + LIFE
        )
    # After commit: a sign-out in between deletes the row, and the check below then refuses the token.
    tokens.allow_token(mailbox, sha256, int((now + LIFE).timestamp()))
    if not MailToken.objects.filter(token_sha256=sha256).exists():
        tokens.refuse_tokens([sha256])
        raise Refusal("credentials.session-over")
    return token


def mint_program_token(keys: TokenKeys, tokens: Tokens, key_sha256: str, now: datetime) -> ProgramToken:
    """Use case: mint a token for the program that holds that key, valid for its login.

    Raises Refusal `credentials.session-over` (key unknown, revoked, expired, account not active); EngineDown.
    """
    with transaction.atomic(durable=True):
        active = AppPassword.objects.select_related("account").filter(
            token_sha256=key_sha256,
            scope=AppPassword.Scope.PROGRAM,
            revoked_at__isnull=True,
            account__state=Account.State.ACTIVE,
        )
        row = active.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).first()
        if row is None:
            raise Refusal("credentials.session-over")
        token = signed_token(keys, row.login or row.account.mailbox, now, life=PROGRAM_LIFE)
        sha256 = sha256_of(token)
        MailToken.objects.create(
            account_id=row.account_id,
            session_key=program_session(row.pk),
            token_sha256=sha256,
            expires_at=now + PROGRAM_LIFE,
        )
    # After commit, as above: a revocation in between deletes the row.
    tokens.allow_token(row.account.mailbox, sha256, int((now + PROGRAM_LIFE).timestamp()), is_program=True)
    if not MailToken.objects.filter(token_sha256=sha256).exists():
        tokens.refuse_tokens([sha256])
        raise Refusal("credentials.session-over")
    return ProgramToken(row.account_id, token, PROGRAM_LIFE)


def program_session(app_password_id: int) -> str:
    """The `session_key` of the tokens of a program."""
    return f"program:{app_password_id}"


def forget_tokens(account_ids: Collection[int], *, session_key: str | None = None) -> list[str]:
    """Delete the tokens of those accounts or, if given, of a session. Returns their SHA-256, to be refused.

    A session also has tokens of the mailboxes shared with its person. Inside the caller's transaction.
    """
    if session_key:
        rows = MailToken.objects.filter(session_key=session_key)
    else:
        rows = MailToken.objects.filter(account_id__in=account_ids)
    token_sha256s = list(rows.values_list("token_sha256", flat=True))
    rows.delete()
    return token_sha256s
