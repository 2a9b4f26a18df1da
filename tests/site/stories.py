"""The pages of the stories: what a program of ``examples/`` tells of itself, and the program."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from attrs import frozen

from tests.layers import ROOT

FOLDER = ROOT / "examples"


@frozen
class Story:
    """One program: its name, its first sentence, the rest of what it tells, and its code."""

    name: str
    title: str
    told: str
    code: str

    @classmethod
    def of(cls, path: Path) -> Story:
        """Take a program apart."""
        text = path.read_text("utf-8")
        docstring = ast.parse(text).body[0]
        title, _, told = (ast.get_docstring(ast.parse(text)) or "").partition("\n")
        code = "\n".join(text.splitlines()[docstring.end_lineno or 0 :]).strip()
        return cls(path.name, title.strip().rstrip("."), inspect.cleandoc(told), code)

    def page(self) -> str:
        """Write the page; docstrings are reStructuredText."""
        told = ["`````{eval-rst}", ".. highlight:: bash\n", self.told, "`````"]
        code = [f"`````{{code-block}} python\n:caption: examples/{self.name}\n", self.code, "`````"]
        return "\n".join([f"# {self.title}", "", *told, "", *code, ""])


def stories() -> list[Story]:
    """Read all programs, by name."""
    return [Story.of(path) for path in sorted(FOLDER.glob("[!_]*.py"))]


def index(told: list[Story]) -> str:
    """Write the page that lists them."""
    lines = ["# Stories", "", "Programs to take as a beginning: each does one thing that people"]
    lines += [
        "really do, says why it does it so, and runs as it stands. The tests run all of them.",
        "",
    ]
    lines += [f"- [{story.title}](/stories/{Path(story.name).stem}.md)" for story in told]
    names = [Path(story.name).stem for story in told]
    return "\n".join([*lines, "", "```{toctree}", ":hidden:", "", *names, "```", ""])
