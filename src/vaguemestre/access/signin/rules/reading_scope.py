"""What a long session of one's own device may do once its proof is old: read mail, and nothing else."""

import re

_PAGES = ("/messagerie/", "/sante", "/alogin", "/deconnexion", "/compte/", "/assistant/", "/.well-known/")
_EXACT = frozenset({"/", "/aide", "/accessibilite", "/donnees-personnelles", "/charte"})
_NOT_READING = ("/messagerie/ecrire",)
# Protocols of applications judge by themselves: a question asked silently wants an answer, not a page.
_PROTOCOLS = ("/oidc/", "/cas/", "/saml/")
_POSTED = (
    "/alogin", "/deconnexion", "/compte/", "/messagerie/flux/",
    "/messagerie/actes/read/", "/messagerie/actes/unread/",
)  # fmt: skip


_SHARED = re.compile(r"/boites/[0-9]+(?=/messagerie/)")  # a mailbox of several people is read as one's own


def is_reading(method: str, path: str) -> bool:
    """Whether the request may be answered without a fresh proof. What is not named here may not."""
    path = _SHARED.sub("", path, count=1)
    if path.startswith(_PROTOCOLS):
        return True
    if method not in ("GET", "HEAD", "OPTIONS"):
        return path.startswith(_POSTED)
    return path in _EXACT or (path.startswith(_PAGES) and not path.startswith(_NOT_READING))
