"""The simulator as a command, and its planner against its own world."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from benchmarks.simulation import command
from benchmarks.simulation.command import main
from benchmarks.simulation.limiters import simulate
from benchmarks.simulation.picture import draw, in_window
from benchmarks.simulation.planning import Job, ways
from benchmarks.simulation.scenario import Scenario
from vaultio.limiter import Quota, Rules, Traffic, seconds_for


@pytest.mark.parametrize("calls", [50, 130, 400, 1_500])
def test_the_planner_agrees_with_the_world(calls: int) -> None:
    """What is reckoned in a moment comes out call by call, too."""
    world = Scenario(calls=calls, workers=1, tasks=16)
    traffic = Traffic(answer_s=world.latency.mean_s(), at_once=16)
    reckoned_s = seconds_for(calls, Rules(burst=Quota(60, 2.0), daily=None), traffic=traffic)

    assert simulate(world, "vaultio memory").seconds == pytest.approx(reckoned_s, rel=0.08, abs=0.7)


def test_the_planner_agrees_over_days() -> None:
    """A daily quota that is used up four times; an hour has a few calls."""
    world = Scenario(limit=60, window_s=3_600.0, daily=200, calls=900, workers=1, tasks=4)
    rules = Rules(burst=Quota(60, 3_600.0), daily=Quota(200, 86_400.0))
    reckoned_s = seconds_for(900, rules, traffic=Traffic(answer_s=0.2, at_once=4))

    assert simulate(world, "vaultio memory").seconds == pytest.approx(reckoned_s, rel=0.01)


def test_bulk_calls_save_days() -> None:
    """500 rows a call: twenty thousand calls in the place of ten million."""
    found = {way.name: way for way in ways(Job(documents=10_000_000))}
    bulk = found["create or update in bulk, 500 a call"]

    assert bulk.calls == 20_000
    assert bulk.seconds < found["create or update one by one"].seconds / 50


def test_compare_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each limiter, and what the columns mean."""
    main(["compare", "--seconds", "3", "--limiters", "vaultio memory", "token bucket"])
    said = capsys.readouterr().out

    assert said.count(" of 60") == 2
    assert said.count("L!)") == 1
    assert "worst window  most of our calls" in said


def test_figures_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs."""
    main(["compare", "--seconds", "3", "--limiters", "token bucket", "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    main(["plan", "--documents", "1_000_000", "--daily", "0", "--json"])
    planned = json.loads(capsys.readouterr().out)

    assert found["worst_window"] > found["limit"]
    assert not found["holds"]
    assert planned[0]["calls"] == 1_001_000


def test_the_plan_names_its_assumptions(capsys: pytest.CaptureFixture[str]) -> None:
    """A time without them means nothing."""
    main(["plan", "--documents", "10_000_000", "--used-today", "90_000"])
    said = capsys.readouterr().out

    assert "days" in said
    assert "Assumed: 16 calls under way" in said


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    """From whatever folder."""
    program = Path(command.__file__).parent.parent / "simulate.py"
    words = [sys.executable, str(program), "compare", "--seconds", "1", "--limiters", "send log"]
    said = subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert "send log" in said


def test_others_prints_a_line_a_trial(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that were asked for."""
    main(["others", "--only", "60 in 2 s, 2/s, fixed, refuse, no headers", "--seconds", "5"])

    assert capsys.readouterr().out.count("no headers") == 1


def test_calls_in_a_window() -> None:
    """A call counts from its arrival on, until it is a window old."""
    assert [in_window([1.0, 2.0], at_s, 1.5) for at_s in (0.9, 1.0, 2.0, 2.5)] == [0, 1, 2, 1]


@pytest.mark.filterwarnings("default")
def test_a_picture(tmp_path: Path) -> None:
    """A PNG, where matplotlib is there."""
    pytest.importorskip("matplotlib")
    draw([simulate(Scenario(seconds=3.0), "token bucket")], tmp_path / "it.png", 0.0, 3.0)

    assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")


def test_a_drawing(tmp_path: Path) -> None:
    """An SVG, without any library; what is over the limit is there, where there is such a thing."""
    world = ["--seconds", "6", "--last", "6"]
    for name, limiter in (("held", "vaultio memory"), ("broken", "token bucket")):
        main(["picture", str(tmp_path / f"{name}.svg"), *world, "--limiters", limiter])
    held, broken = (
        fromstring((tmp_path / f"{name}.svg").read_text("utf-8")) for name in ("held", "broken")
    )

    over = [picture.find(".//{*}path[@class='over']") for picture in (held, broken)]
    assert [one is not None and "v" in one.get("d", "") for one in over] == [False, True]
