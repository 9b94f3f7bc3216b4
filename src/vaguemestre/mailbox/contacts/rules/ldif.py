"""LDIF contacts (RFC 2849) of SOGo and Thunderbird, converted to CSV."""

import base64
import binascii
import csv
import io

# attribute in lower case → column name for `rules.tables`
_COLUMNS = {
    "cn": "Display Name",
    "givenname": "First Name",
    "sn": "Last Name",
    "mail": "E-mail Address",
    "mozillasecondemail": "E-mail 2 Address",
    "homephone": "Home Phone",
    "mobile": "Mobile Phone",
    "telephonenumber": "Business Phone",
    "o": "Company",
    "title": "Job Title",
    "mozillahomestreet": "Home Street",
    "mozillahomepostalcode": "Home Postal Code",
    "mozillahomelocalityname": "Home City",
    "mozillahomeurl": "Web Page",
    "description": "Notes",
}
_MAX_CLASSES_CHARACTERS = 1_000  # characters of the names of an entry's classes, the last ones


def is_ldif(text: str) -> bool:
    """Whether the first line that is neither empty nor a comment begins an entry or names the version."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return first.lower().startswith(("dn:", "version:"))


def ldif_to_csv(text: str) -> str:
    """CSV of the entries, for `rules.tables.read_table`; groups are skipped (their members are names)."""
    output = io.StringIO()
    writer = csv.DictWriter(output, list(_COLUMNS.values()), delimiter=",")
    writer.writeheader()
    for entry in _entries(text):
        if "groupofnames" not in entry.pop("objectclass", "").lower() and entry:
            writer.writerow({_COLUMNS[name]: value for name, value in entry.items() if name in _COLUMNS})
    return output.getvalue()


def _entries(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    entry: dict[str, str] = {}
    for line in [*_unfolded(text), ""]:
        if not line:
            if entry:
                entries.append(entry)
            entry = {}
            continue
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().lower()
        content = _decoded(value[1:].strip()) if value.startswith(":") else value.strip()
        if name == "objectclass":
            entry[name] = f"{entry.get(name, '')} {content}"[-_MAX_CLASSES_CHARACTERS:]
        elif name not in ("dn", "version"):
            entry.setdefault(name, content)
    return entries


def _unfolded(text: str) -> list[str]:
    """Logical lines: continuation lines are joined, comments dropped."""
    lines: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1].append(line[1:])
        elif not line.startswith("#"):
            lines.append([line])
    return ["".join(pieces) for pieces in lines]


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
