"""Seals of colleagues' messages, as this installation's submission service adds them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from vaguemestre.demo.letters.values import Letter
from vaguemestre.foundation.kernel.seals import seal_of

_VOUCHED = re.compile(rb"; auth=pass smtp\.mailfrom=[^ \r\n]+ header\.from=([^ \r\n]+)")


def sealed(letters: Iterable[Letter], key: bytes) -> Iterator[Letter]:
    """Add the submission seal to each message that names its authenticated sender."""
    for letter in letters:
        voucher = _VOUCHED.search(letter.content, 0, 4096)
        if voucher is None:
            yield letter
            continue
        seal = seal_of(letter.content, key, voucher[1].decode("ascii"))
        content = b"%b policy.seal=%b%b" % (
            letter.content[: voucher.end()], seal.encode("ascii"), letter.content[voucher.end() :]
        )  # fmt: skip
        yield replace(letter, content=content)
