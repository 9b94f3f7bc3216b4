"""Proof of a recent sign-in, carried by the forms that write rules on arriving mail."""

from django.conf import settings
from django.core import signing

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.people.credentials.queries import limits_of_account

_SALT = "sorting.proved"
_SECONDS = 3600  # time to write a filter after opening the form


def proof(request: SignedInRequest) -> str:
    """Signed value of the hidden field `proof`: this session has just proved its identity."""
    return signing.dumps([request.who.account_id, request.who.session_key], salt=_SALT)


def may_forward_outside(account_id: int) -> bool:
    """Whether the installation and the class of that mailbox let filters send mail on to other domains."""
    return bool(settings.CONFIG.mail.forward_outside) and limits_of_account(account_id).forwards_outside


def why_not_outside(account_id: int) -> str:
    """Why filters of that mailbox send nothing outside, as the end of a sentence; "" if they may."""
    if not settings.CONFIG.mail.forward_outside:
        return "le renvoi de courrier hors de l’académie n’est pas permis"
    if not limits_of_account(account_id).forwards_outside:
        return "votre classe de service ne permet pas le renvoi de courrier hors de l’académie"
    return ""


def has_proof(request: SignedInRequest) -> bool:
    """Whether the posted form carries a valid proof of this session."""
    try:
        claim = signing.loads(request.POST.get("proof", ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return False
    return bool(claim == [request.who.account_id, request.who.session_key])
