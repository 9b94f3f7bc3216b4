"""The keys of one machine among several: made on the first one, brought to the others, never made twice."""

import io
import secrets as random
import socket
import ssl
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from vaguemestre.engines.cluster import node_keys
from vaguemestre.engines.cluster.members import ETCD_PEER_PORT, DatabaseCluster, Member
from vaguemestre.engines.config_templates import write
from vaguemestre.engines.pacemaker.members import KEY as POD_KEY
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.certificate_authority import make_authority
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import NodeSection

FOLDER = "cluster"  # of the home
_POD_KEY_BYTES = 256  # corosync-keygen(8)
_ANSWER_SECONDS = 3


def cluster_of(config: Config) -> DatabaseCluster:
    """The databases that the file names, and the machines that use them."""
    nodes = config.topology.nodes
    return DatabaseCluster(
        members=tuple(Member(node.name, node.address) for node in config.topology.database_nodes),
        clients=tuple(Member(node.name, node.address) for node in nodes if node.serves),
        database=config.database.name,
        keys=config.home / FOLDER,
    )


class NodeKeys:
    """What one machine needs to be known to the others, and to open what they seal."""

    def __init__(self, config: Config, node: NodeSection) -> None:
        self._config, self._node = config, node
        self._cluster = cluster_of(config)
        self._password = config.home / config.database.password_file
        self._pods_key = self._cluster.keys / POD_KEY

    def are_there(self) -> bool:
        return not self._missing() and self._is_ours()

    def take(self) -> None:
        """Make them on the first machine. Raises StepFailed on another, which must be brought its own."""
        if self._config.topology.is_first(self._node.name):
            self._refuse_second_authority()
            self._make()
        if missing := self._missing():
            raise StepFailed(self._how_to_bring(missing))
        if not self._is_ours():
            raise StepFailed(
                f"le certificat {self._cluster.certificate} n’est pas celui de « {self._node.name} » "
                f"({self._node.address}) signé par {self._cluster.authority} : {self._how()}"
            )

    def _refuse_second_authority(self) -> None:
        """A first machine made anew beside others that work is brought its keys: it makes no others."""
        if (self._cluster.keys / "ca.key").exists():
            return
        others = [member for member in self._cluster.members if member.name != self._node.name]
        if at_work := [member.name for member in others if _has_etcd(member.address)]:
            names = ", ".join(f"« {name} »" for name in at_work)
            raise StepFailed(
                f"d’autres machines ({names}) ont déjà les clés de l’installation, que celle-ci, la première "
                f"du fichier, n’a plus : remettez dans {self._config.home} les dossiers « {FOLDER} », "
                "« secrets » et « engines/tls », d’une copie gardée hors des machines ou de la sauvegarde "
                "des clés (docs/operations/several-machines.md)."
            )

    def _make(self) -> None:
        now = datetime.now(UTC)
        node_keys.make_authority(self._cluster.keys, now=now)
        if not (self._cluster.certificate.exists() and self._is_ours()):
            pem, key = node_keys.node_certificate(
                self._cluster.keys, Member(self._node.name, self._node.address), now=now
            )
            node_keys.write_key(self._cluster.key, key)
            node_keys.write_key(self._cluster.certificate, pem, 0o644)
        secrets.make_missing(self._config.secrets_dir)
        if self._config.topology.shared_pods and not self._pods_key.exists():
            node_keys.write_key(self._pods_key, random.token_bytes(_POD_KEY_BYTES))
        if self._config.topology.pods:
            make_authority(*certificates.authority_files(self._config), now=now)
        if not self._password.exists():
            write(self._password, f"{random.token_hex(24)}\n", mode=0o600)

    def _needed(self) -> Iterator[Path]:
        yield from (self._cluster.authority, self._cluster.certificate, self._cluster.key, self._password)
        if self._node.serves:
            yield from _shared_files(self._config)
        if _shares_pod(self._config, self._node):
            yield self._pods_key

    def _missing(self) -> list[Path]:
        return [path for path in self._needed() if not path.is_file()]

    def _is_ours(self) -> bool:
        """Whether the certificate bears this machine's name and address, and is the authority's."""
        ca, own = (
            x509.load_pem_x509_certificate(path.read_bytes())
            for path in (self._cluster.authority, self._cluster.certificate)
        )
        names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
        is_named = self._node.name in names.get_values_for_type(x509.DNSName)
        return is_named and self._node.address in addresses and own.issuer == ca.subject and _signed(own, ca)

    def _how_to_bring(self, missing: list[Path]) -> str:
        first, *others = missing
        more = f" et {len(others)} autres fichiers" if others else ""
        return f"les clés de l’installation ne sont pas sur cette machine ({first}{more}) : {self._how()}"

    def _how(self) -> str:
        maker, name = self._config.topology.nodes[0].name, self._node.name
        return (
            f"sur « {maker} », « vaguemestre node keys {name} > {name}.tar » ; apportez ce fichier ici, puis "
            f"« tar -x -p -f {name}.tar -C {self._config.home} ». Elles ne sont jamais faites deux fois."
        )


def _has_etcd(address: str) -> bool:
    """Whether a program speaks TLS there: some networks accept connections that lead nowhere."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((address, ETCD_PEER_PORT), timeout=_ANSWER_SECONDS) as peer:
            context.wrap_socket(peer).close()
    except OSError:
        return False
    return True


def _shared_files(config: Config) -> Iterator[Path]:
    """Keys that all machines with processes of ours have in common; with pods, who signs what they show."""
    yield from secrets.needed_files(config.secrets_dir)
    if config.topology.pods:
        yield from certificates.authority_files(config)


def _shares_pod(config: Config, node: NodeSection) -> bool:
    return any(node.name in pod.nodes for pod in config.topology.shared_pods)


def _signed(own: x509.Certificate, ca: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def packed_keys(config: Config, name: str) -> bytes:
    """A tar archive of what that machine needs, for its home. A database machine gets no key of the mail.

    Raises EngineRefused when this machine is not the first, or the file has no such machine.
    """
    node = config.topology.node_named(name)
    if node is None:
        known = ", ".join(f"« {one.name} »" for one in config.topology.nodes) or "aucune"
        raise EngineRefused(f"aucune machine [[node]] ne s’appelle « {name} » (machines : {known}).")
    cluster = cluster_of(config)
    pem, key = node_keys.node_certificate(
        cluster.keys, Member(node.name, node.address), now=datetime.now(UTC)
    )
    files = {
        f"{FOLDER}/ca.pem": (cluster.authority.read_bytes(), 0o644),
        f"{FOLDER}/node.pem": (pem, 0o644),
        f"{FOLDER}/node.key": (key, 0o600),
    }
    if _shares_pod(config, node):
        files[f"{FOLDER}/{POD_KEY}"] = ((cluster.keys / POD_KEY).read_bytes(), 0o600)
    password = config.home / config.database.password_file
    shared = list(_shared_files(config)) if node.serves else []
    for path in (password, *shared):
        if path.is_file():
            mode = 0o644 if path == certificates.paths(config).ca else 0o600
            files[str(path.relative_to(config.home))] = (path.read_bytes(), mode)
    return _archive(files)


def _archive(files: dict[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in sorted({name.rpartition("/")[0] for name in files}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700 if folder == "secrets" else 0o755
            archive.addfile(entry)
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def mark(node: NodeSection) -> tuple[Path, str]:
    """The file that names a machine in its home, and its text."""
    return layout.HOME / "node", f"{node.name}\n"
