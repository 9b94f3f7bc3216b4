"""Cached URLs of pages without parameters: a page of the webmail names the same few dozens of times."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse


def address(name: str) -> str:
    """`reverse`, cached for one's own pages and for those of each shared mailbox."""
    return _address(name, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=2048)
def _address(name: str, prefix: str, urlconf: str | None) -> str:
    """`prefix`, `urlconf`: all that `reverse` depends on besides the name."""
    return reverse(name)
