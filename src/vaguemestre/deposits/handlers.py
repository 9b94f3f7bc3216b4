"""What the worker does for files left with us."""

from django.utils import timezone

from vaguemestre.deposits import services
from vaguemestre.deposits.events import DepositReceived
from vaguemestre.deposits.ports import scan, shelf


def look_for_viruses(event: DepositReceived) -> None:
    services.judge(event.deposit_id, shelf.get(), scan.get(), now=timezone.now())


def forget_old_deposits() -> None:
    services.forget_old(shelf.get(), now=timezone.now())
