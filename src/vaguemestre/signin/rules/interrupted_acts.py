"""Which interrupted form can be sent again as it was, and what of it is shown."""

import re
from collections.abc import Sequence
from datetime import timedelta

LIFE = timedelta(minutes=10)
MOST_BYTES = 200_000
_SECRET = re.compile(r"mot_de_passe|password|secret|confirmation|pin\b|actuel|code\b|reponse", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_:.=+/-]{40,}")
_LONGEST_SHOWN = 300

type Fields = Sequence[tuple[str, str]]


def may_be_kept(fields: Fields, *, has_files: bool) -> bool:
    """Neither files nor secrets are kept: those forms are filled in again."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in fields)
    is_secret = any(_SECRET.search(name) and value for name, value in fields)
    return not has_files and not is_secret and size <= MOST_BYTES


def shown_values(fields: Fields) -> list[tuple[str, str]]:
    """What somebody typed or chose, for the page that asks to go on; machine words left out."""
    return [
        (name.replace("_", " "), value[:_LONGEST_SHOWN])
        for name, value in fields
        if value.strip() and not _TOKEN.fullmatch(value) and name != "next"
    ]
