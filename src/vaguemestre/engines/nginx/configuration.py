"""nginx's configuration: rendered from the instance's, checked, its folders owned."""

import grp
import pwd
import resource
import subprocess
from pathlib import Path
from typing import Protocol

from vaguemestre.engines import stand_in
from vaguemestre.engines.config_templates import render, write
from vaguemestre.engines.home_alias import engine_home, engine_path, open_home
from vaguemestre.engines.home_alias import sockets as engine_sockets
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.system_users import FILES_GROUP, set_owner, system_group
from vaguemestre.engines.tls import certificates, certificates_by_name
from vaguemestre.foundation.kernel.errors import EngineRefused

USER = "www-data"  # of every Debian (base-passwd)
POOLS = ("web", "reading", "door", "carddav", "pictures")
BODY_MB = 31  # of an ordinary request: a message of 20 MB with its attachments, encoded
_TEMPORARY = ("bodies", "answers", "unused")
_PROGRAM = "/usr/sbin/nginx"
_HERE = Path(__file__).parent
_OPEN_FILES = 32_768  # of a process of the front: two for each connection, and its own
_PRIVATE = 0o2770  # folders of files that nginx sends: new ones inherit the group

_ERRORS = {
    "malformed": (
        "Demande mal formée",
        "Cette adresse n’a pas pu être lue. Recommencez depuis l’accueil.",
    ),
    "too-large": (
        "Fichier trop volumineux",
        "Votre envoi dépasse la taille permise. Choisissez un fichier plus petit, ou envoyez-le par lien.",
    ),
    "too-many": (
        "Trop de demandes à la fois",
        "Votre réseau envoie trop de demandes en même temps. Réessayez dans un instant.",
    ),
    "away": ("Un instant", "Le service redémarre ou ne répond pas. Réessayez dans une minute."),
}


class WebShape(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def behind_tls(self) -> bool: ...
    @property
    def proxies(self) -> tuple[str, ...]: ...


class PortabilityShape(Protocol):
    @property
    def upload_mb(self) -> int: ...


class Front(Instance, Protocol):
    """One instance, as its front needs it."""

    @property
    def web(self) -> WebShape: ...
    @property
    def portability(self) -> PortabilityShape: ...
    @property
    def files_url(self) -> str: ...
    @property
    def session_cookie(self) -> str: ...
    @property
    def data_dir(self) -> Path: ...
    @property
    def deposits_dir(self) -> Path: ...
    @property
    def moves_dir(self) -> Path: ...


def folder(instance: Front) -> Path:
    return instance.engines_dir / "nginx"


def sockets(instance: Instance) -> Path:
    """The folder of the pools' sockets, which only nginx may enter."""
    return engine_sockets(instance) / "pools"


def pool_socket(folder: Path, pool: str) -> Path:
    """The socket of a pool, in a folder of its own where its user makes it."""
    return folder / pool / "http"


def prepare(instance: Front) -> None:
    """Write what nginx reads, create its folders and let it check the result.

    Needs root. Raises EngineRefused with nginx's own words.
    """
    open_home(instance)
    user, group, files = pwd.getpwnam(USER), grp.getgrnam(USER), system_group(FILES_GROUP)
    base, run = folder(instance), instance.home / "run" / "front"
    for directory in (base, base / "pages", run, sockets(instance)):
        directory.mkdir(parents=True, exist_ok=True)
    set_owner(sockets(instance), 0, files, 0o711)
    set_owner(run, user.pw_uid, group.gr_gid, 0o711)
    for name in _TEMPORARY:
        (run / name).mkdir(exist_ok=True)
    _open_files(instance, files)
    _write_pages(base / "pages")
    if instance.has_usual_ports:
        give_keys(instance)
    write(base / "nginx.conf", _rendered(instance, base, run))
    _check(instance)
    (run / "unused" / "nginx.pid").unlink(missing_ok=True)  # the check makes it root's
    for name in _TEMPORARY:  # and gives these to somebody else
        set_owner(run / name, user.pw_uid, group.gr_gid, 0o700)


def _allowed_files() -> int:
    """Limit of open files of an nginx process, lowered to what the container allows (nginx warns else)."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)


def _rendered(instance: Front, base: Path, run: Path) -> str:
    public = certificates.public_paths(instance)
    return render(
        _HERE,
        "nginx.conf.j2",
        home=engine_home(instance),
        run=engine_path(instance, run),
        open_files=_allowed_files(),
        sockets=sockets(instance),
        stand_in=stand_in.NAME,
        front_pages=engine_path(instance, base / "pages"),
        deposits=engine_path(instance, instance.deposits_dir),
        moves=engine_path(instance, instance.moves_dir),
        address=instance.web.host,
        addresses=[_bracketed(address) for address in instance.listen_addresses],
        usual_ports=instance.has_usual_ports,
        certificate=engine_path(instance, public.certificate),
        key=engine_path(instance, public.key),
        entries=instance.entries,
        entry=_bracketed(instance.entry_address),
        sites=certificates_by_name.named_sites(instance) if instance.has_usual_ports else [],
        ports=instance.ports,
        files_host=instance.files_url.partition("//")[2].partition(":")[0].rstrip("/"),
        scheme=instance.public_url.partition(":")[0],
        session_cookie=instance.session_cookie,
        proxies=instance.web.proxies if instance.web.behind_tls and not instance.has_usual_ports else (),
        body_mb=BODY_MB,
        upload_mb=instance.portability.upload_mb,
    )


def _bracketed(address: str) -> str:
    """An address before a port: IPv6 in brackets (RFC 3986 §3.2.2)."""
    return f"[{address}]" if ":" in address else address


def give_keys(instance: Instance) -> None:
    """Let nginx read its keys: in production it is never root, its unit only lends it the low ports."""
    group = grp.getgrnam(USER).gr_gid
    named = (site.pair for site in certificates_by_name.named_pairs(instance))
    for pair in (certificates.public_paths(instance), *named):
        set_owner(pair.key, 0, group, 0o640)


def command(instance: Front) -> list[str]:
    """nginx in the foreground, to be run as USER in FILES_GROUP: SIGTERM stops it and its workers at once."""
    base = engine_path(instance, folder(instance))
    return [_PROGRAM, "-p", str(base), "-e", "stderr", "-c", str(base / "nginx.conf")]


def _check(instance: Front) -> None:
    check = subprocess.run([*command(instance), "-t", "-q"], capture_output=True, text=True, check=False)
    if check.returncode:
        raise EngineRefused(
            "nginx refuse sa configuration, faite d’après vaguemestre.toml ; corrigez ce qu’il nomme, puis "
            f"redémarrez : {check.stderr.strip()}"
        )


def _open_files(instance: Front, group: int) -> None:
    """Let nginx read the files it sends, and traverse the rest of the data folder."""
    instance.data_dir.mkdir(parents=True, exist_ok=True)
    instance.data_dir.chmod(instance.data_dir.stat().st_mode & 0o7777 | 0o001)
    for place in (instance.deposits_dir, instance.moves_dir):
        place.mkdir(exist_ok=True)
        set_owner(place, 0, group, _PRIVATE)


def _write_pages(folder: Path) -> None:
    for name, (title, sentence) in _ERRORS.items():
        for kind in ("page", "notice"):
            text = render(_HERE, f"{kind}.html.j2", title=title, sentence=sentence)
            write(folder / f"{name}-{kind}.html", text)
