"""The gate goes on reading the steps of messages, whatever one reading met."""

import asyncio

import pytest

from vaguemestre.processes.postfix import submission_policy


def test_a_defect_in_one_reading_of_the_log_does_not_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission_policy, "_LOOK_EVERY", 0)

    async def read_twice() -> int:
        loop, second = asyncio.get_running_loop(), asyncio.Event()
        readings: list[int] = []

        def read() -> int:
            readings.append(1)
            if len(readings) == 1:
                raise ValueError("a line nobody foresaw")
            loop.call_soon_threadsafe(second.set)
            return 0

        following, waiting = (
            asyncio.create_task(submission_policy.follow(read)),
            asyncio.create_task(second.wait()),
        )
        await asyncio.wait((following, waiting), return_when=asyncio.FIRST_COMPLETED, timeout=30)
        following.cancel()
        waiting.cancel()
        return len(readings)

    assert asyncio.run(read_twice()) >= 2
