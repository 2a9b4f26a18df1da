"""The README's page of the answers: a line a question, a column a peer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks._measure import PEERS, Answer
from benchmarks._report import number

BEGIN, END = "<!-- benchmarks: begin -->\n", "<!-- benchmarks: end -->\n"


def as_page(answers: Sequence[Answer], machine: Mapping[str, str]) -> str:
    """Write the page: on what it was measured, then the table."""
    said = "; ".join(f"{what} {value}" for what, value in machine.items())
    head = ["question", *PEERS, "beside", "target missed"]
    lines = [head, ["---"] * len(head), *(row_of(answer) for answer in answers)]
    return f"{said}.\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def row_of(answer: Answer) -> list[str]:
    """Write one line: the figures, and each target that is not met with what there is of it."""
    known = [number(answer.value(peer)) if peer in answer.figures else "" for peer in PEERS]
    others = [peer for peer in answer.peers if peer not in PEERS]
    beside = ", ".join(f"{peer} {number(answer.value(peer))}" for peer in others)
    return [f"{answer.question.title}, {answer.question.unit}", *known, beside, missed(answer)]


def missed(answer: Answer) -> str:
    """Say which targets are not met."""
    sign = "≥" if answer.question.better == "more" else "≤"
    said = list[str]()
    for target in answer.question.targets:
        if answer.meets(target) is not False:
            continue
        found = f"{answer.ratio(target.peer):.2f} x {target.peer}" if target.peer else "this"
        said.append(f"{found}, {sign} {target.value:g} wanted")
    return "; ".join(said)


def put(page: str, readme: Path, begin: str = BEGIN, end: str = END) -> None:
    """Put the page between its two marks in the README."""
    text = readme.read_text("utf-8")
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"{readme} has no place for {begin.strip()}")
    readme.write_text(f"{before}{begin}{page}{end}{after}", "utf-8")
