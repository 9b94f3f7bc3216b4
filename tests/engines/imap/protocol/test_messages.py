"""Answers become values, whatever is in the mail."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.response_parser import parse_response

from vaguemestre.engines.imap.protocol import (
    answers,
    body_structure,
    headers,
    list_fetch,
    messages,
    response_tree,
)
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.post.mailstore.values import INVITATION, Correspondent, MessageRef, Part

REF = MessageRef("INBOX", 1, 1)
octets = st.text(
    st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n\x00"), max_size=12
)
odd_atoms = [
    "NILS",
    "SNIL",
    "007",
    "1.5",
    "1e5",
    "-1",
    "2026",
    "2fa",
    "null",
    "true",
    "NaN",
    "BODY[1.MIME]<0>",
]
atoms = st.one_of(
    st.from_regex(re.compile(r"\\?[A-Za-z0-9$.-]{1,8}", re.ASCII), fullmatch=True), st.sampled_from(odd_atoms)
).filter(lambda atom: atom != "NIL")
leaves = st.one_of(
    st.none(),
    st.tuples(st.just("quoted"), octets),
    st.tuples(st.just("literal"), st.text(st.characters(max_codepoint=255), max_size=20)),
    st.tuples(st.just("atom"), atoms),
)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=5), max_leaves=25)
junk = st.recursive(
    st.one_of(
        st.none(), octets, st.sampled_from(["TEXT", "MULTIPART", "mixed", "attachment", "7", "name*0*"])
    ),
    lambda inner: st.lists(inner, max_size=13),
    max_leaves=60,
)


def written(value: Any, literals: list[bytes]) -> str:
    match value:
        case None:
            return "NIL"
        case ("quoted", text):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case ("literal", text):
            literals.append(text.encode("latin-1"))
            return '"\0"'
        case ("atom", text):
            return str(text)
    return "(" + " ".join(written(one, literals) for one in value) + ")"


def meant(value: Any) -> Any:
    match value:
        case None:
            return None
        case ("quoted", str(text)):
            return text.translate({2: None, 3: None})
        case (str(), str(text)):
            return text
    return [meant(one) for one in value]


def plainly(node: Any) -> Any:
    """Numbers as they were written."""
    if isinstance(node, list):
        return [plainly(one) for one in node]
    return str(node) if isinstance(node, int) else node


@pytest.mark.heavy
@given(st.lists(values, max_size=6))
def test_every_well_formed_line_is_read_as_it_was_meant(value: list[Any]) -> None:
    literals: list[bytes] = []
    text = " ".join(written(one, literals) for one in value)
    assert plainly(response_tree.tree(Line(text.encode("latin-1"), tuple(literals)))) == meant(value)


@given(st.binary(max_size=300), st.lists(st.binary(max_size=20), max_size=3))
def test_no_line_at_all_makes_reading_fail(text: bytes, literals: list[bytes]) -> None:
    line = Line(text, tuple(literals))
    assert isinstance(response_tree.tree(line), list)
    lines = [line, Line(b"1 FETCH (" + text, tuple(literals))]
    for items in response_tree.fetched_items(lines):
        messages.summary(items, 1)
        messages.open_message(REF, items)
    answers.flags_by_uid(lines)
    answers.numbers(text)
    answers.response_code(lines, b"COPYUID")
    answers.uid_set(text)
    answers.exists(lines)


@given(junk, junk)
def test_no_structure_makes_reading_fail(envelope: Any, structure: Any) -> None:
    items: response_tree.Items = {
        "ENVELOPE": envelope,
        "BODYSTRUCTURE": structure,
        "PREVIEW": envelope,
        "FLAGS": structure,
    }
    messages.summary(items, 1)
    message = messages.open_message(REF, items)
    assert isinstance(message.root, Part)
    message.root.name.encode()


def same(theirs: Any) -> Any:
    """IMAPClient's reading, in our shape."""
    if isinstance(theirs, tuple):
        return [same(one) for one in theirs]
    if isinstance(theirs, bytes):
        return theirs.decode("latin-1")
    return None if theirs is None else str(theirs)


plain = st.recursive(
    st.one_of(
        st.none(),
        st.tuples(
            st.just("quoted"), st.from_regex(re.compile(r"[A-Za-z é()<>@=?_.\"\\-]{0,12}"), fullmatch=True)
        ),
        st.tuples(
            st.just("literal"),
            st.text(st.characters(min_codepoint=1, max_codepoint=255), min_size=1, max_size=9),
        ),
        st.tuples(
            st.just("atom"),
            st.from_regex(re.compile(r"\\?[A-Za-z][A-Za-z0-9]{0,6}", re.ASCII), fullmatch=True),
        ),
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=5),
    max_leaves=20,
)


