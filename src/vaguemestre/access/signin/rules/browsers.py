"""A browser in a few words, from what it says of itself (User-Agent, RFC 9110 §10.1.5)."""

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


def browser_words(said: str) -> str:
    """`Firefox sur Windows`; a browser that says nothing known is `Navigateur`."""
    browser = next((name for sign, name in _BROWSERS if sign in said), "Navigateur")
    system = next((name for sign, name in _SYSTEMS if sign in said), "")
    return f"{browser} sur {system}" if system else browser


def browser_mark(identifier: str) -> str:
    """What is kept of the identifier a browser's cookie holds."""
    return hashlib.sha256(f"browser {identifier}".encode()).hexdigest()


def passing_mark(network: str, said: str) -> str:
    """A browser that keeps nothing (« Ordinateur partagé »): known by its network and its kind."""
    return hashlib.sha256(f"passing {network} {browser_words(said)}".encode()).hexdigest()
