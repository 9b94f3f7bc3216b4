"""A file is what it holds: zip, tgz, Maildir, mbox, single messages; anything else is refused in words."""

import gzip
import io
import random
import struct
import tarfile
import tracemalloc
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.mailbox.portability.test_import import NOW, box_of, letter, with_header_of

from vaguemestre.engines.archives import members, zip_and_tar
from vaguemestre.engines.archives.detection import open_archive
from vaguemestre.engines.archives.outlook import with_stable_names
from vaguemestre.mailbox.portability.ports import SourceRefused
from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.values import Piece


def pieces(path: Path) -> list[Piece]:
    with open_archive(path, path.name) as source:
        return list(source.pieces(""))


def test_a_zip_of_eml_and_mbox_files_keeps_its_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        made.writestr("Envoyés/un.eml", letter(1))
        made.writestr("Projets.mbox", box_of(2, 3))
        made.writestr("contacts.vcf", b"BEGIN:VCARD")
        made.writestr("../../etc/evil.eml", letter(4))
    found = pieces(tmp_path / "export.zip")
    assert [(one.folder, one.content.count(b"Message-ID")) for one in found] == [
        ("Envoyés", 1), ("Projets", 1), ("Projets", 1), ("etc", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["zip", "tgz"])
def test_an_archive_without_mail_is_refused(tmp_path: Path, kind: str) -> None:
    """A document of a word processor is a zip too: it was told as an import that went well."""
    path = tmp_path / f"Compte rendu.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("[Content_Types].xml", b"<Types/>")
            made.writestr("word/document.bin", b"texte")
    else:
        with tarfile.open(path, "w:gz") as packed:
            packed.addfile(tarfile.TarInfo("vide.txt"), io.BytesIO())
    with pytest.raises(SourceRefused) as refused:
        pieces(path)
    assert refused.value.code == "portability.file-unknown"
    assert refused.value.facts["name"] == path.name


def test_a_tgz_as_zimbra_makes_them(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "z.tgz", "w:gz") as made:
        for name, content in (("Inbox/0000000257-Une.eml", letter(1)), ("Inbox/0000000257.meta", b"{}")):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    (one,) = pieces(tmp_path / "z.tgz")
    assert (one.folder, one.content) == ("Inbox", letter(1))


def test_a_maildir_with_its_folders_and_flags(tmp_path: Path) -> None:
    for folder in ("", ".Sent", ".Projets.2026", ".&AMk-coles"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True)
    (tmp_path / "Maildir/cur/1.a:2,FS").write_bytes(letter(1))
    (tmp_path / "Maildir/new/2.a").write_bytes(letter(2))
    (tmp_path / "Maildir/.Sent/cur/3.a:2,S").write_bytes(letter(3))
    (tmp_path / "Maildir/.Projets.2026/cur/4.a:2,").write_bytes(letter(4))
    (tmp_path / "Maildir/.&AMk-coles/cur/5.a:2,R").write_bytes(letter(5))
    assert {(one.folder, one.flags) for one in pieces(tmp_path / "Maildir")} == {
        ("", frozenset({"\\Flagged", "\\Seen"})),
        ("", frozenset()),
        ("Sent", frozenset({"\\Seen"})),
        ("Projets/2026", frozenset()),
        ("Écoles", frozenset({"\\Answered"})),
    }


def test_a_folder_of_messages_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "in/Parents").mkdir(parents=True)
    (tmp_path / "in/Parents/a.eml").write_bytes(letter(1))
    (tmp_path / "in/Sent").write_bytes(box_of(2))
    (tmp_path / "in/secret.eml").symlink_to("/etc/passwd")
    assert [(one.folder, one.problem) for one in pieces(tmp_path / "in")] == [("Parents", ""), ("Sent", "")]


@pytest.mark.parametrize(("name", "folder"), [("boite.mbox", ""), ("Sent", "Sent"), ("Inbox", "Inbox")])
def test_a_lone_mbox_goes_to_the_inbox_unless_its_name_says_better(
    tmp_path: Path, name: str, folder: str
) -> None:
    (tmp_path / name).write_bytes(box_of(1, 2))
    assert [one.folder for one in pieces(tmp_path / name)] == [folder, folder]


