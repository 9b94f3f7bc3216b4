"""A certificate given as files, or by an authority (ACME): checked, then copied to where engines read it."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.tls.certificates import (
    Pair,
    academy_pair,
    check_pair,
    given_paths,
    paths,
    public_paths,
    write_file,
)
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

log = logging.getLogger(__name__)


class _Place(NamedTuple):
    """`candidates`: what may be shown there, the best first."""

    shown: Pair
    candidates: Sequence[Pair]


def install_given(instance: Instance, *, now: dt.datetime, is_starting: bool = False) -> bool:
    """Copy the given certificates to where the engines read them. Returns whether one changed.

    What was shown before, or else the instance's own, stands for one that cannot serve: that of an authority
    (ACME), whose proof needs port 80 served; any of them at a start, as nobody would have mail otherwise.
    Raises EngineRefused with one sentence if none can serve.
    """
    places = _places(instance, is_starting=is_starting)
    changed = [_install(_serving_pair(place.candidates, now), place.shown) for place in places]
    return any(changed)


def given_fault(instance: Instance, *, now: dt.datetime) -> str:
    """Why the given certificate cannot serve, in one sentence; empty if it can."""
    try:
        _read_pair(given_paths(instance), now)
    except EngineRefused as refusal:
        return str(refusal)
    return ""


def _places(instance: Instance, *, is_starting: bool) -> Iterator[_Place]:
    """Of the installation, then of each académie that has its own."""
    own = paths(instance)
    given, shown, others = given_paths(instance), public_paths(instance), Pair(own.certificate, own.key)
    if instance.tls.acme:  # there is none until an authority was asked
        yield _Place(shown, _those_there(given, shown, others) or [given])
    else:
        yield _Place(shown, [given, *_those_there(shown, others)] if is_starting else [given])
    for academy in instance.academies:
        if academy.certificate:
            given, shown = Pair(Path(academy.certificate), Path(academy.key)), academy_pair(instance, academy)
            yield _Place(shown, [given, *_those_there(shown, others)] if is_starting else [given])


def _those_there(*pairs: Pair) -> list[Pair]:
    return [pair for pair in pairs if pair.certificate.exists()]


def _install(content: tuple[bytes, bytes], place: Pair) -> bool:
    """Write a chain and its key (PEM) where the engines read them. Returns whether they differed."""
    chain, key = content
    if _content(place.certificate) == chain and _content(place.key) == key:
        return False
    place.certificate.parent.mkdir(parents=True, exist_ok=True)
    write_file(place.key, key, 0o600)
    write_file(place.certificate, chain, 0o644)
    return True


def _serving_pair(pairs: Sequence[Pair], now: dt.datetime) -> tuple[bytes, bytes]:
    """Chain and key of the first pair that can serve. Raises EngineRefused, of the last, if none can."""
    *preferred, last = pairs
    for pair in preferred:
        try:
            return _read_pair(pair, now)
        except EngineRefused as refusal:
            log.warning("%s cannot be shown, another is: %s", pair.certificate, refusal)
    return _read_pair(last, now)


def _read_pair(pair: Pair, now: dt.datetime) -> tuple[bytes, bytes]:
    try:
        chain, key = pair.certificate.read_bytes(), pair.key.read_bytes()
    except OSError as error:
        raise EngineRefused(
            f"le certificat ne peut pas être lu : {error.filename} ({os_error_fr(error)})."
        ) from error
    check_pair(chain, key, now=now)
    return chain, key


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
