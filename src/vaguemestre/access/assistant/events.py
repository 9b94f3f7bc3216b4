"""Facts of the assistant, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterDue:
    """A letter to a private address, sent by the worker: the time a page takes says nothing.

    `kind`: one of `assistant.rules.letters`. `sealed`: address and code, as JSON sealed with the instance's
    key, in hexadecimal. `at`: ISO 8601. Account 0 is nobody: nothing leaves.
    """

    account_id: int
    kind: str
    sealed: str
    at: str
