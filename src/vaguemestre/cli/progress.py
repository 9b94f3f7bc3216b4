"""Progress of long commands on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vaguemestre.foundation.kernel.texts import counted


@contextmanager
def file_counter(title: str) -> Iterator[Callable[[str, int], None]]:
    """Yield a progress callback (step, count) for work of unknown total."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)

        def tell(step: str, count: int) -> None:
            progress.update(task, description=f"{title} : {step}, {counted(count, 'fichier')}")

        yield tell
