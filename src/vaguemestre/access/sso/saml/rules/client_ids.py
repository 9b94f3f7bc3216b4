"""A short name for a service provider whose own is an address."""

import hashlib
import re
from urllib.parse import urlsplit


def client_id_for(entity_id: str) -> str:
    """Its host, and a mark that keeps two of one host apart."""
    try:
        host = urlsplit(entity_id).hostname or ""
    except ValueError:
        host = ""
    plain = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:48] or "saml"
    return f"{plain}-{hashlib.sha256(entity_id.encode()).hexdigest()[:6]}"
