"""Events of the assistant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterDue:
    """A message to a private address. Sent by the worker, so the page's response time reveals nothing.

    `kind`: one of `assistant.rules.letters`. `sealed`: address and code, as JSON sealed with the instance's
    key, in hexadecimal. `at`: ISO 8601. Account 0: nothing is sent.
    """

    account_id: int
    kind: str
    sealed: str
    at: str
