"""Workbooks by hand, with what Excel and LibreOffice write in theirs."""

import io
import zipfile
from collections.abc import Collection, Mapping

_STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/>'
    '<numFmt numFmtId="165" formatCode="[$-40C]d mmmm yyyy;@"/>'
    '<numFmt numFmtId="166" formatCode="0#&quot; &quot;##&quot; &quot;##&quot; &quot;##&quot; &quot;##"/>'
    '<numFmt numFmtId="167" formatCode="#,##0.00\\ &quot;€&quot;"/><numFmt numFmtId="168" formatCode="0.0"/>'
    '<numFmt numFmtId="169" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="166"/><xf numFmtId="9"/><xf numFmtId="20"/><xf numFmtId="22"/><xf numFmtId="167"/>'
    '<xf numFmtId="168"/><xf numFmtId="4"/><xf numFmtId="169"/></cellXfs>'
)


def packed(members: Mapping[str, str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def xlsx(
    *rows: str,
    strings: str = "",
    first: str = "",
    workbook: str = "",
    hidden: Collection[int] = (),
    others: Mapping[str, str] | None = None,
) -> bytes:
    """`rows`: the XML of the cells of each; the first sheet of the file is hidden. `others`: more sheets."""
    more = dict(enumerate((others or {}).items(), 3))
    body = "".join(
        f'<row r="{number}"{' hidden="1"' if number in hidden else ""}>{cells}</row>'
        for number, cells in enumerate(rows, 1)
    )
    return packed({
        "xl/workbook.xml": (
            f'<workbook xmlns:r="r">{workbook}<sheets>'
            '<sheet name="Listes" state="hidden" sheetId="1" r:id="rId7"/>'
            '<sheet name="Élèves" sheetId="2" r:id="rId1"/>'
            + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="o{n}"/>' for n, (name, _) in more.items())
            + "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships><Relationship Id="rId7" Target="worksheets/sheet1.xml"/>'
            '<Relationship Id="rId1" Target="/xl/worksheets/sheet2.xml"/>'
            + "".join(f'<Relationship Id="o{n}" Target="worksheets/sheet{n}.xml"/>' for n in more)
            + "</Relationships>"
        ),
        "xl/styles.xml": f"<styleSheet>{_STYLES}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{first}</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": f"<worksheet><sheetData>{body}</sheetData></worksheet>",
        **{
            f"xl/worksheets/sheet{n}.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
            for n, (_, cells) in more.items()
        },
    })  # fmt: skip


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def number(value: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def ods(*rows: str) -> bytes:
    """`rows`: the XML of each, prefixed as LibreOffice does (`t`: table, `x`: text, `o`: office)."""
    row = "<t:table-row><t:table-cell><x:p>autre</x:p></t:table-cell></t:table-row>"
    other = f'<t:table t:name="4e B">{row}</t:table><t:table t:name="Feuille3"/>'
    return packed({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": (
            '<o:document-content xmlns:o="o" xmlns:t="t" xmlns:x="x">'
            f'<t:table t:name="4e A">{"".join(rows)}</t:table>{other}'
            "</o:document-content>"
        ),
    })  # fmt: skip
