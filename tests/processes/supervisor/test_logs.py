"""Log files stay small; those engines write are followed."""

import asyncio
from pathlib import Path

from vaguemestre.processes.supervisor.logs import LogFile, follow, rotate


def test_a_log_file_is_put_aside_when_it_grows(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log", largest=1000)
    for number in range(100):
        file.write(f"line {number}")
    kept = (tmp_path / "a.log.1").read_text() + (tmp_path / "a.log").read_text()
    assert "line 99" in kept
    assert (tmp_path / "a.log").stat().st_size < 1100


def test_a_followed_file_gives_only_new_lines_and_another_begins_when_it_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    path.write_text("from an earlier run\n")
    heard: list[str] = []
    engine = [path.open("a")]  # as engines do: opened once, for appending

    def reopen() -> None:
        engine[-1].write("late\n")
        engine[-1].close()
        engine.append(path.open("a"))

    async def story() -> None:
        async def listen() -> None:
            async for line in follow(path, reopen, largest=500):
                heard.append(line)

        task = asyncio.create_task(listen())
        await asyncio.sleep(0)
        for number in range(60):
            engine[-1].write(f"line {number:03d} é\n")
        engine[-1].flush()
        while len(engine) < 2:
            await asyncio.sleep(0.01)
        engine[-1].write("in the next file\n")
        engine[-1].flush()
        while "in the next file" not in heard:
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(story(), 10))
    engine[-1].close()
    assert heard == [*(f"line {number:03d} é" for number in range(60)), "in the next file"]
    assert (tmp_path / "engine.log.1").read_text().endswith("line 059 é\nlate\n")
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_last_five_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    for number in range(8):
        path.write_text(f"{number}")
        rotate(path)
    assert [(tmp_path / f"engine.log.{number}").read_text() for number in range(1, 6)] == list("76543")
    assert not (tmp_path / "engine.log.6").exists()
