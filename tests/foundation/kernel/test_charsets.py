"""Text from bytes: whatever the label says, something readable comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.text import charsets

labels = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        ["utf-7", "idna", "punycode", "unicode_escape", "zlib", "base64", "undefined", "iso-2022-jp", "hz"]
    ),
)


@given(st.binary(max_size=200), labels)
def test_no_label_and_no_bytes_make_it_fail(content: bytes, label: str) -> None:
    assert isinstance(charsets.text(content, label), str)
    charsets.is_known(label)


@pytest.mark.parametrize(
    ("content", "label", "read"),
    [
        ("Élève".encode(), "utf-8", "Élève"),
        ("Élève".encode(), "UTF8", "Élève"),
        ("Élève".encode(), "", "Élève"),
        ("Élève".encode("cp1252"), "", "Élève"),
        ("Élève".encode("cp1252"), "us-ascii", "Élève"),
        ("5 € – « œuf »".encode("cp1252"), "iso-8859-1", "5 € – « œuf »"),
        ("5 €".encode("iso8859-15"), "ISO_8859-15", "5 €"),
        ("5 €".encode("iso8859-15"), "latin9", "5 €"),
        ("日本".encode("iso-2022-jp"), "ISO-2022-JP", "日本"),
        ("日本".encode("cp932"), "x-sjis", "日本"),
        ("привет".encode("koi8-r"), "KOI8-R", "привет"),
        ("été".encode("mac-roman"), "macintosh", "été"),
        ("été".encode("cp1252"), "x-nimporte-quoi", "été"),
        (b"eJw=", "zlib", "eJw="),
        (b"\\u0041", "unicode_escape", "\\u0041"),
        (b"ok \xff", "utf-8", "ok \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_labels_of_real_mail_are_understood(content: bytes, label: str, read: str) -> None:
    assert charsets.text(content, label) == read


@pytest.mark.parametrize(
    ("label", "known"),
    [("", True), ("utf-8", True), ("x-sjis", True), ("zlib", False), ("?", True), ("klingon", False)],
)
def test_the_reader_is_told_of_unknown_labels(label: str, known: bool) -> None:
    assert charsets.is_known(label) is known
