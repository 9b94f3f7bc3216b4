"""What an account or a network sent lately, asked for every message submitted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet, Sum

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.post.outbox.models import KnownRecipient, Submission
from vaguemestre.post.outbox.rules.limits import Limits, RecentlySent
from vaguemestre.post.outbox.values import Origin

_HOUR = 60  # minutes
_SAMPLE_OF_NETWORK = "network"
_SAMPLE_OF_ACCOUNT = -1
_REDIRECTED = Q(origin=Origin.REDIRECTED)

type _Rows = QuerySet[Submission, tuple[Any, ...]]


def recently_sent(
    account_id: int, network: str, origin: Origin, limits: Limits, now: datetime
) -> RecentlySent:
    """Recipients counted until now, from the account and, unless it is empty, from the network.

    Redirects are counted apart. Otherwise whoever floods a mailbox that redirects would keep its owner
    from writing.
    """
    windows = tuple(window.minutes for window in limits.by_sender)
    sums = _by_account(windows, is_redirected=origin is Origin.REDIRECTED)
    *by_sender, strangers = _sums(sums, account_id, (*windows, _HOUR), now)
    return RecentlySent(
        dict(zip(windows, by_sender, strict=True)),
        _from_network(network, tuple(window.minutes for window in limits.by_network), now),
        strangers,
    )


def unknown_recipients(account_id: int, recipients: frozenset[str]) -> frozenset[str]:
    """The addresses, in lower case, that the account never wrote to before."""
    if len(recipients) == 1:
        return frozenset() if _KNOWN.rows(account_id, *recipients) else recipients
    known = KnownRecipient.objects.filter(account_id=account_id, address__in=recipients)
    return recipients - frozenset(known.values_list("address", flat=True))


_KNOWN = FrequentQuery(
    lambda account_id, address: KnownRecipient.objects.filter(
        account_id=account_id, address=address
    ).values_list("pk"),
    _SAMPLE_OF_ACCOUNT,
    "address",
)


def _from_network(network: str, windows: Sequence[int], now: datetime) -> Mapping[int, int]:
    if not network or not windows:
        return {}
    return dict(zip(windows, _sums(_by_network(tuple(windows)), network, windows, now), strict=True))


def _sums(query: FrequentQuery, of: int | str, windows: Sequence[int], now: datetime) -> list[int]:
    starts = [now - timedelta(minutes=minutes) for minutes in windows]
    rows = query.rows(of, min(starts), *starts)
    return [int(total or 0) for total in rows[0]] if rows else [0] * len(windows)


# Windows are a setting: one query for each choice of them, which a process sees once.
@cache
def _by_account(windows: tuple[int, ...], *, is_redirected: bool) -> FrequentQuery:
    def build(account_id: int, longest: datetime, *starts: datetime) -> _Rows:
        rows = Submission.objects.filter(
            _REDIRECTED if is_redirected else ~_REDIRECTED, account_id=account_id, at__gt=longest
        )
        sums = {f"counted{n}": Sum("counted", filter=Q(at__gt=start)) for n, start in enumerate(starts[:-1])}
        sums["new"] = Sum("strangers", filter=Q(at__gt=starts[-1]))
        return rows.values("account_id").annotate(**sums).values_list(*sums)

    return FrequentQuery(build, _SAMPLE_OF_ACCOUNT, *_moments(2 + len(windows)))


@cache
def _by_network(windows: tuple[int, ...]) -> FrequentQuery:
    def build(network: str, longest: datetime, *starts: datetime) -> _Rows:
        rows = Submission.objects.filter(network=network, at__gt=longest)
        sums = {f"counted{n}": Sum("counted", filter=Q(at__gt=start)) for n, start in enumerate(starts)}
        return rows.values("network").annotate(**sums).values_list(*sums)

    return FrequentQuery(build, _SAMPLE_OF_NETWORK, *_moments(1 + len(windows)))


def _moments(count: int) -> list[datetime]:
    """That many moments, all different: samples of a query."""
    return [datetime(2000, 1, 1 + number, tzinfo=UTC) for number in range(count)]
