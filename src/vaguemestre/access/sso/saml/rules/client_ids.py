"""A client ID for a service provider, whose entity ID is a URL."""

import hashlib
import re
from urllib.parse import urlsplit


def client_id_for(entity_id: str) -> str:
    """The host name, and a suffix that distinguishes providers of one host."""
    try:
        host = urlsplit(entity_id).hostname or ""
    except ValueError:
        host = ""
    plain = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:48] or "saml"
    return f"{plain}-{hashlib.sha256(entity_id.encode()).hexdigest()[:6]}"
