"""The nursery: a process that has loaded the libraries our processes share, and forks into any of them.

`nursery_start.begin` starts it as root, with one end of a socket pair as standard input. It loads
libraries, and of our rooms only what needs neither settings nor secrets (values, rules, ports): nothing of
the instance is in its memory when it forks. A request is a line of JSON, with a file descriptor for the
output; the answer is the pid of a process that the supervisor has adopted as its child.
"""

import array
import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

ROOMS = Path(__file__).resolve().parents[3]
READY = b"ready\n"
MAX_REQUEST_BYTES = 200_000  # bytes
LIBRARIES = (
    "asyncio", "concurrent.futures", "email.message", "email.policy", "http.client", "imaplib",
    "logging.config", "multiprocessing", "sqlite3", "uuid", "xml.etree.ElementTree", "zipfile", "zoneinfo",
    "cryptography.fernet", "cryptography.x509", "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.kdf.hkdf", "cryptography.hazmat.primitives.serialization",
    "django.core.handlers.wsgi", "django.core.wsgi", "django.db.models", "django.db.backends.sqlite3.base",
    "django.forms", "django.template.loader", "django.urls", "django.views.debug", "django.views.generic",
    "django.views.decorators.http", "dns.message", "dns.resolver", "fido2.server", "icalendar", "jinja2",
    "joserfc.jwt", "lxml.etree", "PIL.Image", "signxml", "sqlparse", "vobject", "whitenoise",
)  # fmt: skip
_WITHOUT_SETTINGS = {"values", "rules", "ports"}
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_LIBC = ctypes.CDLL(None, use_errno=True)


def modules() -> Iterator[str]:
    """The modules to load, in order."""
    yield from LIBRARIES
    for path in sorted(ROOMS.rglob("*.py")):
        parts = path.relative_to(ROOMS.parent).with_suffix("").parts
        if _WITHOUT_SETTINGS & {*parts}:
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def load() -> None:
    """Load the modules, without settings; those that cannot be loaded here are left to the processes."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    for name in modules():
        try:
            importlib.import_module(name)
        except (ImportError, ImproperlyConfigured, AppRegistryNotReady):
            continue
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve until the supervisor closes its end. A forked process runs its module instead, and returns."""
    requests = socket.socket(fileno=os.dup(0))
    supervisor = os.getppid()
    load()
    requests.sendall(READY)
    while True:
        text, descriptors = _next_request(requests)
        if not text:
            return
        if _fork_twice(supervisor):
            become(json.loads(text), requests, descriptors[0])
            return
        for descriptor in descriptors:
            os.close(descriptor)


def _next_request(requests: socket.socket) -> tuple[bytes, list[int]]:
    """(line of JSON, descriptors sent with it); an empty line at the end."""
    text, descriptors = b"", array.array("i")
    while not text.endswith(b"\n"):
        piece, extras, _, _ = requests.recvmsg(MAX_REQUEST_BYTES, socket.CMSG_SPACE(descriptors.itemsize))
        if not piece:
            return b"", []
        text += piece
        for _, _, data in extras:
            descriptors.frombytes(data)
    return text, list(descriptors)


def _fork_twice(supervisor: int) -> bool:
    """Fork twice, so that the supervisor (a subreaper) adopts the grandchild. True there, once adopted."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    end_of_parent = os.pidfd_open(os.getpid())
    if os.fork():
        os._exit(0)
    select.select([end_of_parent], [], [])  # the kernel reparents before it notifies
    os.close(end_of_parent)
    if os.getppid() != supervisor:
        os._exit(1)
    return True


def become(request: dict[str, Any], requests: socket.socket, output: int) -> None:
    """Start a session, answer with our pid, give root up, run the requested module.

    `request`: module, arguments, environment, folder, umask, user, groups (ids, the primary group first).
    """
    os.setsid()
    requests.sendall(f"{os.getpid()}\n".encode())
    requests.close()
    for number in (1, 2):
        os.dup2(output, number)
    os.close(output)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    _rename_process([sys.executable, "-m", request["module"], *request["arguments"]])
    parent = os.getppid()
    os.environ.clear()
    os.environ.update(request["environment"])
    os.umask(request["umask"])
    os.chdir(request["folder"])
    give_root_up(request["user"], request["groups"])
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    sys.argv = [sys.argv[0], *request["arguments"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def give_root_up(user: int, groups: list[int]) -> None:
    """Do what `setpriv --reuid --regid --groups --bounding-set=-all --no-new-privs` does. Needs root."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for capability in range(last + 1):
        _prctl(_PR_CAPBSET_DROP, capability)
    os.setgroups(groups[1:])
    os.setresgid(groups[0], groups[0], groups[0])
    os.setresuid(user, user, user)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 1)  # as after exec


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _rename_process(argv: list[str]) -> None:
    """Overwrite our arguments in memory, so that /proc shows the command of this process (proc(5))."""
    fields = Path("/proc/self/stat").read_text(errors="replace").rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    words = "\0".join(argv).encode()[: end - start - 1]
    ctypes.memmove(start, words.ljust(end - start, b"\0"), end - start)


if __name__ == "__main__":
    main()
