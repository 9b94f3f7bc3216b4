"""Whether this machine's keys are those of the installation it starts in."""

from collections.abc import Collection
from pathlib import Path

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.certificate_authority import public_key_digest
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
        names = ", ".join(f"« {name} »" for name in wrong)
        places = " et ".join(str(place) for place in _places(config, wrong))
        raise Failed(
            f"les clés de cette machine ne sont pas celles de l’installation ({names}) : "
            f"copiez {places} d’une machine qui tourne, puis recommencez.",
            78,
        )


def _places(config: Config, wrong: Collection[str]) -> list[Path]:
    """Where those keys are."""
    places = [config.secrets_dir] if set(wrong) - {_PODS_AUTHORITY} else []
    return [*places, *certificates.authority_files(config)] if _PODS_AUTHORITY in wrong else places
