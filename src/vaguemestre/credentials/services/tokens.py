"""Mail tokens: minted for a session, honoured by the engines while they stand on the list."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.models import Account, MailToken
from vaguemestre.credentials.ports import Tokens
from vaguemestre.credentials.rules.tokens import LIFE, sha256_of, signed_token
from vaguemestre.credentials.values import TokenKeys
from vaguemestre.kernel.errors import Refusal


def mint_mail_token(keys: TokenKeys, tokens: Tokens, mailbox: str, session_key: str, now: datetime) -> str:
    """Use case: a token that opens that mailbox for five minutes, on behalf of a session ("" = ourselves).

    Raises Refusal `credentials.session-over` (account not active, or session over); EngineDown.
    """
    token = signed_token(keys, mailbox, now)
    sha256 = sha256_of(token)
    with transaction.atomic(durable=True):
        holders = Account.objects.filter(mailbox=mailbox, state=Account.State.ACTIVE)
        if session_key:
            holders = holders.filter(sessions__session_key=session_key, sessions__expire_date__gt=now)
        account_id = holders.values_list("pk", flat=True).first()
        if account_id is None:
            raise Refusal("credentials.session-over")
        MailToken.objects.filter(expires_at__lt=now).delete()
        MailToken.objects.create(
            account_id=account_id, session_key=session_key, token_sha256=sha256, expires_at=now + LIFE
        )
    # After commit: a sign-out that comes now finds the row and refuses the token, whichever is first.
    tokens.allow_token(mailbox, sha256, int((now + LIFE).timestamp()))
    if not MailToken.objects.filter(token_sha256=sha256).exists():
        tokens.refuse_tokens([sha256])
        raise Refusal("credentials.session-over")
    return token


def forget_tokens(account_ids: Collection[int], *, session_key: str | None = None) -> list[str]:
    """Take those accounts' tokens (of one session, or all) off the list; their SHA-256, to be refused.

    Inside the caller's transaction.
    """
    rows = MailToken.objects.filter(account_id__in=account_ids)
    if session_key is not None:
        rows = rows.filter(session_key=session_key)
    gone = list(rows.values_list("token_sha256", flat=True))
    rows.delete()
    return gone
