"""Who may write a rule on arriving mail: somebody who proved who they are when they opened the form."""

from django.core import signing

from vaguemestre.access.signin.http import SignedInRequest

_SALT = "sorting.proved"
_SECONDS = 3600  # time to write a filter; a stolen page cannot open the form at all


def proof(request: SignedInRequest) -> str:
    """For the form's hidden field: the form was opened by this session just after a proof of identity."""
    return signing.dumps([request.who.account_id, request.who.session_key], salt=_SALT)


def has_proof(request: SignedInRequest) -> bool:
    try:
        told = signing.loads(request.POST.get("proof", ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return False
    return bool(told == [request.who.account_id, request.who.session_key])
