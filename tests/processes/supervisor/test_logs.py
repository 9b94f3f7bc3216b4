"""Log files stay small; those engines write are followed."""

import asyncio
from pathlib import Path

from vaguemestre.processes.supervisor.logs import LogFile, follow


def test_a_log_file_is_put_aside_when_it_grows(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log", largest=1000)
    for number in range(100):
        file.write(f"line {number}")
    kept = (tmp_path / "a.log.1").read_text() + (tmp_path / "a.log").read_text()
    assert "line 99" in kept
    assert (tmp_path / "a.log").stat().st_size < 1100


def test_a_followed_file_gives_only_new_lines_and_is_emptied_when_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    path.write_text("from an earlier run\n")
    heard: list[str] = []

    async def story() -> None:
        async def listen() -> None:
            async for line in follow(path, largest=500):
                heard.append(line)

        task = asyncio.create_task(listen())
        await asyncio.sleep(0)
        with path.open("a") as engine:  # as engines do: opened once, for appending
            for number in range(60):
                engine.write(f"line {number:03d} é\n")
                engine.flush()
            while "line 059 é" not in heard or path.stat().st_size > 500:
                await asyncio.sleep(0.01)
            engine.write("after the cut\n")
            engine.flush()
            while "after the cut" not in heard:
                await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(story(), 10))
    assert heard == [*(f"line {number:03d} é" for number in range(60)), "after the cut"]
    assert "line 000" in (tmp_path / "engine.log.1").read_text()
