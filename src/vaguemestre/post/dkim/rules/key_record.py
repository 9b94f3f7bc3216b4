"""The record of a DKIM key in DNS (RFC 6376 §3.6.1)."""

from collections.abc import Iterable

from vaguemestre.post.dkim.values import SigningKey


def is_published(key: SigningKey, texts: Iterable[str]) -> bool:
    """Whether one of the texts found at the key's name is its record."""
    return any(_is_record_of(key, text) for text in texts)


def _is_record_of(key: SigningKey, text: str) -> bool:
    tags = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags[name.strip()] = "".join(value.split())
    has_version = tags.get("v", "DKIM1") == "DKIM1"
    return has_version and tags.get("k", "rsa") == key.algorithm and tags.get("p") == key.public