@given(st.lists(plain, min_size=1, max_size=4))
def test_we_read_lines_as_imapclient_does(value: list[Any]) -> None:
    literals: list[bytes] = []
    text = " ".join(written(one, literals) for one in value).encode("latin-1")
    pieces = text.split(b'"\0"')
    theirs: list[Any] = [
        (b"%b{%d}" % (piece, len(literal)), literal) for piece, literal in zip(pieces, literals, strict=False)
    ]
    theirs.append(pieces[-1])
    ours = response_tree.tree(Line(text, tuple(literals)))
    # a NIL may be None or a word, by how it was written: they and we differ, and either will do
    assert [as_text(one) for one in ours] == [as_text(same(one)) for one in parse_response(theirs)]


def as_text(node: Any) -> Any:
    if isinstance(node, list):
        return [as_text(one) for one in node]
    return None if node is None or node.upper() == "NIL" else node


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("=?utf-8?q?R=C3=A9union?=", "Réunion"),
        ("=?UTF-8?B?UsOpdW5pb24=?= =?UTF-8?B?IGRlIHJlbnRyw6ll?=", "Réunion de rentrée"),
        ("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("Re: =?iso-8859-1?Q?=E9t=E9?= 2026", "Re: été 2026"),
        ("=?x-inconnu?Q?=E9t=E9?=", "été"),
        ("=?utf-8*fr?Q?=C3=A9?=", "é"),
        ("=?utf-8?Q?a b?=", "a b"),
        ("=?utf-8?Z?a?=", "=?utf-8?Z?a?="),
        ("=?zlib?B?eJw=?=", "x\u0153"),
        ("\xc3\xa9t\xc3\xa9", "été"),
        ("\xe9t\xe9", "été"),
        ("a\x00\x07b\x7f\x85c", "ab…c"),
        ("un\r\n pliage", "un pliage"),
        ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b"),
        ("=?utf-8?Q?facture=E2=80=AEfdp.exe?=", "facturefdp.exe"),
        ("=?utf-7?Q?+2AA-?=", ""),
    ],
)
def test_words_are_decoded_tolerantly(raw: str, read: str) -> None:
    assert headers.decoded(raw) == read


@given(
    octets, st.sampled_from(["", "=?utf-8?Q?", "=?utf-7?B?", "=?utf-16?B?", "=?idna?Q?", "=?iso-2022-jp?B?"])
)
def test_decoded_words_are_one_clean_line(raw: str, start: str) -> None:
    read = headers.decoded(f"{raw}{start}{raw}?= {raw}")
    read.encode("utf-8")
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", read) is None


def test_a_date_is_read_or_very_old() -> None:
    assert headers.moment("01-Sep-2026 10:00:05 +0200") == datetime(
        2026, 9, 1, 10, 0, 5, tzinfo=timezone(timedelta(hours=2))
    )
    assert headers.moment(" 1-Jan-1999 00:00:00 -0330").utcoffset() == timedelta(hours=-3, minutes=-30)
    for nonsense in ("", "x", "99-Sep-2026 10:00:05 +0200", "01-Sep-2026 10:00:05 +9999", "01-Sep-2026"):
        assert headers.moment(nonsense) == datetime(1970, 1, 1, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False).filter(lambda m: m.year > 1000))
def test_a_date_given_comes_back(given: datetime) -> None:
    written = headers.internal_date(given.replace(microsecond=0))
    offset = given.utcoffset()
    if offset is not None and offset.seconds % 60 == 0:
        assert headers.moment(written).timestamp() == given.replace(microsecond=0).timestamp()


def test_very_long_headers_are_cut() -> None:
    many = "=?utf-8?Q?ab?= " * 100_000
    assert 0 < len(headers.decoded(many)) < 20_000
    assert len(headers.message_ids("<a@b>" * 100_000)) == 200
    crowd: response_tree.Node = [["x", None, "a", "b.test"] for _ in range(100_000)]
    items: response_tree.Items = {"ENVELOPE": [None, many, None, None, None, crowd]}
    assert len(messages.summary(items, 1).to) == 20
    assert len(messages.open_message(REF, items).to) == 5_000


@given(st.text(max_size=40))
def test_no_date_makes_reading_fail(raw: str) -> None:
    headers.moment(raw)
    headers.header_moment(raw)


