"""The small files an installation writes outside its home, and their text. Pure."""

from collections.abc import Mapping, Sequence

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.system_users import LOGS_GROUP
from vaguemestre.processes.production.layout import CURRENT, ENVIRONMENT, HOME, RUN, environment

INOTIFY_INSTANCES = 65_536
INOTIFY_WATCHES = 1_048_576


def environment_text(extra: Mapping[str, str] | None = None) -> str:
    """/etc/vaguemestre/environment, as systemd (EnvironmentFile=) and a shell both read it."""
    return "".join(f"{name}={value}\n" for name, value in sorted({**environment(), **(extra or {})}.items()))


def tmpfiles_text() -> str:
    """tmpfiles.d(5): the folder of sockets, new at each boot, and the link to it."""
    return f"d {RUN} 0711 root root -\nL+ {HOME}/run - - - - {RUN}\n"


def sysctl_text() -> str:
    """sysctl.d(5). Each mail program that waits has an inotify instance, or hears of mail 30 s late.

    The kernel allows a user 128. A line that begins with « - » may fail: containers have their host's.
    """
    return (
        f"-fs.inotify.max_user_instances = {INOTIFY_INSTANCES}\n"
        f"-fs.inotify.max_user_watches = {INOTIFY_WATCHES}\n"
    )


def logrotate_text() -> str:
    """A year of the engines' logs. A log is renamed, then its writer told: no line is lost."""
    reopen = "".join(
        f"        systemctl kill --kill-whom=main --signal={name.name} vaguemestre-{engine}.service || true\n"
        for engine, name in (("dovecot", dovecot.REOPEN_SIGNAL), ("postfix", postfix.REOPEN_SIGNAL))
    )
    return (
        f"{HOME}/logs/*.log {{\n    daily\n    rotate 365\n    create 0640 root {LOGS_GROUP}\n"
        f"    compress\n    delaycompress\n    missingok\n    notifempty\n    sharedscripts\n"
        f"    postrotate\n{reopen}    endscript\n}}\n"
    )


def command_text() -> str:
    """The command `vaguemestre`."""
    return f'#!/bin/sh\nset -a\n. {ENVIRONMENT}\nset +a\nexec {CURRENT}/bin/vaguemestre "$@"\n'


def resolver_text(forwarders: Sequence[str]) -> str:
    """unbound.conf(5): a validating resolver for this machine only (DNSSEC: DANE asks for it)."""
    text = (
        "# Written by bin/install.\n"
        "server:\n    interface: 127.0.0.1\n    interface: ::1\n    access-control: 127.0.0.0/8 allow\n"
        "    access-control: ::1 allow\n    hide-identity: yes\n    hide-version: yes\n    prefetch: yes\n"
    )
    if forwarders:
        text += '\nforward-zone:\n    name: "."\n' + "".join(
            f"    forward-addr: {address}\n" for address in forwarders
        )
    return text


RESOLV_CONF = (
    "# Written by bin/install: Unbound, on this machine.\nnameserver 127.0.0.1\noptions edns0 trust-ad\n"
)
