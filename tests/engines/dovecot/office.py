"""Office documents by hand: the least that has words in it, as the programs write them."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OPEN = "application/vnd.oasis.opendocument."


def packed(members: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return made.getvalue()


def docx(*runs: str) -> bytes:
    """One paragraph of several runs: a word may be cut between two."""
    inside = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return packed({"word/document.xml": f'<w:document xmlns:w="w"><w:p>{inside}</w:p></w:document>'})


def xlsx(word: str, number: str) -> bytes:
    return packed({
        "xl/sharedStrings.xml": f"<sst><si><t>{word}</t></si></sst>",
        "xl/worksheets/sheet1.xml": (
            f'<worksheet><row><c t="s"><v>4807</v></c><c><v>{number}</v></c></row></worksheet>'
        ),
    })  # fmt: skip


def pptx(word: str) -> bytes:
    return packed(
        {"ppt/slides/slide1.xml": f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:t>{word}</a:t></a:p></p:sld>'}
    )


def opened(word: str) -> bytes:
    """Of OpenDocument, whichever: its text stands in the same place."""
    body = f"<t:p>une<t:s/>note<t:tab/>{word}</t:p><t:p>fin</t:p>"
    return packed({"content.xml": f'<o:document-content xmlns:o="o" xmlns:t="t">{body}</o:document-content>'})


@cache
def bomb(word: str) -> bytes:
    """A few hundred kilobytes that unpack to four hundred megabytes."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened,
        opened.open("word/document.xml", "w") as member,
    ):
        member.write(f"<a><t>{word} ".encode())
        for _ in range(400):
            member.write(b"x" * 1_000_000)
        member.write(b"</t></a>")
    return made.getvalue()


def laughs(word: str) -> bytes:
    """Entities of entities: a few lines that would be written out a million times."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return packed({
        "word/document.xml": f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a><t>{word} &e8;</t></a>',
    })  # fmt: skip
