"""Passwords made for one program or device, and programs let in without one."""

from vaguemestre.mailbox.autoconfig.services.erasure import forget_person
from vaguemestre.mailbox.autoconfig.services.passwords import Made, make_app_password, make_profile_password
from vaguemestre.mailbox.autoconfig.services.programs import (
    Granted,
    exchange_code,
    give_code,
    open_again,
    take_back,
)

__all__ = [
    "Granted",
    "Made",
    "exchange_code",
    "forget_person",
    "give_code",
    "make_app_password",
    "make_profile_password",
    "open_again",
    "take_back",
]
