"""Redirect targets after sign-in: paths of this site only (open redirect, CWE-601)."""

import re

_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)  # visible ASCII, no backslash, not //
_EXCLUDED = ("/alogin", "/deconnexion")


def safe_next(target: str) -> str:
    """`target` if it is a safe path of this site, else `/`."""
    if len(target) > 2000 or not _PATH.fullmatch(target):
        return "/"
    path = target.partition("?")[0].rstrip("/")
    return "/" if path in _EXCLUDED or path.startswith("/alogin/") else target
