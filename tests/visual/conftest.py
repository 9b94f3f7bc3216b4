"""Somebody signed in before mailboxes in memory, as the tests of the reader have them."""

from tests.mailbox.webmail.conftest import boxes, page

__all__ = ["boxes", "page"]
