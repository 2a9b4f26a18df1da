"""The simulator's commands: compare, others, plan, picture."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from attrs import asdict, evolve, fields

from benchmarks.simulation.drawing import svg
from benchmarks.simulation.latency import Latency
from benchmarks.simulation.limiters import DRAWN, LIMITERS, MEANT, simulate
from benchmarks.simulation.measures import Outcome, measure
from benchmarks.simulation.planning import Job, ways
from benchmarks.simulation.scenario import Scenario, Spender
from benchmarks.simulation.tables import HEAD, LEGEND, outcome_row, span, table
from benchmarks.simulation.trials import TRIALS


def compare(options: argparse.Namespace) -> None:
    """Run the limiters in the same world, and print a line for each."""
    scenario = _scenario(options)
    outcomes = [measure(simulate(scenario, name)) for name in options.limiters]
    if options.json:
        print(json.dumps([outcome.as_json() for outcome in outcomes], indent=2))
        return
    print(_world(scenario), end="\n\n")
    print(table(HEAD, [outcome_row(outcome) for outcome in outcomes]), end="\n\n")
    print(LEGEND)
    print(*(f"{name:<15} {MEANT[name]}" for name in options.limiters), sep="\n")


def others(options: argparse.Namespace) -> None:
    """Run vaultio beside other spenders, on servers of each kind."""
    outcomes = list[tuple[str, Outcome]]()
    for name, scenario in TRIALS.items():
        if options.only in name:
            world = evolve(scenario, seconds=options.seconds or scenario.seconds)
            outcomes.append((name, measure(simulate(world, options.limiter))))
    if options.json:
        print(json.dumps([{"trial": n, **outcome.as_json()} for n, outcome in outcomes], indent=2))
        return
    print(f"{options.limiter} beside another program\n")
    print(table(("trial", *HEAD[1:]), [outcome_row(o, name) for name, o in outcomes]))


def plan(options: argparse.Namespace) -> None:
    """Reckon how long a job takes, in all ways of doing it."""
    names = {field.name for field in fields(Job)}
    given = {name: value for name, value in vars(options).items() if name in names}
    job = Job(**given | {"daily": options.daily or None})
    found = ways(job)
    if options.json:
        print(json.dumps([asdict(way) for way in found], indent=2))
        return
    daily = f"{job.daily:,} in 24 hours" if job.daily else "no daily limit"
    print(f"{job.documents:,} documents, {job.burst:,} calls in 5 minutes, {daily}\n")
    rows = [[way.name, f"{way.calls:,}", span(way.seconds)] for way in found]
    print(table(("way", "calls", "time"), rows), end="\n\n")
    print(f"Assumed: {job.at_once} calls under way, answered in {job.answer_s:g} s;", end=" ")
    print(f"of bulk calls {job.bulk_at_once}, in {job.bulk_answer_s:g} s.")
    print("Bandwidth and disks are not looked at: files may take longer than their calls.")


def picture(options: argparse.Namespace) -> None:
    """Draw the calls in the sliding window over time; an SVG needs no other library."""
    scenario = _scenario(options)
    runs = [simulate(scenario, name) for name in options.limiters]
    last_s = min(options.last, scenario.seconds)
    if options.target.suffix == ".svg":
        options.target.write_text(svg(runs, options.first, last_s), "utf-8")
    else:
        from benchmarks.simulation.picture import draw

        draw(runs, options.target, options.first, last_s)
    print(f"{options.target}: {_world(scenario)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; without a word, compare."""
    options = _parser().parse_args(arguments)
    options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Limiters in virtual time.")
    commands = parser.add_subparsers()
    comparing = commands.add_parser("compare", help="all limiters in one world (the default)")
    drawing = commands.add_parser("picture", help="the same as a picture")
    _add_world(comparing)
    _add_world(drawing)
    drawing.add_argument("target", type=Path, help="a PNG, or an SVG, which needs no matplotlib")
    drawing.add_argument("--first", type=float, default=0.0, help="seconds (default 0)")
    drawing.add_argument("--last", type=float, default=20.0, help="seconds (default 20)")
    drawing.set_defaults(run=picture, limiters=list(DRAWN))
    beside = commands.add_parser("others", help="vaultio beside other spenders")
    beside.add_argument("--only", default="", help="trials whose names contain this")
    beside.add_argument("--limiter", choices=LIMITERS, default="vaultio memory")
    beside.add_argument("--seconds", type=float, help="virtual seconds, if not each trial's own")
    beside.set_defaults(run=others)
    planning = commands.add_parser("plan", help="how long a migration takes")
    _add_job(planning)
    for command in (comparing, beside, planning):
        command.add_argument("--json", action="store_true", help="as JSON")
    defaults = vars(comparing.parse_args([]))
    parser.set_defaults(**defaults)
    return parser


