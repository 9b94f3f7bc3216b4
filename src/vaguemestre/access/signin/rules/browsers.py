"""Labels and digests of browsers (User-Agent, RFC 9110 §10.1.5)."""

import hashlib

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_label(user_agent: str) -> str:
    """`Firefox sur Windows`; an unknown browser is `Navigateur`."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "Navigateur")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} sur {system}" if system else browser


def browser_mark(identifier: str) -> str:
    """The digest of a browser cookie's identifier, which is all that is stored."""
    return hashlib.sha256(f"browser {identifier}".encode()).hexdigest()


def shared_computer_mark(network: str, user_agent: str) -> str:
    """The mark of a browser without a cookie (« Ordinateur partagé »): its network and its label."""
    return hashlib.sha256(f"passing {network} {browser_label(user_agent)}".encode()).hexdigest()
