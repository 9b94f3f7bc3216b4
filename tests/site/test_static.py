"""Static files are served under a name made of their content."""

from pathlib import Path

import pytest

from vaguemestre.site import static
from vaguemestre.ui.bundles import BUNDLES, joined


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
            own = joined(name, [(current / part).read_text(encoding="utf-8")])
            assert own.strip() in text


def test_styles_joined_say_the_same() -> None:
    said = """/* a: b; { */
@media (min-width: 701px) {
  a :is(b, i):hover,
  .x > p {
    margin: 0 1px;
    --font: "A B", sans-serif;
  }
}
"""
    wanted = '@media (min-width: 701px){a :is(b, i):hover,.x > p{margin:0 1px;--font:"A B", sans-serif}}'
    assert joined("ui/mail.css", [said]).strip() == wanted
