"""Facts about browser sessions, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionsEnded:
    """Signed out, or put out. The mail tokens minted for them must open nothing any more."""

    token_sha256s: list[str]
