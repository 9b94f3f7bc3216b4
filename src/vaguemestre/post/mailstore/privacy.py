"""Private messages: those to whom a mailbox is lent do not see them."""

import re

PRIVATE = "$Private"  # the keyword: set at delivery (09-private.sieve), and on the copies filed here
SENSITIVITIES = ("Private", "Personal", "Company-Confidential")  # RFC 4021 §2.1.55
_MARKED = re.compile(
    rb"^sensitivity:[ \t]*(?:%b)[ \t]*\r?$" % "|".join(SENSITIVITIES).encode(), re.IGNORECASE | re.MULTILINE
)


def private_mark(content: bytes) -> tuple[str, ...]:
    """The keyword for a message whose header says that it is private, else nothing.

    What is filed or imported here passes no delivery script, which would set it.
    """
    header = content.partition(b"\r\n\r\n")[0]
    return (PRIVATE,) if _MARKED.search(header) else ()
