"""Access of a request to a shared mailbox."""

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
from vaguemestre.people.credentials.values import AccountRole, Preferences
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing.rules.box_rights import box_session_key
from vaguemestre.schools.sharing.rules.labels_fr import RIGHT_LABELS
from vaguemestre.schools.sharing.values import Access, BoxKind, Right

_READING = "reading"  # the preferences of the reading pane
_SEARCHES = "searches"  # saved and recent ones


def identity_in_box(who: Who, access: Access, box: Presented) -> Who:
    """The person's identity inside that mailbox: its address and preferences, the person's session."""
    preferences: Preferences = box.preferences
    if not access.may(Right.SORT):  # a reader must not mark messages as read
        stored = preferences.get(_READING)
        reading = stored if isinstance(stored, Mapping) else {}
        preferences = {**preferences, _READING: {**reading, "marks_read": False}}
    if access.kind is BoxKind.PERSON:  # what its person searched is nobody else's
        preferences = {subject: values for subject, values in preferences.items() if subject != _SEARCHES}
    return replace(
        who,
        account_id=access.account_id,
        username=access.mailbox.partition("@")[0],
        mailbox=access.mailbox,
        address=access.address.lower(),
        name=box.name if access.kind is BoxKind.PERSON else access.title,
        first_name=access.title,
        role=AccountRole.AGENT,
        session_key=box_session_key(who.session_key, access.box_id, who.account_id),
        preferences=preferences,
        acting=Acting(
            account_id=who.account_id,
            name=who.name,
            address=access.address.lower(),
            box_id=access.box_id,
            title=access.title,
            right=access.right,
            may_sort=access.may(Right.SORT),
            may_write=access.may(Right.SEND),
            may_manage=access.may(Right.MANAGE),
            is_lent=access.kind is BoxKind.PERSON,
        ),
    )


class BoxRequest(SignedInRequest):
    """A request about a mailbox that its author may open."""

    access: Access


def members_only(right: Right) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorate a view of one mailbox (`box_id`): 404 for non-members, a Refusal below that right."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: SignedInRequest, box_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
            access = queries.access_to(box_id, request.who.account_id, timezone.now())
            if access is None:
                raise Http404
            if not access.may(right):
                raise Refusal("sharing.right-missing", needed=RIGHT_LABELS[right])
            request.access = access  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return guard
