"""Pictures as SVG: lines over time, and bars. Colours are the page's, by class.

They are drawn as wide as a telephone, so that their letters can be read there; a larger screen
enlarges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from attrs import frozen

from vaultio.migration.report.scales import Scale
from vaultio.migration.report.wording import plain

WIDTH, HEIGHT = 400, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 24, 34
_ROW, _MOST_ROWS = 30, 8


@frozen(kw_only=True)
class Line:
    """Points (x, y) in the order of x; `style` is a class of the page."""

    points: Sequence[tuple[float, float]]
    style: str
    is_filled: bool = False
    is_stepped: bool = False
    """The value holds since the point before, as that of a span does."""


def line_chart(
    label: str,
    lines: Iterable[Line],
    x: Scale,
    y: Scale,
    *,
    level: tuple[float, str] | None = None,
    marks: Iterable[float] = (),
) -> str:
    """Draw lines over an axis of time; *level* is a height with a name, *marks* are moments."""
    parts = [_grid(x, y)]
    parts += [_mark(_x(at, x)) for at in marks if 0 < at < x.top]
    parts += [_line(line, x, y) for line in lines]
    if level is not None:
        height = _y(level[0], y)
        parts.append(f'<path class="level" d="M{_LEFT} {height:.1f}H{WIDTH - _RIGHT}"/>')
        parts.append(_text(WIDTH - _RIGHT, height - 5, level[1], "end", "note"))
    return _svg(label, HEIGHT, parts)


def bar_chart(label: str, rows: Sequence[tuple[str, int]]) -> str:
    """Draw a bar a row, the name above it and the number behind it; the last sums up the rest."""
    shown, rest = list(rows[:_MOST_ROWS]), rows[_MOST_ROWS:]
    if rest:
        shown.append((f"{len(rest)} other kinds", sum(number for _, number in rest)))
    most = max((number for _, number in shown), default=1)
    room, parts = WIDTH - 80, list[str]()
    for row, (name, number) in enumerate(shown):
        top, width = 4 + row * _ROW, max(2.0, room * number / most)
        parts.append(_text(2, top + 10, _cut(plain(name)), "start", ""))
        parts.append(
            f'<rect class="bad-fill" x="2" y="{top + 14}" width="{width:.1f}" height="9" rx="2"/>'
        )
        parts.append(_text(width + 8, top + 22.5, f"{number:,}", "start", "number"))
    return _svg(label, 8 + len(shown) * _ROW, parts)


def _svg(label: str, height: int, parts: Iterable[str]) -> str:
    name = escape(label, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{name}">{"".join(parts)}</svg>'
    )


def _grid(x: Scale, y: Scale) -> str:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = [_text(2, 11, y.unit, "start", "note")]
    for value, name in y.ticks:
        height = _y(value, y)
        parts.append(f'<path class="grid" d="M{_LEFT} {height:.1f}H{right}"/>')
        parts.append(_text(_LEFT - 6, height + 3.5, name, "end", ""))
    for value, name in x.ticks:
        at = _x(value, x)
        parts.append(f'<path class="tick" d="M{at:.1f} {bottom}v4"/>')
        parts.append(_text(at, bottom + 16, name, "middle", ""))
    parts.append(_text(right, HEIGHT - 3, f"time at work, {x.unit}", "end", "note"))
    return "".join(parts)


def _line(line: Line, x: Scale, y: Scale) -> str:
    points = [(_x(at, x), _y(value, y)) for at, value in line.points]
    if not points:
        return ""
    if len(points) == 1:
        [(at, height)] = points
        return f'<circle class="{line.style}-fill" cx="{at:.1f}" cy="{height:.1f}" r="4"/>'
    begin = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    if line.is_stepped:
        path = begin + "".join(f"V{height:.1f}H{at:.1f}" for at, height in points[1:])
    else:
        path = begin + "".join(f"L{at:.1f} {height:.1f}" for at, height in points[1:])
    area = f"{path}V{HEIGHT - _BOTTOM}H{points[0][0]:.1f}Z"
    fill = f'<path class="{line.style}-area" d="{area}"/>' if line.is_filled else ""
    return f'{fill}<path class="{line.style}-line" d="{path}"/>'


def _mark(at: float) -> str:
    return f'<path class="mark" d="M{at:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>'


def _text(x: float, y: float, text: str, anchor: str, style: str) -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(text)}</text>'


def _x(value: float, scale: Scale) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * _share(value, scale)


def _y(value: float, scale: Scale) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * _share(value, scale)


def _share(value: float, scale: Scale) -> float:
    return min(1.0, max(0.0, value / scale.top)) if scale.top else 0.0


def _cut(text: str) -> str:
    return text if len(text) <= 48 else f"{text[:47]}…"
