"""Sections that the code cites exist; so do the links, the files and the folders that pages name."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
PROJECT = HERE.parents[2]
CODE = ("src", "tests", "bin", "bench", "demo", "frontend/src")
TEXT = {".py", ".md", ".js", ".mjs", ".css", ".html", ".jinja", ".j2", ".lua", ".sh", ".txt", ""}
NOT_OURS = {"static", "node_modules", "__pycache__", "corpus"}

_CITED = re.compile(r"docs/(?P<page>[\w/-]+\.md)(?P<marks>(?:[\s,–]|and|§\d+(?:\.\d+)*|rules?|[A-Z]\b)*)")
_SECTION = re.compile(r"§(\d+(?:\.\d+)*)")
_RULE = re.compile(r"\b([A-Z])\b")
_ELSEWHERE = re.compile(r"\b(?:DOMAIN|SECURITY)(?:\.md)? (?:§|rules? )")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)|!\[[^\]]*\]\((?P<image>[^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
# `mailbox/webmail/ports.py`, `tests/cli`, `sanitize.py`: written as code, looks like a file of ours
_NAMED = re.compile(r"`(?P<path>[\w.-]+(?:/[\w.-]+)*)/?`")
_CODE_FILE = re.compile(r"\.(?:py|js|mjs|css|html|lua|sql|j2|jinja)$")
OF_A_HOME = {"engines": ("docs/operations/", "CHANGELOG.md")}  # there, a folder of an installation
EXAMPLES = {  # what a change would add
    "docs/contributing.md": {
        "engines/memory/recognition.py",
        "engines/recognition.py",
        "tests/engines/test_recognition_contract.py",
    },
}
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def _files() -> Iterator[Path]:
    for folder in CODE:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT and not NOT_OURS & set(path.parts) and path != HERE:
                yield path
    yield from _pages()


def _pages() -> list[Path]:
    top = sorted(PROJECT.glob("*.md"))
    folders = [PROJECT / name for name in ("docs", "src", "tests", "bench", "demo", "frontend")]
    below = [page for folder in folders for page in sorted(folder.rglob("*.md"))]
    return [page for page in top + below if not NOT_OURS & set(page.parts)]


def sections(page: str) -> set[str]:
    """Numbers of the headings of a page: `3` and `3.6`."""
    return set(re.findall(r"^#+ (\d+(?:\.\d+)*)\.? ", page, re.MULTILINE))


def rules(page: str) -> set[str]:
    """Letters of the rules in a page's table."""
    return set(re.findall(r"^\| ([A-Z]) \|", page, re.MULTILINE))


def missing_marks(text: str) -> list[str]:
    """Each `docs/PAGE.md §N` or `docs/PAGE.md rule X` that leads nowhere."""
    breaches = []
    for match in _CITED.finditer(text):
        page = PROJECT / "docs" / match["page"]
        if not page.is_file():
            breaches.append(f"docs/{match['page']}")
            continue
        content, marks = page.read_text(encoding="utf-8"), match["marks"] or ""
        breaches += [f"{match['page']} §{n}" for n in _SECTION.findall(marks) if n not in sections(content)]
        breaches += [
            f"{match['page']} rule {r}"
            for r in _RULE.findall(marks.partition("rule")[2])
            if r not in rules(content)
        ]
    return breaches


def anchors(page: str) -> set[str]:
    """The fragments of a page's headings, as GitHub and GitLab make them."""
    texts = (re.sub(r"[`*_]|\[|\]\([^)]*\)", "", text).lower() for text in _HEADING.findall(page))
    return {re.sub(r"[^\w\- ]", "", text).replace(" ", "-") for text in texts}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page without a file, or without the heading they name."""
    broken = []
    for match in _LINK.finditer(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        target = match["target"] or match["image"]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (fragment and fragment not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    return broken


@cache
def _tree() -> frozenset[str]:
    """Files and folders of ours, by each ending of their path; a module with and without `.py`."""
    roots = [PROJECT / name for name in (*CODE, "docs", "packages", "requirements")]
    paths = [path for root in roots for path in root.rglob("*") if "node_modules" not in path.parts]
    paths += (PROJECT / "frontend").glob("*.*")
    endings = {root.relative_to(PROJECT).as_posix() for root in roots}
    for path in paths:
        parts = path.relative_to(PROJECT).parts
        for start in range(len(parts)):
            endings |= {"/".join(parts[start:]), "/".join(parts[start:]).removesuffix(".py")}
    return frozenset(endings)


def missing_paths(page: str, text: str) -> list[str]:
    """Files and folders of ours that a page names and that are not there."""
    wings = {path.name for path in (PROJECT / "src" / "vaguemestre").iterdir() if path.is_dir()}
    tops = wings | {name.partition("/")[0] for name in CODE} | {"docs", "packages", "requirements"}
    tops -= {top for top, pages in OF_A_HOME.items() if page.startswith(pages)}
    named = {match["path"] for match in _NAMED.finditer(_FENCE.sub("", text))}
    ours = {path for path in named if _CODE_FILE.search(path) or ("/" in path and path.split("/")[0] in tops)}
    return sorted(ours - _tree())


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(PROJECT)))
def test_files_named_in_pages_exist(page: Path) -> None:
    name = page.relative_to(PROJECT).as_posix()
    assert set(missing_paths(name, page.read_text(encoding="utf-8"))) == EXAMPLES.get(name, set())


def test_a_file_that_went_is_seen() -> None:
    text = "`tests/architecture/test_documents.py`, `tests/gone`, `gone.py`, `post/outbox/rules/message`"
    assert missing_paths("docs/flow.md", text) == ["gone.py", "tests/gone"]
    assert missing_paths("docs/operations/home.md", "`engines/postfix/spool`") == []


@pytest.mark.heavy
def test_what_the_code_cites_exists() -> None:
    breaches = []
    for path in _files():
        text = path.read_text(encoding="utf-8", errors="replace")
        breaches += [f"{path.relative_to(PROJECT)}: {mark}" for mark in missing_marks(text)]
    assert breaches == []


@pytest.mark.heavy
def test_pages_out_of_the_repository_are_not_cited() -> None:
    breaches = [
        f"{path.relative_to(PROJECT)}: {match.group()}"
        for path in _files()
        for match in _ELSEWHERE.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert breaches == []


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(PROJECT)))
def test_relative_links_resolve(page: Path) -> None:
    assert broken_links(page) == []


def test_the_checks_see_what_is_wrong(tmp_path: Path) -> None:
    assert missing_marks("docs/domain.md §2.3, §99.1 and docs/security.md rules B, Z") == [
        "domain.md §99.1",
        "security.md rule Z",
    ]
    assert missing_marks("docs/nowhere.md §1") == ["docs/nowhere.md"]
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n[a](#one-thing) [b](#two) [c](page.md) [d](other.md) [e](https://x.test/)\n"
    )
    assert broken_links(page) == ["#two", "other.md"]
