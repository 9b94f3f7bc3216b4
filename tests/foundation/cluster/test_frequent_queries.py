"""A query written once answers as Django's own does, on every database, and says what it cannot be."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.models import OutboxMessage, SenderState, Submission

pytestmark = pytest.mark.django_db

UNTIL = timezone.now() + timedelta(hours=1)


def test_columns_of_every_kind_come_as_django_gives_them() -> None:
    mine = account(username="u1")
    SenderState.objects.create(account=mine, bulk_until=UNTIL, offers_quiet_hours=False)
    OutboxMessage.objects.create(
        account=mine, key="k", message_id="<k>", sender="a@b.fr", recipients=["é@b.fr"], content=b"\0",
        due_at=UNTIL, created_at=UNTIL,
    )  # fmt: skip
    columns = ("bulk_until", "bulk_left", "offers_quiet_hours", "confirmed_until", "account__username")
    states = FrequentQuery(
        lambda pk: SenderState.objects.filter(account_id=pk, bulk_left=0).values_list(*columns), -1
    )
    letters = FrequentQuery(
        lambda pk, key: OutboxMessage.objects.filter(account_id=pk, key=key).values_list("recipients", "pk"),
        -1,
        "key",
    )
    for _ in range(2):
        assert states.rows(mine.pk) == [(UNTIL, 0, False, None, mine.username)]
        assert letters.rows(mine.pk, "k") == list(OutboxMessage.objects.values_list("recipients", "pk"))
    assert letters.rows(mine.pk, "key") == states.rows(mine.pk + 1) == []


def test_moments_change_from_one_time_to_the_next() -> None:
    mine = account(username="u1")
    for hours in range(3):
        Submission.objects.create(
            account=mine, queue_id=f"q{hours}", recipients=[], counted=1, at=UNTIL - timedelta(hours=hours)
        )
    counted = FrequentQuery(
        lambda pk, since: (
            Submission.objects.filter(account_id=pk)
            .values("account_id")
            .annotate(lately=Sum("counted", filter=Q(at__gt=since)))
            .values_list("lately")
        ),
        -1,
        UNTIL,
    )
    for hours in range(4):
        assert counted.rows(mine.pk, UNTIL - timedelta(hours=hours)) == [(hours or None,)]


def test_what_is_locked_is_asked_within_the_transaction_of_each_time() -> None:
    mine = account(username="u1")
    locked = FrequentQuery(
        lambda pk: Account.objects.select_for_update().filter(pk=pk).values_list("username"), -1
    )
    for _ in range(2):
        with transaction.atomic():
            assert locked.rows(mine.pk) == [("u1",)]


@pytest.mark.django_db(transaction=True)
def test_what_is_locked_is_refused_outside_a_transaction_each_time_as_django_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection.features, "has_select_for_update", True)
    monkeypatch.setattr(connection.ops, "for_update_sql", lambda **_: "")  # SQLite has no word for it
    mine = account(username="u1")
    build = lambda pk: Account.objects.select_for_update().filter(pk=pk).values_list("username")  # noqa: E731
    with pytest.raises(transaction.TransactionManagementError) as told:
        list(build(mine.pk))
    locked = FrequentQuery(build, -1)
    for _ in range(2):
        with pytest.raises(transaction.TransactionManagementError, match=str(told.value)):
            locked.rows(mine.pk)
        with transaction.atomic():
            assert locked.rows(mine.pk) == [("u1",)]


def test_a_sample_like_another_value_is_told() -> None:
    query = FrequentQuery(
        lambda state: Account.objects.filter(state=state, mailbox_state="open").values_list("pk"), "open"
    )
    with pytest.raises(ValueError, match="each sample"):
        query.rows("active")
