"""Facts about reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VoteCast:
    """Somebody called a message junk, or not, or changed their mind. `message`: rules.vote_key."""

    message: str
