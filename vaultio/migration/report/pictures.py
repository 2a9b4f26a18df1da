"""The pictures of a report, each with its name, what it says, and a word where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import accumulate, pairwise

from vaultio.migration.report.numbers import QuotaPoint, Summary
from vaultio.migration.report.scales import count_scale, percent_scale, speed_scale, time_scale
from vaultio.migration.report.svg import Line, bar_chart, line_chart
from vaultio.migration.report.wording import count, plain, size

_MOST_MARKS = 30


def pictures(summary: Summary) -> Iterable[str]:
    """Draw all of them."""
    yield _progress(summary)
    yield _speed(summary)
    yield _quota(summary)
    yield _troubles(summary)


def _progress(summary: Summary) -> str:
    points, items = summary.points, summary.items
    name = "Progress"
    if not points or not items:
        return _figure(name, "", _none("Nothing was done yet."))
    settled = [(one.work_s, float(one.done + one.skipped)) for one in points]
    failed = [(one.work_s, float(one.failed)) for one in points]
    lines = [Line(points=settled, style="blue", is_filled=True)]
    if failed[-1][1]:
        lines.append(Line(points=failed, style="bad"))
    last = points[-1]
    said = f"{last.done + last.skipped:,} of {count(items, 'item')} done or skipped"
    said += f", {last.failed:,} failed (the red line)" if last.failed else ""
    said += "; dotted lines: a new run" if len(summary.runs) > 1 else ""
    picture = line_chart(
        f"{name}: {said}",
        lines,
        time_scale(last.work_s),
        count_scale(items, "items"),
        level=(items, f"{items:,} found"),
        marks=_begins(summary),
    )
    return _figure(name, said, picture)


def _speed(summary: Summary) -> str:
    name, points = "Bytes per second", summary.points
    if not points or not points[-1].size:
        return _figure(name, "", _none("No bytes were moved yet."))
    speeds = [(points[0].work_s, 0.0)]
    speeds += [(b.work_s, (b.size - a.size) / (b.work_s - a.work_s)) for a, b in pairwise(points)]
    speeds[0] = (0.0, speeds[1][1])
    most = max(speed for _, speed in speeds)
    said = f"{size(summary.speed)}/s on average; a file counts at the moment it is whole"
    lines = [Line(points=speeds, style="blue", is_filled=True, is_stepped=True)]
    picture = line_chart(
        f"{name}: {said}", lines, time_scale(points[-1].work_s), speed_scale(most),
        marks=_begins(summary),
    )  # fmt: skip
    return _figure(name, said, picture)


def _quota(summary: Summary) -> str:
    name, peak = "Use of the quota", summary.quota_peak
    known = [one for one in summary.quota_points if one.quota]
    if peak is None or not known:
        return _figure(name, "", _none("The vault has not said what its quota is."))
    said = (
        f"calls that count in the vault's window, with those of others; at most "
        f"{peak.used:,} of {peak.quota:,}"
    )
    shares = [(one.work_s, _percent(one)) for one in known]
    most = max(_percent(peak), *(share for _, share in shares))
    picture = line_chart(
        f"{name}: {said}",
        [Line(points=shares, style="blue", is_filled=True)],
        time_scale(max(summary.seconds, known[-1].work_s, 0.001)),
        percent_scale(most),
        marks=_begins(summary),
    )
    return _figure(name, said, picture)


def _troubles(summary: Summary) -> str:
    name = "Failures by type"
    if not summary.troubles:
        return _figure(name, "", _none("Nothing failed."))
    failed = sum(one.items for one in summary.troubles)
    said = f"{count(failed, 'item')} failed"
    rows = [(one.error_type or "not known", one.items) for one in summary.troubles]
    return _figure(name, said, bar_chart(f"{name}: {said}", rows))


def _begins(summary: Summary) -> list[float]:
    """Say when runs after the first one began, unless they are too many to be told apart."""
    runs = summary.runs
    if len(runs) > _MOST_MARKS:
        return []
    return list(accumulate(run.seconds for run in runs[:-1]))


def _percent(point: QuotaPoint) -> float:
    return 100.0 * point.used / point.quota


def _none(text: str) -> str:
    return f'<p class="none">{escape(text)}</p>'


def _figure(name: str, said: str, picture: str) -> str:
    remark = f"<p>{escape(plain(said))}</p>" if said else ""
    caption = f"<figcaption><h3>{escape(name)}</h3>{remark}</figcaption>"
    return f"<figure>{caption}{picture}</figure>\n"