def line(text: str) -> list[response_tree.Node]:
    return response_tree.tree(Line(text.encode("latin-1")))


def test_a_structure_is_numbered_as_imap_does() -> None:
    root = body_structure.structure(
        line(
            '((("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 3 1 NIL NIL NIL NIL)'
            '("TEXT" "HTML" NIL NIL NIL "BASE64" 9 1 NIL NIL NIL NIL) "ALTERNATIVE" NIL NIL NIL NIL)'
            '("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 99 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'
            '(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4'
            ' NIL NIL NIL NIL) "MIXED" NIL NIL NIL NIL) 5 NIL'
            ' ("attachment" ("filename*" "utf-8\'\'%C3%A9t%C3%A9.eml")) NIL NIL)'
            '("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'
            '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL) 5) "MIXED" NIL NIL NIL NIL)'
        )[0]
    )  # fmt: skip

    def numbers(part: Part) -> list[str]:
        return [f"{part.number} {part.kind}", *(one for child in part.children for one in numbers(child))]

    assert numbers(root) == [
        " multipart/mixed", "1 multipart/alternative", "1.1 text/plain", "1.2 text/html", "2 message/rfc822",
        "2.1 text/plain", "2.2 image/png", "3 message/rfc822", "3.1 text/plain",
    ]  # fmt: skip
    assert (root.children[1].name, root.children[1].disposition) == ("été.eml", "attachment")
    assert root.children[0].children[0].charset == "utf-8"


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ('("NAME" "a.pdf")', "a.pdf"),
        ('("NAME" "=?utf-8?Q?=C3=A9.pdf?=")', "é.pdf"),
        ('("NAME*" "iso-8859-1\'fr\'%E9.pdf")', "é.pdf"),
        ('("NAME*1*" "%A9.pdf" "NAME*0*" "utf-8\'\'%C3")', "é.pdf"),
        ('("NAME*0*" "UTF-8\'fr\'%C3%89l%C3" "NAME*1*" "%A8ves.pdf")', "Élèves.pdf"),
        ('("NAME*0*" "Iso-8859-15\'fr-FR\'%C9l%E8ves%20" "NAME*1" "de 3e.pdf")', "Élèves de 3e.pdf"),
        ('("NAME*0" "long " "NAME*1" "nom.pdf")', "long nom.pdf"),
        ('("NAME*x*" "y" "NAME*99999*" "z")', "yz"),
        ('("NAME")', ""),
        ('("NAME" "a\x0bb\xe9")', "abé"),
    ],
)
def test_names_of_files_are_decoded(parameters: str, name: str) -> None:
    assert (
        body_structure.structure(line(f'("APPLICATION" "PDF" {parameters} NIL NIL "BASE64" 3)')[0]).name
        == name
    )


@pytest.mark.parametrize(
    ("structure", "attaches"),
    [
        ('("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1 NIL NIL NIL NIL)', False),
        ('("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1 NIL ("attachment" NIL) NIL NIL)', True),
        ('("APPLICATION" "PDF" NIL NIL NIL "BASE64" 3 NIL NIL NIL NIL)', True),
        ('(("TEXT" "HTML" NIL NIL NIL "7BIT" 3 1)("IMAGE" "PNG" NIL "<a>" NIL "BASE64" 3) "RELATED")', False),
        ('(("TEXT" "HTML" NIL NIL NIL "7BIT" 3 1)("IMAGE" "PNG" NIL NIL NIL "BASE64" 3) "MIXED")', True),
        ('(("TEXT" "PLAIN" NIL NIL NIL "" 3)("APPLICATION" "PGP-SIGNATURE" NIL NIL NIL "" 3) "X")', False),
        ("NIL", False),
        ("()", False),
    ],
)  # fmt: skip
def test_what_a_person_calls_an_attachment(structure: str, attaches: bool) -> None:
    assert messages.summary({"BODYSTRUCTURE": line(structure)[0]}, 1).has_attachment is attaches


CALENDAR = '("{}" "{}" ("charset" "utf-8" "method" "{}") NIL NIL "7bit" 120 4 NIL NIL NIL NIL)'
INVITING = CALENDAR.format("text", "calendar", "REQUEST")
BESIDE = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)'


