"""How full a mailbox is, as Dovecot tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QuotaUse:
    """Bytes used and bytes allowed; `limit_bytes` 0 = no limit."""

    used_bytes: int
    limit_bytes: int
