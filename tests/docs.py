"""Finds the code blocks of a Markdown text and runs them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer
import typer.main
from attrs import frozen

_HEADING = re.compile(r"(#+)\s+(.*)")
_OPENING = re.compile(r"(?P<end>```)(?P<info>\S.*)|<!--\s*(?P<hidden>python)\s*$")


@frozen
class Block:
    """One code block: what its opening says, and the number of its first line."""

    heading: str
    info: str
    line: int
    text: str

    @property
    def runs(self) -> bool:
        """Whether it is run, and not only compiled."""
        return self.info == "python"


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the fenced blocks that name their language, and the hidden ones."""
    heading, lines = "", enumerate(markdown.splitlines(), start=1)
    for number, line in lines:
        if found := _HEADING.fullmatch(line):
            heading = found[2]
        elif found := _OPENING.fullmatch(line):
            end = found["end"] or "-->"
            body = []
            for _, inner in lines:
                if inner.rstrip() == end:
                    break
                body.append(inner)
            info = (found["info"] or found["hidden"]).strip()
            yield Block(heading, info, number + 1, "\n".join(body) + "\n")
        elif line.startswith("```"):
            raise ValueError(f"line {number}: a block that does not say its language")


def compiled(block: Block, name: str) -> Any:
    """Compile a block, in which ``await`` may stand outside of functions, with its own lines."""
    padded = "\n" * (block.line - 1) + block.text
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(padded, name, "exec", flags=flags, dont_inherit=True)


def run(block: Block, name: str, names: dict[str, Any], runner: asyncio.Runner) -> None:
    """Run a block; what it defines goes into *names*."""
    result = eval(compiled(block, name), names)
    if inspect.iscoroutine(result):
        runner.run(result)


def commands(text: str, program: str) -> Iterator[list[str]]:
    r"""Yield the words after ``$ program`` in a console block; ``\`` goes on to the next line."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True) if line.startswith("$ ") else []
        while words[1:2] and re.fullmatch(r"\w+=.*", words[1]):  # VARIABLE=value program
            del words[1]
        if words[1:2] == [program]:
            yield words[2:]


def unknown_word(app: typer.Typer, words: list[str]) -> str:
    """Walk down the tree of commands; return the first command or option that is not there."""
    command = typer.main.get_command(app)
    known = {"--help"}
    for word in words:
        known |= {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        below = getattr(command, "commands", None)
        if word.startswith("-") and word.partition("=")[0] not in known:
            return word
        if below is not None and not word.startswith("-"):
            if word not in below:
                return word
            load = getattr(command, "loaded", None)  # of commands that are imported late
            command = load(word) if load else below[word]
    return ""