def test_a_single_message_is_taken_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(1))
    assert [one.content for one in pieces(tmp_path / "a.eml")] == [letter(1)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", "portability.file-unknown"),
        (b"PK\x03\x04rest", "portability.file-damaged"),
        (b"\x1f\x8brest of it", "portability.file-damaged"),
        (b"", "portability.file-unknown"),
    ],
)
def test_what_holds_no_mail_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(SourceRefused) as refused:
        pieces(tmp_path / "x")
    assert refused.value.code == code


def test_an_outlook_file_that_is_none_is_refused_by_the_program_that_reads_them(tmp_path: Path) -> None:
    (tmp_path / "x.pst").write_bytes(b"!BDN" + bytes(600))
    with pytest.raises(SourceRefused) as refused:
        pieces(tmp_path / "x.pst")
    assert refused.value.code == "portability.file-damaged"


def test_a_message_of_an_outlook_file_is_the_same_each_time_it_is_unpacked() -> None:
    """`readpst` draws a boundary for each run and each message inside another, a name for each invitation."""

    def written(outer: int, inner: int) -> bytes:
        begin, end = b"--boundary-LibPST-iamunique-%d_-_-\n", b"--boundary-LibPST-iamunique-%d_-_---\n"
        inside = begin % inner + b"Cc: x\n" + end % inner
        return (
            b'boundary="--boundary-LibPST-iamunique-%d_-_-"\n' % outer + begin % outer + inside + end % outer
        )

    assert (
        with_stable_names(written(2082122553, 7)) == with_stable_names(written(1, 702763501)) == written(1, 2)
    )
    assert with_stable_names(b"Bonjour.\n") == b"Bonjour.\n"
    invitation = b'Content-Type: text/calendar; name="i%d.ics"\nContent-Disposition: x; filename="i%d.ics"\n'
    assert with_stable_names(invitation % (204321224, 204321224)) == with_stable_names(
        invitation % (1837216840, 1837216840)
    )
    assert with_stable_names(b'name="i7.ics"; name="invite.ics"\n') == b'name="i7.ics"; name="invite.ics"\n'


def test_a_zip_that_is_cut_short_in_a_member_names_it_and_goes_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.eml", letter(1, "x" * 5000))
        made.writestr("b.eml", letter(2))
    content = bytearray((tmp_path / "e.zip").read_bytes())
    content[60:80] = bytes(20)
    (tmp_path / "e.zip").write_bytes(content)
    first, second = pieces(tmp_path / "e.zip")
    assert first.problem == "damaged"
    assert second.content == letter(2)


@pytest.mark.parametrize(("octets", "problem"), [(99_000, ""), (101_000, "too-large")])
@pytest.mark.parametrize("name", ["un.eml", "Projets.mbox"])
def test_a_header_longer_than_a_mail_server_takes_is_named(
    tmp_path: Path, name: str, octets: int, problem: str
) -> None:
    content = with_header_of(octets)
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        made.writestr(name, content if name.endswith(".eml") else mbox.mbox_bytes(content, frozenset(), NOW))
        made.writestr("deux.eml", letter(2))
    found = {one.problem for one in pieces(tmp_path / "export.zip") if "deux" not in one.place}
    assert found == {problem}
    assert [one.content for one in pieces(tmp_path / "export.zip") if "deux" in one.place] == [letter(2)]


