"""What Django's test client answers, and its words as an author types them."""

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.test import Client

if TYPE_CHECKING:
    # for annotations: the stubs know its class by a private name only
    from django.test.client import _MonkeyPatchedWSGIResponse as PageAnswer
else:
    PageAnswer = HttpResponse

__all__ = ("PageAnswer", "as_typed", "confirmed")


def as_typed(text: str) -> str:
    """A text of a page with ordinary spaces where it has no-break ones, before « : » for instance."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def confirmed(browser: Client, address: str) -> PageAnswer:
    """The answer to an act once its page of confirmation was shown and accepted."""
    mark = re.search(r'name="confirm" value="(\w+)"', browser.post(address).content.decode())
    assert mark, address
    return browser.post(address, {"confirm": mark[1]})
