"""What an own-device session may do once its proof is old: read mail and nothing else."""

import re

_PAGES = ("/messagerie/", "/sante", "/alogin", "/deconnexion", "/compte/", "/assistant/", "/.well-known/")
_EXACT = frozenset({"/", "/aide", "/accessibilite", "/donnees-personnelles", "/charte"})
_NOT_READING = ("/messagerie/ecrire",)
# SSO endpoints check for themselves: a silent request (prompt=none) needs a protocol answer, not a page.
_PROTOCOLS = ("/oidc/", "/cas/", "/saml/")
_POSTED = (
    "/alogin", "/deconnexion", "/compte/", "/messagerie/flux/",
    "/messagerie/actes/read/", "/messagerie/actes/unread/",
)  # fmt: skip


_SHARED = re.compile(r"/boites/[0-9]+(?=/messagerie/)")  # shared mailboxes follow the same rule


def is_reading(method: str, path: str) -> bool:
    """Whether the request only reads mail, and needs no fresh proof. An allow-list."""
    path = _SHARED.sub("", path, count=1)
    if path.startswith(_PROTOCOLS):
        return True
    if method not in ("GET", "HEAD", "OPTIONS"):
        return path.startswith(_POSTED)
    return path in _EXACT or (path.startswith(_PAGES) and not path.startswith(_NOT_READING))
