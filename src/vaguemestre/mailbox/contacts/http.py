"""Address book of a request."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.mailbox.contacts.queries import book_of
from vaguemestre.mailbox.contacts.values import AddressBook


def requested_book(request: SignedInRequest) -> AddressBook:
    """Book of `?carnet=<UAI>`, else the own one. Raises Refusal `contacts.no-such-book`."""
    return book_of(request.who.account_id, request.GET.get("carnet", "")[:8])


def redirect_to(
    book: AddressBook, done: str, name: str = "list-contacts", *args: object
) -> HttpResponseRedirect:
    """Redirect to a page of the same book, with a notice of what was `done`."""
    query = {"fait": done, **({"carnet": book.uai} if book.uai else {})}
    return HttpResponseRedirect(f"{reverse(f'contacts:{name}', args=args)}?{urlencode(query)}")
