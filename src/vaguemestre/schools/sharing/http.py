"""Who opens which mailbox: the doors' side."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.values import Acting, Who
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import Presented
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing.rules.box_rights import session_of
from vaguemestre.schools.sharing.rules.words import RIGHTS
from vaguemestre.schools.sharing.values import Access, Kind, Right

_READING = "reading"  # what the reader's pages keep among the preferences


def opened(who: Who, access: Access, box: Presented) -> Who:
    """Who asks, in that mailbox: its address and choices, the session and the hand of the person."""
    preferences: Mapping[str, object] = box.preferences
    if not access.may(Right.SORT):  # opening a message leaves it as it is
        kept = preferences.get(_READING)
        reading = kept if isinstance(kept, Mapping) else {}
        preferences = {**preferences, _READING: {**reading, "marks_read": False}}
    return replace(
        who,
        account_id=access.account_id,
        username=access.mailbox.partition("@")[0],
        mailbox=access.mailbox,
        address=access.address.lower(),
        name=box.name if access.kind is Kind.PERSON else access.title,
        first_name=access.title,
        role="agent",
        session_key=session_of(who.session_key, access.box_id, who.account_id),
        preferences=preferences,
        acting=Acting(
            account_id=who.account_id,
            name=who.name,
            address=access.address,
            box_id=access.box_id,
            title=access.title,
            right=access.right,
            may_sort=access.may(Right.SORT),
            may_write=access.may(Right.SEND),
            may_manage=access.may(Right.MANAGE),
            is_lent=access.kind is Kind.PERSON,
        ),
    )


class BoxRequest(SignedInRequest):
    """A request about a mailbox its asker may open."""

    access: Access


def member(right: Right) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For pages about one mailbox (`box_id`): members of that right at least; others find nothing there."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: SignedInRequest, box_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
            access = queries.access_to(box_id, request.who.account_id, timezone.now())
            if access is None:
                raise Http404
            if not access.may(right):
                raise Refusal("sharing.right-missing", needed=RIGHTS[right])
            request.access = access  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return guard
