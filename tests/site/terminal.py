"""Draws what a command shows at a terminal, as it happened: an SVG that plays it.

``python -m tests.site.terminal FILE.svg vaultio demo`` runs the command in a terminal of its own
and looks at it several times a second. Whoever asked for no movement sees the last picture alone.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

import pyte

COLUMNS, ROWS = 84, 24
SIGN, LINE, EDGE, BAR = 8.4, 18, 16, 34  # the size of a sign and of the frame, in pixels
STEP_S, HOLD_S = 0.25, 4.0
FRAMES = 14
COLOURS = {
    "default": "#d7dde5", "black": "#5c6773", "red": "#ff7b72", "green": "#7ee787",
    "brown": "#e3b341", "blue": "#79c0ff", "magenta": "#d2a8ff", "cyan": "#76e3ea",
    "white": "#f0f6fc",
}  # fmt: skip
Screen = tuple[str, ...]
"""The lines of a terminal, each drawn."""


def watched(command: Sequence[str], folder: str) -> Iterator[Screen]:
    """Run a command in a terminal; yield what it shows, a few times a second and at the end."""
    screen, mine, its = pyte.Screen(COLUMNS, ROWS), *pty.openpty()
    stream = pyte.ByteStream(screen)
    stream.feed(b"\x1b[1;32m$\x1b[0m " + " ".join(command).encode() + b"\r\n")
    yield drawn(screen)
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    process = subprocess.Popen(
        command, cwd=folder, stdin=its, stdout=its, stderr=its, env=environment
    )
    os.close(its)
    seen_at = time.monotonic()
    while output := _read(mine):
        stream.feed(output)
        if time.monotonic() - seen_at > STEP_S:
            seen_at = time.monotonic()
            yield drawn(screen)
    os.close(mine)
    if process.wait():
        raise SystemExit(f"{command} ended with {process.returncode}")
    yield drawn(screen)


def _read(terminal: int) -> bytes:
    """Read what is there; nothing at the end, which Linux says by an error."""
    select.select([terminal], [], [], 60)
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def drawn(screen: pyte.Screen) -> Screen:
    """Draw the lines of a terminal; signs of one look go together."""
    lines = []
    for row in range(ROWS):
        signs = [screen.buffer[row][column] for column in range(COLUMNS)]
        place, parts = 0, []
        for look, group in groupby(signs, key=lambda sign: (sign.fg, sign.bold)):
            text = "".join(sign.data for sign in group)
            if text.strip():
                parts.append(_part(text, place, *look))
            place += len(text)
        lines.append("".join(parts))
    return tuple(lines)


def _part(text: str, place: int, colour: str, bold: bool) -> str:
    ahead = len(text) - len(text.lstrip())
    text, place = text.strip(), place + ahead
    fill = COLOURS.get(colour, f"#{colour}" if len(colour) == 6 else COLOURS["default"])
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<tspan x="{EDGE + place * SIGN:.1f}" textLength="{len(text) * SIGN:.1f}" '
        f'fill="{fill}"{weight}>{escape(text)}</tspan>'
    )


def svg(screens: Sequence[Screen], title: str) -> str:
    """Put the screens one upon another, each visible in its time; lines that stay stand once."""
    used = max(row for screen in screens for row in range(ROWS) if screen[row]) + 1
    width, height = COLUMNS * SIGN + 2 * EDGE, used * LINE + BAR + EDGE
    times = [number * STEP_S * 2 for number in range(len(screens))]
    whole = times[-1] + HOLD_S
    rules = "".join(
        f".f{n}{{animation:f{n} {whole:g}s steps(1) infinite}}"
        f"@keyframes f{n}{{0%{{opacity:{int(n == 0)}}}{100 * at / whole:.2f}%{{opacity:1}}"
        f"{100 * end / whole:.2f}%{{opacity:{int(end == whole)}}}}}"
        for n, (at, end) in enumerate(zip(times, [*times[1:], whole], strict=True))
    )
    rules += "".join(f".f{n}{{opacity:0}}" for n in range(len(screens) - 1))  # where nothing plays
    groups = "".join(
        f'<g class="f{number}">{_text(screen[:used])}</g>' for number, screen in enumerate(screens)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">'
        f"<title>{escape(title)}</title><style>text{{white-space:pre;font:14px ui-monospace,"
        f"SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}}{rules}"
        "@media (prefers-reduced-motion:reduce){g{animation:none!important}}</style>"
        f'<rect width="100%" height="100%" rx="8" fill="#161b22"/>'
        + "".join(
            f'<circle cx="{EDGE + 4 + 18 * n}" cy="17" r="5.5" fill="{colour}"/>'
            for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        )
        + f"{groups}</svg>\n"
    )


def _text(screen: Screen) -> str:
    return "".join(
        f'<text y="{BAR + LINE * (row + 0.8):.0f}">{line}</text>'
        for row, line in enumerate(screen)
        if line
    )


def main() -> None:
    """Run the command in an empty folder, and write the picture of it."""
    target, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        screens = [screen for screen, _ in groupby(watched(command, folder))]
    middle = screens[1:-1]
    middle = [middle[len(middle) * n // (FRAMES - 2)] for n in range(FRAMES - 2)] if middle else []
    chosen = [screens[0], *(screen for screen, _ in groupby(middle)), screens[-1]]
    Path(target).write_text(svg(chosen, " ".join(command)), "utf-8")
    print(f"{target}: {len(chosen)} of {len(screens)} screens")


if __name__ == "__main__":
    main()
