"""Argon2id with our costs (docs/security.md §5.1): about 25 ms, as tens of thousands sign in on few cores.

Administrators are few and can do more harm: 64 MiB, three passes.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher

from vaguemestre.people.credentials.values import AccountRole

LIGHT, HEAVY = "argon2", "argon2heavy"


class HouseArgon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: the lightest setting OWASP accepts for Argon2id."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


class HeavyArgon2(Argon2PasswordHasher):
    """For administrators: about 100 ms."""

    algorithm: str = HEAVY
    time_cost = 3
    memory_cost = 65_536
    parallelism = 1


def hasher_of(role: AccountRole) -> str:
    """The name of the hasher of that role's passwords."""
    return HEAVY if role == AccountRole.ADMINISTRATOR else LIGHT
