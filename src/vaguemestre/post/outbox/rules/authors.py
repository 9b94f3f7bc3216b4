"""Author check: header From against the addresses and the name of the authenticated account.

Parsed more strictly than any mail client does, so that no client shows another author.
"""

import re
from collections.abc import Callable, Collection, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from vaguemestre.foundation.kernel.addresses import addresses_read_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.header_text import replace_comments, replace_quoted
from vaguemestre.people.directory.rules.names import SHORT_SURNAME, shows_surname
from vaguemestre.post.outbox.rules.headers import mailbox_list
from vaguemestre.post.outbox.values import MAX_SENDERS, FieldCorrection, Recipient, SignerName

_PHRASE = r"[^<>,;:@()\"\\]*"
_ADDRESS = r"[^\s<>,;:@()\"\\]+@[^\s<>,;:@()\"\\]+"
_NAMED = re.compile(rf"\s*{_PHRASE}<\s*({_ADDRESS})\s*>\s*")
_BARE = re.compile(rf"\s*({_ADDRESS})\s*")
_KEPT_STRING = re.compile(r"\0(\d+)\0")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_RUN_OF_BLANKS = re.compile(r"\s{3,}(?=[^\s<])")
_ENCODED_WORD = "=?"  # RFC 2047 §2; other programs may decode one that we cannot
_LANGUAGE = re.compile(r"(=\?[^?*\s]+)\*[^?\s]*(?=\?)")  # RFC 2231 §5
_MAX_FIELD_CHARACTERS = 2_000  # characters; to read one takes time by the square of its length
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def check_authors(authors: Sequence[str], senders: Sequence[str], own: Collection[str]) -> None:
    """Allow one From field at most (Postfix adds a missing one); every From, Sender, Resent-* is in `own`.

    Raises Refusal `outbox.from-twice`, `outbox.from-unreadable`, `outbox.from-somebody-else`,
    `outbox.name-holds-address`.
    """
    if len(authors) > 1:
        raise Refusal("outbox.from-twice")
    if len(senders) > MAX_SENDERS:
        raise Refusal("outbox.from-unreadable")
    for field in (*authors, *senders):
        address = sole_address(field)
        if not ({address, _without_detail(address)} & {*own}):
            raise Refusal("outbox.from-somebody-else", address=address)
        decoded = _decoded(field)
        if _ENCODED_WORD in decoded:
            raise Refusal("outbox.from-unreadable")
        for other in addresses_read_in(decoded):
            if not ({other, _without_detail(other)} & {*own}):
                raise Refusal("outbox.name-holds-address", address=other)


def correct_names(
    fields: Sequence[str], signer: SignerName, names_another: Callable[[str], bool] = lambda _: False
) -> tuple[FieldCorrection, ...]:
    """Corrections of the fields whose display name is not the signer's, so that nobody signs as « Rectorat ».

    `fields`: From, Sender and Resent-* that `check_authors` allowed; addresses do not change. Accepted names:
    none, the address, `signer.shown`, a name that shows one of `signer.accepted`, or the surname in the
    address (a former name); but for one that `names_another` agent beside it.
    """
    return tuple(
        FieldCorrection(field, mailbox_list("From", [Recipient(signer.shown, address)]))
        for field, address in {field: _written_address(field) for field in fields}.items()
        if not _is_signed_by(field, address.lower(), signer, names_another)
    )


def display_name(field: str) -> str:
    """The name that mail clients show of such a field, decoded: its phrase, or else its comments."""
    strings: list[str] = []

    def keep_string(content: str) -> str:
        strings.append(_ESCAPED.sub(r"\1", content))
        return f" \0{len(strings) - 1}\0 "

    comments: list[str] = []

    def keep_comment(content: str) -> str:
        comments.append(content)
        return " "

    bare = replace_quoted(field.replace("\0", " "), keep_string)
    for _ in range(4):  # comments may hold comments
        bare = replace_comments(bare, keep_comment)
    bare = " ".join(bare.split())
    phrase = re.sub(rf"<?\s*{_ADDRESS}\s*>?", " ", bare)

    def shown(text: str) -> str:
        whole = _KEPT_STRING.sub(lambda match: strings[int(match[1])], text)
        return " ".join(_decoded(whole).split())

    return shown(phrase) or shown(" ".join(comments))


def sole_address(field: str) -> str:
    """The only address of a field, lower case. Raises Refusal `outbox.from-unreadable` for anything else.

    No list, no group (RFC 5322 §3.4), no route, no address in the unquoted name, no control character. ASCII.
    """
    return _written_address(field).lower()


def _is_signed_by(field: str, address: str, signer: SignerName, names_another: Callable[[str], bool]) -> bool:
    name, plain = display_name(field), _without_detail(address)
    if not name or name.lower() in {plain, address} or name.casefold() == signer.shown.casefold():
        return True
    if _ENCODED_WORD in name or _RUN_OF_BLANKS.search(_decoded(field).strip()):
        return False
    former = plain.partition("@")[0].partition(".")[2].rstrip("0123456789")
    is_own = any(_shows(name, accepted) for accepted in (*signer.accepted, former) if accepted)
    return is_own and not names_another(name)


def _written_address(field: str) -> str:
    """The address of `sole_address`, in the case it was written."""
    if len(field) > _MAX_FIELD_CHARACTERS:
        raise Refusal("outbox.from-unreadable")
    unfolded = field.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ")
    if _CONTROLS.search(unfolded) or "\n" in unfolded.strip() or "\r" in unfolded:
        raise Refusal("outbox.from-unreadable")
    bare = replace_quoted(unfolded, lambda _: " ")
    for _ in range(4):  # comments may hold comments
        bare = replace_comments(bare, lambda _: " ")
    match = _NAMED.fullmatch(bare) or _BARE.fullmatch(bare)
    if not match or not match[1].isascii():
        raise Refusal("outbox.from-unreadable")
    return match[1]


def _shows(name: str, surname: str) -> bool:
    """Whether a name shows a surname. If the name has undecodable letters, both are compared in ASCII only.

    False if too little of the surname remains to tell.
    """
    readable = surname.encode("ascii", "ignore").decode("ascii") if "\ufffd" in name else surname
    is_enough = readable == surname or len(readable) >= SHORT_SURNAME
    return is_enough and shows_surname(name, readable)


def _decoded(field: str) -> str:
    """The field with its encoded words decoded (RFC 2047), unchanged if they cannot be."""
    try:
        unfolded = field.replace("\r", " ").replace("\n", " ")
        return str(make_header(decode_header(_LANGUAGE.sub(r"\1", unfolded))))
    except (LookupError, ValueError, HeaderParseError):
        return field


def _without_detail(address: str) -> str:
    """`marie@…` for `marie+sorties@…` (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
