"""The instance as engines need it: its settings, ports and folders.

`site.config.Config` satisfies `Instance` structurally: engines stand below the site and never import it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vaguemestre.engines.network_shapes import NetworkShape, PortsShape, TlsShape
from vaguemestre.engines.outgoing.outgoing_shape import OutgoingShape

OUTSIDE = "outside@exterieur.test"
_FILTER = Path("/usr/bin/rspamd")


class AcademyShape(Protocol):
    @property
    def domain(self) -> str: ...
    @property
    def certificate(self) -> str: ...
    @property
    def key(self) -> str: ...


class MailShape(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def message_size_limit(self) -> int: ...
    @property
    def quota_mb(self) -> int: ...
    @property
    def deleted_days(self) -> int: ...
    @property
    def full_text_search(self) -> bool: ...
    @property
    def file_search(self) -> bool: ...
    @property
    def forward_outside(self) -> bool: ...
    @property
    def rewrites_senders(self) -> bool: ...
    @property
    def postmaster(self) -> str: ...
    @property
    def content_filter(self) -> bool: ...
    @property
    def outgoing(self) -> OutgoingShape: ...


class DatabaseShape(Protocol):
    @property
    def engine(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password_file(self) -> str: ...


class Place(Protocol):
    """Where an instance stands."""

    @property
    def home(self) -> Path: ...
    @property
    def engines_dir(self) -> Path: ...


@dataclass(frozen=True)
class Home:
    """The place of an instance whose configuration is not read."""

    home: Path

    @property
    def engines_dir(self) -> Path:
        return self.home / "engines"


class Instance(Place, Protocol):
    """One instance, as engines need it."""

    @property
    def port_base(self) -> int: ...
    @property
    def academy(self) -> AcademyShape: ...
    @property
    def academies(self) -> Sequence[AcademyShape]: ...
    @property
    def domains(self) -> tuple[str, ...]: ...
    @property
    def mail(self) -> MailShape: ...
    @property
    def tls(self) -> TlsShape: ...
    @property
    def network(self) -> NetworkShape: ...
    @property
    def listen_addresses(self) -> tuple[str, ...]: ...
    @property
    def has_usual_ports(self) -> bool: ...
    @property
    def database(self) -> DatabaseShape: ...
    @property
    def ports(self) -> PortsShape: ...
    @property
    def public_url(self) -> str: ...
    @property
    def secrets_dir(self) -> Path: ...
    @property
    def logs_dir(self) -> Path: ...
    @property
    def projection_path(self) -> Path: ...


def has_filter(instance: Instance) -> bool:
    """Whether incoming mail passes through a content filter: configured, and installed."""
    return instance.mail.content_filter and _FILTER.is_file()
