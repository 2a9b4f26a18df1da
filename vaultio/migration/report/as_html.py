"""The report as one page that needs nothing else: no network, no script, no font.

All that comes from a vault is escaped, and a policy in the page forbids scripts and addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.metadata import version

from vaultio.migration.entries import Entry, Run
from vaultio.migration.report.hints import ADVICE, command, hint
from vaultio.migration.report.look import STYLE
from vaultio.migration.report.numbers import Summary, Trouble
from vaultio.migration.report.pictures import pictures
from vaultio.migration.report.telling import (
    figures,
    kind_rows,
    skipped_lines,
    status,
    title,
    tone,
)
from vaultio.migration.report.wording import count, duration, moment, plain, size

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MOST_RUNS = 100
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
"""


def html_text(summary: Summary) -> Iterator[str]:
    """Yield the page in pieces."""
    yield _HEAD.format(policy=_POLICY, title=_said(title(summary)), style=STYLE)
    yield _top(summary)
    yield _tiles(figures(summary))
    yield '<h2>Over time</h2>\n<div class="figures">\n'
    yield from pictures(summary)
    yield "</div>\n"
    yield _kinds(summary)
    yield _failures(summary)
    yield _runs(summary.runs)
    yield _foot(summary)


def _said(text: object) -> str:
    """Write what may hold anything, so that it is shown and does nothing."""
    return escape(plain(text), quote=True)


def _top(summary: Summary) -> str:
    runs = summary.runs
    began = f"Begun {moment(runs[0].began_at)}" if runs else "Not begun"
    over = f", ended {moment(runs[-1].ended_at)}" if runs and runs[-1].ended_at else ""
    return (
        f"<h1>{_said(title(summary))}</h1>\n"
        f'<p><span class="status {tone(summary)}">{_said(status(summary))}</span></p>\n'
        f'<p class="dim">{began}{over}. As of {moment(summary.made_at)}.</p>\n'
    )


def _tiles(rows: Iterable[tuple[str, str, str]]) -> str:
    tiles = "".join(
        f'<div><dt>{escape(name)}</dt><dd class="value">{escape(value)}</dd>'
        f'<dd class="remark">{escape(remark)}</dd></div>\n'
        for name, value, remark in rows
    )
    return f'<dl class="tiles">\n{tiles}</dl>\n'


def _kinds(summary: Summary) -> str:
    rows = kind_rows(summary)
    if not rows:
        return ""
    has_stages = len({row.stage for row in rows}) > 1
    names = ["Kind", *(["Stage"] if has_stages else []), "Done", "Failed", "Skipped", "Waiting"]
    table = [
        [
            f"<td>{escape(row.name)}</td>",
            *([f"<td>{_said(row.stage)}</td>"] if has_stages else []),
            *map(_number, (row.done,)),
            f'<td class="right{" red" if row.failed else ""}">{row.failed:,}</td>',
            *map(_number, (row.skipped, row.waiting)),
            f'<td class="right">{size(row.size) if row.checked else ""}</td>',
            f"<td>{escape(row.checked)}</td>",
        ]
        for row in rows
    ]
    lines = [f"<li>Skipped: {_said(line)}</li>" for line in skipped_lines(summary)]
    skipped = f'<ul class="reasons">{"".join(lines)}</ul>\n' if lines else ""
    heads = [*names, "Bytes", "Checked against the source"]
    return f"<h2>What came</h2>\n{_table(heads, table, right=_RIGHT)}{skipped}"


def _failures(summary: Summary) -> str:
    if not summary.troubles and not summary.waiting:
        return ""
    known = f"<code>{_said(command(summary.kind, summary.path.parent))}</code>"
    retry = f'<div class="card"><p>{escape(ADVICE).format(command=known)}</p></div>\n'
    if not summary.troubles:
        return f"<h2>What waits</h2>\n{retry}"
    heads = ["Type", "Items", "What to do", "The first one said"]
    types = _table(heads, map(_trouble, summary.troubles), right=_RIGHT, style="stack")
    heads = ["Item", "Why it failed", "What to do", "Tries"]
    items = _table(heads, map(_failure, summary.failures), right=_RIGHT, style="stack")
    shown, failed = len(summary.failures), summary.count("failed")
    more = "" if shown == failed else f" The first {shown:,} are here; the CSV file has all."
    return (
        f"<h2>What failed</h2>\n{retry}{types}"
        f"<details><summary>{count(failed, 'item')} that failed.{more}</summary>{items}</details>\n"
    )


def _trouble(trouble: Trouble) -> list[str]:
    name = trouble.error_type or "not known"
    return [
        f'<td class="nowrap">{_said(name)}</td>',
        _number(trouble.items, "Items"),
        f'<td class="long" data-label="What to do">{escape(hint(trouble.error_type))}</td>',
        f'<td class="long" data-label="The first one said">{_said(trouble.message)}</td>',
    ]


def _failure(entry: Entry) -> list[str]:
    why = f"{entry.error_type}: {entry.message}"
    return [
        f'<td class="long">{_said(entry.label)}</td>',
        f'<td class="long" data-label="Why it failed">{_said(why)}</td>',
        f'<td class="long" data-label="What to do">{escape(hint(entry.error_type))}</td>',
        _number(entry.tries, "Tries"),
    ]


def _runs(runs: Sequence[Run]) -> str:
    if not runs:
        return ""
    heads = ["Run", "Begun", "Took", "Ended", "Done", "Failed", "Bytes", "Calls", "For quota"]
    rows = [
        [
            f"<td>{run.number}</td>",
            f'<td class="nowrap">{moment(run.began_at)}</td>',
            f'<td class="right">{duration(run.seconds)}</td>',
            f'<td class="long">{_said(_end(run))}</td>',
            _number(run.done),
            _number(run.failed),
            f'<td class="right">{size(run.size)}</td>',
            _number(run.calls),
            f'<td class="right">{duration(run.waited_s)}</td>',
        ]
        for run in runs[-_MOST_RUNS:]
    ]
    return f"<h2>Runs</h2>\n{_table(heads, rows, right=_RIGHT)}"


def _end(run: Run) -> str:
    outcome = run.outcome or "not yet, or without a word"
    return f"{outcome}: {run.message}" if run.message else outcome


def _foot(summary: Summary) -> str:
    return (
        f"<footer>Made by vaultio {escape(version('vaultio'))} from {_said(summary.path.name)}. "
        "Time at work is that of all runs without the pauses between them; calls wait for quota "
        "at the same time, and that time is added up. Units are powers of 1,000."
        "</footer>\n</main>\n</body>\n</html>\n"
    )


_RIGHT = frozenset(
    {"Done", "Failed", "Skipped", "Waiting", "Bytes", "Items", "Tries", "Took", "Calls"}
    | {"For quota"}
)


def _number(number: int, label: str = "") -> str:
    named = f' data-label="{label}"' if label else ""
    return f'<td class="right"{named}>{number:,}</td>'


def _table(
    heads: Iterable[str], rows: Iterable[list[str]], *, right: frozenset[str], style: str = ""
) -> str:
    head = "".join(
        f'<th scope="col"{" class=right" if name in right else ""}>{escape(name)}</th>'
        for name in heads
    )
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    return (
        f'<div class="card scroll"><table class="{style}"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody></table></div>\n"
    )
