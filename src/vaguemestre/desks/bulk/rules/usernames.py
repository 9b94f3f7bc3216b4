"""A file of usernames: one on each line, or the first column of a CSV file."""

from vaguemestre.foundation.kernel.errors import Refusal

MAX_BYTES = 1_000_000
_MAX_LINE = 254
_HEADERS = frozenset({"identifiant", "identifiants", "username", "login", "adresse", "courriel", "email"})
_SEPARATORS = ";,\t"


def names_in(content: bytes) -> tuple[str, ...]:
    """Usernames or addresses, lower case, each once, in order; UTF-8, or Latin-1 as old spreadsheets write.

    The first line may be a header. Raises Refusal `bulk.file-too-large`, `bulk.file-unreadable`.
    """
    if len(content) > MAX_BYTES:
        raise Refusal("bulk.file-too-large", field="file")
    if b"\0" in content:
        raise Refusal("bulk.file-unreadable", field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    names = [_first_cell(line) for line in text.splitlines()]
    if names and names[0] in _HEADERS:
        names = names[1:]
    return tuple(dict.fromkeys(name for name in names if name))


def _first_cell(line: str) -> str:
    for separator in _SEPARATORS:
        line = line.partition(separator)[0]
    return line.strip().strip("\"'").strip().lower()[:_MAX_LINE]
