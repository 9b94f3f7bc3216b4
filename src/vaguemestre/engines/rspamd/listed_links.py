"""`redirects.ports.IsListed`: the file of links that the security desk feeds, which the filter reads too."""

from collections.abc import Callable
from threading import Lock

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.rspamd import configuration
from vaguemestre.post.redirects.rules.listed_names import listed_names, name_of_line


class ListedLinks:
    """The list, read again when its file changes. `is_refused`: whether a removal refuses a link."""

    def __init__(self, instance: Instance, is_refused: Callable[[str], bool]) -> None:
        self._file = configuration.listed_links(instance)
        self._is_refused = is_refused
        self._lock = Lock()
        self._read_at = (0, 0)
        self._names: frozenset[str] = frozenset()

    def __call__(self, address: str) -> bool:
        """Whether the security desk lists that link. False without a filter, which owns the file."""
        names = self._current()
        return any(name in names for name in listed_names(address)) or self._is_refused(address)

    def _current(self) -> frozenset[str]:
        try:
            status = self._file.stat()
        except OSError:
            return frozenset()
        version = (status.st_mtime_ns, status.st_size)
        with self._lock:
            if version != self._read_at:
                lines = self._file.read_text("utf-8", "replace").splitlines()
                self._names = frozenset(map(name_of_line, lines)) - {""}
                self._read_at = version
            return self._names
