"""The rules that books were begun with, written down beside them: all who use them must agree."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict

from vaultio.limiter.rules import Pace, Quota, Rules


def dump_rules(rules: Rules) -> str:
    """Write rules as JSON."""
    return json.dumps(asdict(rules), sort_keys=True)


def load_rules(text: str) -> Rules:
    """Read what `dump_rules` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    values: dict[str, Any] = json.loads(text)
    kinds: dict[str, type[Quota] | type[Pace]] = {"burst": Quota, "daily": Quota, "pace": Pace}
    made = {name: kind(**values[name]) for name, kind in kinds.items() if values[name]}
    return Rules(**{**values, **made})


def difference(ours: Rules, theirs: Rules) -> str:
    """Say in what two programs differ that cannot share books; empty if they can.

    When a token comes back must be the same for all. Limits may differ, and so may pace and
    reserve: each program keeps to its own, and to the server's as soon as that was heard.
    """
    our, their = _timing(ours), _timing(theirs)
    return ", ".join(
        f"{name} is {_said(our[name])} here and {_said(their[name])} there"
        for name in our
        if our[name] != their[name]
    )


def _timing(rules: Rules) -> dict[str, float | None]:
    return {
        "the window of burst": rules.burst.window_s if rules.burst else None,
        "the window of daily": rules.daily.window_s if rules.daily else None,
        "holder_lease_s": rules.lease_s,  # of shared books this is a holder's
        "linger_s": rules.linger_s,
    }


def _said(seconds: float | None) -> str:
    return "off" if seconds is None else f"{seconds:g} s"
