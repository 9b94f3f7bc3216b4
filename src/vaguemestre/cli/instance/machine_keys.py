"""Whether this machine's keys are those of the installation it starts in."""

from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.certificate_authority import public_key_digest
from vaguemestre.foundation.cluster.queries import key_digests, other_keys
from vaguemestre.foundation.cluster.services import compare_keys
from vaguemestre.site import secrets
from vaguemestre.site.config import Config

_PODS_AUTHORITY = "pods_authority"


def check_keys(config: Config) -> None:
    """Raises Failed: a machine with other keys would seal what no other opens, so it does not start.

    Where mailboxes live on several pods, the authority by which machines know each other is one of these.
    """
    digests = secrets.digests(config.secrets_dir)
    if config.topology.pods and (authority := public_key_digest(certificates.authority_files(config)[0])):
        digests[_PODS_AUTHORITY] = authority
    if wrong := compare_keys(digests, secrets.former_digests(config.secrets_dir)):
        raise _refusal(config, wrong)


def refuse_other_keys() -> None:
    """Raises Failed: a command with other keys would write what nothing opens. Records nothing.

    Keys lost are made anew when a command starts. Without a database that answers there is nothing to seal.
    """
    if secrets.are_given() or not _has_database():
        return
    try:
        recorded = key_digests()
    except DatabaseError:  # away, or without tables yet
        return
    config: Config = settings.CONFIG
    digests, former = secrets.digests(config.secrets_dir), secrets.former_digests(config.secrets_dir)
    if wrong := other_keys(recorded, digests, former):
        raise _refusal(config, wrong)


def _has_database() -> bool:
    """Whether a question would not make an empty SQLite file, which a restoration would refuse."""
    name = str(connection.settings_dict["NAME"])
    return connection.vendor != "sqlite" or Path(name).exists()


def _refusal(config: Config, wrong: Collection[str]) -> Failed:
    names = ", ".join(f"« {name} »" for name in wrong)
    places = " et ".join(str(place) for place in _places(config, wrong))
    return Failed(
        f"les clés de cette machine ne sont pas celles de l’installation ({names}) : "
        f"copiez {places} d’une machine qui tourne, puis recommencez.",
        78,
    )


def _places(config: Config, wrong: Collection[str]) -> list[Path]:
    """Where those keys are."""
    places = [config.secrets_dir] if set(wrong) - {_PODS_AUTHORITY} else []
    return [*places, *certificates.authority_files(config)] if _PODS_AUTHORITY in wrong else places
