"""Passwords made for one program or device, and programs let in without one."""

from vaguemestre.mailbox.autoconfig.services.erasure import forget_person
from vaguemestre.mailbox.autoconfig.services.passwords import (
    NewPassword,
    make_app_password,
    make_profile_password,
)
from vaguemestre.mailbox.autoconfig.services.programs import (
    ReusedCode,
    TokenGrant,
    delete_codes_of,
    delete_every_code,
    delete_old_codes,
    exchange_code,
    issue_code,
    refresh_token,
    revoke_key,
)

__all__ = [
    "NewPassword",
    "ReusedCode",
    "TokenGrant",
    "delete_codes_of",
    "delete_every_code",
    "delete_old_codes",
    "exchange_code",
    "forget_person",
    "issue_code",
    "make_app_password",
    "make_profile_password",
    "refresh_token",
    "revoke_key",
]
