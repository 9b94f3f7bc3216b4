"""Posts on the day a feed is read: open, over, provisional; which ones a feed changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from vaguemestre.people.directory.values import Post
from vaguemestre.people.intake.values import ImportTerms


def is_open(post: Post, today: date) -> bool:
    """Whether the post is served today or later."""
    return post.ends_on is None or post.ends_on >= today


def has_open_post(posts: Sequence[Post], today: date) -> bool:
    """Whether any of the posts is served today or later."""
    return any(is_open(post, today) for post in posts)


def are_over(posts: Sequence[Post], terms: ImportTerms) -> bool:
    """Whether every post ended, days of grace included."""
    limit = terms.today - timedelta(days=terms.grace_days)
    return all(post.ends_on is not None and post.ends_on < limit for post in posts)


def is_provisional(post: Post) -> bool:
    """Whether a service wrote the post before human resources did: a place and a day, nothing else."""
    return not (post.function or post.status or post.corps or post.discipline)


def changed_posts(
    feed_posts: Sequence[Post], current: Sequence[Post], terms: ImportTerms, *, dossier_changes: bool
) -> tuple[Post, ...]:
    """The posts to write. A post absent from the feed stays, unless the feed is complete for its source.

    `dossier_changes`: the person had another dossier, perhaps a service's own while human resources were
    late; a provisional post then ends where the feed's posts begin to be known, or it would outlive them.
    """
    current_by_key = {post.key: post for post in current}
    new_by_key = {post.key: post for post in feed_posts}
    changed = [post for key, post in new_by_key.items() if current_by_key.get(key) != post]
    yesterday = terms.today - timedelta(days=1)
    has_primary = any(post.is_primary and is_open(post, terms.today) for post in feed_posts)
    ends_provisional = dossier_changes and has_open_post(feed_posts, terms.today)
    for key, post in current_by_key.items():
        if key in new_by_key or not is_open(post, terms.today):
            continue
        after = replace(post, ends_on=yesterday) if terms.full_source else post
        if ends_provisional and is_provisional(post):
            after = replace(post, ends_on=max(yesterday, post.starts_on))
        if has_primary:
            after = replace(after, is_primary=False)
        if after != post:
            changed.append(after)
    return tuple(changed)
