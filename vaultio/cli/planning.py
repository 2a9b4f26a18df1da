"""``--dry-run``: what a job would take, as a table."""

from __future__ import annotations

from math import inf, isinf

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from vaultio.cli.console import say
from vaultio.cli.text import count, duration, size
from vaultio.migration import Plan

_LEAST_SHOWN_S = 1.0


def say_plan(plan: Plan, console: Console) -> None:
    """Print what there is to move, and what that takes at each vault."""
    about = "about " if plan.is_estimate else ""
    what = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, footer_style="bold")
    what.add_column("What", footer="Files in all")
    what.add_column("Items", f"{plan.files:,}", justify="right")
    what.add_column("Bytes", size(plan.size), justify="right")
    for kind, planned in plan.kinds.items():
        what.add_row(kind, f"{planned.items:,}", size(planned.size) if planned.size else "")
    console.print(Padding(what, (1, 0, 0, 1), expand=False))
    console.print(Padding(_calls(plan), (0, 0, 0, 1), expand=False))
    say(
        f" It takes {about}{_time(plan.seconds)} at the present quota; nothing was written",
        to=console,
    )
    if plan.size and _LEAST_SHOWN_S <= plan.seconds < inf:
        rate = size(plan.size / plan.seconds)
        say(f" A line of less than {rate}/s makes it longer", to=console)
    if plan.is_estimate:
        looked_at = count(plan.looked_at, "document")
        say(f" Reckoned up from a part of the list, and {looked_at} looked at closely", to=console)
    say(f" Finding this out took {count(plan.spent, 'API call')}", to=console)


def _calls(plan: Plan) -> Table:
    """Show what it takes at each vault."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Vault")
    table.add_column("API calls", justify="right")
    table.add_column("Time by the quota", justify="right")
    sides = (
        ("source", plan.calls_source, plan.seconds_source),
        ("target", plan.calls_target, plan.seconds_target),
    )
    for name, calls, seconds in sides:
        if calls:
            table.add_row(name, f"{calls:,}", _time(seconds))
    return table


def _time(seconds: float) -> str:
    return "for ever: others use all of it" if isinf(seconds) else duration(seconds)
