"""Redirect targets after sign-in: paths of this site only (open redirect, CWE-601)."""

import re
from urllib.parse import parse_qs, urlsplit

_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)  # visible ASCII, no backslash, not //
_EXCLUDED = ("/alogin", "/deconnexion")
PROOF_PARAMETER = "prouve"


def safe_next(target: str) -> str:
    """`target` if it is a safe path of this site, else `/`."""
    if len(target) > 2000 or not _PATH.fullmatch(target):
        return "/"
    path = target.partition("?")[0].rstrip("/")
    return "/" if path in _EXCLUDED or path.startswith("/alogin/") else target


def proof_mark_in(back: str) -> str:
    """The mark of the application's request that a sign-in leads back to; "" if it answers none."""
    return parse_qs(urlsplit(back).query).get(PROOF_PARAMETER, [""])[-1]