def _add_world(parser: argparse.ArgumentParser) -> None:
    plain: dict[str, tuple[type, object, str]] = {
        "--limit": (int, 60, "calls in any window, L"),
        "--window": (float, 2.0, "seconds, T"),
        "--daily": (int, None, "calls in 24 hours"),
        "--seconds": (float, 60.0, "virtual seconds"),
        "--workers": (int, 4, "processes"),
        "--tasks": (int, 8, "bulk calls of each process at once"),
        "--interactive": (float, 0.0, "interactive calls a second, of all processes"),
        "--distance": (float, 0.001, "seconds to the shared books, one way"),
        "--delay": (float, 0.5, "seconds a delayed answer is held"),
        "--kill-every": (float, None, "seconds between kills of a process"),
        "--seed": (int, 1, "another world of the same kind"),
    }
    for name, (kind, default, text) in plain.items():
        parser.add_argument(name, type=kind, default=default, help=f"{text} (default {default})")
    parser.add_argument("--latency", default="uniform:0:0.4", help="shape:number[:number]")
    parser.add_argument("--split", default="random", help="there:server:back, such as 40:20:40")
    parser.add_argument("--kind", choices=("fixed", "sliding"), default="fixed")
    parser.add_argument("--reaction", choices=("delay", "refuse"), default="delay")
    parser.add_argument("--headers", choices=("all", "delay", "none"), default="all")
    parser.add_argument("--others", nargs="*", default=[], help="calls a second, as 2 or 2x50")
    parser.add_argument("--limiters", nargs="+", choices=LIMITERS, default=list(LIMITERS))
    parser.set_defaults(run=compare)


def _add_job(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=plan)
    parser.add_argument("--documents", type=int, required=True, help="10_000_000 is understood")
    for field in fields(Job)[1:]:
        kind = float if isinstance(field.default, float) else int
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=kind,
            default=field.default,
            help=f"default {field.default}" + ("; 0: no such limit" * (field.name == "daily")),
        )


def _scenario(options: argparse.Namespace) -> Scenario:
    return Scenario(
        limit=options.limit,
        window_s=options.window,
        daily=options.daily,
        seconds=options.seconds,
        workers=options.workers,
        tasks=options.tasks,
        interactive_per_s=options.interactive,
        latency=Latency.parse(options.latency, options.split),
        distance_s=options.distance,
        kind=options.kind,
        reaction=options.reaction,
        headers=options.headers,
        delay_s=options.delay,
        others=tuple(Spender.parse(text) for text in options.others),
        kill_every_s=options.kill_every,
        seed=options.seed,
    )


def _world(scenario: Scenario) -> str:
    beside = sum(spender.calls_per_second for spender in scenario.others)
    return (
        f"L = {scenario.limit} calls in {scenario.window_s:g} s, {scenario.kind} windows, "
        f"{scenario.reaction} at the limit, headers: {scenario.headers}; "
        f"{scenario.workers} processes with {scenario.tasks} tasks each, {scenario.seconds:g} s, "
        f"latency {scenario.latency.mean_s():.2f} s on average; "
        f"others {beside:g} calls/s; kills every {scenario.kill_every_s or '-'} s"
    )
