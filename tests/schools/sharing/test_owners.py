"""A school's mailbox follows the post: never a gap, never the former head."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.schools.sharing.rules.owners import last_day_after_post, owners_on
from vaguemestre.schools.sharing.values import LeadershipPost

FIRST = date(2026, 9, 1)
days = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def served(draw: st.DrawFn) -> LeadershipPost:
    starts = draw(days)
    length = draw(st.one_of(st.none(), st.integers(0, 40)))
    ends = None if length is None else starts + timedelta(days=length)
    return LeadershipPost(draw(st.integers(1, 5)), draw(st.booleans()), starts, ends)


def serves(post: LeadershipPost, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or day <= post.ends_on)


@given(st.lists(served(), max_size=8), days)
def test_while_somebody_leads_somebody_owns_and_nobody_whose_posts_are_over(
    posts: list[LeadershipPost], day: date
) -> None:
    found = owners_on(posts, day, 15)
    if any(serves(post, day) for post in posts):
        assert found
    for person in found:
        assert any(
            post.person_id == person and (post.ends_on is None or post.ends_on >= day) for post in posts
        )
    heads = {post.person_id for post in posts if post.is_head and serves(post, day)}
    assert heads <= set(found)
    if heads:  # a deputy owns only while there is no head
        coming = {p.person_id for p in posts if p.is_head and day < p.starts_on <= day + timedelta(days=15)}
        assert set(found) == heads | coming


@given(st.lists(served(), max_size=8), days)
def test_an_owner_with_a_last_day_is_gone_once_every_post_is_over(
    posts: list[LeadershipPost], day: date
) -> None:
    for person in owners_on(posts, day, 15):
        own = [post for post in posts if post.person_id == person]
        if all(post.ends_on for post in own):
            over = max(post.ends_on for post in own if post.ends_on) + timedelta(days=1)
            assert person not in owners_on(posts, over, 15)


def test_the_next_head_has_it_before_the_last_one_leaves() -> None:
    last, following = (
        LeadershipPost(1, True, date(2020, 9, 1), date(2026, 8, 31)),
        LeadershipPost(2, True, FIRST, None),
    )
    assert set(owners_on([last, following], date(2026, 8, 10), 15)) == {1}
    assert set(owners_on([last, following], date(2026, 8, 20), 15)) == {1, 2}
    assert set(owners_on([last, following], FIRST, 15)) == {2}


def test_a_deputy_stands_in_for_a_head_who_is_not_there_yet() -> None:
    head, deputy = (
        LeadershipPost(1, True, date(2020, 9, 1), date(2026, 8, 31)),
        LeadershipPost(3, False, FIRST, None),
    )
    assert set(owners_on([head, deputy], FIRST, 15)) == {3}


@given(st.one_of(st.none(), days), days, st.integers(0, 30))
def test_a_member_by_hand_stays_as_long_as_they_serve_and_the_agreed_days(
    last: date | None, since: date, kept: int
) -> None:
    over = last_day_after_post(last, since, kept)
    if last is None or since > last:
        assert over is None  # they serve, never did, or were let in for another reason
    else:
        assert over == last + timedelta(days=kept)
