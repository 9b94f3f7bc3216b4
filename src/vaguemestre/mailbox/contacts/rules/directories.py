"""Contacts in LDIF (RFC 2849), as SOGo and Thunderbird write them: attributes become columns of a table."""

import base64
import binascii
import csv
import io

# attribute, lower case → the column of `rules.tables` it fills
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


def is_ldif(text: str) -> bool:
    """The first line that is not empty or a comment names an entry, or the version."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return first.lower().startswith(("dn:", "version:"))


def as_table(text: str) -> str:
    """One line an entry, for `rules.tables.read_table`; groups are left out (their members are names)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(_COLUMNS.values()), delimiter=",")
    writer.writeheader()
    for entry in _entries(text):
        if "groupofnames" not in entry.pop("objectclass", "").lower() and entry:
            writer.writerow({_COLUMNS[name]: value for name, value in entry.items() if name in _COLUMNS})
    return out.getvalue()


def _entries(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    entry: dict[str, str] = {}
    for line in [*_unfolded(text), ""]:
        if not line:
            if entry:
                found.append(entry)
            entry = {}
            continue
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().lower()
        told = _decoded(value[1:].strip()) if value.startswith(":") else value.strip()
        if name == "objectclass":
            entry[name] = f"{entry.get(name, '')} {told}"
        elif name not in ("dn", "version"):
            entry.setdefault(name, told)
    return found


def _unfolded(text: str) -> list[str]:
    """Lines put together again (a line that begins with a space goes on); comments left out."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += line[1:]
        elif not line.startswith("#"):
            lines.append(line)
    return lines


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
