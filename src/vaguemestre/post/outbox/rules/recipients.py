"""Recipients typed in « À », « Cc », « Cci »: parsed and checked; the first malformed one is named."""

import re
from collections.abc import Iterable, Iterator

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.headers import check_field
from vaguemestre.post.outbox.values import Recipient

MAX_RECIPIENTS = 500
_TOKEN = re.compile(r'"(?:[^"\\]|\\(?s:.))*+"|<[^<>]*+>|[^,;"<]++|.', re.DOTALL)
_TOKEN_WITHOUT_QUOTES = re.compile(r'<[^<>]*+>|[^,;"<]++|.', re.DOTALL)


def parsed_recipients(field: str, text: str) -> tuple[Recipient, ...]:
    """Parse `a@b, Name <c@d>; "Name, X" <e@f>` (a trailing separator is fine), without duplicates.

    Raises Refusal `outbox.control-character`, `outbox.recipient-malformed` (naming the first one) or
    `outbox.too-many-recipients`.
    """
    by_address: dict[str, Recipient] = {}
    for item in split_recipients(check_field(field, text)):
        recipient = _recipient(field, item)
        by_address.setdefault(recipient.address, recipient)
    if len(by_address) > MAX_RECIPIENTS:
        raise Refusal("outbox.too-many-recipients", field=field, limit=MAX_RECIPIENTS)
    return tuple(by_address.values())


def check_recipients(*fields: Iterable[Recipient]) -> None:
    """Raises Refusal `outbox.no-recipient`, `outbox.too-many-recipients`."""
    total = sum(1 for field in fields for _ in field)
    if total == 0:
        raise Refusal("outbox.no-recipient", field="to")
    if total > MAX_RECIPIENTS:
        raise Refusal("outbox.too-many-recipients", field="to", limit=MAX_RECIPIENTS)


def split_recipients(text: str) -> Iterator[str]:
    """The items between commas and semicolons, outside quotation marks and angle brackets."""
    return filter(None, ("".join(tokens).strip() for tokens in _items(text)))


def _items(text: str) -> Iterator[list[str]]:
    """Split a list of recipients into items, in one pass: nothing is quoted after an unclosed quote."""
    pattern, place, item = _TOKEN, 0, list[str]()
    while match := pattern.match(text, place):
        place = match.end()
        if match[0] in (",", ";"):
            yield item
            item = []
            continue
        item.append(match[0])
        if match[0] == '"':
            pattern = _TOKEN_WITHOUT_QUOTES
    yield item


def formatted_recipients(recipients: Iterable[Recipient]) -> str:
    """The text of a field; `parsed_recipients` reads it back."""
    return ", ".join(_formatted(r) for r in recipients)


def _recipient(field: str, item: str) -> Recipient:
    name, opening, rest = item.rpartition("<")
    if not opening:
        return Recipient("", _address(field, item, item))
    is_quoted = name.strip().startswith('"')
    if not rest.endswith(">") or ("<" in name + rest and not is_quoted):
        raise Refusal("outbox.recipient-malformed", field=field, recipient=item[:120])
    return Recipient(_unquoted(name.strip()), _address(field, rest[:-1], item))


def _address(field: str, text: str, item: str) -> str:
    try:
        if "=?" in text:  # some readers would decode it into something else (RFC 2047 §5 forbids it)
            raise Refusal("kernel.address-malformed", address=text[:254])
        return str(parse_address(text))
    except Refusal as refusal:
        raise Refusal("outbox.recipient-malformed", field=field, recipient=item[:120]) from refusal


def _unquoted(name: str) -> str:
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    characters, escaped = [], False
    for character in name[1:-1]:
        if character == "\\" and not escaped:
            escaped = True
            continue
        characters.append(character)
        escaped = False
    return "".join(characters).strip()


def _formatted(recipient: Recipient) -> str:
    if not recipient.name:
        return recipient.address
    if any(c in recipient.name for c in '",;<>()@:\\') or recipient.name != recipient.name.strip():
        quoted = recipient.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{recipient.address}>'
    return f"{recipient.name} <{recipient.address}>"