def bomb(path: Path, *members: tuple[bytes, int]) -> None:
    """A tgz whose members, of that type, hold that many zeros."""
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for kind, size in members:
            info = tarfile.TarInfo("un.eml")
            info.type, info.size = kind, size
            packed.write(info.tobuf(tarfile.GNU_FORMAT))
            for _ in range(size // 1_000_000):
                packed.write(bytes(1_000_000))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_the_description_of_a_member_takes_little_memory(tmp_path: Path, kind: bytes) -> None:
    """tarfile reads it whole: eight megabytes packed were eight gigabytes of the worker's memory."""
    bomb(tmp_path / "z.tgz", (kind, 64_000_000))
    tracemalloc.start()
    with pytest.raises(SourceRefused, match="file-damaged"):
        pieces(tmp_path / "z.tgz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_tar_that_says_more_than_mail_packs_to_is_not_unpacked(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "z.tgz", "wb") as packed:
        info = tarfile.TarInfo("un.mbox")
        info.size = 90_000_000_000
        packed.write(info.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(SourceRefused, match="file-too-big"):
        pieces(tmp_path / "z.tgz")


def test_a_sparse_file_or_one_of_negative_size_is_no_mail(tmp_path: Path) -> None:
    for kind, size in ((tarfile.GNUTYPE_SPARSE, 0), (tarfile.REGTYPE, -512)):
        bomb(tmp_path / "z.tgz", (kind, size))
        with pytest.raises(SourceRefused, match="file-damaged"):
            pieces(tmp_path / "z.tgz")


@pytest.mark.parametrize("told", ["plainly", "twice", "elsewhere"])
def test_a_zip_whose_table_is_too_long_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """The last record may name itself, in the numbers of its disks, and a longer one may stand before it."""
    monkeypatch.setattr(zip_and_tar, "_MAX_ZIP_TABLE_BYTES", 80_000)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as made:
        for number in range(1700):
            made.writestr(f"{number}.eml", b"From: a@b.fr\n\n")
    content = (tmp_path / "z.zip").read_bytes()
    entries, size, start = struct.unpack("<HLL", content[-12:-2])
    itself = b"PK\5\6" if told == "twice" else b"\0" * 4
    end = b"PK\5\6" + itself + struct.pack("<HH", entries, entries)
    end += struct.pack("<LLH", 0 if told == "elsewhere" else size, 0 if told == "twice" else start, 0)
    longer = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22, 1)
    (tmp_path / "z.zip").write_bytes(content[:-22] + (longer + locator if told == "elsewhere" else b"") + end)
    with pytest.raises(SourceRefused, match="file-too-big"):
        pieces(tmp_path / "z.zip")


def test_an_mbox_without_end_is_left_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_MESSAGE_BYTES", 1000)
    monkeypatch.setattr(mbox, "_PLACE_BYTES", 2000)
    with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.mbox", b"From - x\n" + b"a\n" * 50_000 + b"\n" + box_of(1))
        made.writestr("b.mbox", box_of(2))
    cursor, found, slices = "", list[Piece](), 0
    while piece := first_after(tmp_path / "e.zip", cursor):
        cursor, slices = piece.cursor, slices + 1
        found += [] if piece.is_place else [piece]
    assert [(one.folder, one.problem) for one in found] == [("a", "too-large"), ("a", ""), ("b", "")]
    assert slices > 40


def first_after(path: Path, cursor: str) -> Piece | None:
    with open_archive(path, path.name) as source:
        return next(iter(source.pieces(cursor)), None)


@pytest.mark.parametrize(("ratio", "is_allowed"), [(9, True), (11, False)])
def test_an_archive_holds_ten_times_its_size_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ratio: int, is_allowed: bool
) -> None:
    monkeypatch.setattr(zip_and_tar, "_LEAST_TOTAL_BYTES", 0)
    noise = random.Random(7).randbytes(100_000)
    with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.bin", noise)
        made.writestr("b.bin", b"a" * (ratio - 1) * 100_000)
        made.writestr("un.eml", letter(1))
    with nullcontext() if is_allowed else pytest.raises(SourceRefused, match="file-too-big"):
        pieces(tmp_path / "e.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", ["un.eml", "boite"])
def test_a_damaged_member_leaves_the_others(tmp_path: Path, method: int, name: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as packed:
        packed.writestr(name, b"From x\n" + letter(1) * 50)
        packed.writestr("deux.eml", letter(2))
    content = bytearray(made.getvalue())
    for place in range(30 + len(name) + 9, 30 + len(name) + 60):
        content[place] ^= 0x5A
    (tmp_path / "a.zip").write_bytes(content)
    damaged, other = pieces(tmp_path / "a.zip")
    assert (damaged.problem, other.content) == ("damaged", letter(2))


@pytest.mark.parametrize("date", ["1e12", "1e300", "nan", "-1e18"])
def test_a_date_that_no_calendar_has_leaves_the_message_without_one(tmp_path: Path, date: str) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz", format=tarfile.PAX_FORMAT) as made:
        info = tarfile.TarInfo("un.eml")
        info.size, info.pax_headers = len(letter(1)), {"mtime": date}
        made.addfile(info, io.BytesIO(letter(1)))
    assert [one.content for one in pieces(tmp_path / "a.tgz")] == [letter(1)]
