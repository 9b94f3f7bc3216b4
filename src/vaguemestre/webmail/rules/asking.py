"""What is typed in the search box → the terms the store looks for."""

import re

MOST_TERMS = 12
_TERM = re.compile(r'"([^"]+)"|«\s*([^»]+?)\s*»|(\S+)')


def terms(text: str) -> tuple[str, ...]:
    """Words and "phrases" («\u202fphrases\u202f» too), without controls, each once, at most a dozen."""
    plain = "".join(char if char.isprintable() else " " for char in text[:500])
    found = (next(filter(None, match)).strip().strip('"«»').strip() for match in _TERM.findall(plain))
    return tuple(dict.fromkeys(term for term in found if term))[:MOST_TERMS]
