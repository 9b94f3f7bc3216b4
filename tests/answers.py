"""What Django's test client answers, for annotations: the stubs know its class by a private name only."""

from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as PageAnswer
else:
    PageAnswer = HttpResponse

__all__ = ("PageAnswer",)
