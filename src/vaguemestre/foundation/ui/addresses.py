"""Addresses of pages that take no parameter: a page of mail names the same few dozens of times."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse


def address(name: str) -> str:
    """What `reverse` says, worked out once for one's own pages and once for those of each shared mailbox."""
    return _address(name, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=2048)
def _address(name: str, prefix: str, urlconf: str | None) -> str:
    """`prefix`, `urlconf`: all that `reverse` looks at besides the name."""
    return reverse(name)
