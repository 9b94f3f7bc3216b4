"""A reply of Sieve leaves while the database is away, and nobody vouches for its author."""

import asyncio
from pathlib import Path

import pytest
from django.db import DatabaseError

from vaguemestre.engines.postfix import milter
from vaguemestre.post.outbox.values import Decision, SubmissionRequest, Verdict
from vaguemestre.processes.postfix.submission_policy import Gate
from vaguemestre.site.config import Config

REPLY = (
    (b"D", b"C{daemon_name}\0SIEVE\0"),
    (b"C", b"localhost\0L\0\0/run/s\0"),
    (b"H", b"owner.sieve\0"),
    (b"M", b"<>\0"),
    (b"R", b"<camille@ac-amiens.test>\0"),
    (b"D", b"Li\x004bXq\0"),
    (b"L", b"From\0Recteur <recteur@ac-amiens.test>\0"),
    (b"E", b""),
)


def taken(_submission: SubmissionRequest) -> Verdict:
    return Verdict(Decision.TAKE)


def away(_submission: SubmissionRequest) -> Verdict:
    raise DatabaseError("away")


async def answers(gate: Gate, path: Path) -> list[bytes]:
    """The milter's packets at the end of that reply."""
    async with await milter.serve(str(path), gate, "mail.ac-amiens.test", b"k" * 32, "k"):
        reader, writer = await asyncio.open_unix_connection(str(path))
        for command, content in REPLY:
            writer.write((len(content) + 1).to_bytes(4) + command + content)
            if command == b"C":
                assert await reader.readexactly(5) == b"\0\0\0\x01c"
        packets = [b""]
        while packets[-1][:1] not in (b"c", b"y"):
            packets.append(await reader.readexactly(int.from_bytes(await reader.readexactly(4))))
        writer.close()
    return packets[1:]


@pytest.mark.parametrize(("judge_script", "vouchers"), [(taken, 1), (away, 0)])
def test_a_reply_is_vouched_for_by_whoever_judged_it(
    tmp_path: Path, judge_script: milter.Judge, vouchers: int
) -> None:
    gate = Gate(Config(home=tmp_path), taken, judge_script, lambda mailbox: ())  # type: ignore[arg-type]
    packets = asyncio.run(answers(gate, tmp_path / "s"))
    assert packets[-1] == b"c"
    assert sum(b"Authentication-Results" in packet for packet in packets) == vouchers
