"""What a process remembers of lists is bounded, and forgotten with its mailbox."""

from datetime import UTC, datetime

from vaguemestre.engines.imap.cache.page_cache import PageCache, SummaryCache
from vaguemestre.post.mailstore.values import Correspondent, Page, Summary, View


def summary(uid: int) -> Summary:
    return Summary(
        uid, Correspondent("", ""), (), "", datetime(2026, 9, 1, tzinfo=UTC), "", 1, has_attachment=False
    )


def page(total: int) -> Page:
    return Page("INBOX", 1, total, 0, 0, (), "v")


def test_summaries_are_found_by_box_and_uid() -> None:
    kept = SummaryCache()
    kept.keep(("marie", "INBOX", 1), {5: summary(5), 6: summary(6)})
    assert set(kept.known(("marie", "INBOX", 1), [5, 7])) == {5}
    assert kept.known(("marie", "INBOX", 2), [5]) == {}
    assert kept.known(("paul", "INBOX", 1), [5]) == {}


def test_the_box_least_used_leaves_first() -> None:
    kept = SummaryCache(most=5)
    for folder in ("a", "b"):
        kept.keep(("marie", folder, 1), {n: summary(n) for n in (1, 2)})
    kept.known(("marie", "a", 1), [1])
    kept.keep(("marie", "c", 1), {n: summary(n) for n in (1, 2)})
    assert kept.count == 4
    assert kept.known(("marie", "b", 1), [1]) == {}
    assert set(kept.known(("marie", "a", 1), [1])) == {1}


def test_a_box_too_big_for_all_begins_anew_with_what_was_read_last() -> None:
    kept = SummaryCache(most=5)
    for first in (1, 4):
        kept.keep(("marie", "d", 1), {n: summary(n) for n in range(first, first + 3)})
    assert kept.count == 3
    assert set(kept.known(("marie", "d", 1), range(10))) == {4, 5, 6}


def test_a_page_serves_only_under_the_same_answer() -> None:
    pages = PageCache()
    pages.keep("marie", ("INBOX", 0, 50, View()), b"STATUS 1", page(1))
    assert pages.get("marie", ("INBOX", 0, 50, View()), b"STATUS 1") == page(1)
    assert pages.get("marie", ("INBOX", 0, 50, View()), b"STATUS 2") is None
    assert pages.get("marie", ("INBOX", 50, 50, View()), b"STATUS 1") is None
    assert pages.has("marie", ("INBOX", 0, 50, View()))
    pages.forget("marie")
    assert pages.get("marie", ("INBOX", 0, 50, View()), b"STATUS 1") is None
    assert not pages.has("marie", ("INBOX", 0, 50, View()))


def test_pages_are_bounded_for_each_and_for_all() -> None:
    pages = PageCache(most=4, most_each=2)
    for owner in ("a", "b", "c"):
        for offset in (0, 50, 100):
            pages.keep(owner, ("INBOX", offset, 50, View()), b"s", page(offset))
    assert not pages.has("c", ("INBOX", 0, 50, View()))
    assert pages.has("c", ("INBOX", 100, 50, View()))
    assert not pages.has("a", ("INBOX", 100, 50, View()))
    pages.forget("nobody")