@pytest.mark.parametrize(
    ("structure", "attached"),
    [
        (INVITING, INVITATION),
        (CALENDAR.format("TEXT", "CALENDAR", "request"), INVITATION),
        (f'({BESIDE}{INVITING} "alternative" NIL NIL NIL NIL)', INVITATION),
        (CALENDAR.format("text", "calendar", "CANCEL"), ("", "")),
        (CALENDAR.format("text", "plain", "REQUEST"), ("", "")),
        (f'({BESIDE} "alternative" ("text" "calendar" "a" "b" "c" "d" "e" "f") NIL NIL NIL)', ("", "")),
        (
            f'(({BESIDE}{INVITING} "alternative" NIL NIL NIL NIL)'
            '("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 12 NIL NIL NIL NIL) "mixed")',
            ("application/pdf", "a.pdf"),
        ),
    ],
)  # fmt: skip
def test_what_invites_says_so_read_alone_or_with_others(structure: str, attached: tuple[str, str]) -> None:
    assert messages.summary({"BODYSTRUCTURE": line(structure)[0]}, 1).attached == attached
    written = (
        '7 FETCH (UID 9 FLAGS () INTERNALDATE "01-Sep-2026 10:00:00 +0200" RFC822.SIZE 9 PREVIEW NIL'
        f" ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODYSTRUCTURE {structure})"
    )
    assert list_fetch.read_list([Line(written.encode())])[1][9].attached == attached


def test_correspondents_are_decoded_and_groups_opened() -> None:
    items: response_tree.Items = {
        "ENVELOPE": line(
            '(NIL NIL (("=?utf-8?Q?H=C3=A9l=C3=A8ne?=" NIL "h" "x.test")(NIL NIL "MISSING_MAILBOX"'
            ' "MISSING_DOMAIN")) NIL NIL ((NIL NIL "Amis" NIL)("Dupont, J." NIL "j" "x.test")'
            "(NIL NIL NIL NIL)) NIL NIL NIL NIL)"
        )[0]
    }
    message = messages.open_message(REF, items)
    assert message.sender == (Correspondent("Hélène", "h@x.test"), Correspondent("", ""))
    assert message.to == (Correspondent("Dupont, J.", "j@x.test"),)


def test_uid_sets_are_read_in_their_order() -> None:
    assert answers.uid_set(b"7,1:3,9:8") == [7, 1, 2, 3, 8, 9]
    assert answers.uid_set(b"1:99999999999") == []
    assert answers.uid_set(b"*,a:b,") == []


@given(st.sets(st.integers(1, 60)), st.integers(0, 12))
def test_the_last_uids_are_found_without_reading_the_others(uids: set[int], count: int) -> None:
    ordered = sorted(uids)
    written = ",".join(map(str, ordered))
    assert answers.last_uids(written.encode(), count) == ordered[::-1][:count]
    assert answers.last_uids(b"1:50,60", 3) == [60, 50, 49]


@given(st.binary(max_size=60))
def test_transfer_encodings_are_undone_whatever_they_hold(content: bytes) -> None:
    for encoding in ("base64", "quoted-printable", "8bit", "x-uuencode", ""):
        assert isinstance(headers.undone(content, encoding), bytes)
    assert headers.undone(b"@@TWF\r\ny aWU=", "BASE64") == b"Marie"


@pytest.mark.parametrize("depth", [90, 300, 5_000, 300_000])
def test_deeply_nested_parts_are_not_climbed_to_the_end(depth: int) -> None:
    leaf = '"TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1'
    nested = "(" * depth + leaf + ")" + ' "MIXED")' * (depth - 1)
    for items in response_tree.fetched_items([Line(b"1 FETCH (UID 1 BODYSTRUCTURE %b)" % nested.encode())]):
        messages.summary(items, 1)
        messages.open_message(REF, items)


_kinds = st.sampled_from(
    ['"text" "plain"', '"text" "html"', '"TEXT" "PLAIN"', '"application" "pdf"', '"image" "png"']
)
_listed = st.sampled_from(
    [
        "NIL",
        '("charset" "utf-8")',
        '("name" "x BODYSTRUCTURE (")',
        '("charset" "utf-8" "name" "a).txt")',
        '("name" "\0")',
        '("name" "\\"(")',
    ]
)
_shown = st.sampled_from(
    [
        "NIL",
        '("inline" NIL)',
        '("attachment" ("filename" "a.txt"))',
        '("ATTACHMENT" NIL)',
        '("inline" ("filename" "b.png"))',
    ]
)


