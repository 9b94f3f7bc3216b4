"""Facts about browser sessions, past tense."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionsEnded:
    """Signed out, or put out. The mail tokens minted for them must open nothing any more."""

    token_sha256s: list[str]
    session_keys: list[str] = field(default_factory=list)
    continued_by: str = ""  # the same person proved who they are again: the session that goes on
