"""The model as tables for people, and as a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vaguemestre.processes.production.capacity.habits import Habits, suppositions
from vaguemestre.processes.production.capacity.measures import (
    ACTS,
    BESIDE_LETTER,
    HOLDINGS,
    MARK,
    STEP,
    STEPS_EACH,
    Kind,
)
from vaguemestre.processes.production.capacity.rules import Size, disk_for, machines_for, peaks, total

type Row = Sequence[str]


class Sheet(NamedTuple):
    title: str
    head: Row
    rows: Sequence[Row]


NEED_HEAD = (
    "taille", "sorte de machine", "machines", "dont de réserve", "cœurs chacune", "Go de mémoire chacune",
    "cœurs pris en pointe, en tout", "Go pris en pointe, en tout", "décidé par",
)  # fmt: skip


def need_rows(size: Size, habits: Habits) -> Iterator[Row]:
    """One row a kind of machine, and one for all."""
    needs = machines_for(size, habits)
    for need in needs:
        yield (
            size.name, need.kind, str(need.machines), str(need.spare), _figure(need.each_cores),
            _figure(need.each_gb), _figure(need.cores), _figure(need.memory_gb), need.decided_by,
        )  # fmt: skip
    spare = sum(need.spare for need in needs)
    yield size.name, "en tout", str(total(needs)), str(spare), "", "", "", "", ""


PEAK_HEAD = ("taille", "par seconde au moment chargé", "nombre")


def peak_rows(size: Size, habits: Habits) -> Iterator[Row]:
    for peak in peaks(size.people, habits):
        yield size.name, peak.means, _figure(peak.each_second)


DISK_HEAD = ("taille", "disque, une copie", "To")


def disk_rows(size: Size, habits: Habits) -> Iterator[Row]:
    disk = disk_for(size.people, habits)
    yield size.name, "courrier, chez les boîtes", _figure(disk.mail)
    yield size.name, "étapes et empreintes des messages, dans la base", _figure(disk.steps)


COST_HEAD = ("mesuré", "unité", *Kind, "où", "jour")


def cost_rows() -> Iterator[Row]:
    """Every measured figure, by kind of machine; room on disk with who keeps it."""
    for act in ACTS:
        yield act.means, "ms de processeur", *_by_kind(act.cost), *act.source
    for one in HOLDINGS:
        yield one.means, "Mio de mémoire", *_by_kind(one.memory), *one.source
    for room in (BESIDE_LETTER, STEP, STEPS_EACH, MARK):
        keeper = Kind.POD if room is BESIDE_LETTER else Kind.DATABASE
        yield room.means, "", *_by_kind({keeper: room.figure}), *room.source


HABIT_HEAD = ("supposé", "nombre", "ce que c’est", "pourquoi")


def habit_rows(habits: Habits) -> Iterator[Row]:
    for one in suppositions(habits):
        yield one.name, _figure(one.figure), one.means, one.why


def sheets(sizes: Sequence[Size], habits: Habits) -> Iterator[Sheet]:
    """The tables, in reading order."""
    yield Sheet("Machines", NEED_HEAD, [row for size in sizes for row in need_rows(size, habits)])
    yield Sheet("Moment chargé", PEAK_HEAD, [row for size in sizes for row in peak_rows(size, habits)])
    yield Sheet("Disque", DISK_HEAD, [row for size in sizes for row in disk_rows(size, habits)])
    yield Sheet("Ce qui a été mesuré", COST_HEAD, list(cost_rows()))
    yield Sheet("Ce qui est supposé (--with NOM=NOMBRE)", HABIT_HEAD, list(habit_rows(habits)))


def as_tables(sizes: Sequence[Size], habits: Habits) -> str:
    """Tables that read well in a terminal, and are Markdown."""
    return "\n\n".join(map(_table, sheets(sizes, habits))) + "\n"


def as_spreadsheet(sizes: Sequence[Size], habits: Habits) -> str:
    """Tab-separated, figures with a comma: what a French spreadsheet opens as it is."""
    blocks = (
        "\n".join("\t".join(row) for row in ((sheet.title,), sheet.head, *sheet.rows))
        for sheet in sheets(sizes, habits)
    )
    return "\n\n".join(blocks) + "\n"


def _table(sheet: Sheet) -> str:
    title, head, rows = sheet
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    ruled = (head, ["-" * width for width in widths], *rows)
    lines = ("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in ruled)
    return f"## {title}\n\n" + "\n".join(lines)


def _by_kind(figures: Mapping[Kind, float]) -> Iterator[str]:
    return (_figure(figures[kind]) if kind in figures else "" for kind in Kind)


def _figure(number: float) -> str:
    """Three figures that count, with a comma."""
    if not number:
        return ""
    if number >= 100 or number == round(number):
        return str(round(number))
    return f"{number:.3g}".replace(".", ",")
