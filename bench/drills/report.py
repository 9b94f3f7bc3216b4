"""docs/operations/drill.md and its drawing, from the results that were kept."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.drills import plot, records

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "drill.md"
_SHOWN_RUNS = 5
_PAGES, _DATABASE, _POD = 10, 25, 60  # seconds
Lines = Sequence[Mapping[str, Any]]
_KINDS = {
    "power": "power cut", "cable": "cable out", "deaf": "nothing comes in", "mute": "nothing goes out",
    "frozen": "processes of a unit stopped (SIGSTOP)", "full": "disk full",
    "switch": "another database on purpose",
    "restart": "orderly stop and start", "upgrade": "another version by `bin/install`",
}  # fmt: skip
_TEXT = Path(__file__).with_name("report.txt")


class Limit(NamedTuple):
    """What must hold, and what was seen."""

    words: str
    asked: str
    seen: str
    holds: bool


def write() -> None:
    runs = list(records.read())
    PAGE.write_text(page(runs), encoding="utf-8")
    PAGE.with_suffix(".svg").write_text(plot.drawing(finished(runs)[-_SHOWN_RUNS:]), encoding="utf-8")


def finished(runs: Iterable[Lines]) -> list[Lines]:
    """Those whose numbers were counted."""
    return [lines for lines in runs if any(line["what"] == "end" for line in lines)]


def page(runs: Iterable[Lines]) -> str:
    """The page, as Markdown."""
    runs = list(runs)
    counted = finished(runs)
    faults = _faults(counted)
    return _TEXT.read_text(encoding="utf-8").format(
        limits=_table(
            ("what must hold", "asked", "seen in all runs", "on the last day", ""), _limits(counted)
        ),
        kinds=_kinds(faults),
        runs=_runs(runs),
        breaches=_breaches(faults),
        faults=len(faults),
        counted=len(counted),
    )


def _of(runs: Iterable[Lines], what: str) -> list[Mapping[str, Any]]:
    return [line for lines in runs for line in lines if line["what"] == what]


def _faults(runs: Iterable[Lines]) -> list[Mapping[str, Any]]:
    """Those that were done; not those of which a machine said that it could not."""
    return [fault for fault in _of(runs, "fault") if not fault["trouble"]]


def limits(runs: Sequence[Lines]) -> list[Limit]:
    faults, ends = _faults(runs), _of(runs, "end")
    return [
        *(_none(ends, key, words) for key, words in (
            ("lost", "numbers that were answered for and are nowhere"),
            ("doubled", "numbers twice in a mailbox"),
            ("elsewhere", "numbers in a mailbox that is not theirs"),
            ("mounts", "moments with a pod mounted twice"),
            ("primaries", "moments with two databases that confirm a row"))),
        _none_opened(ends),
        *(_most([fault for fault in faults if page_limit(fault) == asked], "pages", asked, words)
          for asked, words in (
            (_PAGES, "the page of an inbox away, at most, where neither its pod nor a database is struck"),
            (_DATABASE, "the same, where a machine with a database is struck"),
            (_POD, "the same, where its pod or the storage of it is struck"))),
        _most(faults, "mail", 60, "a mailbox away from a mail program, at most"),
        _refused(ends),
        _calm(ends),
    ]  # fmt: skip


def page_limit(fault: Mapping[str, Any]) -> int:
    """Seconds that a page of an inbox may be away: it needs the pod, the database, and the pages."""
    if fault["node"] in (fault["server"], "storage"):
        return _POD
    return _DATABASE if touches_database(fault) else _PAGES


def touches_database(fault: Mapping[str, Any]) -> bool:
    """Whether the machine, or the part of it, may be who writes: the three databases are on those."""
    is_database = fault["node"] in ("dr-w1", "dr-w2", "dr-d3")
    return (is_database and fault["unit"] in ("", "patroni", "etcd")) or fault["kind"] == "switch"


def _none(ends: Sequence[Mapping[str, Any]], key: str, words: str) -> Limit:
    count = sum(len(end[key]) for end in ends)
    return Limit(words, "0", str(count), count == 0)


def _none_opened(ends: Sequence[Mapping[str, Any]]) -> Limit:
    count = sum(end["opened"] for end in ends)
    return Limit("pages that a session opened 2 s after its end", "0", str(count), count == 0)


def _most(faults: Sequence[Mapping[str, Any]], what: str, asked: float, words: str) -> Limit:
    worst = max((fault["away"][what] for fault in faults), default=0.0)
    beyond = sum(fault["away"][what] > asked for fault in faults)
    seen = f"{worst:.1f} s" + (f"; beyond in {beyond} of {len(faults)}" if beyond else f", of {len(faults)}")
    return Limit(words, f"{asked:.0f} s", seen, not beyond)


def _refused(ends: Sequence[Mapping[str, Any]]) -> Limit:
    refused, taken = (sum(end[key] for end in ends) for key in ("refused", "taken"))
    unanswered = sum(end["unanswered"] for end in ends)
    again = sum(end.get("again", 0) for end in ends)
    seen = f"{refused} refused, {unanswered} without an answer, {taken} taken, {again} of these elsewhere"
    return Limit("messages that no MX took when they were brought", "0", seen, refused + unanswered == 0)


def _calm(ends: Sequence[Mapping[str, Any]]) -> Limit:
    worst = max((end["calm_p95"] for end in ends), default=0.0)
    return Limit("p95 of pages outside of faults, in the worst run", "1 s", f"{worst:.2f} s", worst < 1)


def _limits(runs: Sequence[Lines]) -> Iterable[tuple[str, ...]]:
    """What was seen before a mend stays told, beside what was seen on the last day that runs began on."""
    day = {lines[0]["run"][:4] for lines in runs[-1:]}
    latest = [lines for lines in runs if lines[0]["run"][:4] in day]
    for limit, last in zip(limits(runs), limits(latest), strict=True):
        held = "**did not hold** before that day" if last.holds else "**does not hold**"
        yield (limit.words, limit.asked, limit.seen, last.seen, "holds" if limit.holds else held)


def _kinds(faults: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for kind, words in _KINDS.items():
        chosen = [fault for fault in faults if fault["kind"] == kind]
        if chosen:
            away = (_pair([one["away"][what] for one in chosen]) for what in ("pages", "mail", "mx"))
            whole = _pair([one["whole"] - one["mended"] for one in chosen])
            rows.append((words, str(len(chosen)), *away, whole))
    return _table(
        ("fault", "times", "pages away (s)", "a mailbox (s)", "port 25 (s)", "whole after mending (s)"), rows
    )


def _pair(values: Sequence[float]) -> str:
    return f"{median(values):.1f} ({max(values):.1f})"


def _runs(runs: Sequence[Lines]) -> str:
    rows = []
    for lines in runs:
        began, ends = lines[0], _of([lines], "end")
        end = ends[0] if ends else {}
        rows.append(
            (
                began["run"], str(began["seed"]), str(len(_faults([lines]))), f"{began['rate']:g}/s",
                _load(lines),
                str(end.get("expected", "broke off")), *(str(len(end[key])) if end else "" for key in
                ("lost", "doubled", "elsewhere")), f"{end['calm_p95']:.2f} s" if end else "",
            )
        )  # fmt: skip
    titles = ("run", "seed", "faults", "from outside", "load of the host", "copies expected", "lost",
              "doubled", "elsewhere", "p95 of pages")  # fmt: skip
    return _table(titles, rows)


def _load(lines: Lines) -> str:
    """Processes that wanted a core, when faults ended."""
    loads = [fault["load"] for fault in _of([lines], "fault")]
    return f"{min(loads):.0f} to {max(loads):.0f}" if loads else ""


def _breaches(faults: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for fault in faults:
        beyond = (
            fault["away"]["pages"] > page_limit(fault) or fault["away"]["mail"] > 60 or not fault["is_back"]
        )
        if beyond:
            words = " ".join(filter(None, (fault["kind"], fault["node"], fault["unit"])))
            away = (f"{fault['away'][what]:.1f}" for what in ("pages", "mail", "mx"))
            rows.append((words, *away, fault["left"] if not fault["is_back"] else ""))
    if not rows:
        return "None.\n"
    return _table(
        ("fault", "pages away (s)", "a mailbox (s)", "port 25 (s)", "not back after four minutes"), rows
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
