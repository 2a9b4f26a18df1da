"""Medians, ratios and turns: the figures of the benchmarks are what they are said to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks._measure import (
    OURS,
    Answer,
    Question,
    Sample,
    Skipped,
    Target,
    interleave,
    timed,
    turned,
)
from benchmarks._readme import BEGIN, END, as_page, put
from benchmarks._report import as_json, as_table

SPEED = Question("speed", "MiB/s", lambda one: 1 / one.seconds, (Target("curl", 0.9),))
TIME = Question("time", "ms", lambda one: one.late_s, (Target(None, 5),), "less", worst=True)


def test_a_figure_is_the_median_of_the_rounds() -> None:
    """One round that went wrong changes nothing; a ratio is that of two medians."""
    answer = SPEED.of(
        {OURS: [Sample(1.0), Sample(0.5), Sample(10.0)], "curl": [Sample(0.25), Sample(0.25)]}, {}
    )

    assert answer.value(OURS) == 1.0
    assert answer.value("curl") == 4.0
    assert answer.ratio("curl") == 0.25
    assert answer.peers == ["curl"]


def test_a_figure_may_be_the_worst_of_the_rounds() -> None:
    """What must never happen is not hidden in a median; what was not measured does not count."""
    answer = TIME.of({OURS: [Sample(late_s=1.0), Sample(late_s=9.0)], "curl": [Sample()]}, {})

    assert answer.value(OURS) == 9.0
    assert answer.peers == []


@pytest.mark.parametrize(
    ("target", "better", "meets"),
    [
        (Target("curl", 2), "more", True),
        (Target("curl", 2.1), "more", False),
        (Target("curl", 2), "less", True),
        (Target("curl", 1.9), "less", False),
        (Target(None, 8), "more", True),
        (Target(None, 7.9), "less", False),
        (Target("wget", 1), "more", None),
    ],
)
def test_a_target_is_a_least_or_a_most(target: Target, better: str, meets: bool | None) -> None:
    """Of a ratio or of the figure itself; nobody meets one whose peer is missing."""
    question = Question("?", "s", lambda one: one.seconds, (target,), better)  # type: ignore[arg-type]

    assert Answer(question, {OURS: [8.0], "curl": [4.0]}).meets(target) is meets


def test_all_take_turns() -> None:
    """Each round has every peer once and begins with the next one; a warm-up counts nothing."""
    order = list[str]()

    def run(peer: str) -> Callable[[], Sample]:
        return lambda: order.append(peer) or Sample()  # type: ignore[func-returns-value]

    runs = {peer: run(peer) for peer in "abc"}
    samples, skipped = interleave(runs, 4, {"a": runs["a"]})

    assert "".join(order) == "a" + "abc" + "bca" + "cab" + "abc"
    assert {peer: len(each) for peer, each in samples.items()} == {"a": 4, "b": 4, "c": 4}
    assert skipped == {}
    assert turned([], 3) == []


def test_who_cannot_take_part_is_skipped_with_the_reason() -> None:
    """In the warm-up or later, and for want of a library too; the rest goes on."""

    def refuse() -> Sample:
        raise Skipped("curl is not installed")

    def lack() -> Sample:
        raise ImportError("No module named 'aiohttp'")

    samples, skipped = interleave(
        {OURS: Sample, "curl": refuse, "aiohttp": Sample}, 2, {"aiohttp": lack}
    )

    assert list(samples) == [OURS]
    assert skipped == {"curl": "curl is not installed", "aiohttp": "No module named 'aiohttp'"}


def test_a_failure_is_not_skipped() -> None:
    """A peer that breaks, as when its bytes are not all there, ends the run."""
    with pytest.raises(ZeroDivisionError):
        interleave({OURS: lambda: Sample(1 / 0)}, 1)


def test_time_and_processor_are_measured() -> None:
    """What works takes both."""
    with timed() as sample:
        sum(range(1_000_000))

    assert sample.cpu_s > 0
    assert sample.seconds > 0


def test_the_table_has_a_line_a_peer() -> None:
    """With both figures, the ratio, the target and whether it is met; or why there is none."""
    answers = [
        Answer(SPEED, {OURS: [450.0], "curl": [900.0]}, {"aiohttp": "not installed"}),
        Answer(TIME, {OURS: [1.5]}),
    ]

    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in as_table(answers).split("\n")
    ]

    assert lines[2:] == [
        ["speed", "450 MiB/s", "curl", "900 MiB/s", "0.50", "≥ 0.9", "**no**"],
        ["", "", "aiohttp", "skipped: not installed", "", "", ""],
        ["time", "1.50 ms", "", "", "", "≤ 5 ms", "yes"],
    ]


def test_the_page_has_a_line_a_question(tmp_path: Path) -> None:
    """With a column for each well-known peer; what is not met is said, what is met is not."""
    targets = (Target("curl", 0.9), Target("bare", 0.4), Target(None, 500))
    question = Question("speed", "MiB/s", lambda one: 1 / one.seconds, targets)
    answer = Answer(question, {OURS: [450.0], "curl": [900.0], "bare": [1000.0]})
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}old{END}after", "utf-8")

    put(as_page([answer], {"Python": "3.11"}), readme)

    found = readme.read_text("utf-8").split("\n")
    wanted = "0.50 x curl, ≥ 0.9 wanted; this, ≥ 500 wanted"
    assert found[:3] == ["before", BEGIN.strip(), "Python 3.11."]
    assert found[6] == f"| speed, MiB/s | 450 | 900 |  |  |  |  |  | bare 1,000 | {wanted} |"
    assert found[7:] == [END.strip(), "after"]


def test_the_json_has_every_round() -> None:
    """So that others can reckon again."""
    answer = Answer(SPEED, {OURS: [400.0, 500.0, 450.0], "curl": [900.0]})

    said = as_json([answer], {"Python": "3.11"})["questions"][0]

    assert said["rounds"] == {OURS: [400.0, 500.0, 450.0], "curl": [900.0]}
    assert said["figures"] == {OURS: 450.0, "curl": 900.0}
    assert said["ratios"] == {"curl": 0.5}
    assert said["targets"] == [{"peer": "curl", "value": 0.9, "stretch": None, "met": False}]
