"""Static files are served under a name made of their content."""

import gzip
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from vaguemestre.foundation.ui.bundles import BUNDLES, bundle
from vaguemestre.site import static


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "source"
    (made / "ui" / "static" / "ui").mkdir(parents=True)
    (made / "ui" / "static" / "ui" / "page.css").write_text("body {}")
    monkeypatch.setattr(static, "SOURCE", made)
    return made


def test_files_of_every_room_are_gathered_under_one_version(source: Path, tmp_path: Path) -> None:
    (source / "webmail" / "static" / "webmail").mkdir(parents=True)
    (source / "webmail" / "static" / "webmail" / "list.js").write_text("1")
    served = static.gather(tmp_path)
    current = served / static.version(tmp_path)
    assert (current / "ui" / "page.css").read_text() == "body {}"
    assert (current / "webmail" / "list.js").is_file()


def test_the_version_changes_with_the_content_and_only_then(source: Path, tmp_path: Path) -> None:
    static.gather(tmp_path)
    first = static.version(tmp_path)
    static.gather(tmp_path)
    assert static.version(tmp_path) == first
    (source / "ui" / "static" / "ui" / "page.css").write_text("body { color: red }")
    static.gather(tmp_path)
    assert static.version(tmp_path) != first


def test_the_version_before_is_kept_for_open_pages_older_ones_go(source: Path, tmp_path: Path) -> None:
    versions = []
    for number in range(4):
        (source / "ui" / "static" / "ui" / "page.css").write_text(f"/* {number} */")
        served = static.gather(tmp_path)
        versions.append(static.version(tmp_path))
    assert {p.name for p in served.iterdir() if p.is_dir()} == set(versions[-2:])


def test_before_anything_is_gathered_there_is_no_version(tmp_path: Path) -> None:
    assert static.version(tmp_path) == ""


def test_what_a_page_asks_for_together_is_one_file(tmp_path: Path) -> None:
    served = static.gather(tmp_path)
    current = served / static.version(tmp_path)
    for name, parts in BUNDLES.items():
        text = (current / name).read_text(encoding="utf-8")
        for part in parts:
            own = bundle(name, [(current / part).read_text(encoding="utf-8")])
            assert own.strip() in text


def test_styles_joined_say_the_same() -> None:
    said = """/* a: b; { */
@media (min-width: 701px) {
  a :is(b, i):hover,
  .x > p {
    margin: 0 1px;
    --font: "A B", sans-serif;
    --dark: ;
  }
}
"""
    wanted = '@media (min-width: 701px){a :is(b,i):hover,.x>p{margin:0 1px;--font:"A B",sans-serif;--dark: }}'
    assert bundle("ui/mail.css", [said]).strip() == wanted


def test_scripts_joined_lose_comments_and_margins_alone() -> None:
    said = """// why
const at = "https://a.example"; // said beside

  function f() {
    // where
    return `${at}//b`;
  }
"""
    wanted = 'const at = "https://a.example"; // said beside\nfunction f() {\nreturn `${at}//b`;\n}'
    assert bundle("page.js", [said]) == f"(() => {{\n{wanted}\n\n}})();"


def asked(home: Path, address: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """What a browser gets: status, headers, octets. What is no file is the application's."""
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def elsewhere(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("404 Not Found", [])
        return [b"apart"]

    application = static.before(elsewhere, home)
    environ = RequestFactory().get(address, headers=headers).environ
    answer: Any = application(environ, lambda status, sent, *_: told.append((status, sent)))
    with closing(answer) if hasattr(answer, "close") else nullcontext():
        return told[0][0], dict(told[0][1]), b"".join(answer)


def test_a_file_goes_compressed_to_whoever_reads_it_so_and_is_kept(source: Path, tmp_path: Path) -> None:
    (source / "ui" / "static" / "ui" / "page.css").write_text("body { color: red }\n" * 100)
    static.gather(tmp_path)
    address = f"/static/{static.version(tmp_path)}/ui/page.css"
    status, headers, plain = asked(tmp_path, address)
    assert status == "200 OK"
    assert plain == b"body { color: red }\n" * 100
    assert "immutable" in headers["Cache-Control"]
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
    _, headers, packed = asked(tmp_path, address, accept_encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert len(packed) < len(plain) / 5
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("path", ["../secrets/django_key", "ui/page.css.map", ""])
def test_nothing_else_of_the_home_is_a_static_file(source: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "django_key").write_text("k")
    static.gather(tmp_path)
    assert asked(tmp_path, f"/static/{path}")[0] == "404 Not Found"
