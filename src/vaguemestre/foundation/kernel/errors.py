"""The three kinds of errors.

    Refusal          the person's to fix: its French sentence is shown
    EngineDown       an engine is away or slow: temporary, try again later
    EngineRefused    an engine refused for good: permanent

A sign-in that fails is none of these: it is a returned value (`signin.values.Denied`).
"""


class Refusal(Exception):
    """A rule refuses.

    `code` is `room.sentence-in-kebab`; `facts` complete the French sentence that the room keeps for it in
    `refusals.py`.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class EngineDown(Exception):
    """An engine does not answer, or not in time; the request may be repeated."""


class EngineRefused(Exception):
    """An engine understood and refused; asking again will not help."""
