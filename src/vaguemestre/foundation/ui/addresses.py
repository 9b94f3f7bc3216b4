"""Cached URLs of pages without parameters: a page of the webmail names the same few dozens of times."""

from functools import lru_cache

from django.urls import Resolver404, get_script_prefix, get_urlconf, resolve, reverse


def address(name: str) -> str:
    """`reverse`, cached for one's own pages and for those of each shared mailbox."""
    return _address(name, get_script_prefix(), get_urlconf())


def is_served(path: str) -> bool:
    """Whether this installation serves that path."""
    return _is_served(path, get_urlconf())


@lru_cache(maxsize=2048)
def _address(name: str, prefix: str, urlconf: str | None) -> str:
    """`prefix`, `urlconf`: all that `reverse` depends on besides the name."""
    return reverse(name)


@lru_cache(maxsize=512)
def _is_served(path: str, urlconf: str | None) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
