"""Reads about DKIM keys."""

from vaguemestre.post.dkim.models import DkimKey
from vaguemestre.post.dkim.values import Algorithm, SigningKey


def keys_of(domain: str) -> tuple[SigningKey, ...]:
    """All keys of a domain, the oldest first, those that are gone too."""
    return tuple(as_value(row) for row in DkimKey.objects.filter(domain=domain).order_by("prepared_at", "pk"))


def has_active_key(domain: str) -> bool:
    """Whether mail of that domain is signed."""
    return DkimKey.objects.filter(domain=domain, active_at__isnull=False, retired_at__isnull=True).exists()


def as_value(row: DkimKey) -> SigningKey:
    return SigningKey(
        domain=row.domain,
        selector=row.selector,
        algorithm=Algorithm(row.algorithm),
        public=row.public,
        prepared_at=row.prepared_at,
        seen_at=row.seen_at,
        active_at=row.active_at,
        retired_at=row.retired_at,
        gone_at=row.gone_at,
    )
