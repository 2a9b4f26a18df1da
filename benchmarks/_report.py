"""The answers as a table, as JSON and as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict

from benchmarks._measure import OURS, Answer, Target

COLUMNS = ("question", OURS, "peer", "its figure", "ratio", "target", "met")


def as_table(answers: Sequence[Answer]) -> str:
    """Write one table of all answers, a line a peer; it is Markdown too."""
    rows = [COLUMNS, *(row for answer in answers for row in rows_of(answer))]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [" | ".join(map(str.ljust, row, widths)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def rows_of(answer: Answer) -> list[tuple[str, ...]]:
    """Write the lines of one answer: ours alone if it has a target, then one a peer."""
    own, rows = answer.target(None), list[tuple[str, ...]]()
    if own is not None or not (answer.peers or answer.skipped):
        rows.append(("", "", "", "", "", wanted(own, answer), met(own, answer)))
    for peer in answer.peers:
        target = answer.target(peer)
        ratio = f"{answer.ratio(peer):.2f}" if OURS in answer.figures else ""
        theirs = shown(answer, peer)
        rows.append(("", "", peer, theirs, ratio, wanted(target, answer), met(target, answer)))
    for peer, reason in answer.skipped.items():
        said = f"skipped: {reason}" if reason else "skipped"
        rows.append(("", "", peer, said, "", "", ""))
    return [(answer.question.title, shown(answer, OURS), *rows[0][2:]), *rows[1:]]


def shown(answer: Answer, peer: str) -> str:
    """Write a figure with its unit."""
    if peer not in answer.figures:
        return ""
    return f"{number(answer.value(peer))} {answer.question.unit}"


def number(value: float) -> str:
    """Write a number in three digits at least."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def wanted(target: Target | None, answer: Answer) -> str:
    """Write what a target asks for."""
    if target is None:
        return ""
    sign = "≥" if answer.question.better == "more" else "≤"
    unit = f" {answer.question.unit}" if target.peer is None else ""
    return f"{sign} {target.value:g}{unit}" + (f" ({target.stretch:g})" if target.stretch else "")


def met(target: Target | None, answer: Answer) -> str:
    """Write whether a target is met."""
    meets = None if target is None else answer.meets(target)
    return "" if meets is None else "yes" if meets else "**no**"


def as_json(answers: Sequence[Answer], machine: Mapping[str, str]) -> dict[str, Any]:
    """Gather everything measured: all rounds of all peers, and on what."""
    return {"machine": dict(machine), "questions": [_one(answer) for answer in answers]}


def _one(answer: Answer) -> dict[str, Any]:
    peers = answer.peers if OURS in answer.figures else []
    return {
        "title": answer.question.title,
        "unit": answer.question.unit,
        "better": answer.question.better,
        "figure": "worst" if answer.question.worst else "median",
        "figures": {peer: answer.value(peer) for peer in answer.figures},
        "rounds": answer.figures,
        "ratios": {peer: answer.ratio(peer) for peer in peers},
        "targets": [
            {**asdict(target), "met": answer.meets(target)} for target in answer.question.targets
        ],
        "skipped": answer.skipped,
    }


def write_json(answers: Sequence[Answer], machine: Mapping[str, str], folder: Path) -> Path:
    """Write ``benchmarks.json`` into the folder, which need not be there; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "benchmarks.json"
    said = json.dumps(as_json(answers, machine), indent=1, ensure_ascii=False)
    path.write_text(said + "\n", "utf-8")
    return path


def draw(answers: Sequence[Answer], machine: Mapping[str, str], folder: Path) -> Path:
    """Draw a box of bars for each question, ours in another colour, into ``benchmarks.png``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = [answer for answer in answers if answer.figures]
    columns = min(3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure = Figure(figsize=(5 * columns, 2.6 * rows + 0.6), layout="constrained")
    for place, answer in enumerate(drawn, 1):
        axes = figure.add_subplot(rows, columns, place)
        peers = list(answer.figures)[::-1]
        colours = ["tab:orange" if peer == OURS else "lightsteelblue" for peer in peers]
        values = [answer.value(peer) for peer in peers]
        bars = axes.barh(peers, values, color=colours)
        axes.bar_label(bars, list(map(number, values)), padding=2, fontsize=8)
        axes.margins(x=0.18)
        axes.tick_params(labelsize=8)
        better = f"{answer.question.better} is better"
        axes.set_title(f"{answer.question.title}\n{answer.question.unit}, {better}", fontsize=9)
    machine_said = f"{machine['processor']}; {machine['system']}; Python {machine['Python']}"
    figure.suptitle(machine_said, fontsize=10)
    FigureCanvasAgg(figure)
    figure.savefig(folder / "benchmarks.png")
    return folder / "benchmarks.png"
