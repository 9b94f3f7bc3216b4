"""Where one may be sent after signing in: a path of this site and nothing else (CWE-601)."""

import re

_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)  # visible ASCII, no backslash, not //
_NOT_THERE = ("/alogin", "/deconnexion")


def safe_next(asked: str) -> str:
    """The path if it may be followed, else `/`."""
    if len(asked) > 2000 or not _PATH.fullmatch(asked):
        return "/"
    path = asked.partition("?")[0].rstrip("/")
    return "/" if path in _NOT_THERE or path.startswith("/alogin/") else asked
