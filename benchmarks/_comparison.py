"""The few figures at the top of the README, taken from its table of all.

``python -m benchmarks._comparison`` writes them anew; so does ``benchmarks.table --full --readme``.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks._raw_server import CHECKOUT
from benchmarks._readme import BEGIN, END, put

FROM, TO = "<!-- comparison: begin -->\n", "<!-- comparison: end -->\n"
TOLD = (
    " MiB to disk, TLS, MiB/s",
    " MiB to disk, TLS, MD5 checked, MiB/s",
    " MiB sent as multipart, MiB/s",
    " files of 100 KB, 32 in flight, files/s",
    " JSON calls, 64 in flight, calls/s",
)
"""How the lines of the table end that are told at the top."""
PEERS = ("httpx", "requests", "veevatools", "aiohttp", "curl")


def page(readme: str) -> str:
    """Say how many times as much vaultio does in a second as each peer, from the README's table."""
    lines = ["", "vaultio", *(f"x {peer}" for peer in PEERS)], ["---"] * (len(PEERS) + 2)
    made = [f"| {' | '.join(line)} |" for line in lines]
    table = _table(readme)
    for end in TOLD:
        (found,) = [row for row in table if row["question"].endswith(end)]
        said, _, unit = found["question"].rpartition(", ")
        ratios = [_ratio(found["vaultio"], found[peer]) for peer in PEERS]
        made.append(f"| {said} | {found['vaultio']} {unit} | {' | '.join(ratios)} |")
    return "\n".join(made) + "\n"


def _table(readme: str) -> list[dict[str, str]]:
    measured = readme.partition(BEGIN)[2].partition(END)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in measured.splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def _ratio(ours: str, theirs: str) -> str:
    if not theirs:
        return ""
    ratio = _value(ours) / _value(theirs)
    return f"{ratio:.2f}" if ratio < 2 else f"{ratio:.1f}"


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def compare(readme: Path = CHECKOUT / "README.md") -> None:
    """Write the figures between their marks."""
    put(page(readme.read_text("utf-8")), readme, FROM, TO)


if __name__ == "__main__":
    compare()
