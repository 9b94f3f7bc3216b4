"""What the worker does for files left with us."""

from django.utils import timezone

from vaguemestre.post.filelinks import services
from vaguemestre.post.filelinks.events import DepositReceived
from vaguemestre.post.filelinks.ports import scan, shelf


def look_for_viruses(event: DepositReceived) -> None:
    services.judge(event.deposit_id, shelf.get(), scan.get(), now=timezone.now())


def forget_old_deposits() -> None:
    services.forget_old(shelf.get(), now=timezone.now())
