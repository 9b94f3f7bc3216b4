"""The three ways things go wrong.

    Refusal          theirs to fix: a sentence, shown as it is
    EngineDown       an engine is away or slow: try again later (temporary)
    EngineRefused    an engine answered no for good (permanent)

A sign-in that fails is none of these: it is a returned value (`signin.values.Denied`).
"""


class Refusal(Exception):
    """A rule said no.

    `code` is `room.sentence-in-kebab`; `facts` complete the French sentence that the room keeps for it in
    `refusals.py`.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class EngineDown(Exception):
    """An engine does not answer, or not in time. Whatever was asked may be asked again."""


class EngineRefused(Exception):
    """An engine understood and refused; asking again will not help."""
