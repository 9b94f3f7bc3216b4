"""A module is named by the thing: a gerund says that something is done and keeps quiet about what."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_rooms import SOURCE

# Where the field itself says it so.
GERUNDS = {
    "provisioning": "identity management: accounts and mailboxes given and taken away",
    "sorting": "what Sieve does to mail that arrives",
    "sharing": "shared mailboxes",
    "tracking": "message tracking, as Exchange and Postfix's pages say",
    "listing": "an IMAP LIST or a page of messages",
    "routing": "which management service a request goes to",
    "rendering": "from MIME parts to what is shown",
    "wiring": "the table of what is plugged into what",
    "sending": "the section of the configuration, `[sending]`",
    "monitoring": "health checks and counts, for programs that watch",
    "outgoing": "mail that leaves for other domains, `[mail.outgoing]`",
}


def test_modules_are_named_by_the_thing() -> None:
    folders = {path for path in SOURCE.rglob("*") if path.is_dir() and (path / "__init__.py").is_file()}
    modules = {path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts}
    names = {path.stem for path in modules | folders}
    assert {name for name in names if name.endswith("ing")} - GERUNDS.keys() == set()
    assert GERUNDS.keys() - names == set(), "allowed, and used no more"


def test_the_wiring_calls_a_room_by_its_name() -> None:
    assert {
        alias for path in (SOURCE / "site" / "wiring").glob("*.py") for alias in _foreign_aliases(path)
    } == set()


def _foreign_aliases(path: Path) -> set[str]:
    """Names given to a room's file that are not the room's."""
    return {
        f"{path.name}: {node.module} as {name.asname}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
        if name.name in ("ports", "refusals", "handlers") and name.asname
        if name.asname.removesuffix(f"_{name.name}") != node.module.rpartition(".")[2]
    }


def test_a_subject_of_the_journal_is_named_by_its_function() -> None:
    breaches = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in SOURCE.rglob("*.py")
        if "record" in (text := path.read_text(encoding="utf-8"))
        for line in _quoted_subjects(ast.parse(text))
    }
    assert breaches == set(), "`account_subject` and its like, of foundation.journal.values"


def test_a_quoted_subject_is_seen() -> None:
    code = 'record("a.b", to=f"box:{key}", by="cli", at=now)\nLine("a.b", f"list:{key}", by, now)'
    assert list(_quoted_subjects(ast.parse(code))) == [1, 2]


def _quoted_subjects(tree: ast.AST) -> Iterator[int]:
    """Lines of what is written into the journal with a subject put together on the spot."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("record", "Line")
        ):
            named = [word.value for word in node.keywords if word.arg in ("to", "by")]
            for subject in (*node.args[1:3], *named):
                parts = subject.values if isinstance(subject, ast.JoinedStr) else ()
                if parts and isinstance(parts[0], ast.Constant) and str(parts[0].value).endswith(":"):
                    yield node.lineno
