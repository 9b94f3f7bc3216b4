"""Argon2id as this house turns it (SECURITY §5.1): about 25 ms; tens of thousands sign in on few cores."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class HouseArgon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: the lightest setting OWASP accepts for Argon2id."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
