"""Which book a request is about."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.mailbox.contacts.queries import shelf_of
from vaguemestre.mailbox.contacts.values import Shelf


def asked_shelf(request: SignedInRequest) -> Shelf:
    """`?carnet=<UAI>`, else one's own. Raises Refusal `contacts.no-such-book`."""
    return shelf_of(request.who.account_id, request.GET.get("carnet", "")[:8])


def back_to(shelf: Shelf, done: str, name: str = "list-contacts", *args: object) -> HttpResponseRedirect:
    """A page of the same book, with what was just done."""
    query = {"fait": done, **({"carnet": shelf.uai} if shelf.uai else {})}
    return HttpResponseRedirect(f"{reverse(f'contacts:{name}', args=args)}?{urlencode(query)}")