@st.composite
def structures(draw: st.DrawFn, deep: int = 2) -> str:
    if deep and draw(st.booleans()):
        parts = "".join(draw(st.lists(structures(deep - 1), min_size=1, max_size=3)))
        subtype = draw(st.sampled_from(["alternative", "mixed", "related"]))
        return f'({parts} "{subtype}" {draw(_listed)} NIL NIL NIL)'
    kind = draw(_kinds)
    lines = " 4" if kind.lower().startswith('"text"') else ""
    return f'({kind} {draw(_listed)} NIL NIL "8bit" 120{lines} NIL {draw(_shown)} NIL NIL)'


_odd = st.sampled_from(
    ["", 'dit "a b" et (c)', '"', "\\", "\x02", "\x03", "NIL", ") BODYSTRUCTURE ((", " (", "][", "{3}", "é"]
)


@st.composite
def fetch_lines(draw: st.DrawFn) -> Line:
    """A line of a list, mostly as Dovecot writes it, about whatever somebody put in a letter."""
    literals: list[bytes] = []

    def said(text: str) -> str:
        if draw(st.integers(0, 9)) == 0:
            return "NIL"
        return written(("literal" if draw(st.integers(0, 9)) == 0 else "quoted", text), literals)

    def people() -> str:
        one = f"({said(draw(octets))} NIL {said('a' + draw(_odd))} {said('x.test')})"
        return f"({one}{one})" if draw(st.booleans()) else "NIL"

    preview = draw(st.one_of(octets, _odd))
    shown = written(("literal" if draw(st.booleans()) else "quoted", preview), literals)
    subject, ids = said(draw(octets) + draw(_odd)), said("<a@x.test>")
    envelope = f"(NIL {subject} {people()} NIL NIL {people()} {people()} NIL NIL {ids})"
    structure = draw(structures())
    literals += [b"n.pdf"] * structure.count("\0")
    after = draw(st.sampled_from(["", "", "", " MODSEQ (7)", ' X "a"']))
    text = (
        f"7 FETCH (UID {draw(st.integers(1, 9))} FLAGS (\\Seen a) INTERNALDATE"
        f' "01-Sep-2026 10:00:00 +0200" RFC822.SIZE 300 PREVIEW {shown} ENVELOPE {envelope}'
        f" BODYSTRUCTURE {structure}{after})"
    )
    return Line(text.encode("latin-1"), tuple(literals))


@given(st.lists(fetch_lines(), max_size=4, unique_by=lambda line: line.text[:14]))
def test_lines_read_together_say_what_each_says_alone(lines: list[Line]) -> None:
    alone = {
        uid: messages.summary(items, uid)
        for items in response_tree.fetched_items(lines)
        if (uid := int(str(items["UID"])))
    }
    assert list_fetch.read_list(lines) == (answers.flags_by_uid(lines), alone)


@given(st.lists(st.binary(max_size=80), max_size=3))
def test_no_lines_at_all_make_reading_together_fail(texts: list[bytes]) -> None:
    head = b'7 FETCH (UID 9 FLAGS () INTERNALDATE "" RFC822.SIZE 1 PREVIEW NIL ENVELOPE ('
    list_fetch.read_list([Line(head + text + b" BODYSTRUCTURE " + text) for text in texts])


def test_letters_of_the_usual_shape_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    together = response_tree.trees
    monkeypatch.setattr(response_tree, "trees", lambda texts: asked.append(len(texts)) or together(texts))
    monkeypatch.setattr(messages, "summaries", lambda lines: asked.append(-len(lines)) or {})
    part = '("text" "{}" ("charset" "utf-8") NIL NIL "quoted-printable" 120 4 NIL NIL NIL NIL)'
    both = f'({part.format("plain")}{part.format("html")} "alternative" ("boundary" "==1") NIL NIL NIL)'
    file = f'({both}("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 12 NIL NIL NIL NIL) "mixed")'
    lines = [
        Line(
            f'7 FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE "01-Sep-2026 10:00:00 +0200" RFC822.SIZE 9'
            f' PREVIEW "\0" ENVELOPE (NIL "Sujet" NIL NIL NIL NIL NIL NIL NIL NIL)'
            f" BODYSTRUCTURE {one})".encode(),
            (b"D\xc3\xa9but",),
        )
        for uid, one in enumerate((part.format("plain"), both, file), 1)
    ]
    marks, found = list_fetch.read_list(lines)
    assert asked == [3]
    assert [(one.subject, one.preview, one.attached[1]) for one in found.values()] == [
        ("Sujet", "Début", ""), ("Sujet", "Début", ""), ("Sujet", "Début", "a.pdf"),
    ]  # fmt: skip
    assert marks == [(uid, frozenset({"\\Seen"})) for uid in (1, 2, 3)]
