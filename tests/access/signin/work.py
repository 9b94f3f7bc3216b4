"""A browser that does the work it is asked, for clients that run no script."""

import re
from itertools import count

from django.test import Client
from tests.answers import PageAnswer

from vaguemestre.access.signin.rules.proof_of_work import PUZZLE_COUNT, bits_of, zero_bits

INSTANT = "/alogin/un-instant"


def solved(challenge: str, level: int) -> str:
    """The answer to that challenge."""
    return ",".join(
        str(
            next(number for number in count() if zero_bits(f"{challenge}:{index}:{number}") >= bits_of(level))
        )
        for index in range(PUZZLE_COUNT)
    )


def challenge_of(answer: PageAnswer) -> tuple[str, int]:
    """(challenge, level) of a page « Un instant… » that asks for work."""
    match = re.search(r'challenge="([^"]+)" bits="(\d+)"', answer.content.decode())
    assert match
    return match[1], int(match[2]) - bits_of(0)


def worked(client: Client, answer: PageAnswer) -> PageAnswer:
    """What comes of that page once the work is done; the answer itself when it asks for none."""
    if answer.status_code != 202:
        return answer
    return client.post(INSTANT, {"work": solved(*challenge_of(answer))})
